/* What would have helped: the menu of counterfactuals of one request in a proven pass,
 * everything else and the seed fixed. Pure: no I/O, no clock; memory from the arena.
 *
 * A claimant's next lot takes a place iff its key precedes the largest awarded key that can
 * be reached from where it may enter: along residual arcs (a request to any offer it may
 * take from, an offer to whom it serves, a claimant to his requests with room) a lot can be
 * passed on until somebody gives up the last of his, or an offer has room (+infinity).
 * Keys are exact fractions. If that is so but somebody who is refused with an earlier key could
 * come through the same opening, the pass is solved with the change to see whose it is. A promise
 * holds for the pass: minima that would be missed by it, and the reserve, are for solving again
 * (whatif.h). */
#ifndef TASHEEM_CTL_EXPLAIN_H
#define TASHEEM_CTL_EXPLAIN_H

#include "services/ctl/whatif.h"

enum explain_change {
	/* One more lot of ceiling and demand. */
	EXPLAIN_LOT,
	/* A grade that is no listed substitute yet. */
	EXPLAIN_SUBSTITUTE,
	/* The landed maximum raised to the next offer's price. */
	EXPLAIN_PRICE,
	/* No minimum. Changes nothing inside a pass: only solving the draw tells. */
	EXPLAIN_MINIMUM,
};

/* kg per kg of weight (or whatever the policy divides by); denominator 0: infinite. Shortened to
 * 63 bits: to be read, the promise was made with all of them. */
struct explain_key {
	int64_t numerator, denominator;
};

struct explain_option {
	enum explain_change change;
	/* SUBSTITUTE: the grade. */
	const char *grade;
	/* PRICE: rial per kg. */
	int64_t price;
	/* The buyer would get one lot more. */
	bool helps;
	/* Key of the next lot, and the largest that can be reached. */
	struct explain_key next, reach;
	/* What would be reached has room; nothing that is awarded can be reached. */
	bool room, nothing;
	/* Somebody with an earlier key might have come first, so the pass was solved to know. */
	bool rival;
};

struct explanation {
	/* Whose request, which: set by the caller. */
	const char *buyer_id, *request_id;
	uint32_t claimant, request;
	int64_t award_lots, demand_lots, served_lots, request_lots;
	struct explain_option *options;
	uint32_t count;
};

/* False when the request is not in the problem, or the policy has no keys (least cost). */
MUST_CHECK bool explain_request(struct arena *arena, const problem_message *problem,
                                const solution_message *solution, struct explanation *explanation);
/* The problem with the change: what to solve to see whether the promise holds. */
problem_message *explain_apply(struct arena *arena, const problem_message *problem,
                               const struct explanation *explanation,
                               const struct explain_option *option);
/* Whether promises of a pass say all: it is the only one, and no minimum could be missed. */
bool explain_suffices(const bundle_message *bundle);

#endif
