/* The solver: from a round's book to its shares, with proof. This page tells
 * what it is given, what it returns and what it refuses; the rules themselves
 * are the comments of proto/tasheem/solver/v1/solver.proto.
 *
 * Three stages, lexicographic: place as many lots as possible (fair.c), share
 * them in the order of exact keys (keys.c, policy_*.c, share.c, fair.c), and
 * among all such flows take the cheapest (cheapest.c, simplex.c). The certificate falls out:
 * the blocks of the fair stage are the levels, the potentials of the cost stage
 * are the duals.
 *
 * The core is pure: no protobuf, no clock, no I/O; memory comes from the arena.
 * The result depends on the problem's content only, not on its order: inside,
 * everything is ordered by keyed hashes of the ids. */
#ifndef TASHEEM_SOLVER_H
#define TASHEEM_SOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "common/checked.h"
#include "common/digest.h"

/* Numbers of tasheem.solver.v1. */
enum policy {
	POLICY_WEIGHTED = 1,
	POLICY_EQUAL = 2,
	POLICY_PRO_RATA = 3,
	POLICY_TIME = 4,
	POLICY_LEAST_COST = 5,
	POLICY_EQUAL_LOSSES = 9,
	POLICY_TALMUD = 10,
	POLICY_LOTTERY = 11,
};
enum { POLICY_COUNT = 12 };

enum rounding {
	ROUNDING_OFFSET = 1,
	ROUNDING_CARRY = 2,
	ROUNDING_JEFFERSON = 3,
	ROUNDING_WEBSTER = 4,
	/* Not an order of keys: refused. */
	ROUNDING_FLOOR = 5,
};

enum pass_kind { PASS_RESERVE = 1, PASS_MAIN = 2 };

enum {
	SEED_BYTES = 32,
	LOT_KG_MAX = 1 << 30,
	CLASS_MAX = 9,
	/* beta is a whole number of these parts of a lot. */
	BETA_ONE = 1 << 24,
};
/* The bounds of solver.proto. */
#define KG_MAX ((int64_t)1 << 48)
#define DEMAND_SUM_KG_MAX ((int64_t)1 << 50)
#define WEIGHT_SUM_MAX ((int64_t)1 << 48)
#define ORDER_KG_MAX ((int64_t)1 << 49)
#define LOTS_MAX ((int64_t)1 << 40)
#define FREIGHT_NONE INT64_MIN

struct solver_offer {
	const char *id;
	/* Small numbers that stand for the names. */
	uint32_t grade;
	uint32_t province;
	uint32_t buyer_classes;
	int32_t delivery_from_jalali;
	int32_t delivery_to_jalali;
	int64_t lots;
	int64_t price_rial_per_kg;
};

struct solver_request {
	const char *id;
	uint32_t grade;
	uint32_t province;
	uint32_t buyer_classes;
	int32_t delivery_from_jalali;
	int32_t delivery_to_jalali;
	bool withdrawn;
	int64_t lots;
	int64_t max_landed_rial_per_kg;
};

struct solver_member {
	int64_t demand_kg;
	int64_t weight_kg;
};

struct solver_claimant {
	const char *id;
	int32_t priority_class;
	int64_t held_kg;
	int64_t demand_lots;
	int64_t reserve_lots;
	uint64_t sequence;
	int64_t carry_numerator;
	uint32_t first_member, member_count;
	uint32_t first_request, request_count;
};

struct solver_substitute {
	uint32_t grade, substitute_grade;
};

struct problem {
	const char *round_id;
	const char *family;
	enum pass_kind pass_kind;
	enum policy policy;
	enum rounding rounding;
	bool cost_first;
	int64_t lot_kg;
	int64_t limit_lots;
	uint8_t seed[SEED_BYTES];
	uint32_t grade_count, province_count;
	uint32_t substitute_count;
	const struct solver_substitute *substitutes;
	/* [from * province_count + to], rial per kg or FREIGHT_NONE. */
	const int64_t *freights;
	uint32_t offer_count;
	const struct solver_offer *offers;
	uint32_t claimant_count;
	const struct solver_claimant *claimants;
	/* Through all claimants in order, without gaps. */
	uint32_t request_count;
	const struct solver_request *requests;
	uint32_t member_count;
	const struct solver_member *members;
};

struct solution {
	/* [claimant] */
	int64_t *awards;
	/* Ascending by (request, offer). */
	uint32_t flow_count;
	uint32_t *flow_requests;
	uint32_t *flow_offers;
	int64_t *flow_lots;
	int32_t *claimant_components, *claimant_levels;
	int32_t *request_components, *request_levels;
	int32_t *offer_components, *offer_levels;
	int64_t *offer_dual_ranks, *offer_dual_costs;
	int64_t *request_dual_ranks, *request_dual_costs;
	int64_t *claimant_dual_ranks, *claimant_dual_costs;
	int64_t placed_lots, total_rank, total_cost;
};

#define SOLVER_ERROR_LIST(X)                                                                       \
	X(NONE, "solved")                                                                          \
	X(MALFORMED, "the problem does not decode")                                                \
	X(ID_EMPTY, "an id is empty")                                                              \
	X(ID_ORDER, "ids are not ascending")                                                       \
	X(ID_DUPLICATE, "an id occurs twice")                                                      \
	X(NEGATIVE, "an amount is negative")                                                       \
	X(OVERFLOW, "an amount is above its range")                                                \
	X(WEIGHT_ZERO, "a member's weight is below 1")                                             \
	X(LOT_SIZE, "the lot is below 1 kg or above 2^30 kg")                                      \
	X(SEED_SIZE, "the seed is not 32 bytes")                                                   \
	X(CLASS_RANGE, "a priority class is not 0 to 9")                                           \
	X(SUBSTITUTE_SELF, "a grade substitutes itself")                                           \
	X(FREIGHT_DUPLICATE, "a freight is listed twice")                                          \
	X(WINDOW, "a delivery window ends before it begins")                                       \
	X(LIMIT, "a limit in a main pass, or another policy than equal in a reserve pass")         \
	X(LANDED_RANGE, "a landed cost is beyond 31 bits")                                         \
	X(POLICY_UNKNOWN, "the policy is not one of this solver's")                                \
	X(ROUNDING_UNKNOWN, "the rounding is not one of this solver's")                            \
	X(PASS_UNKNOWN, "the pass is neither reserve nor main")                                    \
	X(TOO_LARGE, "the problem needs more memory than there is")

enum solver_error {
#define X(name, sentence) SOLVER_##name,
	SOLVER_ERROR_LIST(X)
#undef X
};

struct solver_failure {
	enum solver_error error;
	/* The id or field it is about; may be empty. */
	char subject[64];
	/* TOO_LARGE: bytes the problem would need. */
	uint64_t needed_bytes;
};

/* "ID_DUPLICATE" and "an id occurs twice". */
const char *solver_error_name(enum solver_error error);
const char *solver_error_sentence(enum solver_error error);
/* Notes the failure; always false, so that a check can end with it. */
bool solver_fail(struct solver_failure *failure, enum solver_error error, const char *subject);

/* The solution lives in the arena, which also gives the scratch memory: about
 * 64 bytes an arc and 2 KiB a claimant with one request. False with the failure. */
MUST_CHECK bool solver_solve(struct arena *arena, const struct problem *problem,
                             struct solution *solution, struct solver_failure *failure);

/* messages.c: a serialised Problem to a serialised Solution, in the arena. */
MUST_CHECK bool messages_solve(struct arena *arena, struct bytes task, struct bytes *answer,
                               struct solver_failure *failure);

#endif
