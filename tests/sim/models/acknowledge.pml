/* Request, acknowledge, repeat: over a channel that loses, repeats and reorders, with a
 * daemon that may be killed at any step.
 *
 * The daemon's turn is DESIGN's: take items into a batch (apply in memory, owe answers),
 * commit the batch, only then send what is owed. A crash forgets memory and what is owed;
 * the restart replays the journal.
 *
 * Promises: an id is applied at most once; who was told, is in the journal; nobody is told
 * of what a crash could still undo. A client that is not told repeats the id.
 *
 * Mutants (-D…), each of which must fail: ANSWER_FIRST answers before the commit,
 * SKIP_DEDUP forgets what the journal knows, FORGET_AT_REPLAY loses the ids at a restart. */
#define IDS 2
#define REPEATS 3
#define CRASHES 2

/* Sorted neither in nor out: ?? takes any message, so the channel reorders. */
chan requests = [3] of { byte };
chan answers = [3] of { byte };

byte journal[IDS];  /* times an id is durable */
bool known[IDS];    /* memory: has an outcome, durable or staged */
bool staged[IDS];
bool owed[IDS];
bool told[IDS];
byte crashes;

inline crash()
{
	atomic {
		crashes < CRASHES -> crashes++;
		at = 0;
		do
		:: at < IDS ->
			staged[at] = false;
			owed[at] = false;
#ifdef FORGET_AT_REPLAY
			known[at] = false;
#else
			known[at] = journal[at] > 0;
#endif
			at++
		:: else -> break
		od
	}
}

/* A send that may be lost, by the network or by a full queue. */
inline tell(id)
{
	if
	:: nfull(answers) -> answers!id
	:: skip
	fi
}

active proctype client()
{
	byte tries = 0, id;
	do
	:: tries < REPEATS * IDS ->
		tries++;
		select(id : 0 .. IDS - 1);
		if
		:: !told[id] && nfull(requests) -> requests!id
		:: !told[id] && nfull(requests) -> requests!id; if :: nfull(requests) -> requests!id :: skip fi
		:: skip
		fi
	:: answers??id ->
		told[id] = true;
		assert(journal[id] == 1)
	:: tries >= REPEATS * IDS && empty(answers) -> break
	od
}

active proctype daemon()
{
	byte id, at;
end:
	do
	:: requests??id ->
		if
#ifndef SKIP_DEDUP
		:: known[id] -> owed[id] = true
#endif
#ifdef SKIP_DEDUP
		:: true ->
#else
		:: !known[id] ->
#endif
			known[id] = true;
			staged[id] = true;
			owed[id] = true
		fi
#ifdef ANSWER_FIRST
		; tell(id)
#endif
	:: crash()
	:: (staged[0] || staged[1] || owed[0] || owed[1]) ->
		/* The commit: all of the batch or nothing. */
		atomic {
			at = 0;
			do
			:: at < IDS ->
				if :: staged[at] -> journal[at]++; staged[at] = false :: else fi;
				assert(journal[at] <= 1);
				at++
			:: else -> break
			od
		}
		at = 0;
		do
		:: at < IDS ->
			if :: owed[at] -> owed[at] = false; tell(at) :: else fi;
			at++
		:: at < IDS && crashes < CRASHES -> crash(); break
		:: at == IDS -> break
		od
	od
}
