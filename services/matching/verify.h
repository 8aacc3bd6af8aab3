/* The independent check of a round's result: fair, complete, cheapest, or named
 * by the first rule it breaks. The definition is the comment on top of
 * proto/tasheem/solver/v1/solver.proto; nothing here is shared with a solver,
 * all arithmetic is in integers, and arcs are looked at once.
 *
 * It takes the protobuf structs as they are: a bundle is public data, and what is
 * checked must be the published bytes, not somebody's translation of them. Memory
 * is taken from the arena, about 250 bytes a claimant, request and offer. */
#ifndef TASHEEM_VERIFY_H
#define TASHEEM_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "tasheem/solver/v1/solver.pb-c.h"

/* The rules, and what each of them says. NO_MEMORY: the arena is too small, nothing is known. */
#define VERIFY_RULE_LIST(X)                                                                        \
	X(F0,                                                                                      \
	  "the problem is well formed, known here, and answered; the seed is the committed one")   \
	X(F1, "flows are on existing arcs, and sum to awards within demand and request")           \
	X(F2, "no offer gives more than it has")                                                   \
	X(F3, "no residual arc leaves its component or leads to a higher level")                   \
	X(F4, "awarded keys precede refused ones: efficient and fair")                             \
	X(F5, "flow stays inside a level")                                                         \
	X(F6, "least cost among all flows with these awards, and right totals")                    \
	X(F7, "requests are withdrawn for their minimum exactly as the rule says")                 \
	X(F8, "the reserve class is what the reserve pass found")                                  \
	X(F9, "every pass names the solution before it")                                           \
	X(OK, "all rules are kept")                                                                \
	X(NO_MEMORY, "not enough memory to check")
enum verify_rule {
#define X(name, sentence) VERIFY_##name,
	VERIFY_RULE_LIST(X)
#undef X
};

struct verify_result {
	enum verify_rule rule;
	/* Pass it was found in, from 0; 0 when one solution was checked. */
	uint32_t pass;
	/* The condition that fails, for which number (of a claimant, request, offer, flow or
	 * component, by the condition), and the rule's sentence; empty when all holds. */
	char what[240];
};

/* One pass; `digest` is the BLAKE2b-128 of the serialised problem, 16 bytes. The chain of
 * passes and the seed's commitment are the bundle's to check. True when all holds. */
bool verify_solution(struct arena *arena, const Tasheem__Solver__V1__Problem *problem,
                     const uint8_t *digest, const Tasheem__Solver__V1__Solution *solution,
                     struct verify_result *result);
/* All passes of a draw, from the published bytes of its tasheem.solver.v1.Bundle. */
bool verify_bundle(struct arena *arena, struct bytes bundle, struct verify_result *result);
/* "F0" … "F9", "OK", "NO_MEMORY". */
const char *verify_rule_name(enum verify_rule rule);

#endif
