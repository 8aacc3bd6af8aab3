/* Equal losses: everyone goes without the same quantity, nobody below nothing.
 *
 * Source: constrained equal losses (Maimonides; Aumann and Maschler 1985). Ours:
 * K = T - whole demand, the loss after the lot with its sign turned: whoever
 * misses most is served first. */
#include "services/solver/keys.h"

void policy_equal_losses_key(const struct keys *keys, const struct key_claimant *claimant,
                             int64_t lot, struct key *key)
{
	key->numerator = keys_target(keys, claimant, lot) - (int128)claimant->demand_kg * BETA_ONE;
}
