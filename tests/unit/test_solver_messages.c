/* links: services/solver/?*.c libcommon services/matching/verify*.c libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/wire.h"
#include "services/matching/verify.h"
#include "tests/unit/solver_cases.h"

enum { RANDOM_BOOKS = 30000 };
#define MEMORY ((size_t)1 << 28)
#define V1(name) Tasheem__Solver__V1__##name
#define INIT(name) tasheem__solver__v1__##name##__init

static struct arena arena;
static const char *const names[] = {"film", "bottle", "pipe"};
static const char *const provinces[] = {"qom", "bushehr"};

static char *text(const char *value)
{
	return (char *)(uintptr_t)value;
}

static V1(Offer) * offer_message(const struct solver_offer *from)
{
	V1(Offer) *to = ARENA_NEW(&arena, V1(Offer));
	INIT(offer)(to);
	to->offer_id = text(from->id);
	to->grade = text(names[from->grade]);
	to->lots = from->lots;
	to->price_rial_per_kg = from->price_rial_per_kg;
	to->province = text(provinces[from->province]);
	to->buyer_classes = from->buyer_classes;
	to->delivery_from_jalali = from->delivery_from_jalali;
	to->delivery_to_jalali = from->delivery_to_jalali;
	return to;
}

static V1(Request) * request_message(const struct solver_request *from)
{
	V1(Request) *to = ARENA_NEW(&arena, V1(Request));
	INIT(request)(to);
	to->request_id = text(from->id);
	to->grade = text(names[from->grade]);
	to->lots = from->lots;
	to->max_landed_rial_per_kg = from->max_landed_rial_per_kg;
	to->province = text(provinces[from->province]);
	to->buyer_classes = from->buyer_classes;
	to->delivery_from_jalali = from->delivery_from_jalali;
	to->delivery_to_jalali = from->delivery_to_jalali;
	to->withdrawn = from->withdrawn;
	return to;
}

static V1(Claimant) * claimant_message(const struct book *book, const struct solver_claimant *from)
{
	V1(Claimant) *to = ARENA_NEW(&arena, V1(Claimant));
	INIT(claimant)(to);
	to->buyer_id = text(from->id);
	to->priority_class = from->priority_class;
	to->held_kg = from->held_kg;
	to->demand_lots = from->demand_lots;
	to->reserve_lots = from->reserve_lots;
	to->sequence = from->sequence;
	to->carry_numerator = from->carry_numerator;
	to->n_members = from->member_count;
	to->members = ARENA_ARRAY(&arena, V1(Member) *, from->member_count + 1);
	for (uint32_t k = 0; k < from->member_count; k++) {
		V1(Member) *member = ARENA_NEW(&arena, V1(Member));
		INIT(member)(member);
		member->licence_id = text(arena_format(&arena, "L%03u", k));
		member->demand_kg = book->members[from->first_member + k].demand_kg;
		member->weight_kg = book->members[from->first_member + k].weight_kg;
		to->members[k] = member;
	}
	to->n_requests = from->request_count;
	to->requests = ARENA_ARRAY(&arena, V1(Request) *, from->request_count + 1);
	for (uint32_t k = 0; k < from->request_count; k++)
		to->requests[k] = request_message(&book->requests[from->first_request + k]);
	return to;
}

static void facts_message(const struct book *book, V1(Problem) * to)
{
	to->substitutes = ARENA_ARRAY(&arena, V1(Substitute) *, CASE_GRADES);
	to->freights = ARENA_ARRAY(&arena, V1(Freight) *, CASE_PROVINCES * CASE_PROVINCES);
	for (uint32_t k = 0; k < book->problem.substitute_count; k++) {
		V1(Substitute) *substitute = ARENA_NEW(&arena, V1(Substitute));
		INIT(substitute)(substitute);
		substitute->grade = text(names[book->substitutes[k].grade]);
		substitute->substitute_grade = text(names[book->substitutes[k].substitute_grade]);
		to->substitutes[to->n_substitutes++] = substitute;
	}
	for (uint32_t k = 0; k < CASE_PROVINCES * CASE_PROVINCES; k++) {
		V1(Freight) *freight = ARENA_NEW(&arena, V1(Freight));
		if (book->freights[k] == FREIGHT_NONE)
			continue;
		INIT(freight)(freight);
		freight->from_province = text(provinces[k / CASE_PROVINCES]);
		freight->to_province = text(provinces[k % CASE_PROVINCES]);
		freight->rial_per_kg = book->freights[k];
		to->freights[to->n_freights++] = freight;
	}
}

static V1(Problem) * problem_message(struct book *book)
{
	V1(Problem) *to = ARENA_NEW(&arena, V1(Problem));
	INIT(problem)(to);
	to->round_id = text(book->problem.round_id);
	to->family = text(book->problem.family);
	to->draw = 1;
	to->pass_kind = (V1(PassKind))book->problem.pass_kind;
	to->policy = (V1(Policy))book->problem.policy;
	to->rounding = (V1(Rounding))book->problem.rounding;
	to->cost_first = book->problem.cost_first;
	to->lot_kg = book->problem.lot_kg;
	to->limit_lots = book->problem.limit_lots;
	to->seed = (ProtobufCBinaryData){SEED_BYTES, book->problem.seed};
	facts_message(book, to);
	to->n_offers = book->problem.offer_count;
	to->offers = ARENA_ARRAY(&arena, V1(Offer) *, CASE_OFFERS);
	for (uint32_t k = 0; k < book->problem.offer_count; k++)
		to->offers[k] = offer_message(&book->offers[k]);
	to->n_claimants = book->problem.claimant_count;
	to->claimants = ARENA_ARRAY(&arena, V1(Claimant) *, CASE_CLAIMANTS);
	for (uint32_t k = 0; k < book->problem.claimant_count; k++)
		to->claimants[k] = claimant_message(book, &book->claimants[k]);
	return to;
}

static void the_verifier_accepts_random_books(void **state)
{
	(void)state;
	static struct book book;
	uint64_t random = 7;
	for (int round = 0; round < RANDOM_BOOKS; round++) {
		uint8_t digest[DIGEST_SHORT_BYTES];
		struct solver_failure failure;
		struct verify_result result;
		struct bytes answer;
		arena_reset(&arena);
		book_random_fill(&book, &random);
		V1(Problem) *problem = problem_message(&book);
		struct bytes task = wire_encode(&arena, &problem->base);
		digest_of(digest, sizeof digest, task);
		assert_true(messages_solve(&arena, task, &answer, &failure));
		const V1(Solution) *solution =
		        WIRE_DECODE(&arena, V1(Solution), tasheem__solver__v1__solution, answer);
		assert_non_null(solution);
		bool good = verify_solution(&arena, problem, digest, solution, &result);
		if (!good)
			print_error("round %d policy %d: %s %s\n", round, (int)problem->policy,
			            verify_rule_name(result.rule), result.what);
		assert_true(good);
	}
}

/* A small good problem to spoil. */
static V1(Problem) * good_problem(struct book *book)
{
	arena_reset(&arena);
	book_begin(book, POLICY_WEIGHTED, ROUNDING_OFFSET);
	book_offer(book, 0, 5, 1);
	book_offer(book, 1, 5, 1);
	book->substitutes[0] = (struct solver_substitute){0, 1};
	book->problem.substitute_count = 1;
	book->freights[0] = 1;
	book_simple(book, 5, 1);
	book_simple(book, 6, 2);
	book_member(book, 3, 2);
	book_request(book, 1, 3);
	return problem_message(book);
}

