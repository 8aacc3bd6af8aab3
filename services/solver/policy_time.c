/* Time: first come, first served.
 *
 * Source: the order of acceptance, as food cooperatives and exchanges do at equal
 * price. Ours: K = the sequence of the claimant's earliest accepted request, then
 * the lot's number, so claimants of one sequence take turns. */
#include "services/solver/keys.h"

void policy_time_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                     struct key *key)
{
	(void)keys;
	key->numerator = claimant->sequence;
	key->then = lot;
}
