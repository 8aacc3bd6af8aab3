/* The comment on top of solver.proto, read aloud: every sentence one loop over all
 * pairs. What this accepts and what the verifier accepts must be the same. */
#include <string.h>

#include "tests/unit/brute_network.h"

struct look {
	struct brute b;
	const Solution *s;
	bool main_pass, least_cost;
	int component[NODES], level[NODES];
	int128 dual[NODES];
};

static bool lengths_fit(const struct look *look, size_t claimants, size_t requests, size_t offers)
{
	const Solution *s = look->s;
	bool shape = s->n_awards == claimants && s->n_flow_offers == s->n_flow_requests &&
	             s->n_flow_lots == s->n_flow_requests &&
	             s->n_claimant_components == claimants && s->n_claimant_levels == claimants &&
	             s->n_request_components == requests && s->n_request_levels == requests &&
	             s->n_offer_components == offers && s->n_offer_levels == offers;
	return shape && s->n_claimant_dual_ranks == claimants &&
	       s->n_claimant_dual_costs == claimants && s->n_request_dual_ranks == requests &&
	       s->n_request_dual_costs == requests && s->n_offer_dual_ranks == offers &&
	       s->n_offer_dual_costs == offers;
}

bool brute_load(struct brute *b, const Problem *problem, const Solution *s)
{
	int128 rank = 0, cost = 0, placed = 0;
	brute_derive(b, problem);
	for (size_t at = 0; at < s->n_flow_lots; at++) {
		uint32_t r = s->flow_requests[at], o = s->flow_offers[at];
		int64_t lots = s->flow_lots[at];
		if (r >= (uint32_t)b->requests || o >= (uint32_t)b->offers || !b->arc[r][o] ||
		    lots <= 0 || lots > BRUTE_LOTS)
			return false;
		if (at > 0 && (s->flow_requests[at - 1] > r ||
		               (s->flow_requests[at - 1] == r && s->flow_offers[at - 1] >= o)))
			return false;
		b->flow[r][o] = lots;
		b->served[r] += lots;
		b->given[o] += lots;
		b->award[b->owner[r]] += lots;
		placed += lots;
		rank += lots * b->rank[r][o];
		cost += (int128)lots * b->landed[r][o];
	}
	return placed == s->placed_lots && rank == s->total_rank && cost == s->total_cost;
}

static bool amounts_fit(const struct look *look)
{
	const struct brute *b = &look->b;
	const Problem *p = b->problem;
	for (int j = 0; j < b->claimants; j++)
		if (b->award[j] != look->s->awards[j] || b->award[j] > p->claimants[j]->demand_lots)
			return false;
	for (int r = 0; r < b->requests; r++)
		if (b->served[r] > b->request[r]->lots)
			return false;
	for (int o = 0; o < b->offers; o++)
		if (b->given[o] > p->offers[o]->lots)
			return false;
	return look->main_pass || look->s->placed_lots <= p->limit_lots;
}

static bool mark_read(struct look *look, int node, const int32_t *marks, const int64_t *duals)
{
	int64_t rank = duals[0], cost = duals[1], most = (int64_t)1 << 60;
	look->component[node] = marks[0];
	look->level[node] = marks[1];
	bool small = rank >= -most && rank <= most && cost >= -most && cost <= most;
	look->dual[node] = small ? brute_pair(look->b.problem, rank, cost) : 0;
	return small;
}

