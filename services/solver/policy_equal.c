/* Equal: everyone gets the same quantity, nobody more than he asked.
 *
 * Source: the uniform rule (Sprumont 1991), on networks the egalitarian rule of
 * Bochet, Ilkilic, Moulin and Sethuraman, Theoretical Economics 7 (2012) 395-423.
 * Ours: K = T, the kg held after the lot, less the rounding offset. Open to
 * splitting one member in two; for the reserve of small units that is the point. */
#include "services/solver/keys.h"

void policy_equal_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                      struct key *key)
{
	key->numerator = keys_target(keys, claimant, lot);
}
