/* From the book to the network: the canonical order by keyed hashes, and an arc
 * for every request and offer that may meet. Offers are looked up by grade. */
#include "services/solver/network.h"

#include <stdlib.h>
#include <string.h>

struct ranked {
	uint8_t hash[DIGEST_SHORT_BYTES];
	const char *id;
	uint32_t origin;
};

static int ranked_order(const void *left, const void *right)
{
	const struct ranked *one = left, *two = right;
	int order = memcmp(one->hash, two->hash, sizeof one->hash);
	return order ? order : strcmp(one->id, two->id);
}

/* H = BLAKE2b-128(seed | round | 0 | family | 0 | id). */
static void ranked_hash(const struct problem *problem, const char *id, uint32_t origin,
                        struct ranked *ranked)
{
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof ranked->hash);
	crypto_generichash_update(&state, problem->seed, sizeof problem->seed);
	crypto_generichash_update(&state, (const uint8_t *)problem->round_id,
	                          strlen(problem->round_id) + 1);
	crypto_generichash_update(&state, (const uint8_t *)problem->family,
	                          strlen(problem->family) + 1);
	crypto_generichash_update(&state, (const uint8_t *)id, strlen(id));
	crypto_generichash_final(&state, ranked->hash, sizeof ranked->hash);
	ranked->id = id;
	ranked->origin = origin;
}

static void order_offers(struct arena *arena, const struct problem *problem,
                         struct network *network)
{
	struct ranked *ranked = ARENA_ARRAY(arena, struct ranked, problem->offer_count + 1);
	for (uint32_t i = 0; i < problem->offer_count; i++)
		ranked_hash(problem, problem->offers[i].id, i, &ranked[i]);
	if (problem->offer_count > 1)
		qsort(ranked, problem->offer_count, sizeof *ranked, ranked_order);
	network->offer_count = problem->offer_count;
	network->offer_origin = ARENA_ARRAY(arena, uint32_t, problem->offer_count + 1);
	network->supply = ARENA_ARRAY(arena, int64_t, problem->offer_count + 1);
	for (uint32_t i = 0; i < problem->offer_count; i++) {
		network->offer_origin[i] = ranked[i].origin;
		network->supply[i] = problem->offers[ranked[i].origin].lots;
	}
}

static void order_claimants(struct arena *arena, const struct problem *problem,
                            struct network *network)
{
	uint32_t count = problem->claimant_count, requests = problem->request_count;
	struct ranked *ranked = ARENA_ARRAY(arena, struct ranked, count + 1);
	for (uint32_t j = 0; j < count; j++)
		ranked_hash(problem, problem->claimants[j].id, j, &ranked[j]);
	if (count > 1)
		qsort(ranked, count, sizeof *ranked, ranked_order);
	network->claimant_count = count;
	network->request_count = requests;
	network->claimant_origin = ARENA_ARRAY(arena, uint32_t, count + 1);
	network->first_request = ARENA_ARRAY(arena, uint32_t, count + 1);
	network->hashes = arena_take(arena, (size_t)(count + 1) * sizeof *network->hashes);
	network->request_origin = ARENA_ARRAY(arena, uint32_t, requests + 1);
	network->request_claimant = ARENA_ARRAY(arena, uint32_t, requests + 1);
	network->request_lots = ARENA_ARRAY(arena, int64_t, requests + 1);
	uint32_t next = 0;
	for (uint32_t j = 0; j < count; j++) {
		const struct solver_claimant *claimant = &problem->claimants[ranked[j].origin];
		network->claimant_origin[j] = ranked[j].origin;
		memcpy(network->hashes[j], ranked[j].hash, sizeof ranked[j].hash);
		network->first_request[j] = next;
		for (uint32_t k = 0; k < claimant->request_count; k++, next++) {
			const struct solver_request *request =
			        &problem->requests[claimant->first_request + k];
			network->request_origin[next] = claimant->first_request + k;
			network->request_claimant[next] = j;
			network->request_lots[next] = request->withdrawn ? 0 : request->lots;
		}
	}
	network->first_request[count] = next;
}

