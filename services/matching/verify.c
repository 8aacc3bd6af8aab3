/* Checks a solution against its problem in one pass over the arcs; see verify.h.
 *
 * For every grade and province that requests come with, the offers that could serve
 * them are put on a shelf once, with rank and landed cost; a request's arcs are those
 * of its shelf that also fit its class, window and maximum. A component's level is a
 * slot; keys are compared per slot once all arcs are seen: the largest awarded at a
 * level or below it against the smallest refused at it or above.
 *
 * Why that suffices: levels never rise along residual arcs, so whoever a refused
 * claimant could take a lot from is at his level or below and has a smaller key. No
 * exchange improves the order, and in an integral polymatroid that is enough. A cycle
 * of residual arcs stays in one level, where the duals prove that it saves nothing;
 * only through spare offers could it leave one, so they are not entered from above. */
#include "services/matching/verify_inside.h"

/* A claimant, request or offer, numbered in this order. */
struct node {
	uint32_t component, slot;
	bool arcs;
	/* Lots served or given; an offer's flow to request number `taker` - 1. */
	uint32_t taker;
	int64_t lots, taken;
	int128 dual;
};
struct slot {
	bool room;
	struct key awarded, refused;
};
struct side {
	size_t count;
	bool fits;
	const int32_t *components, *levels;
	const int64_t *ranks, *costs;
};
/* Sorted by key and item. */
struct fact {
	const char *key, *item;
	int64_t value;
};
/* An offer as seen from a grade and province; ascending by landed cost on its shelf. */
struct candidate {
	int128 cost;
	int64_t rank, landed;
	uint32_t offer, classes;
	int32_t from, to;
};
struct shelf {
	const char *grade, *province;
	struct candidate *list;
	size_t count;
};
struct verifier {
	struct arena *arena;
	const V1(Problem) * p;
	const V1(Solution) * s;
	struct verify_result *result;
	uint32_t requests_count;
	struct fact *substitutes, *freights, *grades;
	/* Open addressing by hash, `shelves_mask` + 1 places. */
	struct shelf **shelves;
	size_t shelves_mask;
	/* All nodes; from `requests` on the requests, from `offers` on the offers. */
	struct node *nodes, *requests, *offers;
	/* Per component its nodes, and its first slot. */
	uint32_t *company, *begin;
	struct slot *slots;
	/* First flow not looked at. */
	size_t flow;
	struct key largest;
	int128 placed, rank, cost;
};

/* A pair (rank, cost), or (cost, rank), in one number: sums and order are those of the pairs. */
static int128 pair(const struct verifier *v, int64_t rank, int64_t cost)
{
	const int128 major = (int128)1 << 64;
	return v->p->cost_first ? cost * major + rank : rank * major + cost;
}

/* What arcs are made of. */

static int fact_order(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int keys = strcmp(a->key, b->key);
	return keys ? keys : strcmp(a->item, b->item);
}

static bool facts_sort(struct verifier *v, struct fact *facts, size_t count)
{
	qsort(facts, count, sizeof *facts, fact_order);
	for (size_t at = 1; at < count; at++)
		HOLDS(v, F0, fact_order(&facts[at - 1], &facts[at]) < 0, at);
	return true;
}

