/* Lottery: one lot each in the order of the public draw, then a second round.
 *
 * Source: share registrars' allotment when even one lot each is impossible. Ours:
 * K = the kg held after this lot, without rounding offset, so that nobody has a second
 * lot before all had one; ties fall to H as everywhere. */
#include "services/solver/keys.h"

void policy_lottery_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                        struct key *key)
{
	key->numerator = (int128)claimant->held_kg + (int128)lot * keys->lot_kg;
}
