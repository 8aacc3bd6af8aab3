/* Books for tests: by hand or by dice; see brute.h. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/brute.h"

uint64_t dice_next(struct dice *dice)
{
	uint64_t z = (dice->state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

int64_t dice_between(struct dice *dice, int64_t low, int64_t high)
{
	return low + (int64_t)(dice_next(dice) % (uint64_t)(high - low + 1));
}

bool dice_chance(struct dice *dice, int percent)
{
	return dice_between(dice, 1, 100) <= percent;
}

static char *text(struct arena *arena, const char *prefix, int64_t number)
{
	return (char *)(uintptr_t)arena_format(arena, "%s%02lld", prefix, (long long)number);
}

enum { ROOM = 80 };

Problem *book_open(struct arena *arena, int policy, int rounding)
{
	Problem *p = ARENA_NEW(arena, Problem);
	tasheem__solver__v1__problem__init(p);
	p->round_id = text(arena, "R", 1);
	p->family = text(arena, "F", 1);
	p->draw = 1;
	p->pass_kind = PASS(MAIN);
	p->policy = (Tasheem__Solver__V1__Policy)policy;
	p->rounding = (Tasheem__Solver__V1__Rounding)rounding;
	p->lot_kg = 1;
	p->seed.len = p->parent_digest.len = p->book_digest.len = 32;
	p->seed.data = ARENA_ARRAY(arena, uint8_t, 32);
	p->parent_digest.data = ARENA_ARRAY(arena, uint8_t, 32);
	p->book_digest.data = ARENA_ARRAY(arena, uint8_t, 32);
	p->offers = ARENA_ARRAY(arena, Offer *, ROOM);
	p->claimants = ARENA_ARRAY(arena, Claimant *, ROOM);
	p->substitutes = ARENA_ARRAY(arena, Substitute *, ROOM);
	p->freights = ARENA_ARRAY(arena, Freight *, ROOM);
	return p;
}

Offer *book_offer(struct arena *arena, Problem *p, int64_t lots, int64_t price)
{
	Offer *offer = ARENA_NEW(arena, Offer);
	tasheem__solver__v1__offer__init(offer);
	offer->offer_id = text(arena, "O", (int64_t)p->n_offers);
	offer->grade = text(arena, "G", 0);
	offer->province = text(arena, "P", 0);
	offer->buyer_classes = 1;
	offer->lots = lots;
	offer->price_rial_per_kg = price;
	CHECK(p->n_offers < ROOM);
	return p->offers[p->n_offers++] = offer;
}

static Member *book_member(struct arena *arena, Claimant *claimant, int64_t demand, int64_t weight)
{
	Member *member = ARENA_NEW(arena, Member);
	tasheem__solver__v1__member__init(member);
	member->licence_id = text(arena, "L", (int64_t)claimant->n_members);
	member->demand_kg = demand;
	member->weight_kg = weight;
	return claimant->members[claimant->n_members++] = member;
}

Claimant *book_claimant_sized(struct arena *arena, Problem *p, int64_t demand_lots,
                              int64_t weight_kg, int rows)
{
	Claimant *claimant = ARENA_NEW(arena, Claimant);
	tasheem__solver__v1__claimant__init(claimant);
	claimant->buyer_id = text(arena, "B", (int64_t)p->n_claimants);
	claimant->demand_lots = demand_lots;
	claimant->sequence = p->n_claimants + 1;
	claimant->members = ARENA_ARRAY(arena, Member *, rows);
	claimant->requests = ARENA_ARRAY(arena, Request *, rows);
	if (weight_kg > 0)
		book_member(arena, claimant, demand_lots * p->lot_kg, weight_kg);
	return p->claimants[p->n_claimants++] = claimant;
}

Claimant *book_claimant(struct arena *arena, Problem *p, int64_t demand_lots, int64_t weight_kg)
{
	CHECK(p->n_claimants < ROOM);
	return book_claimant_sized(arena, p, demand_lots, weight_kg, ROOM);
}

Request *book_request(struct arena *arena, Claimant *claimant, int64_t lots)
{
	Request *request = ARENA_NEW(arena, Request);
	tasheem__solver__v1__request__init(request);
	request->request_id = text(arena, "Q", (int64_t)claimant->n_requests);
	request->grade = text(arena, "G", 0);
	request->province = text(arena, "P", 0);
	request->buyer_classes = 1;
	request->lots = lots;
	request->max_landed_rial_per_kg = (int64_t)1 << 40;
	CHECK(claimant->n_requests < ROOM);
	return claimant->requests[claimant->n_requests++] = request;
}

static int offer_order(const void *one, const void *two)
{
	return strcmp((*(Offer *const *)one)->offer_id, (*(Offer *const *)two)->offer_id);
}
static int claimant_order(const void *one, const void *two)
{
	return strcmp((*(Claimant *const *)one)->buyer_id, (*(Claimant *const *)two)->buyer_id);
}
static int member_order(const void *one, const void *two)
{
	return strcmp((*(Member *const *)one)->licence_id, (*(Member *const *)two)->licence_id);
}
static int request_order(const void *one, const void *two)
{
	return strcmp((*(Request *const *)one)->request_id, (*(Request *const *)two)->request_id);
}

void book_sort(Problem *p)
{
	qsort(p->offers, p->n_offers, sizeof *p->offers, offer_order);
	qsort(p->claimants, p->n_claimants, sizeof *p->claimants, claimant_order);
	for (size_t j = 0; j < p->n_claimants; j++) {
		Claimant *claimant = p->claimants[j];
		qsort(claimant->members, claimant->n_members, sizeof *claimant->members,
		      member_order);
		qsort(claimant->requests, claimant->n_requests, sizeof *claimant->requests,
		      request_order);
	}
}

/* Copies are never freed: the arena's reset does. */
static void *copy_take(void *data, size_t size)
{
	return arena_take(data, size);
}
static void copy_free(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

Problem *book_copy(struct arena *arena, const Problem *problem)
{
	ProtobufCAllocator allocator = {copy_take, copy_free, arena};
	size_t size = tasheem__solver__v1__problem__get_packed_size(problem);
	uint8_t *bytes = arena_take(arena, size + 1);
	tasheem__solver__v1__problem__pack(problem, bytes);
	Problem *copy = tasheem__solver__v1__problem__unpack(&allocator, size, bytes);
	CHECK(copy);
	return copy;
}

Solution *book_copy_solution(struct arena *arena, const Solution *solution)
{
	ProtobufCAllocator allocator = {copy_take, copy_free, arena};
	size_t size = tasheem__solver__v1__solution__get_packed_size(solution);
	uint8_t *bytes = arena_take(arena, size + 1);
	tasheem__solver__v1__solution__pack(solution, bytes);
	Solution *copy = tasheem__solver__v1__solution__unpack(&allocator, size, bytes);
	CHECK(copy);
	return copy;
}

void book_digest(struct arena *arena, const void *message, uint8_t *digest, size_t size)
{
	size_t length = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = arena_take(arena, length + 1);
	protobuf_c_message_pack(message, bytes);
	crypto_generichash(digest, size, bytes, length, NULL, 0);
}

/* By dice. */

static uint32_t dice_classes(struct dice *dice)
{
	return dice_chance(dice, 80) ? 1 : (uint32_t)dice_between(dice, 1, 3);
}

static void dice_window(struct dice *dice, int32_t *from, int32_t *to)
{
	if (dice_chance(dice, 70))
		return;
	int32_t one = (int32_t)dice_between(dice, 14040900, 14040905);
	int32_t two = (int32_t)dice_between(dice, 14040900, 14040905);
	*from = dice_chance(dice, 20) ? 0 : one < two ? one : two;
	*to = dice_chance(dice, 20) ? 0 : one < two ? two : one;
}

static void dice_facts(struct arena *arena, struct dice *dice, Problem *p, int grades)
{
	for (int from = 0; from < grades; from++)
		for (int to = 0; to < grades; to++) {
			if (from == to || !dice_chance(dice, 30))
				continue;
			Substitute *fact = ARENA_NEW(arena, Substitute);
			tasheem__solver__v1__substitute__init(fact);
			fact->grade = text(arena, "G", from);
			fact->substitute_grade = text(arena, "G", to);
			p->substitutes[p->n_substitutes++] = fact;
		}
	for (int from = 0; from < 3; from++)
		for (int to = 0; to < 3; to++) {
			if (!dice_chance(dice, from == to ? 15 : 70))
				continue;
			Freight *fact = ARENA_NEW(arena, Freight);
			tasheem__solver__v1__freight__init(fact);
			fact->from_province = text(arena, "P", from);
			fact->to_province = text(arena, "P", to);
			fact->rial_per_kg = dice_between(dice, -2, 6);
			p->freights[p->n_freights++] = fact;
		}
}

static void dice_claimant(struct arena *arena, struct dice *dice, Problem *p, int grades)
{
	Claimant *claimant = book_claimant(arena, p, 0, 0);
	int64_t sum = 0, requests = dice_between(dice, dice_chance(dice, 5) ? 0 : 1, 3);
	claimant->buyer_id =
	        text(arena, "B", (int64_t)p->n_claimants + dice_between(dice, 0, 9) * 10);
	claimant->priority_class = dice_chance(dice, 70) ? 1 : (int32_t)dice_between(dice, 0, 2);
	claimant->held_kg = dice_chance(dice, 80) ? 0 : dice_between(dice, 0, 3 * p->lot_kg);
	claimant->sequence = (uint64_t)dice_between(dice, 1, 6);
	claimant->carry_numerator = dice_between(dice, 0, (1 << 24) - 1);
	claimant->reserve_lots = dice_chance(dice, 85) ? 0 : dice_between(dice, 0, 3);
	for (int64_t at = 0; at < requests; at++) {
		Request *request = book_request(arena, claimant, dice_between(dice, 0, 5));
		sum += request->lots;
		request->grade = text(arena, "G", dice_between(dice, 0, grades - 1));
		request->province = text(arena, "P", dice_between(dice, 0, 2));
		request->buyer_classes = dice_classes(dice);
		dice_window(dice, &request->delivery_from_jalali, &request->delivery_to_jalali);
		request->max_landed_rial_per_kg =
		        dice_chance(dice, 60) ? 1000 : dice_between(dice, 0, 14);
		request->withdrawn = dice_chance(dice, 5);
	}
	claimant->demand_lots = dice_chance(dice, 75) ? sum : dice_between(dice, 0, sum + 2);
	int64_t members = dice_between(dice, dice_chance(dice, 3) ? 0 : 1, 3);
	bool equal = dice_chance(dice, 30);
	for (int64_t at = 0; at < members; at++) {
		/* One after the other: compilers disagree on the order of arguments. */
		int64_t most = 2 * sum * p->lot_kg / members + p->lot_kg;
		int64_t demand = equal ? 4 * p->lot_kg : dice_between(dice, 0, most);
		int64_t weight =
		        dice_chance(dice, 95) ? dice_between(dice, 1, 20) : (int64_t)1 << 40;
		book_member(arena, claimant, demand, equal ? 7 : weight);
	}
}

Problem *book_random(struct arena *arena, struct dice *dice)
{
	static const int policies[] = {1, 1, 1, 2, 3, 4, 5, 9, 10, 11};
	static const int64_t sizes[] = {1, 7, 5500, 25000};
	int policy = policies[dice_between(dice, 0, 9)];
	int rounding = dice_chance(dice, 50) ? 1 : (int)dice_between(dice, 1, 4);
	Problem *p = book_open(arena, policy, rounding);
	int grades = (int)dice_between(dice, 1, 4);
	int64_t offers = dice_between(dice, dice_chance(dice, 5) ? 0 : 1, 5);
	int64_t claimants = dice_between(dice, dice_chance(dice, 5) ? 0 : 1, 6);
	p->lot_kg = sizes[dice_between(dice, 0, 3)];
	p->cost_first = dice_chance(dice, 30);
	for (int at = 0; at < 32; at++)
		p->seed.data[at] = (uint8_t)dice_next(dice);
	for (int64_t at = 0; at < offers; at++) {
		int64_t lots = dice_between(dice, 0, 6);
		Offer *offer = book_offer(arena, p, lots, dice_between(dice, 1, 9));
		offer->offer_id = text(arena, "O", at + 10 * dice_between(dice, 0, 9));
		offer->grade = text(arena, "G", dice_between(dice, 0, grades - 1));
		offer->province = text(arena, "P", dice_between(dice, 0, 2));
		offer->buyer_classes = dice_classes(dice);
		dice_window(dice, &offer->delivery_from_jalali, &offer->delivery_to_jalali);
	}
	for (int64_t at = 0; at < claimants; at++)
		dice_claimant(arena, dice, p, grades);
	dice_facts(arena, dice, p, grades);
	book_sort(p);
	return p;
}
