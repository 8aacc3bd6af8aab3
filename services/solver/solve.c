/* The whole of a solution: network, keys, fair stage, cost stage, certificate.
 *
 * A reserve pass that stops after its limit is the same sharing with everyone's
 * demand cut where the limit fell: the first limit_lots of the lots awarded, in key
 * order, tell how many lots each has before that key; solved again with these as
 * limits it gives exactly them, with levels that prove it. */
#include "services/solver/cost.h"

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
	struct arena *arena;
	const struct problem *problem;
	struct network network;
	struct keys keys;
	struct flow flow;
	struct levels levels;
	struct duals duals;
};

static void flow_open(struct solve *solve)
{
	const struct network *network = &solve->network;
	struct arena *arena = solve->arena;
	solve->flow.arc = ARENA_ARRAY(arena, int64_t, network->arc_count + 1);
	solve->flow.request = ARENA_ARRAY(arena, int64_t, network->request_count + 1);
	solve->flow.claimant = ARENA_ARRAY(arena, int64_t, network->claimant_count + 1);
	solve->flow.offer = ARENA_ARRAY(arena, int64_t, network->offer_count + 1);
	solve->duals.offer = ARENA_ARRAY(arena, wide, network->offer_count + 1);
	solve->duals.request = ARENA_ARRAY(arena, wide, network->request_count + 1);
	solve->duals.claimant = ARENA_ARRAY(arena, wide, network->claimant_count + 1);
	solve->duals.unit = COST_UNIT;
}

static void run_cost(struct solve *solve, const struct division *division,
                     const struct blocks *blocks, const int64_t *wants, bool free)
{
	struct cost cost;
	cost_open(solve->arena, &cost, division, &solve->flow, solve->problem->cost_first);
	for (uint32_t b = 0; b < blocks->count; b++) {
		cost_run(&cost, &blocks->list[b], wants, free);
		cost_duals(&cost, &blocks->list[b], &solve->duals);
	}
}

static void run_fair(struct solve *solve, const int64_t *limits)
{
	struct division division;
	struct blocks components, blocks;
	division_open(solve->arena, &solve->network, &division, &solve->levels, &components);
	fair_solve(solve->arena, &solve->keys, limits, &division, &components, &solve->flow,
	           &solve->levels, &blocks);
	int64_t *awards = ARENA_ARRAY(solve->arena, int64_t, solve->network.claimant_count + 1);
	memcpy(awards, solve->flow.claimant,
	       solve->network.claimant_count * sizeof *solve->flow.claimant);
	run_cost(solve, &division, &blocks, awards, false);
}

/* Without keys: level 0 is whatever those in want can still reach, level 1 the rest. */
static void levels_by_reach(struct solve *solve, struct division *division,
                            const struct blocks *components, const int64_t *limits)
{
	const struct network *network = &solve->network;
	struct levels *levels = &solve->levels;
	struct flow scratch = solve->flow;
	struct maxflow maxflow;
	maxflow_open(solve->arena, &maxflow, division, &scratch);
	for (uint32_t c = 0; c < components->count; c++)
		maxflow_reach(&maxflow, &components->list[c], limits);
	uint32_t first_offer = network->claimant_count + network->request_count;
	for (uint32_t j = 0; j < network->claimant_count; j++)
		levels->claimant_level[j] = !maxflow_reached(&maxflow, j);
	for (uint32_t r = 0; r < network->request_count; r++)
		levels->request_level[r] = !maxflow_reached(&maxflow, network->claimant_count + r);
	for (uint32_t i = 0; i < network->offer_count; i++)
		levels->offer_level[i] = !maxflow_reached(&maxflow, first_offer + i);
}

static void run_least_cost(struct solve *solve, const int64_t *limits)
{
	struct division division;
	struct blocks components;
	division_open(solve->arena, &solve->network, &division, &solve->levels, &components);
	run_cost(solve, &division, &components, limits, true);
	levels_by_reach(solve, &division, &components, limits);
}

