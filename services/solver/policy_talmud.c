/* Talmud: equal awards until everyone has half of his demand, equal losses after.
 *
 * Source: the contested-garment-consistent rule of Mishna Ketubot 93a as Aumann
 * and Maschler (1985) explained it. Ours: a lot with 2 T <= demand is of the first
 * phase with K = T, any other of the second with K = T - demand. */
#include "services/solver/keys.h"

void policy_talmud_key(const struct keys *keys, const struct key_claimant *claimant, int64_t lot,
                       struct key *key)
{
	int128 demand = (int128)claimant->demand_kg * BETA_ONE;
	int128 target = keys_target(keys, claimant, lot);
	key->phase = 2 * target > demand;
	key->numerator = key->phase ? target - demand : target;
}
