/* Keys of lots: see keys.h. The policies are one file each; here is what they
 * share: T, beta by the rounding, the members' water curves, and the order. */
#include "services/solver/keys.h"

#include <stdlib.h>
#include <string.h>

static policy_key *const policy_keys[POLICY_COUNT] = {
        [POLICY_WEIGHTED] = policy_weighted_key,
        [POLICY_EQUAL] = policy_equal_key,
        [POLICY_PRO_RATA] = policy_pro_rata_key,
        [POLICY_TIME] = policy_time_key,
        [POLICY_LEAST_COST] = policy_least_cost_key,
        [POLICY_EQUAL_LOSSES] = policy_equal_losses_key,
        [POLICY_TALMUD] = policy_talmud_key,
        [POLICY_LOTTERY] = policy_lottery_key,
};

int128 keys_target(const struct keys *keys, const struct key_claimant *claimant, int64_t lot)
{
	return (int128)claimant->held_kg * BETA_ONE +
	       ((int128)lot * BETA_ONE - claimant->beta) * keys->lot_kg;
}

void keys_at(const struct keys *keys, uint32_t claimant, int64_t lot, struct key *key)
{
	const struct key_claimant *one = &keys->claimants[claimant];
	*key = (struct key){
	        .class = lot <= one->reserve_lots ? -1 : one->class,
	        .denominator = 1,
	        .claimant = claimant,
	};
	policy_keys[keys->policy](keys, one, lot, key);
}

int keys_compare(const struct key *left, const struct key *right)
{
	if (left->class != right->class)
		return left->class < right->class ? -1 : 1;
	if (left->phase != right->phase)
		return left->phase < right->phase ? -1 : 1;
	if (left->infinite != right->infinite)
		return right->infinite ? -1 : 1;
	if (!left->infinite) {
		int128 one = left->numerator * right->denominator;
		int128 two = right->numerator * left->denominator;
		if (one != two)
			return one < two ? -1 : 1;
	}
	if (left->then != right->then)
		return left->then < right->then ? -1 : 1;
	if (left->claimant != right->claimant)
		return left->claimant < right->claimant ? -1 : 1;
	return 0;
}

int64_t keys_count_until(const struct keys *keys, uint32_t claimant, int64_t most,
                         const struct key *last)
{
	int64_t low = 0, high = most;
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;
		struct key key;
		keys_at(keys, claimant, middle, &key);
		if (keys_compare(&key, last) <= 0)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int64_t beta_of(const struct problem *problem, const struct solver_claimant *claimant,
                       const uint8_t *hash)
{
	switch (problem->rounding) {
	case ROUNDING_OFFSET:
		return (int64_t)hash[0] << 16 | (int64_t)hash[1] << 8 | hash[2];
	case ROUNDING_CARRY:
		return claimant->carry_numerator;
	case ROUNDING_WEBSTER:
		return BETA_ONE / 2;
	case ROUNDING_JEFFERSON:
	case ROUNDING_FLOOR:
		break;
	}
	return 0;
}

static int step_order(const void *left, const void *right)
{
	const struct key_step *one = left, *two = right;
	int128 difference =
	        (int128)one->demand_kg * two->weight - (int128)two->demand_kg * one->weight;
	return difference < 0 ? -1 : difference > 0;
}

static void steps_derive(const struct solver_member *members, uint32_t count,
                         struct key_claimant *claimant, struct key_step *steps)
{
	int64_t open = 0, filled = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (members[i].demand_kg == 0)
			continue;
		steps[claimant->step_count++] = (struct key_step){.demand_kg = members[i].demand_kg,
		                                                  .weight = members[i].weight_kg};
		open += members[i].weight_kg;
		claimant->demand_kg += members[i].demand_kg;
	}
	if (claimant->step_count > 1)
		qsort(steps, claimant->step_count, sizeof *steps, step_order);
	for (uint32_t i = 0; i < claimant->step_count; i++) {
		steps[i].filled_kg = filled;
		steps[i].open_weight = open;
		filled += steps[i].demand_kg;
		open -= steps[i].weight;
	}
}

void keys_derive(struct arena *arena, const struct problem *problem, const struct network *network,
                 struct keys *keys)
{
	*keys = (struct keys){.policy = problem->policy,
	                      .lot_kg = problem->lot_kg,
	                      .count = network->claimant_count};
	keys->claimants = ARENA_ARRAY(arena, struct key_claimant, keys->count + 1);
	keys->steps = ARENA_ARRAY(arena, struct key_step, problem->member_count + 1);
	uint32_t next = 0;
	for (uint32_t j = 0; j < keys->count; j++) {
		const struct solver_claimant *from =
		        &problem->claimants[network->claimant_origin[j]];
		struct key_claimant *to = &keys->claimants[j];
		*to = (struct key_claimant){.class = from->priority_class,
		                            .held_kg = from->held_kg,
		                            .demand_lots = from->demand_lots,
		                            .reserve_lots = from->reserve_lots,
		                            .sequence = from->sequence,
		                            .first_step = next};
		to->beta = beta_of(problem, from, network->hashes[j]);
		steps_derive(problem->members + from->first_member, from->member_count, to,
		             keys->steps + next);
		next += to->step_count;
	}
}
