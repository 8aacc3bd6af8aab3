/* What changed hands when past rounds were solved again: sums per buyer and per group. */
#ifndef TASHEEM_CTL_REHEARSE_H
#define TASHEEM_CTL_REHEARSE_H

#include "common/checked.h"
#include "services/ctl/call.h"
#include "services/ctl/whatif.h"

/* A buyer over all rounds. */
struct rehearse_buyer {
	const char *buyer_id;
	const char *province;
	/* "" when the registry was not asked. */
	const char *county;
	bool cooperative;
	/* Largest in one round, over its licences. */
	int64_t weight_kg;
	int64_t rounds, asked_kg, before_kg, after_kg;
};

struct rehearsal {
	struct ctl *ctl;
	struct rehearse_buyer *buyers;
	uint32_t count, room;
	/* buyer_id to number. */
	json_t *numbers;
	/* One object a round. */
	json_t *rounds;
	int64_t before_kg, after_kg, moved_kg;
	/* Rial at the buyers' gates. */
	int128 before_rial, after_rial;
	int64_t took_ms;
};

void rehearse_open(struct rehearsal *rehearsal, struct ctl *ctl);
void rehearse_close(struct rehearsal *rehearsal);
/* A round as it was (its last pass), and as it would have been. */
void rehearse_note(struct rehearsal *rehearsal, const problem_message *problem,
                   const solution_message *before, const struct whatif_draw *after);
/* Counties and cooperatives from the registry's listings; either may be NULL. */
void rehearse_place(struct rehearsal *rehearsal, const json_t *parties, const json_t *cooperatives);
/* Tables, or with --json one object. */
void rehearse_show(struct rehearsal *rehearsal, const struct whatif_rule *rule);
/* "pro_rata" of a policy's number; "unchanged" for 0. */
const char *rehearse_policy(struct ctl *ctl, int policy);
const char *rehearse_rounding(struct ctl *ctl, int rounding);

#endif
