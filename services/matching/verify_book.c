/* What the problem of a pass says by itself: its form, the keys of its claimants, and
 * what may follow it in a draw; see verify.h. A pass that must follow another is made
 * from it by its rule and compared whole, by digest: nothing else may differ. */
#include <stdio.h>

#include "common/wire.h"
#include "services/matching/verify_inside.h"

#define ROUNDING(name) TASHEEM__SOLVER__V1__ROUNDING__ROUNDING_##name
#define ASCENDS(list, at, id) ((at) == 0 || strcmp((list)[(at)-1]->id, (list)[at]->id) < 0)
enum { BETA_BITS = 24 };

bool verify_fail(struct verify_result *result, enum verify_rule rule, const char *condition,
                 uint64_t number)
{
#define X(name, sentence) sentence,
	static const char *const sentences[] = {VERIFY_RULE_LIST(X)};
#undef X
	result->rule = rule;
	snprintf(result->what, sizeof result->what, "%s fails for %llu: %s", condition,
	         (unsigned long long)number, sentences[rule]);
	return false;
}

const char *verify_rule_name(enum verify_rule rule)
{
#define X(name, sentence) #name,
	static const char *const names[] = {VERIFY_RULE_LIST(X)};
#undef X
	return names[rule];
}

/* F0: the problem is well formed. */

static bool window_good(int32_t from, int32_t to)
{
	return from >= 0 && to >= 0 && (!from || !to || from <= to);
}

struct form {
	const V1(Problem) * p;
	struct verify_result *result;
};

static bool claimant_form(const struct form *v, const V1(Claimant) * claimant, uint64_t number)
{
	int64_t demand = 0, weight = 0;
	HOLDS(v, F0, WITHIN(claimant->priority_class, 0, 9), number);
	HOLDS(v, F0, WITHIN(claimant->held_kg, 0, KG), number);
	HOLDS(v, F0, WITHIN(claimant->demand_lots, 0, 2 * KG / v->p->lot_kg), number);
	HOLDS(v, F0, WITHIN(claimant->reserve_lots, 0, LOTS), number);
	HOLDS(v, F0, WITHIN(claimant->carry_numerator, 0, (1 << BETA_BITS) - 1), number);
	for (size_t at = 0; at < claimant->n_members; at++) {
		const V1(Member) *member = claimant->members[at];
		HOLDS(v, F0, ASCENDS(claimant->members, at, licence_id), number);
		HOLDS(v, F0, WITHIN(member->demand_kg, 0, KG), number);
		HOLDS(v, F0, WITHIN(member->weight_kg, 1, KG), number);
		HOLDS(v, F0, (demand += member->demand_kg) <= 4 * KG, number);
		HOLDS(v, F0, (weight += member->weight_kg) <= KG, number);
	}
	for (size_t at = 0; at < claimant->n_requests; at++) {
		const V1(Request) *request = claimant->requests[at];
		int32_t from = request->delivery_from_jalali, to = request->delivery_to_jalali;
		HOLDS(v, F0, ASCENDS(claimant->requests, at, request_id), number);
		HOLDS(v, F0, WITHIN(request->lots, 0, LOTS), number);
		HOLDS(v, F0, window_good(from, to), number);
	}
	return true;
}

bool verify_form(const V1(Problem) * p, struct verify_result *result, uint32_t *requests)
{
	const struct form form = {p, result}, *v = &form;
	bool reserve = p->pass_kind == PASS(RESERVE);
	HOLDS(v, F0, WITHIN(p->policy, 1, 5) || WITHIN(p->policy, 9, 11), (uint64_t)p->policy);
	HOLDS(v, F0, WITHIN(p->rounding, 1, 4), (uint64_t)p->rounding);
	HOLDS(v, F0, reserve || p->pass_kind == PASS(MAIN), (uint64_t)p->pass_kind);
	HOLDS(v, F0, WITHIN(p->lot_kg, 1, 1 << 30), (uint64_t)p->lot_kg);
	HOLDS(v, F0, p->seed.len == 32, p->seed.len);
	HOLDS(v, F8, !reserve || p->policy == POLICY(EQUAL), (uint64_t)p->policy);
	HOLDS(v, F8, reserve ? p->limit_lots >= 0 : p->limit_lots == 0, (uint64_t)p->limit_lots);
	HOLDS(v, F0, p->n_offers < MANY && p->n_claimants < MANY, p->n_offers);
	HOLDS(v, F0, p->n_substitutes < MANY && p->n_freights < MANY, p->n_freights);
	for (size_t at = 0; at < p->n_offers; at++) {
		const V1(Offer) *offer = p->offers[at];
		HOLDS(v, F0, ASCENDS(p->offers, at, offer_id), at);
		HOLDS(v, F0, WITHIN(offer->lots, 0, LOTS), at);
		HOLDS(v, F0, WITHIN(offer->price_rial_per_kg, -PRICE, PRICE), at);
		HOLDS(v, F0, window_good(offer->delivery_from_jalali, offer->delivery_to_jalali),
		      at);
	}
	for (size_t at = 0; at < p->n_claimants; at++) {
		HOLDS(v, F0, ASCENDS(p->claimants, at, buyer_id), at);
		HOLDS(v, F0, *requests + p->claimants[at]->n_requests < MANY, at);
		*requests += (uint32_t)p->claimants[at]->n_requests;
		if (!claimant_form(v, p->claimants[at], at))
			return false;
	}
	return true;
}

