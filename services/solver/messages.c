/* The last place protobuf is seen: a Problem becomes a struct problem or a named
 * failure, a struct solution becomes a Solution. Everything the core relies on is
 * checked here: order and uniqueness of ids, ranges, weights, sizes. */
#include "services/solver/solver.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "tasheem/solver/v1/solver.pb-c.h"

typedef Tasheem__Solver__V1__Problem problem_message;
typedef Tasheem__Solver__V1__Solution solution_message;

/* Prices beyond this could overflow when freight is added. */
#define RIAL_MAX ((int64_t)1 << 40)

/* Distinct names in byte order; a name's number is its place. */
struct names {
	const char **list;
	uint32_t count;
};

static int name_order(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void names_close(struct names *names)
{
	uint32_t kept = 0;
	if (names->count > 1)
		qsort(names->list, names->count, sizeof *names->list, name_order);
	for (uint32_t k = 0; k < names->count; k++) {
		if (kept == 0 || strcmp(names->list[kept - 1], names->list[k]) != 0)
			names->list[kept++] = names->list[k];
	}
	names->count = kept;
}

static uint32_t names_number(const struct names *names, const char *name)
{
	const char *const *found =
	        bsearch(&name, names->list, names->count, sizeof *names->list, name_order);
	CHECK(found);
	return (uint32_t)(found - (const char *const *)names->list);
}

struct reading {
	struct arena *arena;
	const problem_message *from;
	struct problem *to;
	struct solver_failure *failure;
	struct names grades, provinces;
	size_t request_count, member_count;
};

static bool fail(struct reading *reading, enum solver_error error, const char *subject)
{
	return solver_fail(reading->failure, error, subject);
}

/* 0 <= amount <= most. */
static bool ranged(struct reading *reading, int64_t amount, int64_t most, const char *subject)
{
	if (amount < 0)
		return fail(reading, SOLVER_NEGATIVE, subject);
	if (amount > most)
		return fail(reading, SOLVER_OVERFLOW, subject);
	return true;
}

static bool follows(struct reading *reading, const char *previous, const char *id)
{
	if (id[0] == '\0')
		return fail(reading, SOLVER_ID_EMPTY, previous ? previous : "");
	int order = previous ? strcmp(previous, id) : -1;
	if (order == 0)
		return fail(reading, SOLVER_ID_DUPLICATE, id);
	return order < 0 || fail(reading, SOLVER_ID_ORDER, id);
}

/* A bound of 0 is open. */
static bool window_read(struct reading *reading, int32_t from, int32_t to, const char *subject)
{
	if (from < 0 || to < 0 || (from != 0 && to != 0 && from > to))
		return fail(reading, SOLVER_WINDOW, subject);
	return true;
}

static bool head_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	struct problem *to = reading->to;
	*to = (struct problem){
	        .round_id = from->round_id,
	        .family = from->family,
	        .pass_kind = (enum pass_kind)from->pass_kind,
	        .policy = (enum policy)from->policy,
	        .rounding = (enum rounding)from->rounding,
	        .cost_first = from->cost_first,
	        .lot_kg = from->lot_kg,
	        .limit_lots = from->limit_lots,
	};
	if (to->pass_kind != PASS_RESERVE && to->pass_kind != PASS_MAIN)
		return fail(reading, SOLVER_PASS_UNKNOWN, "pass_kind");
	if (from->rounding < (int)ROUNDING_OFFSET || from->rounding > (int)ROUNDING_WEBSTER)
		return fail(reading, SOLVER_ROUNDING_UNKNOWN, "rounding");
	if (!((from->policy >= (int)POLICY_WEIGHTED && from->policy <= (int)POLICY_LEAST_COST) ||
	      (from->policy >= (int)POLICY_EQUAL_LOSSES && from->policy <= (int)POLICY_LOTTERY)))
		return fail(reading, SOLVER_POLICY_UNKNOWN, "policy");
	if (from->lot_kg < 1 || from->lot_kg > LOT_KG_MAX)
		return fail(reading, SOLVER_LOT_SIZE, "lot_kg");
	if (from->seed.len != SEED_BYTES)
		return fail(reading, SOLVER_SEED_SIZE, "seed");
	memcpy(to->seed, from->seed.data, SEED_BYTES);
	if (to->pass_kind == PASS_MAIN ? from->limit_lots != 0 : to->policy != POLICY_EQUAL)
		return fail(reading, SOLVER_LIMIT, "limit_lots");
	return ranged(reading, from->limit_lots, INT64_MAX, "limit_lots");
}

