/* The independent check of a round's result: fair, complete, cheapest, or named
 * by the first rule it breaks. The definition is the comment on top of
 * proto/tasheem/solver/v1/solver.proto; nothing here is shared with a solver,
 * all arithmetic is in integers, and arcs are looked at once.
 *
 * It takes the protobuf structs as they are, the one place outside messages.c
 * that does: a bundle is public data, and what is checked must be the published
 * bytes themselves, not somebody's translation of them.
 *
 * All memory is taken from the arena (about 150 bytes a claimant, request and offer)
 * and stays taken until its reset. */
#ifndef TASHEEM_VERIFY_H
#define TASHEEM_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "tasheem/solver/v1/solver.pb-c.h"

/* What a result must keep; printed as F0 to F9. */
enum verify_rule {
	/* The problem is well formed and of a kind known here, the solution is its answer, the
	 * seed is the committed one, the passes of a draw differ only as their rules say. */
	VERIFY_F0,
	/* Flows: on existing arcs, positive, summing to the awards, within demand and request. */
	VERIFY_F1,
	/* No offer gives more than it has. */
	VERIFY_F2,
	/* No residual arc leaves its component or leads to a higher level. */
	VERIFY_F3,
	/* Awarded keys precede refused ones: efficient and fair. */
	VERIFY_F4,
	/* Flow stays inside a level. */
	VERIFY_F5,
	/* Least cost among all flows with these awards; the totals are right. */
	VERIFY_F6,
	/* Requests are withdrawn for their minimum exactly as the rule says. */
	VERIFY_F7,
	/* The reserve class is what the reserve pass found. */
	VERIFY_F8,
	/* Every pass names the solution before it. */
	VERIFY_F9,
	VERIFY_OK,
	/* Nothing is said about the result: the arena is too small for it. */
	VERIFY_NO_MEMORY,
};

struct verify_result {
	enum verify_rule rule;
	/* Pass it was found in, from 0; 0 when one solution was checked. */
	uint32_t pass;
	/* What is wrong and where, one English sentence; empty when nothing is. */
	char what[160];
};

/* One pass. `digest` is the BLAKE2b-128 of the serialised problem, 16 bytes. Ids, dates of the
 * chain and the seed's commitment are the bundle's to check. True when all holds. */
bool verify_solution(struct arena *arena, const Tasheem__Solver__V1__Problem *problem,
		     const uint8_t *digest, const Tasheem__Solver__V1__Solution *solution,
		     struct verify_result *result);

/* All passes of a draw, from the published bytes of its tasheem.solver.v1.Bundle. */
bool verify_bundle(struct arena *arena, struct bytes bundle, struct verify_result *result);

/* "F0" … "F9", "ok", "no-memory". */
const char *verify_rule_name(enum verify_rule rule);

#endif
