/* Rounds solved by the definition, one lot at a time: all lots in key order, each
 * placed if an augmenting path exists; then negative cycles are cancelled until
 * there is none; levels are "the largest awarded key that can be reached", duals
 * are shortest distances inside a level. Every loop is over all pairs. */
#include "tests/unit/brute.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/checked.h"

enum {
	NODES = BRUTE_CLAIMANTS + BRUTE_REQUESTS + BRUTE_OFFERS,
	SINK = NODES,
	SOURCE = NODES + 1,
	ALL = NODES + 2
};
#define UNIT ((int128)1 << 64)
#define FAR ((int128)1 << 120)

struct brute {
	const Problem *problem;
	int claimants, requests, offers;
	int owner[BRUTE_REQUESTS];
	const Request *request[BRUTE_REQUESTS];
	bool arc[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t rank[BRUTE_REQUESTS][BRUTE_OFFERS], landed[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t flow[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t served[BRUTE_REQUESTS], given[BRUTE_OFFERS], award[BRUTE_CLAIMANTS];
	bool alone[NODES];
};

/* Nodes: claimants, requests, offers, then sink and source. */
static int request_node(const struct brute *b, int r)
{
	return b->claimants + r;
}
static int offer_node(const struct brute *b, int o)
{
	return b->claimants + b->requests + o;
}
static int nodes_of(const struct brute *b)
{
	return b->claimants + b->requests + b->offers;
}

static bool overlap(const Request *request, const Offer *offer)
{
	int32_t of = offer->delivery_from_jalali, ot = offer->delivery_to_jalali;
	int32_t rf = request->delivery_from_jalali, rt = request->delivery_to_jalali;
	return (!of || !rt || of <= rt) && (!rf || !ot || rf <= ot);
}

static bool freight_of(const Problem *p, const char *from, const char *to, int64_t *rial)
{
	for (size_t at = 0; at < p->n_freights; at++)
		if (!strcmp(p->freights[at]->from_province, from) &&
		    !strcmp(p->freights[at]->to_province, to)) {
			*rial = p->freights[at]->rial_per_kg;
			return true;
		}
	*rial = 0;
	return !strcmp(from, to);
}

static void derive_arc(struct brute *b, int r, int o)
{
	const Problem *p = b->problem;
	const Request *request = b->request[r];
	const Offer *offer = p->offers[o];
	int64_t rank = strcmp(request->grade, offer->grade) ? -1 : 0, freight;
	for (size_t at = 0; at < p->n_substitutes; at++)
		if (!strcmp(p->substitutes[at]->grade, request->grade) &&
		    !strcmp(p->substitutes[at]->substitute_grade, offer->grade))
			rank = 1;
	if (request->withdrawn || rank < 0 || !(request->buyer_classes & offer->buyer_classes) ||
	    !overlap(request, offer) ||
	    !freight_of(p, offer->province, request->province, &freight) ||
	    offer->price_rial_per_kg + freight > request->max_landed_rial_per_kg)
		return;
	b->arc[r][o] = true;
	b->rank[r][o] = rank;
	b->landed[r][o] = offer->price_rial_per_kg + freight;
	b->alone[b->owner[r]] = b->alone[request_node(b, r)] = b->alone[offer_node(b, o)] = false;
}

static void derive(struct brute *b, const Problem *problem)
{
	*b = (struct brute){.problem = problem,
	                    .claimants = (int)problem->n_claimants,
	                    .offers = (int)problem->n_offers};
	CHECK(b->claimants <= BRUTE_CLAIMANTS && b->offers <= BRUTE_OFFERS);
	for (int j = 0; j < b->claimants; j++)
		for (size_t at = 0; at < problem->claimants[j]->n_requests; at++) {
			CHECK(b->requests < BRUTE_REQUESTS);
			b->owner[b->requests] = j;
			b->request[b->requests++] = problem->claimants[j]->requests[at];
		}
	memset(b->alone, 1, sizeof b->alone);
	for (int r = 0; r < b->requests; r++)
		for (int o = 0; o < b->offers; o++)
			derive_arc(b, r, o);
}

/* Keys. */

struct number {
	int128 numerator, denominator;
};

static void draw_of(const Problem *p, const Claimant *claimant, uint8_t out[16])
{
	uint8_t text[512];
	size_t size = 0;
	memcpy(text, p->seed.data, 32);
	size += 32;
	size += strlen(strcpy((char *)text + size, p->round_id)) + 1;
	size += strlen(strcpy((char *)text + size, p->family)) + 1;
	size += strlen(strcpy((char *)text + size, claimant->buyer_id));
	crypto_generichash(out, 16, text, size, NULL, 0);
}

/* In 2^-24 kg. */
static int128 target_of(const Problem *p, const Claimant *claimant, int64_t t)
{
	uint8_t draw[16];
	int128 one = 1 << 24, beta = 0;
	draw_of(p, claimant, draw);
	if (p->rounding == ROUNDING(OFFSET))
		beta = draw[0] * 65536 + draw[1] * 256 + draw[2];
	if (p->rounding == ROUNDING(CARRY))
		beta = claimant->carry_numerator;
	if (p->rounding == ROUNDING(WEBSTER))
		beta = one / 2;
	return one * claimant->held_kg + (one * t - beta) * p->lot_kg;
}

static int128 demand_of(const Claimant *claimant)
{
	int128 sum = 0;
	for (size_t at = 0; at < claimant->n_members; at++)
		sum += (int128)claimant->members[at]->demand_kg << 24;
	return sum;
}

/* The sum of minima is the least, over all subsets of full members, of their demands plus
 * K times the others' weights; so K is the largest of the bounds the subsets give. */
static struct number weighted_of(const Claimant *claimant, int128 target)
{
	struct number most = {0, 1};
	if (target > demand_of(claimant))
		return (struct number){1, 0};
	for (unsigned full = 0; full + 1 < 1u << claimant->n_members; full++) {
		int128 rest = target, weight = 0;
		for (size_t at = 0; at < claimant->n_members; at++) {
			const Member *member = claimant->members[at];
			if (full >> at & 1)
				rest -= (int128)member->demand_kg << 24;
			else
				weight += member->weight_kg;
		}
		if (rest * most.denominator > most.numerator * weight)
			most = (struct number){rest, weight};
	}
	return most;
}

static int compare(int128 a, int128 b)
{
	return a < b ? -1 : a > b;
}

static int number_compare(struct number a, struct number b)
{
	if (!a.denominator || !b.denominator)
		return compare(!a.denominator, !b.denominator);
	return compare(a.numerator * b.denominator, b.numerator * a.denominator);
}

/* K as up to two numbers, the phase or turn beside it. */
static void level_of(const Problem *p, const Claimant *claimant, int64_t t, struct number *k,
                     int64_t *before, int64_t *after)
{
	int128 target = target_of(p, claimant, t), demand = demand_of(claimant);
	*before = *after = 0;
	*k = (struct number){target, 1};
	if (p->policy == POLICY(WEIGHTED))
		*k = weighted_of(claimant, target);
	if (p->policy == POLICY(PRO_RATA))
		*k = demand ? (struct number){target, demand >> 24} : (struct number){1, 0};
	if (p->policy == POLICY(TIME)) {
		*k = (struct number){claimant->sequence, 1};
		*after = t;
	}
	if (p->policy == POLICY(EQUAL_LOSSES))
		k->numerator = target - demand;
	if (p->policy == POLICY(TALMUD) && 2 * target > demand) {
		*before = 1;
		k->numerator = target - demand;
	}
	if (p->policy == POLICY(LOTTERY))
		k->numerator = claimant->held_kg + (int128)t * p->lot_kg;
}

bool brute_before(const Problem *p, uint32_t j, int64_t t, uint32_t k, int64_t u)
{
	const Claimant *one = p->claimants[j], *two = p->claimants[k];
	struct number first, second;
	int64_t before[2], after[2];
	uint8_t draws[2][16];
	int order = compare(t <= one->reserve_lots ? -1 : one->priority_class,
	                    u <= two->reserve_lots ? -1 : two->priority_class);
	level_of(p, one, t, &first, &before[0], &after[0]);
	level_of(p, two, u, &second, &before[1], &after[1]);
	draw_of(p, one, draws[0]);
	draw_of(p, two, draws[1]);
	if (!order)
		order = compare(before[0], before[1]);
	if (!order)
		order = number_compare(first, second);
	if (!order)
		order = compare(after[0], after[1]);
	if (!order)
		order = memcmp(draws[0], draws[1], 16);
	if (!order)
		order = strcmp(one->buyer_id, two->buyer_id);
	if (!order)
		order = compare(t, u);
	return order < 0;
}

/* Residual arcs. */

static bool request_room(const struct brute *b, int r)
{
	return !b->alone[request_node(b, r)] && b->served[r] < b->request[r]->lots;
}

static bool offer_room(const struct brute *b, int o)
{
	return b->given[o] < b->problem->offers[o]->lots;
}

/* Residual from node to node, without source and sink. */
static bool residual(const struct brute *b, int from, int to)
{
	int r = from - b->claimants, o = to - b->claimants - b->requests;
	if (from < b->claimants)
		return to >= b->claimants && to < offer_node(b, 0) &&
		       b->owner[to - b->claimants] == from && request_room(b, to - b->claimants);
	if (from < offer_node(b, 0) && to < b->claimants)
		return b->owner[r] == to && b->served[r] > 0;
	if (from < offer_node(b, 0))
		return o >= 0 && b->arc[r][o];
	r = to - b->claimants;
	o = from - b->claimants - b->requests;
	return r >= 0 && r < b->requests && b->flow[r][o] > 0;
}

static int128 cost_between(const struct brute *b, int from, int to)
{
	bool forth = from < to;
	int low = forth ? from : to, high = forth ? to : from;
	if (low < b->claimants)
		return 0;
	int r = low - b->claimants, o = high - b->claimants - b->requests;
	int64_t rank = b->rank[r][o], cost = b->landed[r][o];
	int128 pair = b->problem->cost_first ? cost * UNIT + rank : rank * UNIT + cost;
	return forth ? pair : -pair;
}

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
	derive(&b, problem);
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
		for (bool changed = true; changed;) {
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

Solution *brute_solve(struct arena *arena, const Problem *problem)
{
	static struct brute b;
	struct marks marks = {0};
	Solution *s = ARENA_NEW(arena, Solution);
	tasheem__solver__v1__solution__init(s);
	derive(&b, problem);
	place_in_order(&b);
	while (cancel_cycle(&b))
		continue;
	mark_components(&b, &marks);
	mark_levels(&b, &marks);
	mark_duals(&b, &marks);
	write_flows(arena, &b, s);
	write_marks(arena, &b, &marks, s);
	s->problem_digest.len = 16;
	s->problem_digest.data = ARENA_ARRAY(arena, uint8_t, 16);
	book_digest(arena, problem, s->problem_digest.data, 16);
	return s;
}

/* Draws. */

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
			draw_of(p, p->claimants[j], draw);
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
