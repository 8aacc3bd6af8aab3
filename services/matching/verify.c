/* Checks a solution against its problem in one pass over the arcs; see verify.h.
 *
 * Offers are kept in grade order, so that the arcs of a request are found in the
 * runs of its grade and of that grade's substitutes. A component's level is a slot;
 * keys are compared per slot once all arcs are seen: the largest awarded at a level
 * or below it against the smallest refused at it or above.
 *
 * Why that suffices: levels never rise along residual arcs, so whoever a refused
 * claimant could take a lot from is at his level or below and has a smaller key. No
 * exchange improves the order, and in an integral polymatroid that is enough. A cycle
 * of residual arcs stays in one level, where the duals prove that it saves nothing;
 * only through spare offers could it leave one, so they are not entered from above. */
#include "services/matching/verify.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/checked.h"
#include "common/digest.h"
#include "common/wire.h"

#define V1(name) Tasheem__Solver__V1__##name
#define POLICY(name) TASHEEM__SOLVER__V1__POLICY__POLICY_##name
#define ROUNDING(name) TASHEEM__SOLVER__V1__ROUNDING__ROUNDING_##name
#define PASS(name) TASHEEM__SOLVER__V1__PASS_KIND__PASS_KIND_##name
#define HOLDS(v, rule, condition, ...)                                                             \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return fail((v), VERIFY_##rule, __VA_ARGS__);                              \
	} while (0)
#define TAKE(v, target, count)                                                                     \
	HOLDS(v, NO_MEMORY, (target) = take(v, count, sizeof *(target)), "Not enough memory")

enum { BETA_BITS = 24, TIE_BYTES = DIGEST_SHORT_BYTES, MANY = INT32_MAX / 4 };
static const int64_t LOTS = 1LL << 40, PRICE = 1LL << 40, KG = 1LL << 48, DUAL = 1LL << 60;
static const int64_t DEMAND_KG = 1LL << 50, ORDER_KG = 1LL << 49;
/* Ranks no lot has: before and after every key, and that of a level with room. */
enum { NONE_AWARDED = INT_MIN, ROOM = INT_MAX - 1, NONE_REFUSED = INT_MAX };

/* Compared in this order; a denominator of 0 is +infinity. */
struct key {
	int32_t rank;
	uint32_t claimant;
	int128 numerator;
	int64_t denominator, lot;
	uint8_t tie[TIE_BYTES];
};

struct slot {
	bool room;
	struct key awarded, refused;
};

struct place {
	uint32_t component, slot;
};

/* What the solution says of claimants, requests or offers. */
struct side {
	size_t count;
	bool complete;
	const int32_t *components, *levels;
	const int64_t *dual_ranks, *dual_costs;
};

/* An offer, in grade order. */
struct seller {
	uint32_t index, grade, province, classes, arcs;
	int32_t from, to;
	int64_t price;
	struct place place;
	int128 dual;
	/* Flow to the request whose number + 1 is `taker`. */
	uint32_t taker;
	int64_t taken;
};

/* Sorted by key and item. A key's number is the place of its first fact, `count` without one. */
struct fact {
	const char *key, *item;
	int64_t value;
};
struct facts {
	struct fact *at;
	size_t count;
};

struct verifier {
	struct arena *arena;
	const V1(Problem) * problem;
	const V1(Solution) * solution;
	struct verify_result *result;
	/* Duals are looked at. */
	bool priced;
	uint32_t requests;
	struct side claimants_side, requests_side, offers_side;
	struct facts substitutes, freights, grades, provinces;
	struct seller *sellers;
	/* Offer to its place in sellers. */
	uint32_t *position;
	/* Freight to row_province from the provinces marked with row_mark. */
	const char *row_province;
	int64_t *row;
	uint32_t *row_marks, row_mark;
	/* Lots of requests and of offers. */
	int64_t *served, *given;
	/* Of components: nodes, and the first slot. */
	uint32_t *nodes, *begin;
	struct slot *slots;
	struct key largest;
	size_t flow;
	int128 placed, rank, cost;
};

/* A request whose arcs are looked at. */
struct asker {
	const V1(Request) * request;
	uint32_t number, arcs;
	size_t flows;
	struct place place;
	int128 dual;
};

PRINTF_LIKE(3, 4)
static bool fail(struct verifier *v, enum verify_rule rule, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	v->result->rule = rule;
	vsnprintf(v->result->what, sizeof v->result->what, format, arguments);
	va_end(arguments);
	return false;
}

static void *take(struct verifier *v, size_t count, size_t size)
{
	return arena_try(v->arena, (count + 1) * size);
}

static bool within(int64_t value, int64_t low, int64_t high)
{
	return low <= value && value <= high;
}

static int order(int128 a, int128 b)
{
	return a < b ? -1 : a > b;
}

/* F0: the problem is well formed. */

static bool window_good(int32_t from, int32_t to)
{
	return from >= 0 && to >= 0 && (!from || !to || from <= to);
}

