/* Pro rata (tashim bi'n-nisba): everyone gets the same part of what he asked.
 *
 * Source: proportional division; the ECB's fixed-rate tenders work so. Ours:
 * K = T / whole demand, so on a network there is one coefficient per level. It
 * rewards asking for more: three times the demand gets three times the share. */
#include "services/solver/keys.h"

void policy_pro_rata_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                         struct key *key)
{
	key->numerator = keys_target(keys, claimant, lot);
	key->denominator = claimant->demand_kg;
	key->infinite = claimant->demand_kg == 0;
}