/* Counts of everything, so that 32-bit numbers hold and the memory suffices. */
static bool sizes_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	for (size_t j = 0; j < from->n_claimants; j++) {
		reading->request_count += from->claimants[j]->n_requests;
		reading->member_count += from->claimants[j]->n_members;
	}
	uint64_t needed = (uint64_t)from->n_offers * 512 + (uint64_t)from->n_claimants * 512 +
	                  (uint64_t)reading->request_count * 640 +
	                  (uint64_t)reading->member_count * 64 +
	                  ((uint64_t)from->n_substitutes + from->n_freights) * 64;
	if (needed > reading->arena->capacity - reading->arena->used ||
	    needed > UINT32_MAX * 64ull) {
		reading->failure->needed_bytes = needed;
		return fail(reading, SOLVER_TOO_LARGE, "rows");
	}
	return true;
}

static void names_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	size_t most = from->n_offers + reading->request_count + 2 * from->n_substitutes +
	              2 * from->n_freights + 1;
	struct names *grades = &reading->grades, *provinces = &reading->provinces;
	grades->list = ARENA_ARRAY(reading->arena, const char *, most);
	provinces->list = ARENA_ARRAY(reading->arena, const char *, most);
	for (size_t i = 0; i < from->n_offers; i++) {
		grades->list[grades->count++] = from->offers[i]->grade;
		provinces->list[provinces->count++] = from->offers[i]->province;
	}
	for (size_t j = 0; j < from->n_claimants; j++) {
		for (size_t k = 0; k < from->claimants[j]->n_requests; k++) {
			grades->list[grades->count++] = from->claimants[j]->requests[k]->grade;
			provinces->list[provinces->count++] =
			        from->claimants[j]->requests[k]->province;
		}
	}
	for (size_t k = 0; k < from->n_substitutes; k++) {
		grades->list[grades->count++] = from->substitutes[k]->grade;
		grades->list[grades->count++] = from->substitutes[k]->substitute_grade;
	}
	for (size_t k = 0; k < from->n_freights; k++) {
		provinces->list[provinces->count++] = from->freights[k]->from_province;
		provinces->list[provinces->count++] = from->freights[k]->to_province;
	}
	names_close(grades);
	names_close(provinces);
	reading->to->grade_count = grades->count;
	reading->to->province_count = provinces->count;
}

static int substitute_order(const void *left, const void *right)
{
	const struct solver_substitute *one = left, *two = right;
	if (one->grade != two->grade)
		return one->grade < two->grade ? -1 : 1;
	return one->substitute_grade < two->substitute_grade
	               ? -1
	               : one->substitute_grade > two->substitute_grade;
}

static bool substitutes_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	struct solver_substitute *rows =
	        ARENA_ARRAY(reading->arena, struct solver_substitute, from->n_substitutes + 1);
	for (size_t k = 0; k < from->n_substitutes; k++) {
		rows[k].grade = names_number(&reading->grades, from->substitutes[k]->grade);
		rows[k].substitute_grade =
		        names_number(&reading->grades, from->substitutes[k]->substitute_grade);
		if (rows[k].grade == rows[k].substitute_grade)
			return fail(reading, SOLVER_SUBSTITUTE_SELF, from->substitutes[k]->grade);
	}
	if (from->n_substitutes > 1)
		qsort(rows, from->n_substitutes, sizeof *rows, substitute_order);
	for (size_t k = 1; k < from->n_substitutes; k++) {
		if (substitute_order(&rows[k - 1], &rows[k]) == 0)
			return fail(reading, SOLVER_ID_DUPLICATE,
			            reading->grades.list[rows[k].grade]);
	}
	reading->to->substitutes = rows;
	reading->to->substitute_count = (uint32_t)from->n_substitutes;
	return true;
}

static bool freights_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	uint64_t provinces = reading->provinces.count, cells = provinces * provinces;
	if (cells * sizeof(int64_t) > reading->arena->capacity - reading->arena->used) {
		reading->failure->needed_bytes = cells * sizeof(int64_t);
		return fail(reading, SOLVER_TOO_LARGE, "freights");
	}
	int64_t *freights = ARENA_ARRAY(reading->arena, int64_t, cells + 1);
	for (uint64_t k = 0; k < cells; k++)
		freights[k] = FREIGHT_NONE;
	for (size_t k = 0; k < from->n_freights; k++) {
		const Tasheem__Solver__V1__Freight *freight = from->freights[k];
		int64_t *cell =
		        &freights[names_number(&reading->provinces, freight->from_province) *
		                          provinces +
		                  names_number(&reading->provinces, freight->to_province)];
		if (*cell != FREIGHT_NONE)
			return fail(reading, SOLVER_FREIGHT_DUPLICATE, freight->to_province);
		if (freight->rial_per_kg > RIAL_MAX || freight->rial_per_kg < -RIAL_MAX)
			return fail(reading, SOLVER_OVERFLOW, "freight");
		*cell = freight->rial_per_kg;
	}
	reading->to->freights = freights;
	return true;
}