static bool check_head(struct verifier *v, const V1(Problem) * p, const uint8_t *digest)
{
	HOLDS(v, F0,
	      within(p->policy, POLICY(WEIGHTED), POLICY(LEAST_COST)) ||
	              within(p->policy, POLICY(EQUAL_LOSSES), POLICY(LOTTERY)),
	      "Policy %d is not supported", (int)p->policy);
	HOLDS(v, F0, within(p->rounding, ROUNDING(OFFSET), ROUNDING(WEBSTER)),
	      "Rounding %d is not supported", (int)p->rounding);
	HOLDS(v, F0, within(p->pass_kind, PASS(RESERVE), PASS(MAIN)), "Unknown kind of pass");
	HOLDS(v, F0, within(p->lot_kg, 1, 1 << 30) && p->draw > 0, "Lot size or draw is malformed");
	HOLDS(v, F0, p->seed.len == 32 && v->solution->problem_digest.len == DIGEST_SHORT_BYTES,
	      "Seed or digest is malformed");
	HOLDS(v, F0,
	      p->n_offers < MANY && p->n_claimants < MANY && p->n_substitutes < MANY &&
	              p->n_freights < MANY,
	      "The problem is too large");
	HOLDS(v, F0, !memcmp(v->solution->problem_digest.data, digest, DIGEST_SHORT_BYTES),
	      "The solution answers another problem");
	HOLDS(v, F8,
	      p->pass_kind == PASS(MAIN) ? !p->limit_lots
	                                 : p->limit_lots >= 0 && p->policy == POLICY(EQUAL),
	      "Policy or limit is not that of such a pass");
	for (size_t at = 0; at < p->n_offers; at++) {
		const V1(Offer) *offer = p->offers[at];
		HOLDS(v, F0,
		      (at == 0 || strcmp(p->offers[at - 1]->offer_id, offer->offer_id) < 0) &&
		              within(offer->lots, 0, LOTS) &&
		              within(offer->price_rial_per_kg, -PRICE, PRICE) &&
		              window_good(offer->delivery_from_jalali, offer->delivery_to_jalali),
		      "Offer %zu, %.40s, is malformed or out of order", at, offer->offer_id);
	}
	return true;
}

static bool members_good(const V1(Claimant) * claimant)
{
	int64_t demand = 0, weight = 0;
	for (size_t at = 0; at < claimant->n_members; at++) {
		const V1(Member) *member = claimant->members[at];
		if ((at > 0 &&
		     strcmp(claimant->members[at - 1]->licence_id, member->licence_id) >= 0) ||
		    !within(member->demand_kg, 0, KG) || !within(member->weight_kg, 1, KG) ||
		    (demand += member->demand_kg) > DEMAND_KG || (weight += member->weight_kg) > KG)
			return false;
	}
	return true;
}

static bool requests_good(const V1(Claimant) * claimant)
{
	for (size_t at = 0; at < claimant->n_requests; at++) {
		const V1(Request) *request = claimant->requests[at];
		if ((at > 0 &&
		     strcmp(claimant->requests[at - 1]->request_id, request->request_id) >= 0) ||
		    !within(request->lots, 0, LOTS) || !within(request->minimum_lots, 0, LOTS) ||
		    !window_good(request->delivery_from_jalali, request->delivery_to_jalali))
			return false;
	}
	return claimant->n_requests < MANY;
}

static bool check_claimants(struct verifier *v, const V1(Problem) * p)
{
	for (size_t at = 0; at < p->n_claimants; at++) {
		const V1(Claimant) *claimant = p->claimants[at];
		HOLDS(v, F0,
		      (at == 0 || strcmp(p->claimants[at - 1]->buyer_id, claimant->buyer_id) < 0) &&
		              within(claimant->priority_class, 0, 9) &&
		              within(claimant->held_kg, 0, KG) &&
		              within(claimant->demand_lots, 0, ORDER_KG / p->lot_kg) &&
		              within(claimant->reserve_lots, 0, LOTS) &&
		              within(claimant->carry_numerator, 0, (1 << BETA_BITS) - 1) &&
		              members_good(claimant) && requests_good(claimant),
		      "Claimant %zu, %.40s, is malformed or out of order", at, claimant->buyer_id);
		v->requests += (uint32_t)claimant->n_requests;
		HOLDS(v, F0, v->requests < MANY, "The problem is too large");
	}
	return true;
}

/* F1, F2: what flows, seen from its ends. */

