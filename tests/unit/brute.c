/* Rounds solved by the definition, one lot at a time: all lots in key order, each
 * placed if an augmenting path exists; then negative cycles are cancelled until
 * there is none; levels are "the largest awarded key that can be reached", duals
 * are shortest distances inside a level. Every loop is over all pairs. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/brute_network.h"

/* One lot along a residual arc. */
static void push(struct brute *b, int from, int to)
{
	int forth = from < to ? 1 : -1, low = forth > 0 ? from : to, high = forth > 0 ? to : from;
	if (low < b->claimants) {
		b->served[high - b->claimants] += forth;
		return;
	}
	b->flow[low - b->claimants][high - b->claimants - b->requests] += forth;
	b->given[high - b->claimants - b->requests] += forth;
}

static bool reach_room(struct brute *b, int from, bool *seen)
{
	seen[from] = true;
	if (from >= offer_node(b, 0) && offer_room(b, from - offer_node(b, 0)))
		return true;
	for (int to = 0; to < nodes_of(b); to++)
		if (!seen[to] && residual(b, from, to) && reach_room(b, to, seen)) {
			push(b, from, to);
			return true;
		}
	return false;
}

static bool place_lot(struct brute *b, int j)
{
	bool seen[ALL] = {false};
	if (!reach_room(b, j, seen))
		return false;
	b->award[j]++;
	return true;
}

static void place_in_order(struct brute *b)
{
	const Problem *p = b->problem;
	int64_t tried[BRUTE_CLAIMANTS] = {0}, placed = 0;
	bool closed[BRUTE_CLAIMANTS] = {false};
	while (p->pass_kind == PASS(MAIN) || placed < p->limit_lots) {
		int next = -1;
		for (int j = 0; j < b->claimants; j++)
			if (!closed[j] && tried[j] < p->claimants[j]->demand_lots &&
			    (next < 0 || brute_before(p, (uint32_t)j, tried[j] + 1, (uint32_t)next,
			                              tried[next] + 1)))
				next = j;
		if (next < 0)
			return;
		tried[next]++;
		closed[next] = !place_lot(b, next);
		placed += !closed[next];
	}
}

bool brute_feasible(const Problem *problem, const int64_t *awards)
{
	static struct brute b;
	brute_derive(&b, problem);
	for (int j = 0; j < b.claimants; j++)
		for (int64_t t = 0; t < awards[j]; t++)
			if (!place_lot(&b, j))
				return false;
	return true;
}

/* Least cost: a step of Bellman and Ford over everything. */

/* The next node, those that are not there left out. */
static int after(const struct brute *b, int node)
{
	return node + 1 == nodes_of(b) ? SINK : node + 1;
}

static bool joined(const struct brute *b, int from, int to)
{
	int o = (from < to ? from : to) - offer_node(b, 0);
	bool least = b->problem->policy == POLICY(LEAST_COST);
	if (to == SINK)
		return from < SINK && o >= 0 && from < nodes_of(b) && offer_room(b, o);
	if (from == SINK)
		return to < nodes_of(b) && o >= 0 && b->given[o] > 0;
	if (from == SOURCE)
		return least && to < b->claimants &&
		       b->award[to] < b->problem->claimants[to]->demand_lots;
	if (to == SOURCE)
		return least && from < b->claimants && b->award[from] > 0;
	return from < nodes_of(b) && to < nodes_of(b) && residual(b, from, to);
}

static void push_any(struct brute *b, int from, int to)
{
	if (from == SOURCE)
		b->award[to]++;
	else if (to == SOURCE)
		b->award[from]--;
	else if (from != SINK && to != SINK)
		push(b, from, to);
}

/* Offers' given is kept by push(), so the sink needs no account of its own. */
static bool cancel_cycle(struct brute *b)
{
	int128 distance[ALL] = {0};
	int parent[ALL], last = -1;
	memset(parent, -1, sizeof parent);
	for (int round = 0; round < nodes_of(b) + 2; round++) {
		last = -1;
		for (int from = 0; from < ALL; from = after(b, from))
			for (int to = 0; to < ALL; to = after(b, to)) {
				if (from == to || !joined(b, from, to))
					continue;
				int128 cost =
				        from < NODES && to < NODES ? cost_between(b, from, to) : 0;
				if (distance[from] + cost < distance[to]) {
					distance[to] = distance[from] + cost;
					parent[to] = from;
					last = to;
				}
			}
		if (last < 0)
			return false;
	}
	for (int step = 0; step < ALL; step++)
		last = parent[last];
	int at = last;
	do {
		push_any(b, parent[at], at);
		at = parent[at];
	} while (at != last);
	return true;
}

