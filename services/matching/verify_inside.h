/* What the halves of the verifier share: verify.c checks a solution against its problem,
 * verify_book.c the problem, its keys, and the passes of a draw. */
#ifndef TASHEEM_VERIFY_INSIDE_H
#define TASHEEM_VERIFY_INSIDE_H

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "common/checked.h"
#include "common/digest.h"
#include "services/matching/verify.h"

#define V1(name) Tasheem__Solver__V1__##name
#define POLICY(name) TASHEEM__SOLVER__V1__POLICY__POLICY_##name
#define PASS(name) TASHEEM__SOLVER__V1__PASS_KIND__PASS_KIND_##name
#define WITHIN(value, low, high) ((low) <= (value) && (value) <= (high))
#define HOLDS(v, rule, condition, number)                                                          \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return verify_fail((v)->result, VERIFY_##rule, #condition, number);        \
	} while (0)
#define TAKE(v, target, count)                                                                     \
	HOLDS(v, NO_MEMORY, (target) = arena_try((v)->arena, ((count) + 1) * sizeof *(target)),    \
	      count)

enum { TIE_BYTES = DIGEST_SHORT_BYTES, MANY = INT32_MAX / 4 };
/* Bounds of lots, of |price| and |freight|, of a member's kg and weight, of a dual's parts. */
#define LOTS ((int64_t)1 << 40)
#define PRICE ((int64_t)1 << 40)
#define KG ((int64_t)1 << 48)
#define DUAL ((int64_t)1 << 60)
/* Ranks no lot has: before and after every key, and that of a level with room. */
enum { NONE_AWARDED = INT_MIN, ROOM = INT_MAX - 1, NONE_REFUSED = INT_MAX };

/* Compared in this order; a denominator of 0 is +infinity. */
struct key {
	int32_t rank;
	uint32_t claimant;
	int128 numerator;
	int64_t denominator, lot;
	uint8_t tie[TIE_BYTES];
};
/* False, and the result says why. */
bool verify_fail(struct verify_result *result, enum verify_rule rule, const char *condition,
                 uint64_t number);
/* F0: the problem is well formed and of a known kind; counts its requests. */
bool verify_form(const V1(Problem) * problem, struct verify_result *result, uint32_t *requests);
/* H of a claimant. */
void verify_tie(const V1(Problem) * problem, const V1(Claimant) * claimant, uint8_t *tie);
struct key verify_key(const V1(Problem) * problem, uint32_t claimant, const uint8_t *tie,
                      int64_t lot);
int verify_key_order(const struct key *a, const struct key *b);

#endif