static enum solver_error error_of(const V1(Problem) * problem)
{
	struct solver_failure failure;
	struct bytes answer;
	struct bytes task = wire_encode(&arena, &problem->base);
	return messages_solve(&arena, task, &answer, &failure) ? SOLVER_NONE : failure.error;
}

static void spoil_ids(V1(Problem) * problem, int how)
{
	static char first[] = "A";
	switch (how) {
	case 0:
		problem->offers[1]->offer_id = problem->offers[0]->offer_id;
		return;
	case 1:
		problem->claimants[1]->buyer_id = problem->claimants[0]->buyer_id;
		return;
	case 2:
		problem->claimants[1]->requests[1]->request_id =
		        problem->claimants[1]->requests[0]->request_id;
		return;
	case 3:
		problem->claimants[1]->members[1]->licence_id =
		        problem->claimants[1]->members[0]->licence_id;
		return;
	default:
		problem->claimants[1]->buyer_id = first;
	}
}

static void ids_out_of_order_are_named(void **state)
{
	(void)state;
	static struct book book;
	assert_int_equal(error_of(good_problem(&book)), SOLVER_NONE);
	for (int how = 0; how < 4; how++) {
		V1(Problem) *problem = good_problem(&book);
		spoil_ids(problem, how);
		assert_int_equal(error_of(problem), SOLVER_ID_DUPLICATE);
	}
	V1(Problem) *problem = good_problem(&book);
	spoil_ids(problem, 4);
	assert_int_equal(error_of(problem), SOLVER_ID_ORDER);
}