static bool offers_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	int64_t sum = 0;
	struct solver_offer *rows =
	        ARENA_ARRAY(reading->arena, struct solver_offer, from->n_offers + 1);
	for (size_t i = 0; i < from->n_offers; i++) {
		const Tasheem__Solver__V1__Offer *offer = from->offers[i];
		rows[i] = (struct solver_offer){
		        .id = offer->offer_id,
		        .grade = names_number(&reading->grades, offer->grade),
		        .province = names_number(&reading->provinces, offer->province),
		        .buyer_classes = offer->buyer_classes,
		        .delivery_from_jalali = offer->delivery_from_jalali,
		        .delivery_to_jalali = offer->delivery_to_jalali,
		        .lots = offer->lots,
		        .price_rial_per_kg = offer->price_rial_per_kg,
		};
		if (!follows(reading, i ? rows[i - 1].id : NULL, rows[i].id) ||
		    !ranged(reading, offer->lots, LOTS_MAX, offer->offer_id) ||
		    !window_read(reading, offer->delivery_from_jalali, offer->delivery_to_jalali,
		                 offer->offer_id))
			return false;
		if (offer->price_rial_per_kg > RIAL_MAX || offer->price_rial_per_kg < -RIAL_MAX ||
		    !checked_add(sum, offer->lots, &sum))
			return fail(reading, SOLVER_OVERFLOW, offer->offer_id);
	}
	reading->to->offers = rows;
	reading->to->offer_count = (uint32_t)from->n_offers;
	return true;
}

static bool members_read(struct reading *reading, const Tasheem__Solver__V1__Claimant *claimant,
                         struct solver_member *rows)
{
	int64_t demand = 0, weight = 0;
	for (size_t k = 0; k < claimant->n_members; k++) {
		const Tasheem__Solver__V1__Member *member = claimant->members[k];
		if (!follows(reading, k ? claimant->members[k - 1]->licence_id : NULL,
		             member->licence_id))
			return false;
		if (member->weight_kg < 1)
			return fail(reading, SOLVER_WEIGHT_ZERO, member->licence_id);
		if (!ranged(reading, member->weight_kg, KG_MAX, member->licence_id) ||
		    !ranged(reading, member->demand_kg, KG_MAX, member->licence_id))
			return false;
		rows[k] = (struct solver_member){member->demand_kg, member->weight_kg};
		demand += member->demand_kg;
		weight += member->weight_kg;
		if (demand > DEMAND_SUM_KG_MAX || weight > WEIGHT_SUM_MAX)
			return fail(reading, SOLVER_OVERFLOW, claimant->buyer_id);
	}
	return true;
}

static bool requests_read(struct reading *reading, const Tasheem__Solver__V1__Claimant *claimant,
                          struct solver_request *rows)
{
	for (size_t k = 0; k < claimant->n_requests; k++) {
		const Tasheem__Solver__V1__Request *request = claimant->requests[k];
		rows[k] = (struct solver_request){
		        .id = request->request_id,
		        .grade = names_number(&reading->grades, request->grade),
		        .province = names_number(&reading->provinces, request->province),
		        .buyer_classes = request->buyer_classes,
		        .delivery_from_jalali = request->delivery_from_jalali,
		        .delivery_to_jalali = request->delivery_to_jalali,
		        .withdrawn = request->withdrawn,
		        .lots = request->lots,
		        .max_landed_rial_per_kg = request->max_landed_rial_per_kg,
		};
		if (!follows(reading, k ? rows[k - 1].id : NULL, rows[k].id) ||
		    !ranged(reading, request->lots, LOTS_MAX, request->request_id) ||
		    !window_read(reading, request->delivery_from_jalali,
		                 request->delivery_to_jalali, request->request_id))
			return false;
	}
	return true;
}

static bool claimant_read(struct reading *reading, const Tasheem__Solver__V1__Claimant *claimant,
                          struct solver_claimant *row)
{
	int64_t most = ORDER_KG_MAX / reading->from->lot_kg;
	row->id = claimant->buyer_id;
	row->priority_class = claimant->priority_class;
	row->held_kg = claimant->held_kg;
	row->demand_lots = claimant->demand_lots;
	row->reserve_lots = claimant->reserve_lots;
	row->sequence = claimant->sequence;
	row->carry_numerator = claimant->carry_numerator;
	row->member_count = (uint32_t)claimant->n_members;
	row->request_count = (uint32_t)claimant->n_requests;
	if (claimant->priority_class < 0 || claimant->priority_class > CLASS_MAX)
		return fail(reading, SOLVER_CLASS_RANGE, claimant->buyer_id);
	return ranged(reading, claimant->held_kg, KG_MAX, claimant->buyer_id) &&
	       ranged(reading, claimant->demand_lots, most, claimant->buyer_id) &&
	       ranged(reading, claimant->reserve_lots, LOTS_MAX, claimant->buyer_id) &&
	       ranged(reading, claimant->carry_numerator, BETA_ONE - 1, claimant->buyer_id);
}

