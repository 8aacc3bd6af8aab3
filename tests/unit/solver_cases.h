/* Small books for the solver's tests, and an independent brute force: lots one by
 * one in key order, placed by augmenting paths if they can be placed at all, then
 * negative cycles cancelled until the flow is cheapest. */
#ifndef TASHEEM_TESTS_SOLVER_CASES_H
#define TASHEEM_TESTS_SOLVER_CASES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/solver/solver.h"

enum {
	CASE_OFFERS = 8,
	CASE_CLAIMANTS = 8,
	CASE_REQUESTS = 24,
	CASE_MEMBERS = 24,
	CASE_GRADES = 3,
	CASE_PROVINCES = 2,
	CASE_NODES = 2 + CASE_CLAIMANTS + CASE_REQUESTS + CASE_OFFERS,
	CASE_LOTS = 1024,
};

struct book {
	struct problem problem;
	struct solver_offer offers[CASE_OFFERS];
	struct solver_claimant claimants[CASE_CLAIMANTS];
	struct solver_request requests[CASE_REQUESTS];
	struct solver_member members[CASE_MEMBERS];
	struct solver_substitute substitutes[CASE_GRADES];
	int64_t freights[CASE_PROVINCES * CASE_PROVINCES];
	char offer_ids[CASE_OFFERS][16];
	char claimant_ids[CASE_CLAIMANTS][16];
	char request_ids[CASE_REQUESTS][16];
};

