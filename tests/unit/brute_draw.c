/* Whole draws: a reserve pass if there is a limit, then passes until no minimum is missed. */
#include <sodium.h>
#include <string.h>

#include "tests/unit/brute_network.h"

/* The request to be withdrawn, NULL for none. */
static Request *below_minimum(const Problem *p, const Solution *s)
{
	Request *found = NULL;
	uint8_t largest[16];
	uint32_t number = 0;
	for (size_t j = 0; j < p->n_claimants; j++)
		for (size_t at = 0; at < p->claimants[j]->n_requests; at++, number++) {
			Request *request = p->claimants[j]->requests[at];
			int64_t placed = 0;
			uint8_t draw[16];
			for (size_t flow = 0; flow < s->n_flow_lots; flow++)
				placed += s->flow_requests[flow] == number ? s->flow_lots[flow] : 0;
			brute_draw_of(p, p->claimants[j], draw);
			if (placed == 0 || placed >= request->minimum_lots ||
			    (found && memcmp(draw, largest, 16) <= 0))
				continue;
			memcpy(largest, draw, 16);
			found = request;
		}
	return found;
}

static Solution *bundle_add(struct arena *arena, Bundle *bundle, Problem *problem)
{
	size_t at = bundle->n_problems;
	CHECK(at <= BRUTE_REQUESTS);
	problem->pass = (uint32_t)at;
	problem->parent_digest.len = 32;
	problem->parent_digest.data = ARENA_ARRAY(arena, uint8_t, 32);
	if (at > 0)
		book_digest(arena, bundle->solutions[at - 1], problem->parent_digest.data, 32);
	bundle->problems[at] = problem;
	bundle->solutions[at] = brute_solve(arena, problem);
	bundle->n_problems = bundle->n_solutions = at + 1;
	return bundle->solutions[at];
}

Bundle *brute_draw(struct arena *arena, const Problem *problem, int64_t limit_lots,
                   uint64_t eligible)
{
	Bundle *bundle = ARENA_NEW(arena, Bundle);
	tasheem__solver__v1__bundle__init(bundle);
	bundle->problems = ARENA_ARRAY(arena, Problem *, BRUTE_REQUESTS + 2);
	bundle->solutions = ARENA_ARRAY(arena, Solution *, BRUTE_REQUESTS + 2);
	bundle->seed_commitment.len = 32;
	bundle->seed_commitment.data = ARENA_ARRAY(arena, uint8_t, 32);
	crypto_generichash(bundle->seed_commitment.data, 32, problem->seed.data, 32, NULL, 0);
	Problem *main_pass = book_copy(arena, problem);
	if (limit_lots > 0) {
		Problem *reserve = book_copy(arena, problem);
		reserve->pass_kind = PASS(RESERVE);
		reserve->policy = POLICY(EQUAL);
		reserve->limit_lots = limit_lots;
		for (size_t j = 0; j < reserve->n_claimants; j++)
			if (!(eligible >> j & 1))
				reserve->claimants[j]->demand_lots = 0;
		const Solution *found = bundle_add(arena, bundle, reserve);
		for (size_t j = 0; j < main_pass->n_claimants; j++)
			main_pass->claimants[j]->reserve_lots = found->awards[j];
	}
	for (;;) {
		const Solution *solution = bundle_add(arena, bundle, main_pass);
		if (!below_minimum(main_pass, solution))
			return bundle;
		main_pass = book_copy(arena, main_pass);
		below_minimum(main_pass, solution)->withdrawn = true;
	}
}