/* Certificate. */

struct marks {
	int component[ALL], level[ALL];
	int128 dual[ALL];
};

static int node_owner_edge(const struct brute *b, int from, int to)
{
	/* Whether an edge of the book joins them, residual or not. */
	int r = to - b->claimants, o = to - offer_node(b, 0);
	if (from < b->claimants)
		return r >= 0 && r < b->requests && b->owner[r] == from && !b->alone[to];
	return from < offer_node(b, 0) && o >= 0 && b->arc[from - b->claimants][o];
}

static void mark_components(const struct brute *b, struct marks *marks)
{
	int count = nodes_of(b);
	for (int at = 0; at < count; at++)
		marks->component[at] = at;
	for (bool changed = true; changed;) {
		changed = false;
		for (int from = 0; from < count; from++)
			for (int to = from + 1; to < count; to++) {
				int *one = &marks->component[from], *two = &marks->component[to];
				if (!node_owner_edge(b, from, to) || *one == *two)
					continue;
				*one = *two = *one < *two ? *one : *two;
				changed = true;
			}
	}
}

/* The largest award that each node can reach, as claimant + 1; ROOM_REACHED above all. */
enum { ROOM_REACHED = 1 << 20 };

static bool reach_above(const struct brute *b, int one, int two)
{
	if (one == two || two == ROOM_REACHED || one == 0)
		return false;
	if (one == ROOM_REACHED || two == 0)
		return true;
	return brute_before(b->problem, (uint32_t)two - 1, b->award[two - 1], (uint32_t)one - 1,
	                    b->award[one - 1]);
}

static void mark_levels(const struct brute *b, struct marks *marks)
{
	int count = nodes_of(b), best[ALL] = {0};
	bool least = b->problem->policy == POLICY(LEAST_COST);
	for (int at = 0; at < count; at++) {
		if (at < b->claimants && b->award[at] > 0 && !least)
			best[at] = at + 1;
		if (at >= offer_node(b, 0) && offer_room(b, at - offer_node(b, 0)))
			best[at] = ROOM_REACHED;
	}
	for (bool changed = true; changed;) {
		changed = false;
		for (int from = 0; from < count; from++)
			for (int to = 0; to < count; to++)
				if (residual(b, from, to) && reach_above(b, best[to], best[from])) {
					best[from] = best[to];
					changed = true;
				}
	}
	for (int at = 0; at < count; at++) {
		bool seen[ALL] = {false};
		marks->level[at] = 0;
		for (int other = 0; other < count; other++) {
			bool fresh = true;
			if (marks->component[other] != marks->component[at] ||
			    !reach_above(b, best[at], best[other]))
				continue;
			for (int third = 0; third < other; third++)
				fresh = fresh && !(seen[third] && best[third] == best[other]);
			seen[other] = true;
			marks->level[at] += fresh;
		}
	}
}

/* phi(to) <= phi(from) + cost inside a level; the sink and source are one per level. */
static bool same_level(const struct marks *marks, int from, int to)
{
	return marks->component[from] == marks->component[to] &&
	       marks->level[from] == marks->level[to];
}

static void relax(int128 *to, int128 bound, bool *changed)
{
	if (bound < *to) {
		*to = bound;
		*changed = true;
	}
}

static void relax_level(const struct brute *b, const struct marks *marks, int any, int128 *phi,
                        bool *changed)
{
	int count = nodes_of(b);
	bool least = b->problem->policy == POLICY(LEAST_COST);
	for (int from = 0; from < count; from++) {
		if (!same_level(marks, any, from))
			continue;
		if (from >= offer_node(b, 0)) {
			relax(&phi[from], phi[SINK], changed);
			if (offer_room(b, from - offer_node(b, 0)))
				relax(&phi[SINK], phi[from], changed);
		}
		if (from < b->claimants && least && marks->level[from] == 0) {
			if (b->award[from] > 0)
				relax(&phi[SOURCE], phi[from], changed);
			if (b->award[from] < b->problem->claimants[from]->demand_lots)
				relax(&phi[from], phi[SOURCE], changed);
		}
		for (int to = 0; to < count; to++)
			if (same_level(marks, from, to) && residual(b, from, to))
				relax(&phi[to], phi[from] + cost_between(b, from, to), changed);
	}
}

