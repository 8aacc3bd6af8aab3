/* Reserve, allocate, expire: one ceiling of two lots, two requests of a lot each in turn,
 * quota and matching with a stream between them, drawn again until the round is over.
 *
 * quota alone says what is reserved and used; from the closing of the book only matching's
 * events release. matching allocates what is in the book, at most what is offered.
 *
 * Promises: reserved + used <= ceiling at every step; what matching holds or has sold is
 * always reserved or used; when the round is over, nothing is reserved and used is what was
 * paid; Σ allocations <= offer.
 *
 * Mutants: RELEASE_AT_EXPIRY (an expired lot is released though it may be drawn again),
 * EXPIRE_TWICE, LOSE_AT_AMEND (a failed amend loses the reservation). */
#define CEILING 2
#define LOTS 2
#define DRAWS 2

mtype = { booked, paid, expired, over };

/* matching's stream to quota, in order. */
chan stream = [8] of { mtype, byte };

byte reserved, used;
byte book;      /* lots of closed book */
byte waiting;   /* matching: lots that wait in the round */
byte held;      /* matching: allocated, not paid */
byte sold;      /* matching: paid */
byte draw;
bool closed, finished;
bool outside_asked;

#define BALANCED (reserved + used <= CEILING)

/* Filing, amending and cancelling until the book closes; another request tries later. */
active proctype quota()
{
	byte lots;
	mtype what;
end:
	do
	:: !closed && reserved + used < CEILING -> reserved++
	:: !closed && reserved > 0 -> reserved--
	:: !closed && reserved > 0 ->
		/* An amend that asks for too much is refused: the old version stands. */
#ifdef LOSE_AT_AMEND
		book = reserved; reserved--
#else
		skip
#endif
	:: !closed -> atomic {
#ifdef LOSE_AT_AMEND
		if :: book < reserved -> book = reserved :: else fi;
#else
		book = reserved;
#endif
		waiting = book; closed = true }
	:: stream?what, lots ->
		if
		:: what == paid -> atomic {
			assert(reserved >= lots);
			reserved = reserved - lots;
			used = used + lots }
		:: what == expired ->
#ifdef RELEASE_AT_EXPIRY
			reserved = reserved - lots
#else
			skip
#endif
		:: what == over -> atomic {
			assert(reserved >= lots);
			reserved = reserved - lots }
		fi;
		assert(BALANCED)
	/* A request of a later window of the same ceiling takes what is free. */
	:: closed && !outside_asked && reserved + used < CEILING -> outside_asked = true; reserved++
	od
}

active proctype matching()
{
	closed;
	do
	:: waiting > 0 && held + sold < LOTS && draw < DRAWS ->
		atomic { waiting--; held++; assert(held + sold <= LOTS) }
	:: held > 0 -> atomic { held--; sold++; stream!paid, 1 }
	:: held > 0 -> atomic { held--; waiting++; draw++; stream!expired, 1 }
#ifdef EXPIRE_TWICE
	:: held > 0 -> atomic { held--; waiting = waiting + 2; draw++; stream!expired, 1 }
#endif
	:: held == 0 -> break
	od;
	atomic { stream!over, waiting; waiting = 0; finished = true };
	/* What quota has taken in, and what the later request took. */
	finished && empty(stream) ->
	assert(BALANCED);
	atomic {
		empty(stream) -> assert(used == sold);
		assert(used <= book)
	}
}