/* Offers by grade and grades by request grade, for the search. */
struct shelves {
	uint32_t *first_offer; /* [grade + 1] into offers */
	uint32_t *offers;      /* canonical numbers, ascending in a grade */
	uint32_t *first_grade; /* [grade + 1] into grades: the substitutes */
	uint32_t *grades;
};

static void shelve(struct arena *arena, const struct problem *problem,
                   const struct network *network, struct shelves *shelves)
{
	uint32_t grades = problem->grade_count;
	shelves->first_offer = ARENA_ARRAY(arena, uint32_t, grades + 2);
	shelves->offers = ARENA_ARRAY(arena, uint32_t, problem->offer_count + 1);
	shelves->first_grade = ARENA_ARRAY(arena, uint32_t, grades + 2);
	shelves->grades = ARENA_ARRAY(arena, uint32_t, problem->substitute_count + 1);
	for (uint32_t i = 0; i < problem->offer_count; i++)
		shelves->first_offer[problem->offers[i].grade + 2]++;
	for (uint32_t i = 0; i < problem->substitute_count; i++)
		shelves->first_grade[problem->substitutes[i].grade + 2]++;
	for (uint32_t g = 1; g <= grades; g++) {
		shelves->first_offer[g + 1] += shelves->first_offer[g];
		shelves->first_grade[g + 1] += shelves->first_grade[g];
	}
	for (uint32_t i = 0; i < problem->offer_count; i++) {
		uint32_t grade = problem->offers[network->offer_origin[i]].grade;
		shelves->offers[shelves->first_offer[grade + 1]++] = i;
	}
	for (uint32_t i = 0; i < problem->substitute_count; i++) {
		uint32_t grade = problem->substitutes[i].grade;
		shelves->grades[shelves->first_grade[grade + 1]++] =
		        problem->substitutes[i].substitute_grade;
	}
}

/* A bound of 0 is open. */
static bool windows_overlap(const struct solver_offer *offer, const struct solver_request *request)
{
	bool before = offer->delivery_to_jalali != 0 && request->delivery_from_jalali != 0 &&
	              offer->delivery_to_jalali < request->delivery_from_jalali;
	bool after = request->delivery_to_jalali != 0 && offer->delivery_from_jalali != 0 &&
	             request->delivery_to_jalali < offer->delivery_from_jalali;
	return !before && !after;
}

static bool arc_lands(const struct problem *problem, const struct solver_offer *offer,
                      const struct solver_request *request, int64_t *landed)
{
	if ((offer->buyer_classes & request->buyer_classes) == 0 ||
	    !windows_overlap(offer, request))
		return false;
	int64_t freight = problem->freights[(size_t)offer->province * problem->province_count +
	                                    request->province];
	if (freight == FREIGHT_NONE) {
		if (offer->province != request->province)
			return false;
		freight = 0;
	}
	*landed = offer->price_rial_per_kg + freight;
	return *landed <= request->max_landed_rial_per_kg;
}

/* Arcs of one request to the offers of one grade; with arrays NULL only counts. */
static bool arcs_of_grade(const struct problem *problem, struct network *network,
                          const struct shelves *shelves, uint32_t request, uint32_t grade)
{
	const struct solver_request *from = &problem->requests[network->request_origin[request]];
	uint8_t rank = grade != from->grade;
	for (uint32_t k = shelves->first_offer[grade]; k < shelves->first_offer[grade + 1]; k++) {
		uint32_t i = shelves->offers[k];
		int64_t landed;
		if (!arc_lands(problem, &problem->offers[network->offer_origin[i]], from, &landed))
			continue;
		if (landed > INT32_MAX || landed < -INT32_MAX || network->arc_count == UINT32_MAX)
			return false;
		if (network->arc_offer != NULL) {
			network->arc_offer[network->arc_count] = i;
			network->arc_cost[network->arc_count] = (int32_t)landed;
			network->arc_rank[network->arc_count] = rank;
		}
		network->arc_count++;
	}
	return true;
}

