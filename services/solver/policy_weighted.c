/* Weighted (the default): everyone's water rises at the speed of his confirmed
 * capacity until his demand is met.
 *
 * Source: weighted max-min fairness; on a network, the lexicographically optimal
 * base of a polymatroid (Megiddo 1974, Fujishige 1980). Ours: a claimant's curve
 * is the sum of his members', f(K) = sum of min(demand, K * weight), so pooling in
 * a cooperative changes nobody's share beyond rounding, and a member with a large
 * weight and a small need pads nobody's. The key of lot t is the level at which
 * f reaches T; beyond the whole demand it is infinite, at or below 0 it is 0.
 *
 * f is linear between the levels demand/weight at which members are full, so the
 * inverse is (T - filled) / open weight on the piece that holds T, exactly. */
#include "services/solver/keys.h"

void policy_weighted_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                         struct key *key)
{
	int128 target = keys_target(keys, claimant, lot);
	if (target <= 0)
		return;
	if (target > (int128)claimant->demand_kg * BETA_ONE) {
		key->infinite = true;
		return;
	}
	const struct key_step *steps = keys->steps + claimant->first_step;
	uint32_t low = 0, high = claimant->step_count - 1;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		const struct key_step *step = &steps[middle];
		int128 above = (target - (int128)step->filled_kg * BETA_ONE) * step->weight;
		if (above <= (int128)step->demand_kg * step->open_weight * BETA_ONE)
			high = middle;
		else
			low = middle + 1;
	}
	key->numerator = target - (int128)steps[low].filled_kg * BETA_ONE;
	key->denominator = steps[low].open_weight;
}