static bool claimants_read(struct reading *reading)
{
	const problem_message *from = reading->from;
	struct problem *to = reading->to;
	struct solver_claimant *claimants =
	        ARENA_ARRAY(reading->arena, struct solver_claimant, from->n_claimants + 1);
	struct solver_request *requests =
	        ARENA_ARRAY(reading->arena, struct solver_request, reading->request_count + 1);
	struct solver_member *members =
	        ARENA_ARRAY(reading->arena, struct solver_member, reading->member_count + 1);
	int64_t sum = 0;
	for (size_t j = 0; j < from->n_claimants; j++) {
		const Tasheem__Solver__V1__Claimant *claimant = from->claimants[j];
		claimants[j].first_request = to->request_count;
		claimants[j].first_member = to->member_count;
		if (!follows(reading, j ? claimants[j - 1].id : NULL, claimant->buyer_id) ||
		    !claimant_read(reading, claimant, &claimants[j]) ||
		    !members_read(reading, claimant, members + to->member_count) ||
		    !requests_read(reading, claimant, requests + to->request_count))
			return false;
		if (!checked_add(sum, claimant->demand_lots, &sum))
			return fail(reading, SOLVER_OVERFLOW, claimant->buyer_id);
		to->request_count += claimants[j].request_count;
		to->member_count += claimants[j].member_count;
	}
	to->claimants = claimants;
	to->claimant_count = (uint32_t)from->n_claimants;
	to->requests = requests;
	to->members = members;
	return true;
}

static bool problem_read(struct reading *reading)
{
	if (!head_read(reading) || !sizes_read(reading))
		return false;
	names_read(reading);
	return substitutes_read(reading) && freights_read(reading) && offers_read(reading) &&
	       claimants_read(reading);
}

static struct bytes solution_write(struct arena *arena, const struct problem *problem,
                                   struct solution *from, uint8_t *digest)
{
	solution_message to;
	tasheem__solver__v1__solution__init(&to);
	to.problem_digest = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, digest};
#define COUNTED(field, rows, count) (to.n_##field = (count), to.field = (rows))
	COUNTED(awards, from->awards, problem->claimant_count);
	COUNTED(flow_requests, from->flow_requests, from->flow_count);
	COUNTED(flow_offers, from->flow_offers, from->flow_count);
	COUNTED(flow_lots, from->flow_lots, from->flow_count);
	COUNTED(claimant_components, from->claimant_components, problem->claimant_count);
	COUNTED(claimant_levels, from->claimant_levels, problem->claimant_count);
	COUNTED(request_components, from->request_components, problem->request_count);
	COUNTED(request_levels, from->request_levels, problem->request_count);
	COUNTED(offer_components, from->offer_components, problem->offer_count);
	COUNTED(offer_levels, from->offer_levels, problem->offer_count);
	COUNTED(offer_dual_ranks, from->offer_dual_ranks, problem->offer_count);
	COUNTED(offer_dual_costs, from->offer_dual_costs, problem->offer_count);
	COUNTED(request_dual_ranks, from->request_dual_ranks, problem->request_count);
	COUNTED(request_dual_costs, from->request_dual_costs, problem->request_count);
	COUNTED(claimant_dual_ranks, from->claimant_dual_ranks, problem->claimant_count);
	COUNTED(claimant_dual_costs, from->claimant_dual_costs, problem->claimant_count);
#undef COUNTED
	to.placed_lots = from->placed_lots;
	to.total_rank = from->total_rank;
	to.total_cost = from->total_cost;
	to.solver = (char *)"tasheem-solver 1";
	return wire_encode(arena, &to.base);
}

bool messages_solve(struct arena *arena, struct bytes task, struct bytes *answer,
                    struct solver_failure *failure)
{
	struct problem problem;
	struct solution solution;
	struct reading reading = {.arena = arena, .to = &problem, .failure = failure};
	uint8_t *digest = arena_take(arena, DIGEST_SHORT_BYTES);
	*failure = (struct solver_failure){.error = SOLVER_NONE};
	reading.from = WIRE_DECODE(arena, problem_message, tasheem__solver__v1__problem, task);
	if (reading.from == NULL)
		return solver_fail(failure, SOLVER_MALFORMED, "");
	if (!problem_read(&reading) || !solver_solve(arena, &problem, &solution, failure))
		return false;
	digest_of(digest, DIGEST_SHORT_BYTES, task);
	*answer = solution_write(arena, &problem, &solution, digest);
	return true;
}
