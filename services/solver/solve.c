/* The whole of a solution: network, keys, fair stage, cost stage, certificate.
 *
 * The stages work on one struct engine, which the benchmark drives as well.
 *
 * A reserve pass that stops after its limit is the same sharing with everyone's
 * demand cut where the limit fell: the first limit_lots of the lots awarded, in key
 * order, tell how many lots each has before that key; solved again with these as
 * limits it gives exactly them, with levels that prove it. */
#include "services/solver/fair.h"

#include <string.h>

static const char *const error_names[] = {
#define X(name, sentence) #name,
        SOLVER_ERROR_LIST(X)
#undef X
};
static const char *const error_sentences[] = {
#define X(name, sentence) sentence,
        SOLVER_ERROR_LIST(X)
#undef X
};

const char *solver_error_name(enum solver_error error)
{
	return error_names[error];
}

const char *solver_error_sentence(enum solver_error error)
{
	return error_sentences[error];
}

bool solver_fail(struct solver_failure *failure, enum solver_error error, const char *subject)
{
	size_t size = strlen(subject);
	failure->error = error;
	if (size >= sizeof failure->subject)
		size = sizeof failure->subject - 1;
	memset(failure->subject, 0, sizeof failure->subject);
	memcpy(failure->subject, subject, size);
	return false;
}

struct solve {
	const struct problem *problem;
	struct network network;
	struct keys keys;
	struct engine engine;
	int64_t *limits;
};

/* Cuts the limits at the key where the awarded lots reach the pass's limit. */
static bool limits_cut(struct solve *solve)
{
	uint32_t count = solve->network.claimant_count;
	struct arena *arena = solve->engine.arena;
	const int64_t *placed = solve->engine.flow.claimant;
	int64_t total = 0;
	for (uint32_t j = 0; j < count; j++)
		total += placed[j];
	if (total <= solve->problem->limit_lots)
		return false;
	uint32_t *everyone = ARENA_ARRAY(arena, uint32_t, count + 1);
	int64_t *awards = ARENA_ARRAY(arena, int64_t, count + 1);
	for (uint32_t j = 0; j < count; j++)
		everyone[j] = j;
	share_select(arena, &solve->keys, &(struct share_pool){everyone, count, placed},
	             solve->problem->limit_lots, awards);
	struct key last = {.class = INT32_MIN};
	for (uint32_t j = 0; j < count; j++) {
		struct key key;
		if (awards[j] == 0)
			continue;
		keys_at(&solve->keys, j, awards[j], &key);
		if (keys_compare(&key, &last) > 0)
			last = key;
	}
	for (uint32_t j = 0; j < count; j++)
		solve->limits[j] = keys_count_until(&solve->keys, j, solve->limits[j], &last);
	return true;
}

static void solution_open(struct solve *solve, struct solution *solution)
{
	const struct problem *problem = solve->problem;
	struct arena *arena = solve->engine.arena;
	uint32_t claimants = problem->claimant_count + 1, requests = problem->request_count + 1;
	uint32_t offers = problem->offer_count + 1;
	*solution = (struct solution){
	        .awards = ARENA_ARRAY(arena, int64_t, claimants),
	        .claimant_components = ARENA_ARRAY(arena, int32_t, claimants),
	        .claimant_levels = ARENA_ARRAY(arena, int32_t, claimants),
	        .request_components = ARENA_ARRAY(arena, int32_t, requests),
	        .request_levels = ARENA_ARRAY(arena, int32_t, requests),
	        .offer_components = ARENA_ARRAY(arena, int32_t, offers),
	        .offer_levels = ARENA_ARRAY(arena, int32_t, offers),
	        .offer_dual_ranks = ARENA_ARRAY(arena, int64_t, offers),
	        .offer_dual_costs = ARENA_ARRAY(arena, int64_t, offers),
	        .request_dual_ranks = ARENA_ARRAY(arena, int64_t, requests),
	        .request_dual_costs = ARENA_ARRAY(arena, int64_t, requests),
	        .claimant_dual_ranks = ARENA_ARRAY(arena, int64_t, claimants),
	        .claimant_dual_costs = ARENA_ARRAY(arena, int64_t, claimants),
	};
}