/* F4: keys. */

void verify_tie(const V1(Problem) * p, const V1(Claimant) * claimant, uint8_t *tie)
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
			bool full = demand * key->denominator < key->numerator * member->weight_kg;
			rest -= full ? demand : 0;
			weight += full ? 0 : member->weight_kg;
		}
	} while (weight != key->denominator);
}

struct key verify_key(const V1(Problem) * p, uint32_t number, const uint8_t *tie, int64_t lot)
{
	const V1(Claimant) *claimant = p->claimants[number];
	int32_t class = lot <= claimant->reserve_lots ? -1 : claimant->priority_class;
	int128 demand = 0, offset = 0;
	if (p->rounding == ROUNDING(OFFSET))
		offset = tie[0] << 16 | tie[1] << 8 | tie[2];
	else if (p->rounding != ROUNDING(JEFFERSON))
		offset = p->rounding == ROUNDING(CARRY) ? claimant->carry_numerator : 1 << 23;
	if (p->policy == POLICY(LOTTERY))
		offset = 0;
	int128 total = ((int128)claimant->held_kg << BETA_BITS) +
	               p->lot_kg * (((int128)lot << BETA_BITS) - offset);
	for (size_t at = 0; at < claimant->n_members; at++)
		demand += (int128)claimant->members[at]->demand_kg << BETA_BITS;
	bool late = p->policy == POLICY(TALMUD) && 2 * total > demand;
	struct key key = {2 * class + late, number, total, 1, lot, {0}};
	memcpy(key.tie, tie, TIE_BYTES);
	if (late || p->policy == POLICY(EQUAL_LOSSES))
		key.numerator -= demand;
	else if (p->policy == POLICY(WEIGHTED) && total <= demand)
		key_weighted(claimant, total, &key);
	else if (p->policy == POLICY(WEIGHTED))
		key.denominator = 0;
	else if (p->policy == POLICY(PRO_RATA))
		key.denominator = (int64_t)(demand >> BETA_BITS);
	else if (p->policy == POLICY(TIME))
		key.numerator = ((int128)claimant->sequence << 50) + lot;
	return key;
}

static int order(int128 a, int128 b)
{
	return a < b ? -1 : a > b;
}

int verify_key_order(const struct key *a, const struct key *b)
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

/* F7, F8, F9: from pass to pass. */

struct pass {
	struct arena *arena;
	struct verify_result *result;
	V1(Problem) * problem;
	const V1(Solution) * solution;
};

static bool digest_message(const struct pass *v, const void *message, uint8_t *digest, size_t size)
{
	uint8_t *data;
	size_t length = protobuf_c_message_get_packed_size(message);
	TAKE(v, data, length);
	protobuf_c_message_pack(message, data);
	digest_of(digest, size, (struct bytes){data, length});
	return true;
}

/* The request to be withdrawn after a main pass, NULL when there is none. */
static V1(Request) * partial_request(const struct pass *v)
{
	const V1(Problem) *p = v->problem;
	const V1(Solution) *s = v->solution;
	V1(Request) *found = NULL;
	uint8_t largest[TIE_BYTES] = {0}, tie[TIE_BYTES];
	size_t flow = 0, number = 0;
	for (size_t at = 0; at < p->n_claimants && p->pass_kind == PASS(MAIN); at++) {
		verify_tie(p, p->claimants[at], tie);
		for (size_t line = 0; line < p->claimants[at]->n_requests; line++, number++) {
			V1(Request) *request = p->claimants[at]->requests[line];
			int64_t served = 0;
			for (; flow < s->n_flow_lots && s->flow_requests[flow] == number; flow++)
				served += s->flow_lots[flow];
			bool partial = 0 < served && served < request->minimum_lots;
			if (!partial || (found && memcmp(tie, largest, TIE_BYTES) <= 0))
				continue;
			memcpy(largest, tie, TIE_BYTES);
			found = request;
		}
	}
	return found;
}