static bool check_flows(struct verifier *v, const V1(Problem) * p, const V1(Solution) * s)
{
	HOLDS(v, F1,
	      s->n_awards == p->n_claimants && s->n_flow_requests == s->n_flow_lots &&
	              s->n_flow_offers == s->n_flow_lots,
	      "Awards or flows have the wrong length");
	TAKE(v, v->served, v->requests);
	TAKE(v, v->given, p->n_offers);
	for (size_t at = 0; at < s->n_flow_lots; at++) {
		uint32_t request = s->flow_requests[at], offer = s->flow_offers[at];
		HOLDS(v, F1,
		      request < v->requests && offer < p->n_offers &&
		              within(s->flow_lots[at], 1, LOTS),
		      "Flow %zu is out of range", at);
		HOLDS(v, F1,
		      at == 0 || s->flow_requests[at - 1] < request ||
		              (s->flow_requests[at - 1] == request &&
		               s->flow_offers[at - 1] < offer),
		      "Flow %zu is out of order", at);
		v->placed += s->flow_lots[at];
		v->served[request] += s->flow_lots[at];
		v->given[offer] += s->flow_lots[at];
		HOLDS(v, F2, v->given[offer] <= p->offers[offer]->lots,
		      "Offer %.40s gives more than it has", p->offers[offer]->offer_id);
	}
	HOLDS(v, F1, s->placed_lots == v->placed, "placed_lots is not the sum of flows");
	HOLDS(v, F8, p->pass_kind == PASS(MAIN) || v->placed <= p->limit_lots,
	      "More than the reserve");
	return true;
}

/* F3: components and levels become slots. */

