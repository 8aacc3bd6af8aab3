/* Keys: the order in which lots are awarded, exactly.
 *
 * The key of a claimant's t-th lot is (class, phase, K, then, claimant number),
 * ascending; K = numerator / denominator is compared by 128-bit products. All
 * K of a policy share one scale: kg are counted in 2^-24ths, so beta is whole.
 * Ranges: what a claimant holds and orders is below 2^50 kg, so a numerator below
 * 2^74; demands sum to at most 2^50, weights to 2^48; products stay below 2^125. */
#ifndef TASHEEM_SOLVER_KEYS_H
#define TASHEEM_SOLVER_KEYS_H

#include "services/solver/network.h"

struct key {
	int32_t class;
	/* Only talmud has two. */
	int32_t phase;
	bool infinite;
	int128 numerator;
	int64_t denominator;
	/* Only time: the lot's number. */
	int64_t then;
	uint32_t claimant;
};

/* A piece of a claimant's water curve: while the level is below demand/weight of this
 * member, f(K) = filled_kg + K * open_weight. Pieces ascend by that level. */
struct key_step {
	int64_t filled_kg;
	int64_t open_weight;
	int64_t demand_kg;
	int64_t weight;
};

struct key_claimant {
	int32_t class;
	uint32_t first_step, step_count;
	int64_t held_kg;
	int64_t demand_lots;
	int64_t reserve_lots;
	/* Rounding offset in 2^-24ths of a lot. */
	int64_t beta;
	/* Sum over the members. */
	int64_t demand_kg;
	uint64_t sequence;
};

struct keys {
	enum policy policy;
	int64_t lot_kg;
	uint32_t count;
	struct key_claimant *claimants;
	struct key_step *steps;
};

/* Sets numerator, denominator, infinite, phase and then of `key` for lot t >= 1. */
typedef void policy_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                        struct key *key);
policy_key policy_weighted_key, policy_equal_key, policy_pro_rata_key, policy_time_key,
        policy_least_cost_key, policy_equal_losses_key, policy_talmud_key, policy_lottery_key;

void keys_derive(struct arena *arena, const struct problem *problem, const struct network *network,
                 struct keys *keys);
/* T of the comments in solver.proto, in 2^-24ths of a kg. */
int128 keys_target(const struct keys *keys, const struct key_claimant *claimant, int64_t lot);
void keys_at(const struct keys *keys, uint32_t claimant, int64_t lot, struct key *key);
/* How many of the claimant's first `most` lots have keys up to this one. */
int64_t keys_count_until(const struct keys *keys, uint32_t claimant, int64_t most,
                         const struct key *last);
int keys_compare(const struct key *left, const struct key *right);

/* Claimants that share one pool; limits[claimant] is the most he takes. */
struct share_pool {
	const uint32_t *claimants;
	uint32_t count;
	const int64_t *limits;
};

/* The `total` smallest keys among the pool's lots: awards[claimant] says how many of his they
 * are; all of them when they are fewer. */
void share_select(struct arena *arena, const struct keys *keys, const struct share_pool *pool,
                  int64_t total, int64_t *awards);

/* The same for 0 < total < the sum of limits, by a faster way; false when it does not apply. */
MUST_CHECK bool share_linear(struct arena *arena, const struct keys *keys,
                             const struct share_pool *pool, int64_t total, int64_t *awards);

#endif
