/* Following a stream with credit, over connections that break, between daemons that crash.
 *
 * The source appends records and sends rows as far as credit goes; the follower takes in a
 * row only if it continues what it has, journals its cursor with what it derived, skips what
 * it knows, asks again after a gap and after silence. The source's journal is durable before
 * a row is sent; the follower's cursor is durable with its state.
 *
 * Promises: what the follower has is a prefix of the stream, each record once; the source
 * never has more than the credit of two askings under way; in the end it has everything.
 *
 * Mutants: CREDIT_OFF_BY_ONE, TAKE_GAPS (a row beyond the next is taken), FORGET_CURSOR
 * (the cursor is not in the same commit as the state). */
#define RECORDS 4
#define CREDIT 2
#define BREAKS 2
#define CRASHES 2

chan rows = [8] of { byte };
/* Asking: after this sequence, with CREDIT more. */
chan asks = [2] of { byte };

byte head;          /* durable at the source */
byte taken;         /* follower: durable count of records taken in */
byte cursor;        /* follower: durable cursor */
byte seen;          /* follower: cursor in memory */
byte sent;          /* source: sent so far on this connection */
byte credit;
bool followed;
byte breaks, crashes, scrap;

inline drop_all()
{
	do
	:: rows?scrap
	:: empty(rows) -> break
	od;
	do
	:: asks?scrap
	:: empty(asks) -> break
	od
}

active proctype source()
{
	byte after;
end:
	do
	:: head < RECORDS -> head++
	:: asks?after ->
		followed = true;
		sent = after;
#ifdef CREDIT_OFF_BY_ONE
		credit = CREDIT + 1
#else
		credit = CREDIT
#endif
	:: followed && credit > 0 && sent < head && nfull(rows) ->
		atomic {
			sent++;
			credit--;
			rows!sent;
			assert(len(rows) <= 2 * CREDIT)
		}
	/* The source crashes: it forgets whom it fed, never what it has. */
	:: atomic { crashes < CRASHES -> crashes++; followed = false; sent = 0; credit = 0; drop_all() }
	od
}

active proctype follower()
{
	byte row;
	do
	:: rows?row ->
		if
#ifdef TAKE_GAPS
		:: row > seen ->
#else
		:: row == seen + 1 ->
#endif
			/* One commit: what was derived, and the cursor. */
#ifdef FORGET_CURSOR
			taken++;
			if
			:: atomic { crashes < CRASHES -> crashes++; seen = cursor; drop_all() }
			:: atomic { seen = row; cursor = row }
			fi;
#else
			atomic { taken++; seen = row; cursor = row };
#endif
			assert(taken == cursor)
		:: row <= seen -> skip
#ifndef TAKE_GAPS
		:: row > seen + 1 -> if :: empty(asks) -> asks!seen :: nempty(asks) -> skip fi
#endif
		fi
	/* Silence, or more credit: ask for what is missing. */
	:: empty(rows) && empty(asks) && seen < RECORDS -> asks!seen
	/* The connection breaks: everything under way is gone. */
	:: atomic { breaks < BREAKS -> breaks++; drop_all() }
	:: atomic { crashes < CRASHES -> crashes++; seen = cursor; drop_all() }
	:: seen == RECORDS -> break
	od;
	assert(taken == RECORDS && cursor == RECORDS)
}