static void mark_duals(const struct brute *b, struct marks *marks)
{
	int count = nodes_of(b);
	for (int any = 0; any < count; any++) {
		int128 phi[ALL] = {0};
		bool first = true;
		for (int other = 0; other < any; other++)
			first = first && !same_level(marks, any, other);
		if (!first)
			continue;
		/* Flows that are not cheapest have negative cycles: they are gone round a few
		 * times. */
		bool changed = true;
		for (int round = 0; changed && round < count + 3; round++) {
			changed = false;
			relax_level(b, marks, any, phi, &changed);
		}
		for (int at = 0; at < count; at++)
			if (same_level(marks, any, at))
				marks->dual[at] = at >= offer_node(b, 0) ? phi[at] - phi[SINK]
				                                         : phi[SINK] - phi[at];
	}
}

/* Writing it down. */

static void split(const struct brute *b, int128 dual, int64_t *rank, int64_t *cost)
{
	int64_t high = (int64_t)((dual + UNIT / 2) >> 64);
	int64_t low = (int64_t)(dual - high * UNIT);
	*rank = b->problem->cost_first ? low : high;
	*cost = b->problem->cost_first ? high : low;
}

static void write_flows(struct arena *arena, const struct brute *b, Solution *s)
{
	size_t most = (size_t)b->requests * (size_t)b->offers + 1;
	s->flow_requests = ARENA_ARRAY(arena, uint32_t, most);
	s->flow_offers = ARENA_ARRAY(arena, uint32_t, most);
	s->flow_lots = ARENA_ARRAY(arena, int64_t, most);
	for (int r = 0; r < b->requests; r++)
		for (int o = 0; o < b->offers; o++) {
			if (!b->flow[r][o])
				continue;
			s->flow_requests[s->n_flow_lots] = (uint32_t)r;
			s->flow_offers[s->n_flow_lots] = (uint32_t)o;
			s->flow_lots[s->n_flow_lots++] = b->flow[r][o];
			s->placed_lots += b->flow[r][o];
			s->total_rank += b->flow[r][o] * b->rank[r][o];
			s->total_cost += b->flow[r][o] * b->landed[r][o];
		}
	s->n_flow_requests = s->n_flow_offers = s->n_flow_lots;
}

#define WRITE_SIDE(side, count_, first)                                                            \
	do {                                                                                       \
		int many = (count_);                                                               \
		s->n_##side##_components = s->n_##side##_levels = (size_t)many;                    \
		s->n_##side##_dual_ranks = s->n_##side##_dual_costs = (size_t)many;                \
		s->side##_components = ARENA_ARRAY(arena, int32_t, many + 1);                      \
		s->side##_levels = ARENA_ARRAY(arena, int32_t, many + 1);                          \
		s->side##_dual_ranks = ARENA_ARRAY(arena, int64_t, many + 1);                      \
		s->side##_dual_costs = ARENA_ARRAY(arena, int64_t, many + 1);                      \
		for (int at = 0; at < many; at++) {                                                \
			s->side##_components[at] = marks->component[(first) + at];                 \
			s->side##_levels[at] = marks->level[(first) + at];                         \
			split(b, marks->dual[(first) + at], &s->side##_dual_ranks[at],             \
			      &s->side##_dual_costs[at]);                                          \
		}                                                                                  \
	} while (0)

static void write_marks(struct arena *arena, const struct brute *b, const struct marks *marks,
                        Solution *s)
{
	WRITE_SIDE(claimant, b->claimants, 0);
	WRITE_SIDE(request, b->requests, b->claimants);
	WRITE_SIDE(offer, b->offers, offer_node(b, 0));
	s->n_awards = (size_t)b->claimants;
	s->awards = ARENA_ARRAY(arena, int64_t, b->claimants + 1);
	memcpy(s->awards, b->award, (size_t)b->claimants * sizeof *s->awards);
}

static Solution *certify(struct arena *arena, const struct brute *b)
{
	struct marks marks = {0};
	Solution *s = ARENA_NEW(arena, Solution);
	tasheem__solver__v1__solution__init(s);
	mark_components(b, &marks);
	mark_levels(b, &marks);
	mark_duals(b, &marks);
	write_flows(arena, b, s);
	write_marks(arena, b, &marks, s);
	s->problem_digest.len = 16;
	s->problem_digest.data = ARENA_ARRAY(arena, uint8_t, 16);
	book_digest(arena, b->problem, s->problem_digest.data, 16);
	return s;
}

Solution *brute_solve(struct arena *arena, const Problem *problem)
{
	static struct brute b;
	brute_derive(&b, problem);
	place_in_order(&b);
	while (cancel_cycle(&b))
		continue;
	return certify(arena, &b);
}

Solution *brute_certify(struct arena *arena, const Problem *problem, const Solution *flows)
{
	static struct brute b;
	(void)brute_load(&b, problem, flows);
	return certify(arena, &b);
}