/* Every amount below and above its range. */
static void amounts_out_of_range_are_named(void **state)
{
	(void)state;
	static struct book book;
	for (int which = 0; which < 8; which++) {
		for (int high = 0; high < 2; high++) {
			V1(Problem) *problem = good_problem(&book);
			V1(Claimant) *claimant = problem->claimants[1];
			int64_t *const amounts[] = {&problem->offers[0]->lots,
			                            &claimant->held_kg,
			                            &claimant->demand_lots,
			                            &claimant->reserve_lots,
			                            &claimant->carry_numerator,
			                            &claimant->members[0]->demand_kg,
			                            &claimant->requests[0]->lots,
			                            &problem->offers[0]->price_rial_per_kg};
			*amounts[which] = high ? INT64_MAX : which == 7 ? INT64_MIN : -1;
			assert_int_equal(error_of(problem),
			                 high || which == 7 ? SOLVER_OVERFLOW : SOLVER_NEGATIVE);
		}
	}
	V1(Problem) *problem = good_problem(&book);
	problem->claimants[0]->members[0]->weight_kg = 0;
	assert_int_equal(error_of(problem), SOLVER_WEIGHT_ZERO);
	problem = good_problem(&book);
	problem->offers[0]->price_rial_per_kg = (int64_t)1 << 33;
	assert_int_equal(error_of(problem), SOLVER_LANDED_RANGE);
	problem = good_problem(&book);
	problem->claimants[0]->priority_class = CLASS_MAX + 1;
	assert_int_equal(error_of(problem), SOLVER_CLASS_RANGE);
}

static void a_wrong_head_is_named(void **state)
{
	(void)state;
	static struct book book;
	V1(Problem) *problem = good_problem(&book);
	problem->policy = (V1(Policy))6;
	assert_int_equal(error_of(problem), SOLVER_POLICY_UNKNOWN);
	problem = good_problem(&book);
	problem->rounding = (V1(Rounding))ROUNDING_FLOOR;
	assert_int_equal(error_of(problem), SOLVER_ROUNDING_UNKNOWN);
	problem = good_problem(&book);
	problem->pass_kind = (V1(PassKind))0;
	assert_int_equal(error_of(problem), SOLVER_PASS_UNKNOWN);
	problem = good_problem(&book);
	problem->lot_kg = 0;
	assert_int_equal(error_of(problem), SOLVER_LOT_SIZE);
	problem = good_problem(&book);
	problem->seed.len = 31;
	assert_int_equal(error_of(problem), SOLVER_SEED_SIZE);
	problem = good_problem(&book);
	problem->limit_lots = 1;
	assert_int_equal(error_of(problem), SOLVER_LIMIT);
	problem = good_problem(&book);
	problem->substitutes[0]->substitute_grade = problem->substitutes[0]->grade;
	assert_int_equal(error_of(problem), SOLVER_SUBSTITUTE_SELF);
	problem = good_problem(&book);
	problem->offers[0]->delivery_from_jalali = 2;
	problem->offers[0]->delivery_to_jalali = 1;
	assert_int_equal(error_of(problem), SOLVER_WINDOW);
}

static void bytes_that_are_no_problem_are_named(void **state)
{
	(void)state;
	static struct book book;
	struct solver_failure failure;
	struct bytes answer;
	V1(Problem) *problem = good_problem(&book);
	struct bytes task = wire_encode(&arena, &problem->base);
	for (size_t size = 1; size < task.size; size++) {
		struct bytes cut = {task.data, size};
		if (!messages_solve(&arena, cut, &answer, &failure))
			assert_true(failure.error != SOLVER_NONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_verifier_accepts_random_books),
	        cmocka_unit_test(ids_out_of_order_are_named),
	        cmocka_unit_test(amounts_out_of_range_are_named),
	        cmocka_unit_test(a_wrong_head_is_named),
	        cmocka_unit_test(bytes_that_are_no_problem_are_named),
	};
	if (sodium_init() < 0 || !arena_open(&arena, MEMORY))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