static void solution_standings(const struct solve *solve, struct solution *solution)
{
	const struct network *network = &solve->network;
	const struct levels *levels = &solve->engine.levels;
	const struct duals *duals = &solve->engine.duals;
	for (uint32_t j = 0; j < network->claimant_count; j++) {
		uint32_t to = network->claimant_origin[j];
		solution->awards[to] = solve->engine.flow.claimant[j];
		solution->placed_lots += solve->engine.flow.claimant[j];
		solution->claimant_components[to] = levels->claimant_component[j];
		solution->claimant_levels[to] = levels->claimant_level[j];
		solution->claimant_dual_ranks[to] = duals->claimant.rank[j];
		solution->claimant_dual_costs[to] = duals->claimant.cost[j];
	}
	for (uint32_t r = 0; r < network->request_count; r++) {
		uint32_t to = network->request_origin[r];
		solution->request_components[to] = levels->request_component[r];
		solution->request_levels[to] = levels->request_level[r];
		solution->request_dual_ranks[to] = duals->request.rank[r];
		solution->request_dual_costs[to] = duals->request.cost[r];
	}
	for (uint32_t i = 0; i < network->offer_count; i++) {
		uint32_t to = network->offer_origin[i];
		solution->offer_components[to] = levels->offer_component[i];
		solution->offer_levels[to] = levels->offer_level[i];
		solution->offer_dual_ranks[to] = duals->offer.rank[i];
		solution->offer_dual_costs[to] = duals->offer.cost[i];
	}
}

/* Puts share k among those of its request, whose places begin at `first`. */
static void flow_insert(const struct solve *solve, uint32_t k, uint32_t first, uint32_t place,
                        struct solution *solution)
{
	const struct shares *shares = &solve->engine.shares;
	uint32_t offer = solve->network.offer_origin[solve->network.arc_offer[shares->arc[k]]];
	for (; place > first && solution->flow_offers[place - 1] > offer; place--) {
		solution->flow_offers[place] = solution->flow_offers[place - 1];
		solution->flow_lots[place] = solution->flow_lots[place - 1];
	}
	solution->flow_offers[place] = offer;
	solution->flow_lots[place] = shares->lots[k];
}

/* Shares by (request, offer) in the problem's numbers; false when the cost overflows. */
static bool solution_flows(const struct solve *solve, struct solution *solution)
{
	const struct network *network = &solve->network;
	const struct shares *shares = &solve->engine.shares;
	struct arena *arena = solve->engine.arena;
	int128 rank = 0, cost = 0;
	uint32_t *first = ARENA_ARRAY(arena, uint32_t, network->request_count + 2);
	uint32_t *end = ARENA_ARRAY(arena, uint32_t, network->request_count + 1);
	for (uint32_t k = 0; k < shares->count; k++) {
		rank += (int128)shares->lots[k] * network->arc_rank[shares->arc[k]];
		cost += (int128)shares->lots[k] * network->arc_cost[shares->arc[k]];
		first[network->request_origin[shares->request[k]] + 1]++;
	}
	if (cost > INT64_MAX || cost < INT64_MIN)
		return false;
	solution->total_rank = (int64_t)rank;
	solution->total_cost = (int64_t)cost;
	solution->flow_count = shares->count;
	solution->flow_requests = ARENA_ARRAY(arena, uint32_t, shares->count + 1);
	solution->flow_offers = ARENA_ARRAY(arena, uint32_t, shares->count + 1);
	solution->flow_lots = ARENA_ARRAY(arena, int64_t, shares->count + 1);
	for (uint32_t r = 0; r < network->request_count; r++) {
		first[r + 1] += first[r];
		end[r] = first[r];
	}
	for (uint32_t k = 0; k < shares->count; k++) {
		uint32_t request = network->request_origin[shares->request[k]];
		solution->flow_requests[end[request]] = request;
		flow_insert(solve, k, first[request], end[request]++, solution);
	}
	return true;
}

/* Nobody is refused what no request of his could take. */
static void limits_set(struct solve *solve)
{
	const struct network *network = &solve->network;
	solve->limits = ARENA_ARRAY(solve->engine.arena, int64_t, network->claimant_count + 1);
	for (uint32_t j = 0; j < network->claimant_count; j++) {
		int64_t takes = 0, demand = solve->keys.claimants[j].demand_lots;
		for (uint32_t r = network->first_request[j]; r < network->first_request[j + 1]; r++)
			takes += network->request_lots[r];
		solve->limits[j] = takes < demand ? takes : demand;
	}
}

bool solver_solve(struct arena *arena, const struct problem *problem, struct solution *solution,
                  struct solver_failure *failure)
{
	struct solve solve = {.problem = problem};
	*failure = (struct solver_failure){.error = SOLVER_NONE};
	if (!arcs_derive(arena, problem, &solve.network, failure))
		return false;
	keys_derive(arena, problem, &solve.network, &solve.keys);
	solve.engine = (struct engine){
	        .arena = arena,
	        .network = &solve.network,
	        .keys = &solve.keys,
	        .cost_first = problem->cost_first,
	};
	limits_set(&solve);
	solve.engine.limits = solve.limits;
	engine_fair(&solve.engine);
	if (problem->pass_kind == PASS_RESERVE && limits_cut(&solve))
		engine_fair(&solve.engine);
	engine_cost(&solve.engine);
	solution_open(&solve, solution);
	solution_standings(&solve, solution);
	if (!solution_flows(&solve, solution))
		return solver_fail(failure, SOLVER_OVERFLOW, "total_cost");
	return true;
}