#define SIDE(v, name, nodes)                                                                       \
	(struct side)                                                                              \
	{                                                                                          \
		nodes,                                                                             \
		        s->n_##name##_components == (nodes) && s->n_##name##_levels == (nodes) &&  \
		                (!(v)->priced || (s->n_##name##_dual_ranks == (nodes) &&           \
		                                  s->n_##name##_dual_costs == (nodes))),           \
		        s->name##_components, s->name##_levels, s->name##_dual_ranks,              \
		        s->name##_dual_costs                                                       \
	}

static bool count_nodes(struct verifier *v, const struct side *side, uint32_t components)
{
	HOLDS(v, F3, side->complete, "Components, levels or duals have the wrong length");
	for (size_t at = 0; at < side->count; at++) {
		HOLDS(v, F3, within(side->components[at], 0, (int64_t)components - 1),
		      "Component %d does not exist", side->components[at]);
		HOLDS(v, F6,
		      !v->priced || (within(side->dual_ranks[at], -DUAL, DUAL) &&
		                     within(side->dual_costs[at], -DUAL, DUAL)),
		      "A dual is out of range");
		v->nodes[side->components[at]]++;
	}
	return true;
}

static bool count_levels(struct verifier *v, const struct side *side)
{
	for (size_t at = 0; at < side->count; at++) {
		uint32_t component = (uint32_t)side->components[at];
		HOLDS(v, F3, within(side->levels[at], 0, v->nodes[component]),
		      "Component %u has no level %d", component, side->levels[at]);
		if (v->begin[component + 1] <= (uint32_t)side->levels[at])
			v->begin[component + 1] = (uint32_t)side->levels[at] + 1;
	}
	return true;
}

static struct place place_of(const struct verifier *v, const struct side *side, size_t at)
{
	uint32_t component = (uint32_t)side->components[at];
	return (struct place){component, v->begin[component] + (uint32_t)side->levels[at]};
}

/* A pair (rank, cost), or (cost, rank), in one number: sums and order are those of the pairs. */
static int128 pair(const struct verifier *v, int64_t rank, int64_t cost)
{
	const int128 major = (int128)1 << 64;
	return v->problem->cost_first ? cost * major + rank : rank * major + cost;
}

static int128 dual_of(const struct verifier *v, const struct side *side, size_t at)
{
	return v->priced ? pair(v, side->dual_ranks[at], side->dual_costs[at]) : 0;
}

static bool open_slots(struct verifier *v, const V1(Problem) * p, const V1(Solution) * s)
{
	const struct side sides[] = {SIDE(v, claimant, p->n_claimants),
	                             SIDE(v, request, v->requests), SIDE(v, offer, p->n_offers)};
	uint32_t components = (uint32_t)(p->n_claimants + v->requests + p->n_offers);
	v->claimants_side = sides[0], v->requests_side = sides[1], v->offers_side = sides[2];
	TAKE(v, v->nodes, components);
	TAKE(v, v->begin, components + 1);
	for (int at = 0; at < 3; at++)
		if (!count_nodes(v, &sides[at], components))
			return false;
	for (int at = 0; at < 3; at++)
		if (!count_levels(v, &sides[at]))
			return false;
	for (uint32_t at = 0; at < components; at++)
		v->begin[at + 1] += v->begin[at];
	TAKE(v, v->slots, v->begin[components]);
	for (uint32_t at = 0; at < v->begin[components]; at++) {
		v->slots[at].awarded.rank = NONE_AWARDED;
		v->slots[at].refused.rank = NONE_REFUSED;
	}
	v->largest.rank = NONE_AWARDED;
	for (size_t at = 0; at < p->n_offers; at++)
		v->slots[place_of(v, &v->offers_side, at).slot].room |=
		        v->given[at] < p->offers[at]->lots;
	return true;
}

/* What arcs are made of. */

static int fact_order(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int keys = strcmp(a->key, b->key);
	return keys ? keys : strcmp(a->item, b->item);
}

static size_t facts_find(const struct facts *facts, const char *key)
{
	size_t low = 0, high = facts->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(facts->at[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < facts->count && !strcmp(facts->at[low].key, key) ? low : facts->count;
}

static bool facts_sort(struct verifier *v, struct facts *facts)
{
	if (facts->count)
		qsort(facts->at, facts->count, sizeof *facts->at, fact_order);
	for (size_t at = 1; at < facts->count; at++)
		HOLDS(v, F0, fact_order(&facts->at[at - 1], &facts->at[at]) < 0,
		      "%.40s %.40s is listed twice", facts->at[at].key, facts->at[at].item);
	return true;
}

static bool open_facts(struct verifier *v, const V1(Problem) * p)
{
	v->substitutes.count = p->n_substitutes;
	v->freights.count = p->n_freights;
	v->grades.count = v->provinces.count = p->n_offers;
	TAKE(v, v->substitutes.at, p->n_substitutes);
	TAKE(v, v->freights.at, p->n_freights);
	TAKE(v, v->grades.at, p->n_offers);
	TAKE(v, v->provinces.at, p->n_offers);
	for (size_t at = 0; at < p->n_offers; at++) {
		const V1(Offer) *offer = p->offers[at];
		v->grades.at[at] = (struct fact){offer->grade, offer->offer_id, (int64_t)at};
		v->provinces.at[at] = (struct fact){offer->province, offer->offer_id, 0};
	}
	for (size_t at = 0; at < p->n_substitutes; at++) {
		const V1(Substitute) *fact = p->substitutes[at];
		HOLDS(v, F0, strcmp(fact->grade, fact->substitute_grade),
		      "%.40s is its own substitute", fact->grade);
		v->substitutes.at[at] = (struct fact){fact->grade, fact->substitute_grade, 0};
	}
	for (size_t at = 0; at < p->n_freights; at++) {
		const V1(Freight) *fact = p->freights[at];
		HOLDS(v, F0, within(fact->rial_per_kg, -PRICE, PRICE),
		      "Freight %zu is out of range", at);
		v->freights.at[at] =
		        (struct fact){fact->to_province, fact->from_province, fact->rial_per_kg};
	}
	return facts_sort(v, &v->substitutes) && facts_sort(v, &v->freights) &&
	       facts_sort(v, &v->grades) && facts_sort(v, &v->provinces);
}

static bool open_sellers(struct verifier *v, const V1(Problem) * p)
{
	TAKE(v, v->sellers, p->n_offers);
	TAKE(v, v->position, p->n_offers);
	TAKE(v, v->row, p->n_offers);
	TAKE(v, v->row_marks, p->n_offers);
	for (uint32_t at = 0, grade = 0; at < p->n_offers; at++) {
		uint32_t index = (uint32_t)v->grades.at[at].value;
		const V1(Offer) *offer = p->offers[index];
		grade = strcmp(v->grades.at[grade].key, offer->grade) ? at : grade;
		v->position[index] = at;
		v->sellers[at] = (struct seller){
		        .index = index,
		        .grade = grade,
		        .province = (uint32_t)facts_find(&v->provinces, offer->province),
		        .classes = offer->buyer_classes,
		        .from = offer->delivery_from_jalali,
		        .to = offer->delivery_to_jalali ? offer->delivery_to_jalali : INT32_MAX,
		        .price = offer->price_rial_per_kg,
		        .place = place_of(v, &v->offers_side, index),
		        .dual = dual_of(v, &v->offers_side, index)};
		HOLDS(v, F6,
		      !v->sellers[at].dual ||
		              (v->sellers[at].dual < 0 && v->given[index] == offer->lots),
		      "The dual of offer %.40s has the wrong sign", offer->offer_id);
	}
	return true;
}

static void load_row(struct verifier *v, const char *province)
{
	if (v->row_province && !strcmp(v->row_province, province))
		return;
	v->row_province = province;
	v->row_mark++;
	size_t own = facts_find(&v->provinces, province);
	v->row[own] = 0;
	v->row_marks[own] = v->row_mark;
	for (size_t at = facts_find(&v->freights, province);
	     at < v->freights.count && !strcmp(v->freights.at[at].key, province); at++) {
		size_t from = facts_find(&v->provinces, v->freights.at[at].item);
		v->row[from] = v->freights.at[at].value;
		v->row_marks[from] = v->row_mark;
	}
}

/* F3, F5, F6: along arcs. */

static bool check_residual(struct verifier *v, struct place from, struct place to, uint32_t number)
{
	HOLDS(v, F3, from.component == to.component, "Request %u joins two components", number);
	HOLDS(v, F3, to.slot <= from.slot, "A residual arc of request %u leads up", number);
	HOLDS(v, F6, !v->priced || to.slot == from.slot || !v->slots[to.slot].room,
	      "A residual arc of request %u leads down to where there is room", number);
	return true;
}

static bool check_arc(struct verifier *v, struct asker *asker, struct seller *seller, int64_t rank)
{
	int64_t landed = seller->price + v->row[seller->province], lots = 0;
	asker->arcs++;
	seller->arcs++;
	if (!check_residual(v, asker->place, seller->place, asker->number))
		return false;
	if (seller->taker == asker->number + 1) {
		lots = seller->taken;
		asker->flows--;
		v->rank += (int128)rank * lots;
		v->cost += (int128)landed * lots;
	}
	HOLDS(v, F5, !lots || seller->place.slot == asker->place.slot,
	      "Request %u is served from "
	      "another level",
	      asker->number);
	if (!v->priced || seller->place.slot != asker->place.slot)
		return true;
	int128 slack = pair(v, rank, landed) - seller->dual - asker->dual;
	HOLDS(v, F6, slack >= 0 && (!lots || !slack), "Request %u could be served cheaper",
	      asker->number);
	return true;
}

static bool check_grade(struct verifier *v, struct asker *asker, const char *grade, int64_t rank)
{
	const V1(Request) *request = asker->request;
	int32_t last = request->delivery_to_jalali ? request->delivery_to_jalali : INT32_MAX;
	size_t first = facts_find(&v->grades, grade);
	for (size_t at = first; at < v->grades.count && v->sellers[at].grade == first; at++) {
		struct seller *seller = &v->sellers[at];
		bool arc =
		        (seller->classes & request->buyer_classes) && seller->from <= last &&
		        request->delivery_from_jalali <= seller->to &&
		        v->row_marks[seller->province] == v->row_mark &&
		        seller->price + v->row[seller->province] <= request->max_landed_rial_per_kg;
		if (arc && !check_arc(v, asker, seller, rank))
			return false;
	}
	return true;
}

static bool check_request(struct verifier *v, struct asker *asker)
{
	const V1(Request) *request = asker->request;
	const V1(Solution) *s = v->solution;
	for (; v->flow < s->n_flow_lots && s->flow_requests[v->flow] == asker->number; v->flow++) {
		struct seller *seller = &v->sellers[v->position[s->flow_offers[v->flow]]];
		seller->taker = asker->number + 1;
		seller->taken = s->flow_lots[v->flow];
		asker->flows++;
	}
	if (!request->withdrawn) {
		load_row(v, request->province);
		if (!check_grade(v, asker, request->grade, 0))
			return false;
		for (size_t at = facts_find(&v->substitutes, request->grade);
		     at < v->substitutes.count &&
		     !strcmp(v->substitutes.at[at].key, request->grade);
		     at++)
			if (!check_grade(v, asker, v->substitutes.at[at].item, 1))
				return false;
	}
	HOLDS(v, F1, !asker->flows, "Request %u is served where it has no arc", asker->number);
	HOLDS(v, F1, v->served[asker->number] <= request->lots, "Request %u is over-served",
	      asker->number);
	HOLDS(v, F3, asker->arcs || v->nodes[asker->place.component] == 1,
	      "Request %u has no arcs but "
	      "company",
	      asker->number);
	return true;
}

/* F4: keys. */

static void claimant_tie(const V1(Problem) * p, const V1(Claimant) * claimant, uint8_t *tie)
{
	crypto_generichash_state state;
	const char *texts[] = {p->round_id, p->family, claimant->buyer_id};
	crypto_generichash_init(&state, NULL, 0, TIE_BYTES);
	crypto_generichash_update(&state, p->seed.data, p->seed.len);
	for (int at = 0; at < 3; at++)
		crypto_generichash_update(&state, (const uint8_t *)texts[at],
		                          strlen(texts[at]) + (at < 2));
	crypto_generichash_final(&state, tie, TIE_BYTES);
}

/* inf{ K : sum of min(demand, K * weight) >= T } by Newton's steps from below: members that
 * are full at K leave, and K grows until none leaves any more. */
static void key_weighted(const V1(Claimant) * claimant, int128 total, struct key *key)
{
	int128 weight = 0, rest = total;
	for (size_t at = 0; at < claimant->n_members; at++)
		weight += claimant->members[at]->weight_kg;
	do {
		key->numerator = rest;
		key->denominator = (int64_t)weight;
		weight = 0;
		rest = total;
		for (size_t at = 0; at < claimant->n_members; at++) {
			const V1(Member) *member = claimant->members[at];
			int128 demand = (int128)member->demand_kg << BETA_BITS;
			if (demand * key->denominator < key->numerator * member->weight_kg)
				rest -= demand;
			else
				weight += member->weight_kg;
		}
	} while (weight != key->denominator);
}

static struct key key_of(const V1(Problem) * p, uint32_t number, const uint8_t *tie, int64_t lot)
{
	const V1(Claimant) *claimant = p->claimants[number];
	int32_t class = lot <= claimant->reserve_lots ? -1 : claimant->priority_class;
	int128 offset = p->rounding == ROUNDING(OFFSET)  ? tie[0] << 16 | tie[1] << 8 | tie[2]
	                : p->rounding == ROUNDING(CARRY) ? claimant->carry_numerator
	                                                 : 0;
	if (p->rounding == ROUNDING(WEBSTER))
		offset = 1 << (BETA_BITS - 1);
	int128 held = (int128)claimant->held_kg << BETA_BITS, demand = 0;
	int128 total = held + p->lot_kg * (((int128)lot << BETA_BITS) - offset);
	for (size_t at = 0; at < claimant->n_members; at++)
		demand += (int128)claimant->members[at]->demand_kg << BETA_BITS;
	struct key key = {2 * class, number, total, 1, lot, {0}};
	memcpy(key.tie, tie, TIE_BYTES);
	if (p->policy == POLICY(WEIGHTED) && total > demand)
		key.denominator = 0;
	else if (p->policy == POLICY(WEIGHTED))
		key_weighted(claimant, total, &key);
	else if (p->policy == POLICY(PRO_RATA))
		key.denominator = (int64_t)(demand >> BETA_BITS);
	else if (p->policy == POLICY(TIME))
		key.numerator = ((int128)claimant->sequence << 50) + lot;
	else if (p->policy == POLICY(LOTTERY))
		key.numerator = held + p->lot_kg * ((int128)lot << BETA_BITS);
	else if (p->policy == POLICY(TALMUD))
		key.rank += 2 * total > demand;
	if (p->policy == POLICY(EQUAL_LOSSES) ||
	    (p->policy == POLICY(TALMUD) && 2 * total > demand))
		key.numerator = total - demand;
	return key;
}

static int key_order(const struct key *a, const struct key *b)
{
	int by = order(a->rank, b->rank);
	if (!by && a->denominator && b->denominator)
		by = order(a->numerator * b->denominator, b->numerator * a->denominator);
	else if (!by)
		by = order(!a->denominator, !b->denominator);
	by = by ? by : memcmp(a->tie, b->tie, TIE_BYTES);
	by = by ? by : order(a->claimant, b->claimant);
	return by ? by : order(a->lot, b->lot);
}

static bool file_keys(struct verifier *v, uint32_t number, struct place place, bool refused)
{
	bool least_cost = v->problem->policy == POLICY(LEAST_COST);
	int64_t award = v->solution->awards[number];
	struct slot *slot = &v->slots[place.slot];
	uint8_t tie[TIE_BYTES];
	struct key given = {.numerator = dual_of(v, &v->claimants_side, number), .denominator = 1};
	struct key denied = given;
	HOLDS(v, F6, !least_cost || !refused || place.slot == v->begin[place.component],
	      "Claimant %u is refused above level 0", number);
	if (!least_cost) {
		claimant_tie(v->problem, v->problem->claimants[number], tie);
		given = key_of(v->problem, number, tie, award);
		denied = key_of(v->problem, number, tie, award + 1);
	}
	if (award > 0 && key_order(&given, &slot->awarded) > 0)
		slot->awarded = given;
	if (award > 0 && key_order(&given, &v->largest) > 0)
		v->largest = given;
	if (refused && key_order(&denied, &slot->refused) < 0)
		slot->refused = denied;
	return true;
}

static bool check_claimant(struct verifier *v, uint32_t number, uint32_t request)
{
	const V1(Claimant) *claimant = v->problem->claimants[number];
	struct place place = place_of(v, &v->claimants_side, number);
	int128 served = 0, dual = dual_of(v, &v->claimants_side, number);
	int64_t award = v->solution->awards[number];
	bool bound = v->priced && (award > 0 || v->problem->policy == POLICY(LEAST_COST));
	bool open = false, arcs = false;
	for (size_t at = 0; at < claimant->n_requests; at++, request++) {
		struct asker asker = {claimant->requests[at],
		                      request,
		                      0,
		                      0,
		                      place_of(v, &v->requests_side, request),
		                      dual_of(v, &v->requests_side, request)};
		if (!check_request(v, &asker))
			return false;
		bool used = v->served[request] > 0, room = v->served[request] < asker.request->lots;
		served += v->served[request];
		if (!asker.arcs)
			continue;
		arcs = true;
		open |= room;
		if ((room && !check_residual(v, place, asker.place, request)) ||
		    (used && !check_residual(v, asker.place, place, request)))
			return false;
		HOLDS(v, F6,
		      !bound || asker.place.slot != place.slot ||
		              ((!room || asker.dual >= dual) && (!used || asker.dual <= dual)),
		      "Request %u and its claimant have duals that don't fit", request);
	}
	HOLDS(v, F1, served == award && award <= claimant->demand_lots,
	      "The award of claimant %.40s is not what it is served", claimant->buyer_id);
	HOLDS(v, F3, arcs || v->nodes[place.component] == 1, "Claimant %u has no arcs but company",
	      number);
	return !arcs || file_keys(v, number, place, open && award < claimant->demand_lots);
}

static bool check_component(struct verifier *v, uint32_t begin, uint32_t end)
{
	bool limited =
	        v->problem->pass_kind == PASS(RESERVE) && v->placed == v->problem->limit_lots;
	struct key room = {.rank = ROOM}, largest = {.rank = NONE_AWARDED},
	           least = {.rank = NONE_REFUSED};
	for (uint32_t at = begin; at < end; at++) {
		struct key *awarded = &v->slots[at].awarded;
		if (v->slots[at].room)
			*awarded = limited ? v->largest : room;
		if (key_order(awarded, &largest) > 0)
			largest = *awarded;
		*awarded = largest;
	}
	for (uint32_t at = end; at-- > begin;) {
		if (key_order(&v->slots[at].refused, &least) < 0)
			least = v->slots[at].refused;
		HOLDS(v, F4, key_order(&v->slots[at].awarded, &least) <= 0,
		      "Level %u: claimant %u is refused what another has, or what is left",
		      at - begin, least.claimant);
	}
	return true;
}

static bool check_solution(struct verifier *v, const uint8_t *digest)
{
	const V1(Problem) *p = v->problem;
	const V1(Solution) *s = v->solution;
	v->priced = p->pass_kind == PASS(MAIN);
	if (!check_head(v, p, digest) || !check_claimants(v, p) || !check_flows(v, p, s) ||
	    !open_slots(v, p, s) || !open_facts(v, p) || !open_sellers(v, p))
		return false;
	for (uint32_t at = 0, request = 0; at < p->n_claimants; at++) {
		if (!check_claimant(v, at, request))
			return false;
		request += (uint32_t)p->claimants[at]->n_requests;
	}
	for (uint32_t at = 0; at < p->n_offers; at++)
		HOLDS(v, F3, v->sellers[at].arcs || v->nodes[v->sellers[at].place.component] == 1,
		      "Offer %u has no arcs but company", v->sellers[at].index);
	for (uint32_t at = 0; at < p->n_claimants + v->requests + p->n_offers; at++)
		if (!check_component(v, v->begin[at], v->begin[at + 1]))
			return false;
	HOLDS(v, F6, s->total_rank == v->rank && s->total_cost == v->cost,
	      "The totals are not the sums");
	return true;
}

bool verify_solution(struct arena *arena, const V1(Problem) * problem, const uint8_t *digest,
                     const V1(Solution) * solution, struct verify_result *result)
{
	struct verifier v = {
	        .arena = arena, .problem = problem, .solution = solution, .result = result};
	*result = (struct verify_result){.rule = VERIFY_OK};
	return check_solution(&v, digest);
}

/* F7, F8, F9: from pass to pass. */

static bool digest_message(struct verifier *v, const void *message, size_t size, uint8_t *digest)
{
	struct bytes bytes = {.size = protobuf_c_message_get_packed_size(message)};
	uint8_t *data;
	TAKE(v, data, bytes.size);
	bytes.data = data;
	protobuf_c_message_pack(message, data);
	digest_of(digest, size, bytes);
	return true;
}

/* The request to be withdrawn after this pass, NULL when there is none. */
static V1(Request) * partial_request(const struct verifier *v)
{
	V1(Request) *found = NULL;
	uint8_t largest[TIE_BYTES], tie[TIE_BYTES];
	for (size_t at = 0, number = 0; at < v->problem->n_claimants; at++) {
		const V1(Claimant) *claimant = v->problem->claimants[at];
		const V1(Request) *last = NULL;
		for (size_t line = 0; line < claimant->n_requests; line++, number++) {
			V1(Request) *request = claimant->requests[line];
			if (last || !v->served[number] ||
			    v->served[number] >= request->minimum_lots)
				continue;
			last = request;
			claimant_tie(v->problem, claimant, tie);
			if (found && memcmp(tie, largest, TIE_BYTES) <= 0)
				continue;
			memcpy(largest, tie, TIE_BYTES);
			found = request;
		}
	}
	return found;
}

/* Turns the problem of the reserve pass into the one that must follow it. */
static bool follow_reserve(struct verifier *v, V1(Problem) * problem, const V1(Problem) * next)
{
	HOLDS(v, F8, next->pass_kind == PASS(MAIN) && problem->n_claimants == next->n_claimants,
	      "The reserve pass is not followed by its main pass");
	problem->pass_kind = next->pass_kind;
	problem->policy = next->policy;
	problem->limit_lots = 0;
	for (size_t at = 0; at < problem->n_claimants; at++) {
		V1(Claimant) *claimant = problem->claimants[at];
		int64_t demand = next->claimants[at]->demand_lots;
		HOLDS(v, F8, next->claimants[at]->reserve_lots == v->solution->awards[at],
		      "Claimant %.40s has another reserve than was found", claimant->buyer_id);
		HOLDS(v, F8, !claimant->demand_lots || claimant->demand_lots == demand,
		      "Claimant %.40s has another demand than in the reserve pass",
		      claimant->buyer_id);
		claimant->reserve_lots = v->solution->awards[at];
		claimant->demand_lots = demand;
	}
	return true;
}

/* `next` is what the rules make of this pass; NULL: no pass is due. */
static bool check_next(struct verifier *v, V1(Problem) * problem, const V1(Problem) * next)
{
	uint8_t parent[DIGEST_BYTES], expected[DIGEST_BYTES], digest[DIGEST_BYTES];
	bool reserve = problem->pass_kind == PASS(RESERVE);
	V1(Request) *withdrawn = reserve ? NULL : partial_request(v);
	if (!next) {
		HOLDS(v, F8, !reserve, "The reserve pass is not followed by its main pass");
		HOLDS(v, F7, !withdrawn, "Request %.40s is below its minimum",
		      withdrawn->request_id);
		return true;
	}
	HOLDS(v, F7, reserve || withdrawn, "A pass too many: nothing is below its minimum");
	if (reserve && !follow_reserve(v, problem, next))
		return false;
	if (!digest_message(v, v->solution, sizeof parent, parent))
		return false;
	HOLDS(v, F9,
	      next->pass == problem->pass + 1 && next->parent_digest.len == sizeof parent &&
	              !memcmp(parent, next->parent_digest.data, sizeof parent),
	      "The next pass does not name this solution");
	problem->pass++;
	problem->parent_digest = next->parent_digest;
	if (withdrawn)
		withdrawn->withdrawn = true;
	if (!digest_message(v, problem, sizeof expected, expected) ||
	    !digest_message(v, next, sizeof digest, digest))
		return false;
	HOLDS(v, F7, !withdrawn || !memcmp(digest, expected, sizeof digest),
	      "The next pass is not this one without request %.40s", withdrawn->request_id);
	HOLDS(v, F8, !memcmp(digest, expected, sizeof digest),
	      "The main pass is not the reserve pass with its reserves");
	return true;
}

static bool check_first(struct verifier *v, const V1(Bundle) * bundle, const V1(Problem) * p)
{
	static const uint8_t zeros[DIGEST_BYTES];
	uint8_t commitment[DIGEST_BYTES];
	digest_of(commitment, sizeof commitment, (struct bytes){p->seed.data, p->seed.len});
	HOLDS(v, F0,
	      bundle->seed_commitment.len == sizeof commitment &&
	              !memcmp(commitment, bundle->seed_commitment.data, sizeof commitment),
	      "The seed is not the committed one");
	HOLDS(v, F0, p->book_digest.len == DIGEST_BYTES, "The book's digest is malformed");
	HOLDS(v, F9,
	      p->pass == 0 && p->parent_digest.len == sizeof zeros &&
	              !memcmp(p->parent_digest.data, zeros, sizeof zeros),
	      "The first pass has a parent");
	for (size_t at = 0; at < p->n_claimants; at++) {
		HOLDS(v, F8, !p->claimants[at]->reserve_lots, "A reserve before the reserve pass");
		for (size_t line = 0; line < p->claimants[at]->n_requests; line++)
			HOLDS(v, F7, !p->claimants[at]->requests[line]->withdrawn,
			      "A request is withdrawn before the first pass");
	}
	return true;
}

bool verify_bundle(struct arena *arena, struct bytes bytes, struct verify_result *result)
{
	struct verifier v = {.arena = arena, .result = result};
	*result = (struct verify_result){.rule = VERIFY_OK};
	const V1(Bundle) *bundle =
	        WIRE_DECODE(arena, V1(Bundle), tasheem__solver__v1__bundle, bytes);
	HOLDS(&v, F0, bundle && bundle->n_problems > 0 && bundle->n_problems == bundle->n_solutions,
	      "Not a bundle: malformed, empty, or problems and solutions don't pair");
	for (size_t at = 0; at < bundle->n_problems; at++) {
		uint8_t digest[TIE_BYTES];
		v = (struct verifier){.arena = arena,
		                      .problem = bundle->problems[at],
		                      .solution = bundle->solutions[at],
		                      .result = result};
		result->pass = (uint32_t)at;
		if (!digest_message(&v, v.problem, sizeof digest, digest) ||
		    !check_solution(&v, digest) ||
		    (at == 0 && !check_first(&v, bundle, v.problem)) ||
		    !check_next(&v, bundle->problems[at],
		                at + 1 < bundle->n_problems ? bundle->problems[at + 1] : NULL))
			return false;
	}
	return true;
}

const char *verify_rule_name(enum verify_rule rule)
{
	static const char *const names[] = {"F0", "F1", "F2", "F3", "F4", "F5",
	                                    "F6", "F7", "F8", "F9", "ok", "no-memory"};
	return names[rule];
}