/* Cuts the limits at the key where the awarded lots reach the pass's limit. */
static bool limits_cut(struct solve *solve, int64_t *limits)
{
	uint32_t count = solve->network.claimant_count;
	int64_t placed = 0;
	for (uint32_t j = 0; j < count; j++)
		placed += solve->flow.claimant[j];
	if (placed <= solve->problem->limit_lots)
		return false;
	uint32_t *everyone = ARENA_ARRAY(solve->arena, uint32_t, count + 1);
	int64_t *awards = ARENA_ARRAY(solve->arena, int64_t, count + 1);
	for (uint32_t j = 0; j < count; j++)
		everyone[j] = j;
	share_select(solve->arena, &solve->keys, everyone, count, solve->flow.claimant,
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
		limits[j] = keys_count_until(&solve->keys, j, limits[j], &last);
	return true;
}

static void dual_split(const struct solve *solve, wide dual, int64_t *rank, int64_t *cost)
{
	wide high = (dual + COST_UNIT / 2) >> 60;
	wide low = dual - high * COST_UNIT;
	*rank = (int64_t)(solve->problem->cost_first ? low : high);
	*cost = (int64_t)(solve->problem->cost_first ? high : low);
}

static void solution_open(struct solve *solve, struct solution *solution)
{
	const struct problem *problem = solve->problem;
	struct arena *arena = solve->arena;
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
	for (uint32_t j = 0; j < network->claimant_count; j++) {
		uint32_t to = network->claimant_origin[j];
		solution->awards[to] = solve->flow.claimant[j];
		solution->placed_lots += solve->flow.claimant[j];
		solution->claimant_components[to] = solve->levels.claimant_component[j];
		solution->claimant_levels[to] = solve->levels.claimant_level[j];
		dual_split(solve, solve->duals.claimant[j], &solution->claimant_dual_ranks[to],
		           &solution->claimant_dual_costs[to]);
	}
	for (uint32_t r = 0; r < network->request_count; r++) {
		uint32_t to = network->request_origin[r];
		solution->request_components[to] = solve->levels.request_component[r];
		solution->request_levels[to] = solve->levels.request_level[r];
		dual_split(solve, solve->duals.request[r], &solution->request_dual_ranks[to],
		           &solution->request_dual_costs[to]);
	}
	for (uint32_t i = 0; i < network->offer_count; i++) {
		uint32_t to = network->offer_origin[i];
		solution->offer_components[to] = solve->levels.offer_component[i];
		solution->offer_levels[to] = solve->levels.offer_level[i];
		dual_split(solve, solve->duals.offer[i], &solution->offer_dual_ranks[to],
		           &solution->offer_dual_costs[to]);
	}
}

/* One request's flows, ascending by the problem's offer numbers. */
static void flows_of_request(const struct solve *solve, uint32_t request, struct solution *solution)
{
	const struct network *network = &solve->network;
	uint32_t first = solution->flow_count;
	for (uint32_t a = network->first_arc[request]; a < network->first_arc[request + 1]; a++) {
		int64_t lots = solve->flow.arc[a];
		if (lots == 0)
			continue;
		uint32_t offer = network->offer_origin[network->arc_offer[a]];
		uint32_t place = solution->flow_count++;
		for (; place > first && solution->flow_offers[place - 1] > offer; place--) {
			solution->flow_offers[place] = solution->flow_offers[place - 1];
			solution->flow_lots[place] = solution->flow_lots[place - 1];
		}
		solution->flow_offers[place] = offer;
		solution->flow_lots[place] = lots;
		solution->flow_requests[solution->flow_count - 1] =
		        network->request_origin[request];
	}
}

static bool solution_flows(const struct solve *solve, struct solution *solution)
{
	const struct network *network = &solve->network;
	uint32_t flows = 0;
	int128 rank = 0, cost = 0;
	uint32_t *numbers = ARENA_ARRAY(solve->arena, uint32_t, network->request_count + 1);
	for (uint32_t a = 0; a < network->arc_count; a++) {
		flows += solve->flow.arc[a] > 0;
		rank += (int128)solve->flow.arc[a] * network->arc_rank[a];
		cost += (int128)solve->flow.arc[a] * network->arc_cost[a];
	}
	if (cost > INT64_MAX || cost < INT64_MIN)
		return false;
	solution->total_rank = (int64_t)rank;
	solution->total_cost = (int64_t)cost;
	solution->flow_requests = ARENA_ARRAY(solve->arena, uint32_t, flows + 1);
	solution->flow_offers = ARENA_ARRAY(solve->arena, uint32_t, flows + 1);
	solution->flow_lots = ARENA_ARRAY(solve->arena, int64_t, flows + 1);
	for (uint32_t r = 0; r < network->request_count; r++)
		numbers[network->request_origin[r]] = r;
	for (uint32_t r = 0; r < network->request_count; r++)
		flows_of_request(solve, numbers[r], solution);
	return true;
}

/* Nobody is refused what no request of his could take. */
static void limits_set(const struct solve *solve, int64_t *limits)
{
	const struct network *network = &solve->network;
	for (uint32_t j = 0; j < network->claimant_count; j++) {
		int64_t takes = 0, demand = solve->keys.claimants[j].demand_lots;
		for (uint32_t r = network->first_request[j]; r < network->first_request[j + 1]; r++)
			takes += network->request_lots[r];
		limits[j] = takes < demand ? takes : demand;
	}
}

bool solver_solve(struct arena *arena, const struct problem *problem, struct solution *solution,
                  struct solver_failure *failure)
{
	struct solve solve = {.arena = arena, .problem = problem};
	*failure = (struct solver_failure){.error = SOLVER_NONE};
	if (!arcs_derive(arena, problem, &solve.network, failure))
		return false;
	keys_derive(arena, problem, &solve.network, &solve.keys);
	flow_open(&solve);
	int64_t *limits = ARENA_ARRAY(arena, int64_t, solve.network.claimant_count + 1);
	limits_set(&solve, limits);
	if (problem->policy == POLICY_LEAST_COST)
		run_least_cost(&solve, limits);
	else
		run_fair(&solve, limits);
	if (problem->pass_kind == PASS_RESERVE && limits_cut(&solve, limits))
		run_fair(&solve, limits);
	solution_open(&solve, solution);
	solution_standings(&solve, solution);
	if (!solution_flows(&solve, solution))
		return solver_fail(failure, SOLVER_OVERFLOW, "total_cost");
	return true;
}