static inline uint64_t book_random(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static inline int64_t book_between(uint64_t *state, int64_t low, int64_t high)
{
	return low + (int64_t)(book_random(state) % (uint64_t)(high - low + 1));
}

/* An empty book of one grade and one province; freight is unlisted. */
static inline void book_begin(struct book *book, enum policy policy, enum rounding rounding)
{
	memset(book, 0, sizeof *book);
	struct problem *problem = &book->problem;
	problem->round_id = "R1";
	problem->family = "polyethylene";
	problem->pass_kind = PASS_MAIN;
	problem->policy = policy;
	problem->rounding = rounding;
	problem->lot_kg = 1;
	problem->grade_count = CASE_GRADES;
	problem->province_count = CASE_PROVINCES;
	for (size_t k = 0; k < SEED_BYTES; k++)
		problem->seed[k] = (uint8_t)(k * 7 + 1);
	for (size_t k = 0; k < CASE_PROVINCES * CASE_PROVINCES; k++)
		book->freights[k] = FREIGHT_NONE;
	problem->freights = book->freights;
	problem->substitutes = book->substitutes;
	problem->offers = book->offers;
	problem->claimants = book->claimants;
	problem->requests = book->requests;
	problem->members = book->members;
}

static inline struct solver_offer *book_offer(struct book *book, uint32_t grade, int64_t lots,
                                              int64_t price)
{
	uint32_t number = book->problem.offer_count++;
	snprintf(book->offer_ids[number], sizeof book->offer_ids[number], "O%02u", number);
	book->offers[number] = (struct solver_offer){.id = book->offer_ids[number],
	                                             .grade = grade,
	                                             .buyer_classes = 1,
	                                             .lots = lots,
	                                             .price_rial_per_kg = price};
	return &book->offers[number];
}

static inline struct solver_claimant *book_claimant(struct book *book, int64_t demand_lots)
{
	uint32_t number = book->problem.claimant_count++;
	snprintf(book->claimant_ids[number], sizeof book->claimant_ids[number], "B%02u", number);
	book->claimants[number] = (struct solver_claimant){
	        .id = book->claimant_ids[number],
	        .demand_lots = demand_lots,
	        .first_member = book->problem.member_count,
	        .first_request = book->problem.request_count,
	};
	return &book->claimants[number];
}

/* Both belong to the last claimant. */
static inline void book_member(struct book *book, int64_t demand_kg, int64_t weight_kg)
{
	book->claimants[book->problem.claimant_count - 1].member_count++;
	book->members[book->problem.member_count++] = (struct solver_member){demand_kg, weight_kg};
}

static inline struct solver_request *book_request(struct book *book, uint32_t grade, int64_t lots)
{
	uint32_t number = book->problem.request_count++;
	snprintf(book->request_ids[number], sizeof book->request_ids[number], "Q%02u", number);
	book->claimants[book->problem.claimant_count - 1].request_count++;
	book->requests[number] = (struct solver_request){.id = book->request_ids[number],
	                                                 .grade = grade,
	                                                 .buyer_classes = 1,
	                                                 .lots = lots,
	                                                 .max_landed_rial_per_kg = INT64_MAX};
	return &book->requests[number];
}

/* A claimant of one member and one request for grade 0, demand in lots of the problem's size. */
static inline void book_simple(struct book *book, int64_t lots, int64_t weight_kg)
{
	book_claimant(book, lots);
	book_member(book, lots * book->problem.lot_kg, weight_kg);
	book_request(book, 0, lots);
}

static inline void book_random_offers(struct book *book, uint64_t *state)
{
	uint32_t offers = (uint32_t)book_between(state, 0, 5);
	for (uint32_t i = 0; i < offers; i++) {
		struct solver_offer *offer =
		        book_offer(book, (uint32_t)book_between(state, 0, CASE_GRADES - 1),
		                   book_between(state, 0, 6), book_between(state, -3, 9));
		offer->province = (uint32_t)book_between(state, 0, CASE_PROVINCES - 1);
		offer->buyer_classes = (uint32_t)book_between(state, 1, 3);
		offer->delivery_from_jalali = (int32_t)book_between(state, 0, 3);
		if (book_between(state, 0, 1))
			offer->delivery_to_jalali = offer->delivery_from_jalali + 2;
	}
	for (uint32_t k = 0; k < CASE_PROVINCES * CASE_PROVINCES; k++) {
		if (book_between(state, 0, 3) > 0)
			book->freights[k] = book_between(state, 0, 5);
	}
	uint32_t substitutes = (uint32_t)book_between(state, 0, CASE_GRADES);
	for (uint32_t k = 0; k < substitutes; k++)
		book->substitutes[k] = (struct solver_substitute){k, (k + 1) % CASE_GRADES};
	book->problem.substitute_count = substitutes;
}

static inline void book_random_claimant(struct book *book, uint64_t *state)
{
	struct solver_claimant *claimant = book_claimant(book, book_between(state, 0, 7));
	claimant->priority_class = (int32_t)book_between(state, 0, 1);
	claimant->held_kg = book_between(state, 0, 1) * book_between(state, 0, 6);
	claimant->reserve_lots = book_between(state, 0, 2) == 0 ? book_between(state, 0, 3) : 0;
	claimant->sequence = (uint64_t)book_between(state, 1, 3);
	claimant->carry_numerator = book_between(state, 0, BETA_ONE - 1);
	/* Half of the books: one member each, whose demand holds every lot. */
	bool plain = book->problem.seed[0] % 2 == 0;
	if (plain)
		book_member(book, 27 + book_between(state, 0, 9), book_between(state, 1, 9));
	for (int64_t left = plain ? 0 : book_between(state, 0, 3); left > 0; left--)
		book_member(book, book_between(state, 0, 12), book_between(state, 1, 4));
	for (int64_t left = book_between(state, 0, 3); left > 0; left--) {
		struct solver_request *request =
		        book_request(book, (uint32_t)book_between(state, 0, CASE_GRADES - 1),
		                     book_between(state, 0, 5));
		request->province = (uint32_t)book_between(state, 0, CASE_PROVINCES - 1);
		request->buyer_classes = (uint32_t)book_between(state, 1, 3);
		request->withdrawn = book_between(state, 0, 9) == 0;
		request->delivery_from_jalali = (int32_t)book_between(state, 0, 3);
		if (book_between(state, 0, 3) == 0)
			request->max_landed_rial_per_kg = book_between(state, -2, 9);
	}
}

static inline void book_random_fill(struct book *book, uint64_t *state)
{
	static const enum policy policies[] = {
	        POLICY_WEIGHTED,   POLICY_WEIGHTED,     POLICY_EQUAL,  POLICY_PRO_RATA, POLICY_TIME,
	        POLICY_LEAST_COST, POLICY_EQUAL_LOSSES, POLICY_TALMUD, POLICY_LOTTERY};
	book_begin(book, policies[book_random(state) % 9],
	           (enum rounding)book_between(state, ROUNDING_OFFSET, ROUNDING_WEBSTER));
	book->problem.lot_kg = book_between(state, 1, 3);
	book->problem.cost_first = book_between(state, 0, 1);
	book->problem.seed[0] = (uint8_t)book_random(state);
	if (book->problem.policy == POLICY_EQUAL && book_between(state, 0, 1)) {
		book->problem.pass_kind = PASS_RESERVE;
		book->problem.limit_lots = book_between(state, 0, 12);
	}
	book_random_offers(book, state);
	for (int64_t left = book_between(state, 0, 5); left > 0; left--)
		book_random_claimant(book, state);
}

/* The network as a matrix: source, claimants, requests, offers, sink. */
struct brute {
	const struct book *book;
	uint32_t nodes;
	int64_t room[CASE_NODES][CASE_NODES];
	int64_t cost[CASE_NODES][CASE_NODES];
	int64_t awards[CASE_CLAIMANTS];
	int64_t placed, total_rank, total_cost;
};

/* The parts of a pair in one number; tiny books stay far below. */
#define BRUTE_UNIT ((int64_t)1 << 20)

static inline uint32_t brute_claimant(uint32_t claimant)
{
	return 1 + claimant;
}
static inline uint32_t brute_request(const struct brute *brute, uint32_t request)
{
	return 1 + brute->book->problem.claimant_count + request;
}
static inline uint32_t brute_offer(const struct brute *brute, uint32_t offer)
{
	return brute_request(brute, brute->book->problem.request_count) + offer;
}

/* 0 own grade, 1 substitute, -1 no arc. */
static inline int brute_arc(const struct book *book, uint32_t request, uint32_t offer,
                            int64_t *landed)
{
	const struct solver_request *from = &book->requests[request];
	const struct solver_offer *to = &book->offers[offer];
	int rank = from->grade == to->grade ? 0 : -1;
	for (uint32_t k = 0; k < book->problem.substitute_count; k++) {
		if (book->substitutes[k].grade == from->grade &&
		    book->substitutes[k].substitute_grade == to->grade)
			rank = 1;
	}
	int64_t freight = book->freights[to->province * CASE_PROVINCES + from->province];
	if (freight == FREIGHT_NONE)
		freight = to->province == from->province ? 0 : FREIGHT_NONE;
	if (rank < 0 || from->withdrawn || freight == FREIGHT_NONE ||
	    !(from->buyer_classes & to->buyer_classes))
		return -1;
	int32_t from_end = from->delivery_to_jalali ? from->delivery_to_jalali : INT32_MAX;
	int32_t to_end = to->delivery_to_jalali ? to->delivery_to_jalali : INT32_MAX;
	*landed = to->price_rial_per_kg + freight;
	if (to_end < from->delivery_from_jalali || from_end < to->delivery_from_jalali ||
	    *landed > from->max_landed_rial_per_kg)
		return -1;
	return rank;
}

static inline void brute_open(struct brute *brute, const struct book *book)
{
	const struct problem *problem = &book->problem;
	memset(brute, 0, sizeof *brute);
	brute->book = book;
	brute->nodes = brute_offer(brute, problem->offer_count) + 1;
	for (uint32_t j = 0; j < problem->claimant_count; j++) {
		const struct solver_claimant *claimant = &problem->claimants[j];
		for (uint32_t k = 0; k < claimant->request_count; k++) {
			uint32_t request = claimant->first_request + k;
			brute->room[brute_claimant(j)][brute_request(brute, request)] =
			        problem->requests[request].lots;
		}
	}
	for (uint32_t r = 0; r < problem->request_count; r++) {
		for (uint32_t i = 0; i < problem->offer_count; i++) {
			int64_t landed = 0;
			int rank = brute_arc(book, r, i, &landed);
			if (rank < 0)
				continue;
			uint32_t from = brute_request(brute, r), to = brute_offer(brute, i);
			brute->room[from][to] = CASE_LOTS;
			brute->cost[from][to] = problem->cost_first ? landed * BRUTE_UNIT + rank
			                                            : rank * BRUTE_UNIT + landed;
			brute->cost[to][from] = -brute->cost[from][to];
		}
	}
	for (uint32_t i = 0; i < problem->offer_count; i++)
		brute->room[brute_offer(brute, i)][brute->nodes - 1] = problem->offers[i].lots;
}

static inline bool brute_augment(struct brute *brute, uint32_t node, bool *seen)
{
	if (node == brute->nodes - 1)
		return true;
	seen[node] = true;
	for (uint32_t next = 1; next < brute->nodes; next++) {
		if (seen[next] || brute->room[node][next] == 0 || !brute_augment(brute, next, seen))
			continue;
		brute->room[node][next]--;
		brute->room[next][node]++;
		return true;
	}
	return false;
}

/* A key by the words of solver.proto, with fractions in 64.64 bits where they are exact
 * enough for tiny numbers: numerator below 2^40 over denominator below 2^8. */
struct brute_key {
	int64_t rank;
	int128 k;
	int64_t then;
	uint8_t tie[DIGEST_SHORT_BYTES];
	uint32_t claimant;
	int64_t lot;
};

/* Every denominator of a tiny book divides this: weights and demands sum to at most 36. */
#define BRUTE_COMMON ((int128)144403552893600)
#define BRUTE_INFINITE ((int128)1 << 120)

static inline int128 brute_weighted(const struct book *book, const struct solver_claimant *claimant,
                                    int128 total)
{
	/* inf K over all pieces: try every set of full members by its threshold. */
	int128 best = BRUTE_INFINITE;
	for (uint32_t set = 0; set < 1u << claimant->member_count; set++) {
		int128 full = 0, weight = 0;
		for (uint32_t k = 0; k < claimant->member_count; k++) {
			const struct solver_member *member =
			        &book->members[claimant->first_member + k];
			if (set >> k & 1)
				full += (int128)member->demand_kg * BETA_ONE;
			else
				weight += member->weight_kg;
		}
		if (weight == 0 || total <= full)
			continue;
		int128 level = (total - full) * BRUTE_COMMON / weight, sum = 0;
		for (uint32_t k = 0; k < claimant->member_count; k++) {
			const struct solver_member *member =
			        &book->members[claimant->first_member + k];
			int128 demand = (int128)member->demand_kg * BETA_ONE * BRUTE_COMMON;
			int128 water = level * member->weight_kg;
			sum += water < demand ? water : demand;
		}
		if (sum >= total * BRUTE_COMMON && level < best)
			best = level;
	}
	return total <= 0 ? 0 : best;
}

static inline int64_t brute_beta(const struct problem *problem,
                                 const struct solver_claimant *claimant, const uint8_t *tie)
{
	if (problem->rounding == ROUNDING_OFFSET)
		return tie[0] * 65536 + tie[1] * 256 + tie[2];
	if (problem->rounding == ROUNDING_CARRY)
		return claimant->carry_numerator;
	return problem->rounding == ROUNDING_WEBSTER ? BETA_ONE / 2 : 0;
}

static inline void brute_tie(const struct problem *problem, const char *id, uint8_t *tie)
{
	uint8_t text[256];
	size_t size = SEED_BYTES;
	memcpy(text, problem->seed, SEED_BYTES);
	size += (size_t)snprintf((char *)text + size, 100, "%s", problem->round_id) + 1;
	size += (size_t)snprintf((char *)text + size, 60, "%s", problem->family) + 1;
	size += (size_t)snprintf((char *)text + size, 60, "%s", id);
	crypto_generichash(tie, DIGEST_SHORT_BYTES, text, size, NULL, 0);
}

static inline struct brute_key brute_key(const struct book *book, uint32_t number, int64_t lot)
{
	const struct problem *problem = &book->problem;
	const struct solver_claimant *claimant = &problem->claimants[number];
	struct brute_key key = {.claimant = number, .lot = lot};
	brute_tie(problem, claimant->id, key.tie);
	int128 beta = brute_beta(problem, claimant, key.tie), demand = 0;
	int128 total = (int128)claimant->held_kg * BETA_ONE +
	               (lot * (int128)BETA_ONE - beta) * problem->lot_kg;
	for (uint32_t k = 0; k < claimant->member_count; k++)
		demand += (int128)book->members[claimant->first_member + k].demand_kg * BETA_ONE;
	key.rank = 10 * (lot <= claimant->reserve_lots ? -1 : claimant->priority_class);
	key.k = total;
	if (problem->policy == POLICY_WEIGHTED)
		key.k = total > demand ? BRUTE_INFINITE : brute_weighted(book, claimant, total);
	if (problem->policy == POLICY_PRO_RATA)
		key.k = demand ? total * BRUTE_COMMON / (demand / BETA_ONE) : BRUTE_INFINITE;
	if (problem->policy == POLICY_EQUAL_LOSSES)
		key.k = total - demand;
	if (problem->policy == POLICY_TALMUD && 2 * total > demand) {
		key.k = total - demand;
		key.rank++;
	}
	if (problem->policy == POLICY_LOTTERY)
		key.k = claimant->held_kg + lot * problem->lot_kg;
	if (problem->policy == POLICY_TIME) {
		key.k = claimant->sequence;
		key.then = lot;
	}
	return key;
}

static inline int brute_key_order(const void *left, const void *right)
{
	const struct brute_key *one = left, *two = right;
	if (one->rank != two->rank)
		return one->rank < two->rank ? -1 : 1;
	if (one->k != two->k)
		return one->k < two->k ? -1 : 1;
	if (one->then != two->then)
		return one->then < two->then ? -1 : 1;
	int order = memcmp(one->tie, two->tie, sizeof one->tie);
	if (order == 0 && one->claimant != two->claimant)
		order = one->claimant < two->claimant ? -1 : 1;
	return order ? order : (one->lot > two->lot) - (one->lot < two->lot);
}

static inline void brute_award(struct brute *brute)
{
	static struct brute_key keys[CASE_LOTS];
	const struct problem *problem = &brute->book->problem;
	size_t count = 0;
	for (uint32_t j = 0; j < problem->claimant_count; j++) {
		for (int64_t t = 1; t <= problem->claimants[j].demand_lots && count < CASE_LOTS;
		     t++)
			keys[count++] = brute_key(brute->book, j, t);
	}
	if (problem->policy != POLICY_LEAST_COST && count > 0)
		qsort(keys, count, sizeof *keys, brute_key_order);
	for (size_t k = 0; k < count; k++) {
		bool seen[CASE_NODES] = {false};
		if (problem->pass_kind == PASS_RESERVE && brute->placed == problem->limit_lots)
			break;
		if (!brute_augment(brute, brute_claimant(keys[k].claimant), seen))
			continue;
		brute->awards[keys[k].claimant]++;
		brute->placed++;
	}
}

/* Pushes one lot around some cycle of negative cost; false when there is none. */
static inline bool brute_cancel(struct brute *brute)
{
	int64_t distance[CASE_NODES] = {0};
	uint32_t before[CASE_NODES] = {0}, last = 0;
	bool moved = true;
	for (uint32_t round = 0; round <= brute->nodes && moved; round++) {
		moved = false;
		for (uint32_t a = 0; a < brute->nodes; a++) {
			for (uint32_t b = 0; b < brute->nodes; b++) {
				if (brute->room[a][b] == 0 ||
				    distance[a] + brute->cost[a][b] >= distance[b])
					continue;
				distance[b] = distance[a] + brute->cost[a][b];
				before[b] = a;
				last = b;
				moved = true;
			}
		}
	}
	if (!moved)
		return false;
	for (uint32_t k = 0; k < brute->nodes; k++)
		last = before[last];
	uint32_t node = last;
	do {
		brute->room[before[node]][node]--;
		brute->room[node][before[node]]++;
		node = before[node];
	} while (node != last);
	return true;
}

static inline void brute_solve(struct brute *brute, const struct book *book)
{
	const struct problem *problem = &book->problem;
	brute_open(brute, book);
	brute_award(brute);
	if (problem->policy == POLICY_LEAST_COST) {
		for (uint32_t j = 0; j < problem->claimant_count; j++) {
			brute->room[0][brute_claimant(j)] =
			        problem->claimants[j].demand_lots - brute->awards[j];
			brute->room[brute_claimant(j)][0] = brute->awards[j];
		}
	}
	while (brute_cancel(brute))
		;
	for (uint32_t r = 0; r < problem->request_count; r++) {
		for (uint32_t i = 0; i < problem->offer_count; i++) {
			int64_t landed = 0;
			int rank = brute_arc(book, r, i, &landed);
			int64_t lots = brute->room[brute_offer(brute, i)][brute_request(brute, r)];
			if (rank < 0)
				continue;
			brute->total_rank += lots * rank;
			brute->total_cost += lots * landed;
		}
	}
	for (uint32_t j = 0; problem->policy == POLICY_LEAST_COST && j < problem->claimant_count;
	     j++)
		brute->awards[j] = brute->room[brute_claimant(j)][0];
}

#endif
