/* Lottery: one lot each in the order of the public draw, then a second round.
 *
 * Source: share registrars' allotment when even one lot each is impossible. Ours:
 * K = the whole lots held after this one; ties fall to H as everywhere. */
#include "services/solver/keys.h"

void policy_lottery_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
			struct key *key)
{
	key->numerator = claimant->held_kg / keys->lot_kg + lot;
}
