/* Least cost: the largest placement at the smallest landed cost, nothing fair
 * about it; a baseline to measure the price of fairness.
 *
 * Source: minimum-cost maximum flow. Ours: there is no key, all lots are one; the
 * cost stage chooses who gets them (solve.c sends it whole components). */
#include "services/solver/keys.h"

void policy_least_cost_key(const struct keys *keys, const struct key_claimant *claimant,
                           int64_t lot, struct key *key)
{
	(void)keys;
	(void)claimant;
	(void)lot;
	key->numerator = 0;
}
