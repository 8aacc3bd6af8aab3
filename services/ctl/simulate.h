/* A round of a family as if its book closed now: matching's own rules over a state that
 * lives only here (simulate_round.c), fed with what the daemons answer (simulate.c). */
#ifndef TASHEEM_CTL_SIMULATE_H
#define TASHEEM_CTL_SIMULATE_H

#include <jansson.h>

#include "services/ctl/whatif.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

/* What is known of the live book, and what is asked. Messages are borrowed. */
struct simulate_input {
	Tasheem__Quota__V1__RegimeApproved *regime;
	Tasheem__Matching__V1__Supplier **suppliers;
	Tasheem__Matching__V1__OfferChanged **offers;
	Tasheem__Quota__V1__RequestChanged **requests;
	uint32_t supplier_count, offer_count, request_count;
	const char *family;
	struct whatif_rule rule;
	int64_t now_ms;
	uint8_t seed[32];
};

struct simulate_output {
	/* RoundChanged, ShareDecided and AllocationChanged as they would be published, in JSON. */
	json_t *round, *shares, *allocations;
	uint32_t passes;
	char wrong[WHATIF_WRONG_SIZE];
};

/* Only open offers and requests of the family count, and the family must have a rule in the
 * regime. False with `wrong`. The lists are new references; `arena` is used up. */
MUST_CHECK bool simulate_round(struct arena *arena, const struct simulate_input *input,
                               struct simulate_output *output);

#endif