/* Makes the problem of a reserve pass what the main pass after it must be. */
static bool follow_reserve(const struct pass *v, const V1(Problem) * next)
{
	V1(Problem) *p = v->problem;
	HOLDS(v, F8, next && next->pass_kind == PASS(MAIN), p->pass);
	HOLDS(v, F8, next->n_claimants == p->n_claimants, p->pass);
	p->pass_kind = next->pass_kind;
	p->policy = next->policy;
	p->limit_lots = 0;
	for (size_t at = 0; at < p->n_claimants; at++) {
		if (!p->claimants[at]->demand_lots)
			p->claimants[at]->demand_lots = next->claimants[at]->demand_lots;
		p->claimants[at]->reserve_lots = v->solution->awards[at];
	}
	return true;
}

static bool check_next(const struct pass *v, const V1(Problem) * next)
{
	uint8_t parent[DIGEST_BYTES], expected[DIGEST_BYTES], digest[DIGEST_BYTES];
	bool reserve = v->problem->pass_kind == PASS(RESERVE);
	V1(Request) *partial = partial_request(v);
	if (reserve && !follow_reserve(v, next))
		return false;
	HOLDS(v, F7, reserve || !next == !partial, v->problem->pass);
	if (!next)
		return true;
	if (!digest_message(v, v->solution, parent, sizeof parent))
		return false;
	HOLDS(v, F9, next->parent_digest.len == sizeof parent, next->pass);
	HOLDS(v, F9, !memcmp(parent, next->parent_digest.data, sizeof parent), next->pass);
	v->problem->pass++;
	v->problem->parent_digest = next->parent_digest;
	if (partial)
		partial->withdrawn = true;
	if (!digest_message(v, v->problem, expected, sizeof expected) ||
	    !digest_message(v, next, digest, sizeof digest))
		return false;
	HOLDS(v, F8, !reserve || !memcmp(digest, expected, sizeof digest), next->pass);
	HOLDS(v, F7, !memcmp(digest, expected, sizeof digest), next->pass);
	return true;
}

static bool check_first(const struct pass *v, const ProtobufCBinaryData *commitment)
{
	static const uint8_t zeros[DIGEST_BYTES];
	const V1(Problem) *p = v->problem;
	uint8_t digest[DIGEST_BYTES];
	digest_of(digest, sizeof digest, (struct bytes){p->seed.data, p->seed.len});
	HOLDS(v, F0, commitment->len == sizeof digest, commitment->len);
	HOLDS(v, F0, !memcmp(commitment->data, digest, sizeof digest), 0);
	HOLDS(v, F0, p->book_digest.len == sizeof digest, p->book_digest.len);
	HOLDS(v, F0, p->draw > 0, p->draw);
	HOLDS(v, F9, p->pass == 0 && p->parent_digest.len == sizeof zeros, p->pass);
	HOLDS(v, F9, !memcmp(p->parent_digest.data, zeros, sizeof zeros), p->pass);
	for (size_t at = 0; at < p->n_claimants; at++) {
		const V1(Claimant) *claimant = p->claimants[at];
		HOLDS(v, F8, claimant->reserve_lots == 0, at);
		for (size_t line = 0; line < claimant->n_requests; line++) {
			HOLDS(v, F7, !claimant->requests[line]->withdrawn, at);
			HOLDS(v, F0, WITHIN(claimant->requests[line]->minimum_lots, 0, LOTS), at);
		}
	}
	return true;
}

bool verify_bundle(struct arena *arena, struct bytes bytes, struct verify_result *result)
{
	struct pass pass = {.arena = arena, .result = result}, *v = &pass;
	*result = (struct verify_result){.rule = VERIFY_OK};
	const V1(Bundle) *bundle =
	        WIRE_DECODE(arena, V1(Bundle), tasheem__solver__v1__bundle, bytes);
	HOLDS(v, F0, bundle && bundle->n_problems > 0, bytes.size);
	HOLDS(v, F0, bundle->n_problems == bundle->n_solutions, bundle->n_problems);
	for (size_t at = 0; at < bundle->n_problems; at++) {
		uint8_t digest[TIE_BYTES];
		bool last = at + 1 == bundle->n_problems;
		v->problem = bundle->problems[at];
		v->solution = bundle->solutions[at];
		if (!digest_message(v, v->problem, digest, sizeof digest))
			return false;
		bool good = verify_solution(arena, v->problem, digest, v->solution, result);
		result->pass = (uint32_t)at;
		if (!good || (at == 0 && !check_first(v, &bundle->seed_commitment)) ||
		    !check_next(v, last ? NULL : bundle->problems[at + 1]))
			return false;
	}
	return true;
}