static bool arcs_of_request(const struct problem *problem, struct network *network,
                            const struct shelves *shelves, uint32_t request)
{
	const struct solver_request *from = &problem->requests[network->request_origin[request]];
	if (from->withdrawn)
		return true;
	bool fits = arcs_of_grade(problem, network, shelves, request, from->grade);
	for (uint32_t k = shelves->first_grade[from->grade];
	     k < shelves->first_grade[from->grade + 1]; k++)
		fits = fits &&
		       arcs_of_grade(problem, network, shelves, request, shelves->grades[k]);
	return fits;
}

static bool arcs_walk(const struct problem *problem, struct network *network,
                      const struct shelves *shelves, struct solver_failure *failure)
{
	network->arc_count = 0;
	for (uint32_t r = 0; r < network->request_count; r++) {
		if (network->arc_offer != NULL)
			network->first_arc[r] = network->arc_count;
		if (!arcs_of_request(problem, network, shelves, r))
			return solver_fail(failure, SOLVER_LANDED_RANGE,
			                   problem->requests[network->request_origin[r]].id);
	}
	return true;
}

void arcs_turn(struct arena *arena, struct network *network)
{
	if (network->first_back != NULL)
		return;
	network->first_back = ARENA_ARRAY(arena, uint32_t, network->offer_count + 2);
	network->back_arc = ARENA_ARRAY(arena, uint32_t, network->arc_count + 1);
	network->back_request = ARENA_ARRAY(arena, uint32_t, network->arc_count + 1);
	uint32_t *first = network->first_back;
	for (uint32_t a = 0; a < network->arc_count; a++)
		first[network->arc_offer[a] + 2]++;
	for (uint32_t i = 1; i <= network->offer_count; i++)
		first[i + 1] += first[i];
	for (uint32_t r = 0; r < network->request_count; r++) {
		for (uint32_t a = network->first_arc[r]; a < network->first_arc[r + 1]; a++) {
			uint32_t place = first[network->arc_offer[a] + 1]++;
			network->back_arc[place] = a;
			network->back_request[place] = r;
		}
	}
}

bool arcs_derive(struct arena *arena, const struct problem *problem, struct network *network,
                 struct solver_failure *failure)
{
	struct shelves shelves;
	memset(network, 0, sizeof *network);
	order_offers(arena, problem, network);
	order_claimants(arena, problem, network);
	shelve(arena, problem, network, &shelves);
	if (!arcs_walk(problem, network, &shelves, failure))
		return false;
	/* Counted: what the rest will take, before any of it is taken. */
	uint64_t needed = (uint64_t)network->arc_count * 64 +
	                  (uint64_t)network->request_count * 1024 +
	                  (uint64_t)network->claimant_count * 1024 +
	                  (uint64_t)network->offer_count * 512 + 65536;
	if (needed > arena->capacity - arena->used) {
		failure->needed_bytes = needed;
		return solver_fail(failure, SOLVER_TOO_LARGE, "arcs");
	}
	network->arc_offer = ARENA_ARRAY(arena, uint32_t, network->arc_count + 1);
	network->arc_cost = ARENA_ARRAY(arena, int32_t, network->arc_count + 1);
	network->arc_rank = ARENA_ARRAY(arena, uint8_t, network->arc_count + 1);
	network->first_arc = ARENA_ARRAY(arena, uint32_t, network->request_count + 1);
	if (!arcs_walk(problem, network, &shelves, failure))
		return false;
	network->first_arc[network->request_count] = network->arc_count;
	for (uint32_t r = 0; r < network->request_count; r++) {
		if (network->first_arc[r] == network->first_arc[r + 1])
			network->request_lots[r] = 0;
	}
	return true;
}