#define MARK_READ(look, node, side, at)                                                            \
	mark_read(                                                                                 \
	        (look), (node),                                                                    \
	        (int32_t[2]){(look)->s->side##_components[at], (look)->s->side##_levels[at]},      \
	        (int64_t[2]){(look)->s->side##_dual_ranks[at], (look)->s->side##_dual_costs[at]})

static bool marks_read(struct look *look)
{
	const struct brute *b = &look->b;
	bool good = true;
	for (int j = 0; j < b->claimants; j++)
		good = MARK_READ(look, j, claimant, j) && good;
	for (int r = 0; r < b->requests; r++)
		good = MARK_READ(look, request_node(b, r), request, r) && good;
	for (int o = 0; o < b->offers; o++)
		good = MARK_READ(look, offer_node(b, o), offer, o) && good;
	for (int node = 0; node < nodes_of(b); node++) {
		int company = 0;
		for (int other = 0; other < nodes_of(b); other++)
			company += look->component[other] == look->component[node];
		good = good && look->component[node] >= 0 && look->component[node] < nodes_of(b) &&
		       look->level[node] >= 0 && look->level[node] <= company &&
		       (company == 1 || !b->alone[node]);
	}
	return good;
}

static bool same_slot(const struct look *look, int one, int two)
{
	return look->component[one] == look->component[two] && look->level[one] == look->level[two];
}

/* Whether the node's level has an offer with room. */
static bool level_room(const struct look *look, int node)
{
	const struct brute *b = &look->b;
	for (int o = 0; o < b->offers; o++)
		if (offer_room(b, o) && same_slot(look, node, offer_node(b, o)))
			return true;
	return false;
}

static bool levels_fit(const struct look *look)
{
	const struct brute *b = &look->b;
	for (int from = 0; from < nodes_of(b); from++)
		for (int to = 0; to < nodes_of(b); to++) {
			if (!residual(b, from, to))
				continue;
			if (look->component[from] != look->component[to] ||
			    look->level[to] > look->level[from])
				return false;
			if (look->level[to] < look->level[from] && level_room(look, to))
				return false;
		}
	return true;
}

static bool refused(const struct look *look, int j)
{
	const struct brute *b = &look->b;
	for (int r = 0; r < b->requests; r++)
		if (b->owner[r] == j && request_room(b, r))
			return b->award[j] < b->problem->claimants[j]->demand_lots;
	return false;
}

/* Claimant j is refused; is everyone who should be before him? */
static bool refusal_fits(const struct look *look, int j)
{
	const struct brute *b = &look->b;
	bool limited = !look->main_pass && look->s->placed_lots == b->problem->limit_lots;
	bool room = false;
	for (int o = 0; o < b->offers; o++)
		room = room || (offer_room(b, o) && !b->alone[offer_node(b, o)] &&
		                look->component[offer_node(b, o)] == look->component[j] &&
		                look->level[offer_node(b, o)] <= look->level[j]);
	if (room && !limited)
		return false;
	if (look->least_cost && look->level[j] > 0)
		return false;
	for (int k = 0; k < b->claimants; k++) {
		bool under = look->component[k] == look->component[j] && !b->alone[k] &&
		             look->level[k] <= look->level[j];
		if (b->award[k] == 0 || (!under && !room))
			continue;
		if (look->least_cost ? look->dual[k] > look->dual[j]
		                     : !brute_before(b->problem, (uint32_t)k, b->award[k],
		                                     (uint32_t)j, b->award[j] + 1))
			return false;
	}
	return true;
}

static bool arc_priced(const struct look *look, int r, int o)
{
	const struct brute *b = &look->b;
	int request = request_node(b, r), offer = offer_node(b, o);
	int128 slack = cost_between(b, request, offer) - look->dual[request] - look->dual[offer];
	if (!b->arc[r][o] || !same_slot(look, request, offer))
		return true;
	return b->flow[r][o] > 0 ? slack == 0 : slack >= 0;
}

static bool prices_fit(const struct look *look)
{
	const struct brute *b = &look->b;
	for (int o = 0; o < b->offers; o++) {
		int128 dual = look->dual[offer_node(b, o)];
		if (dual > 0 || (dual < 0 && offer_room(b, o)))
			return false;
	}
	for (int r = 0; r < b->requests; r++) {
		int request = request_node(b, r), j = b->owner[r];
		for (int o = 0; o < b->offers; o++)
			if (!arc_priced(look, r, o))
				return false;
		bool free = b->award[j] == 0 && !look->least_cost;
		if (b->alone[request] || free || !same_slot(look, request, j))
			continue;
		if ((request_room(b, r) && look->dual[request] < look->dual[j]) ||
		    (b->served[r] > 0 && look->dual[request] > look->dual[j]))
			return false;
	}
	return true;
}

bool brute_accepts(const Problem *problem, const Solution *solution)
{
	static struct look look;
	look = (struct look){.s = solution,
	                     .main_pass = problem->pass_kind == PASS(MAIN),
	                     .least_cost = problem->policy == POLICY(LEAST_COST)};
	brute_derive(&look.b, problem);
	if (!lengths_fit(&look, (size_t)look.b.claimants, (size_t)look.b.requests,
	                 (size_t)look.b.offers) ||
	    !brute_load(&look.b, problem, solution) || !amounts_fit(&look) || !marks_read(&look) ||
	    !levels_fit(&look))
		return false;
	for (int j = 0; j < look.b.claimants; j++)
		if (refused(&look, j) && !refusal_fits(&look, j))
			return false;
	return prices_fit(&look);
}