/* The first fact of a key, or the one after where it would be. */
static size_t facts_find(const struct fact *facts, size_t count, const char *key)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(facts[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool open_facts(struct verifier *v, const V1(Problem) * p)
{
	TAKE(v, v->substitutes, p->n_substitutes);
	TAKE(v, v->freights, p->n_freights);
	TAKE(v, v->grades, p->n_offers);
	for (size_t at = 0; at < p->n_offers; at++) {
		const V1(Offer) *offer = p->offers[at];
		v->grades[at] = (struct fact){offer->grade, offer->offer_id, (int64_t)at};
	}
	for (size_t at = 0; at < p->n_substitutes; at++) {
		const char *grade = p->substitutes[at]->grade,
		           *other = p->substitutes[at]->substitute_grade;
		v->substitutes[at] = (struct fact){grade, other, 0};
		HOLDS(v, F0, strcmp(grade, other) != 0, at);
	}
	for (size_t at = 0; at < p->n_freights; at++) {
		const V1(Freight) *way = p->freights[at];
		v->freights[at] =
		        (struct fact){way->to_province, way->from_province, way->rial_per_kg};
		HOLDS(v, F0, WITHIN(way->rial_per_kg, -PRICE, PRICE), at);
	}
	while (v->shelves_mask < 2 * (size_t)v->requests_count + 1)
		v->shelves_mask = 2 * v->shelves_mask + 1;
	TAKE(v, v->shelves, v->shelves_mask);
	return facts_sort(v, v->substitutes, p->n_substitutes) &&
	       facts_sort(v, v->freights, p->n_freights) && facts_sort(v, v->grades, p->n_offers);
}

/* Adds the offers of one grade; as long as there is no list it counts them. */
static void shelve(const struct verifier *v, struct shelf *shelf, const char *grade, int64_t rank)
{
	const V1(Problem) *p = v->p;
	size_t at = facts_find(v->grades, p->n_offers, grade);
	for (; at < p->n_offers && !strcmp(v->grades[at].key, grade); at++) {
		const V1(Offer) *offer = p->offers[v->grades[at].value];
		struct fact way = {shelf->province, offer->province, 0}, *freight;
		freight = bsearch(&way, v->freights, p->n_freights, sizeof way, fact_order);
		if (!freight && strcmp(offer->province, shelf->province) != 0)
			continue;
		int64_t landed = offer->price_rial_per_kg + (freight ? freight->value : 0);
		int32_t to = offer->delivery_to_jalali ? offer->delivery_to_jalali : INT32_MAX;
		if (shelf->list)
			shelf->list[shelf->count] =
			        (struct candidate){.cost = pair(v, rank, landed),
			                           .rank = rank,
			                           .landed = landed,
			                           .offer = (uint32_t)v->grades[at].value,
			                           .classes = offer->buyer_classes,
			                           .from = offer->delivery_from_jalali,
			                           .to = to};
		shelf->count++;
	}
}

static void fill_shelf(const struct verifier *v, struct shelf *shelf)
{
	size_t count = v->p->n_substitutes, at = facts_find(v->substitutes, count, shelf->grade);
	shelf->count = 0;
	shelve(v, shelf, shelf->grade, 0);
	for (; at < count && !strcmp(v->substitutes[at].key, shelf->grade); at++)
		shelve(v, shelf, v->substitutes[at].item, 1);
}

static int landed_order(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	return a->landed < b->landed ? -1 : a->landed > b->landed;
}

static uint64_t hash(const struct verifier *v, const char *text)
{
	uint64_t result;
	crypto_shorthash((uint8_t *)&result, (const uint8_t *)text, strlen(text), v->p->seed.data);
	return result;
}

static bool find_shelf(struct verifier *v, const V1(Request) * request, const struct shelf **found)
{
	struct shelf *shelf;
	const char *grade = request->grade, *province = request->province;
	size_t place = (hash(v, grade) + 31 * hash(v, province)) & v->shelves_mask;
	for (; (shelf = v->shelves[place]); place = (place + 1) & v->shelves_mask) {
		*found = shelf;
		if (!strcmp(shelf->grade, grade) && !strcmp(shelf->province, province))
			return true;
	}
	TAKE(v, shelf, 0);
	*found = v->shelves[place] = shelf;
	*shelf = (struct shelf){grade, province, NULL, 0};
	fill_shelf(v, shelf);
	TAKE(v, shelf->list, shelf->count);
	fill_shelf(v, shelf);
	qsort(shelf->list, shelf->count, sizeof *shelf->list, landed_order);
	return true;
}

/* F3: components and levels become slots. */

#define FITS(s, name, nodes)                                                                       \
	((s)->n_##name##_components == (nodes) && (s)->n_##name##_levels == (nodes) &&             \
	 (s)->n_##name##_dual_ranks == (nodes) && (s)->n_##name##_dual_costs == (nodes))
#define SIDE(s, name, nodes)                                                                       \
	{                                                                                          \
		nodes, FITS(s, name, nodes), (s)->name##_components, (s)->name##_levels,           \
		        (s)->name##_dual_ranks, (s)->name##_dual_costs                             \
	}

static bool read_side(struct verifier *v, const struct side *side, struct node *nodes, size_t total)
{
	HOLDS(v, F3, side->fits, side->count);
	for (size_t at = 0; at < side->count; at++) {
		int64_t component = side->components[at], level = side->levels[at];
		HOLDS(v, F3, WITHIN(component, 0, (int64_t)total - 1), at);
		HOLDS(v, F3, WITHIN(level, 0, (int64_t)total), at);
		HOLDS(v, F6, WITHIN(side->ranks[at], -DUAL, DUAL), at);
		HOLDS(v, F6, WITHIN(side->costs[at], -DUAL, DUAL), at);
		nodes[at].component = (uint32_t)component;
		nodes[at].slot = (uint32_t)level;
		nodes[at].dual = pair(v, side->ranks[at], side->costs[at]);
		v->company[component]++;
	}
	return true;
}

static bool open_slots(struct verifier *v, const V1(Problem) * p, const V1(Solution) * s)
{
	size_t total = p->n_claimants + v->requests_count + p->n_offers;
	const struct side claimants = SIDE(s, claimant, p->n_claimants);
	const struct side requests = SIDE(s, request, v->requests_count);
	const struct side offers = SIDE(s, offer, p->n_offers);
	TAKE(v, v->nodes, total);
	TAKE(v, v->company, total);
	TAKE(v, v->begin, total + 1);
	v->requests = v->nodes + p->n_claimants;
	v->offers = v->requests + v->requests_count;
	if (!read_side(v, &claimants, v->nodes, total) ||
	    !read_side(v, &requests, v->requests, total) ||
	    !read_side(v, &offers, v->offers, total))
		return false;
	for (size_t at = 0; at < total; at++) {
		const struct node *node = &v->nodes[at];
		uint32_t *end = &v->begin[node->component + 1];
		HOLDS(v, F3, node->slot <= v->company[node->component], at);
		*end = *end > node->slot ? *end : node->slot + 1;
	}
	for (size_t at = 0; at < total; at++)
		v->begin[at + 1] += v->begin[at];
	TAKE(v, v->slots, v->begin[total]);
	for (uint32_t at = 0; at < v->begin[total]; at++)
		v->slots[at] = (struct slot){false, {.rank = NONE_AWARDED}, {.rank = NONE_REFUSED}};
	for (size_t at = 0; at < total; at++)
		v->nodes[at].slot += v->begin[v->nodes[at].component];
	return true;
}

/* F1, F2: what flows, seen from its ends. */

static bool check_flows(struct verifier *v, const V1(Problem) * p, const V1(Solution) * s)
{
	HOLDS(v, F1, s->n_awards == p->n_claimants, s->n_awards);
	HOLDS(v, F1, s->n_flow_requests == s->n_flow_lots, s->n_flow_lots);
	HOLDS(v, F1, s->n_flow_offers == s->n_flow_lots, s->n_flow_lots);
	for (size_t at = 0; at < s->n_flow_lots; at++) {
		uint64_t request = s->flow_requests[at], offer = s->flow_offers[at];
		HOLDS(v, F1, request < v->requests_count && offer < p->n_offers, at);
		HOLDS(v, F1, WITHIN(s->flow_lots[at], 1, LOTS), at);
		bool first = at == 0 || s->flow_requests[at - 1] < request;
		HOLDS(v, F1, first || s->flow_requests[at - 1] == request, at);
		HOLDS(v, F1, first || s->flow_offers[at - 1] < offer, at);
		v->requests[request].lots += s->flow_lots[at];
		v->offers[offer].lots += s->flow_lots[at];
		v->placed += s->flow_lots[at];
		HOLDS(v, F2, v->offers[offer].lots <= p->offers[offer]->lots, offer);
	}
	HOLDS(v, F1, s->placed_lots == v->placed, s->n_flow_lots);
	HOLDS(v, F8, p->pass_kind == PASS(MAIN) || v->placed <= p->limit_lots, p->pass);
	for (size_t at = 0; at < p->n_offers; at++) {
		bool room = v->offers[at].lots < p->offers[at]->lots;
		v->slots[v->offers[at].slot].room |= room;
		HOLDS(v, F6, v->offers[at].dual <= 0, at);
		HOLDS(v, F6, !room || v->offers[at].dual == 0, at);
	}
	return true;
}

/* F3, F5, F6: along arcs. */

static bool check_residual(struct verifier *v, const struct node *from, const struct node *to)
{
	HOLDS(v, F3, from->component == to->component, from->component);
	HOLDS(v, F3, to->slot <= from->slot, from->component);
	HOLDS(v, F6, to->slot == from->slot || !v->slots[to->slot].room, from->component);
	return true;
}

static bool check_request(struct verifier *v, const V1(Request) * request, uint32_t number)
{
	struct node *self = &v->requests[number];
	const struct shelf *shelf = NULL;
	size_t flows = 0;
	int32_t last = request->delivery_to_jalali ? request->delivery_to_jalali : INT32_MAX;
	for (; v->flow < v->s->n_flow_lots && v->s->flow_requests[v->flow] == number; v->flow++) {
		struct node *offer = &v->offers[v->s->flow_offers[v->flow]];
		offer->taker = number + 1;
		offer->taken = v->s->flow_lots[v->flow];
		flows++;
	}
	if (!request->withdrawn && !find_shelf(v, request, &shelf))
		return false;
	for (size_t at = 0; shelf && at < shelf->count; at++) {
		const struct candidate *arc = &shelf->list[at];
		struct node *offer = &v->offers[arc->offer];
		if (arc->landed > request->max_landed_rial_per_kg)
			break;
		if (!(arc->classes & request->buyer_classes) || arc->from > last ||
		    request->delivery_from_jalali > arc->to)
			continue;
		int64_t lots = offer->taker == number + 1 ? offer->taken : 0;
		int128 slack = arc->cost - offer->dual - self->dual;
		bool same = self->slot == offer->slot;
		self->arcs = offer->arcs = true;
		if (!same && !check_residual(v, self, offer))
			return false;
		HOLDS(v, F5, same || lots == 0, number);
		HOLDS(v, F6, !same || slack >= 0, number);
		if (!lots)
			continue;
		HOLDS(v, F6, slack == 0, number);
		flows--;
		v->rank += (int128)lots * arc->rank;
		v->cost += (int128)lots * arc->landed;
	}
	HOLDS(v, F1, flows == 0, number);
	HOLDS(v, F1, self->lots <= request->lots, number);
	return true;
}

/* F4: keys. */

static bool file_keys(struct verifier *v, uint32_t number, bool refused)
{
	const struct node *self = &v->nodes[number];
	struct slot *slot = &v->slots[self->slot];
	int64_t award = v->s->awards[number];
	uint8_t tie[TIE_BYTES];
	struct key given = {.numerator = self->dual, .denominator = 1}, denied = given;
	if (v->p->policy == POLICY(LEAST_COST)) {
		HOLDS(v, F6, !refused || self->slot == v->begin[self->component], number);
	} else {
		verify_tie(v->p, v->p->claimants[number], tie);
		given = verify_key(v->p, number, tie, award);
		denied = verify_key(v->p, number, tie, award + 1);
	}
	if (award > 0 && verify_key_order(&given, &slot->awarded) > 0)
		slot->awarded = given;
	if (award > 0 && verify_key_order(&given, &v->largest) > 0)
		v->largest = given;
	if (refused && verify_key_order(&denied, &slot->refused) < 0)
		slot->refused = denied;
	return true;
}

static bool check_claimant(struct verifier *v, uint32_t number, uint32_t request)
{
	const V1(Claimant) *claimant = v->p->claimants[number];
	struct node *self = &v->nodes[number];
	int64_t award = v->s->awards[number];
	int128 served = 0;
	bool free = award == 0 && v->p->policy != POLICY(LEAST_COST), open = false;
	for (size_t at = 0; at < claimant->n_requests; at++, request++) {
		const struct node *node = &v->requests[request];
		if (!check_request(v, claimant->requests[at], request))
			return false;
		bool room = node->arcs && node->lots < claimant->requests[at]->lots;
		served += node->lots;
		self->arcs |= node->arcs;
		open |= room;
		if ((room && !check_residual(v, self, node)) ||
		    (node->lots && !check_residual(v, node, self)))
			return false;
		if (free || node->slot != self->slot)
			continue;
		HOLDS(v, F6, !room || node->dual >= self->dual, request);
		HOLDS(v, F6, !node->lots || node->dual <= self->dual, request);
	}
	HOLDS(v, F1, served == award && award <= claimant->demand_lots, number);
	return !self->arcs || file_keys(v, number, open && award < claimant->demand_lots);
}

static bool check_component(struct verifier *v, uint32_t component)
{
	struct slot *begin = v->slots + v->begin[component];
	struct slot *end = v->slots + v->begin[component + 1];
	bool limited = v->p->pass_kind == PASS(RESERVE) && v->placed == v->p->limit_lots;
	struct key largest = {.rank = NONE_AWARDED}, least = {.rank = NONE_REFUSED};
	for (struct slot *at = begin; at < end; at++) {
		if (at->room)
			at->awarded = limited ? v->largest : (struct key){.rank = ROOM};
		if (verify_key_order(&at->awarded, &largest) > 0)
			largest = at->awarded;
		at->awarded = largest;
	}
	for (struct slot *at = end; at-- > begin;) {
		if (verify_key_order(&at->refused, &least) < 0)
			least = at->refused;
		HOLDS(v, F4, verify_key_order(&at->awarded, &least) <= 0, least.claimant);
	}
	return true;
}

bool verify_solution(struct arena *arena, const V1(Problem) * p, const uint8_t *digest,
                     const V1(Solution) * s, struct verify_result *result)
{
	struct verifier all = {.arena = arena, .p = p, .s = s, .result = result}, *v = &all;
	*result = (struct verify_result){.rule = VERIFY_OK};
	v->largest.rank = NONE_AWARDED;
	HOLDS(v, F0, s->problem_digest.len == TIE_BYTES, s->problem_digest.len);
	HOLDS(v, F0, !memcmp(s->problem_digest.data, digest, TIE_BYTES), p->pass);
	if (!verify_form(p, result, &v->requests_count) || !open_facts(v, p) ||
	    !open_slots(v, p, s) || !check_flows(v, p, s))
		return false;
	for (uint32_t at = 0, request = 0; at < p->n_claimants; at++) {
		if (!check_claimant(v, at, request))
			return false;
		request += (uint32_t)p->claimants[at]->n_requests;
	}
	for (uint32_t at = 0; at < p->n_claimants + v->requests_count + p->n_offers; at++) {
		HOLDS(v, F3, v->nodes[at].arcs || v->company[v->nodes[at].component] == 1, at);
		if (!check_component(v, at))
			return false;
	}
	HOLDS(v, F6, s->total_rank == v->rank && s->total_cost == v->cost, p->pass);
	return true;
}
