/* links: services/solver/?*.c libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/solver_cases.h"

enum { RANDOM_BOOKS = 30000, PERMUTED_BOOKS = 500 };
#define MEMORY ((size_t)1 << 30)

static struct arena arena;

static void solve(const struct book *book, struct solution *solution)
{
	struct solver_failure failure;
	assert_true(solver_solve(&arena, &book->problem, solution, &failure));
	assert_int_equal(failure.error, SOLVER_NONE);
}

static void awards_are(const struct book *book, const int64_t *awards)
{
	struct solution solution;
	arena_reset(&arena);
	solve(book, &solution);
	for (uint32_t j = 0; j < book->problem.claimant_count; j++)
		assert_int_equal(solution.awards[j], awards[j]);
}

static void random_books_equal_brute_force(void **state)
{
	(void)state;
	static struct book book;
	static struct brute brute;
	uint64_t random = 1;
	for (int round = 0; round < RANDOM_BOOKS; round++) {
		struct solution solution;
		book_random_fill(&book, &random);
		brute_solve(&brute, &book);
		arena_reset(&arena);
		solve(&book, &solution);
		assert_int_equal(solution.placed_lots, brute.placed);
		for (uint32_t j = 0;
		     book.problem.policy != POLICY_LEAST_COST && j < book.problem.claimant_count;
		     j++)
			assert_int_equal(solution.awards[j], brute.awards[j]);
		assert_int_equal(solution.total_rank, brute.total_rank);
		assert_int_equal(solution.total_cost, brute.total_cost);
	}
}

/* Copies the book with claimants, their requests and offers turned round. */
static void book_reverse(const struct book *from, struct book *to, uint32_t *requests)
{
	const struct problem *problem = &from->problem;
	*to = *from;
	to->problem.offers = to->offers;
	to->problem.claimants = to->claimants;
	to->problem.requests = to->requests;
	uint32_t next = 0;
	for (uint32_t i = 0; i < problem->offer_count; i++)
		to->offers[i] = from->offers[problem->offer_count - 1 - i];
	for (uint32_t j = 0; j < problem->claimant_count; j++) {
		to->claimants[j] = from->claimants[problem->claimant_count - 1 - j];
		uint32_t first = to->claimants[j].first_request;
		to->claimants[j].first_request = next;
		for (uint32_t k = 0; k < to->claimants[j].request_count; k++, next++) {
			to->requests[next] = from->requests[first + k];
			requests[first + k] = next;
		}
	}
}

static void order_of_input_changes_nothing(void **state)
{
	(void)state;
	static struct book book, reversed;
	uint64_t random = 99;
	for (int round = 0; round < PERMUTED_BOOKS; round++) {
		struct solution one, two;
		uint32_t requests[CASE_REQUESTS];
		int64_t lots[CASE_REQUESTS][CASE_OFFERS] = {{0}};
		book_random_fill(&book, &random);
		book_reverse(&book, &reversed, requests);
		arena_reset(&arena);
		solve(&book, &one);
		solve(&reversed, &two);
		uint32_t claimants = book.problem.claimant_count, offers = book.problem.offer_count;
		for (uint32_t j = 0; j < claimants; j++) {
			assert_int_equal(one.awards[j], two.awards[claimants - 1 - j]);
			assert_int_equal(one.claimant_levels[j],
			                 two.claimant_levels[claimants - 1 - j]);
		}
		assert_int_equal(one.flow_count, two.flow_count);
		for (uint32_t k = 0; k < two.flow_count; k++)
			lots[two.flow_requests[k]][two.flow_offers[k]] = two.flow_lots[k];
		for (uint32_t k = 0; k < one.flow_count; k++)
			assert_int_equal(one.flow_lots[k], lots[requests[one.flow_requests[k]]]
			                                       [offers - 1 - one.flow_offers[k]]);
	}
}

/* W1: the ECB's fixed-rate tender, in halves: 105 for 30, 40, 70. */
static void tender_is_shared_pro_rata(void **state)
{
	(void)state;
	static struct book book;
	book_begin(&book, POLICY_PRO_RATA, ROUNDING_JEFFERSON);
	book_offer(&book, 0, 2 * 105, 1);
	book_simple(&book, 2 * 30, 1);
	book_simple(&book, 2 * 40, 1);
	book_simple(&book, 2 * 70, 1);
	awards_are(&book, (const int64_t[]){45, 60, 105});
}

/* W8: an estate among claims 100, 200, 300, in sixths, by the four classical rules. */
static void estate_is_divided_as_printed(void **state)
{
	(void)state;
	static const struct {
		enum policy policy;
		int64_t estate;
		int64_t sixths[3];
	} rows[] = {
	        {POLICY_PRO_RATA, 100, {100, 200, 300}},
	        {POLICY_EQUAL, 100, {200, 200, 200}},
	        {POLICY_EQUAL_LOSSES, 100, {0, 0, 600}},
	        {POLICY_TALMUD, 100, {200, 200, 200}},
	        {POLICY_PRO_RATA, 200, {200, 400, 600}},
	        {POLICY_EQUAL, 200, {400, 400, 400}},
	        {POLICY_EQUAL_LOSSES, 200, {0, 300, 900}},
	        {POLICY_TALMUD, 200, {300, 450, 450}},
	        {POLICY_PRO_RATA, 300, {300, 600, 900}},
	        {POLICY_EQUAL, 300, {600, 600, 600}},
	        {POLICY_EQUAL_LOSSES, 300, {0, 600, 1200}},
	        {POLICY_TALMUD, 300, {300, 600, 900}},
	        {POLICY_PRO_RATA, 400, {400, 800, 1200}},
	        {POLICY_EQUAL, 400, {600, 900, 900}},
	        {POLICY_EQUAL_LOSSES, 400, {200, 800, 1400}},
	        {POLICY_TALMUD, 400, {300, 750, 1350}},
	        {POLICY_PRO_RATA, 500, {500, 1000, 1500}},
	        {POLICY_EQUAL, 500, {600, 1200, 1200}},
	        {POLICY_EQUAL_LOSSES, 500, {400, 1000, 1600}},
	        {POLICY_TALMUD, 500, {400, 1000, 1600}},
	};
	static struct book book;
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		book_begin(&book, rows[k].policy, ROUNDING_JEFFERSON);
		book_offer(&book, 0, 6 * rows[k].estate, 1);
		for (int64_t claim = 100; claim <= 300; claim += 100)
			book_simple(&book, 6 * claim, 1);
		awards_are(&book, rows[k].sixths);
	}
}

/* W8: claims 70 and 90 on 120 give 50 and 70. */
static void garment_is_divided_as_printed(void **state)
{
	(void)state;
	static struct book book;
	book_begin(&book, POLICY_TALMUD, ROUNDING_JEFFERSON);
	book_offer(&book, 0, 2 * 120, 1);
	book_simple(&book, 2 * 70, 1);
	book_simple(&book, 2 * 90, 1);
	awards_are(&book, (const int64_t[]){100, 140});
}

/* W9: order plus tolerance is a second class; the first three rows, packs already whole. */
static void first_come_first_served(void **state)
{
	(void)state;
	static struct book book;
	static const struct {
		int64_t arrived;
		int64_t awards[3];
	} rows[] = {{4, {3, 1, 0}}, {1, {1, 0, 0}}, {5, {3, 1, 1}}};
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		book_begin(&book, POLICY_TIME, ROUNDING_JEFFERSON);
		book_offer(&book, 0, rows[k].arrived, 1);
		book_simple(&book, 3, 1);
		book_simple(&book, 1, 1);
		book_simple(&book, 1, 1);
		for (uint32_t j = 0; j < 3; j++)
			book.claimants[j].sequence = j + 1;
		awards_are(&book, rows[k].awards);
	}
}

/* W5: Punjab & Sind Bank's allotment, 43.2 times over-subscribed: with offset rounding an
 * application for k lots is given one with probability k / 43.2. */
static void fractions_are_decided_by_the_lottery(void **state)
{
	(void)state;
	enum { GROUPS = 7, EACH = 60, SEEDS = 100 };
	static const int64_t sizes[GROUPS] = {2, 3, 4, 6, 10, 20, 33};
	static struct solver_claimant claimants[GROUPS * EACH];
	static struct solver_request requests[GROUPS * EACH];
	static struct solver_member members[GROUPS * EACH];
	static char ids[GROUPS * EACH][8];
	static struct book book;
	int64_t won[GROUPS] = {0}, asked = 0;
	book_begin(&book, POLICY_PRO_RATA, ROUNDING_OFFSET);
	for (uint32_t j = 0; j < GROUPS * EACH; j++) {
		int64_t lots = sizes[j / EACH];
		snprintf(ids[j], sizeof ids[j], "B%03u", j);
		claimants[j] = (struct solver_claimant){ids[j], 0, 0, lots, 0, 0, 0, j, 1, j, 1};
		requests[j] = (struct solver_request){.id = "Q",
		                                      .buyer_classes = 1,
		                                      .lots = lots,
		                                      .max_landed_rial_per_kg = INT64_MAX};
		members[j] = (struct solver_member){lots, 1};
		asked += lots;
	}
	book.problem.claimants = claimants;
	book.problem.requests = requests;
	book.problem.members = members;
	book.problem.claimant_count = book.problem.request_count = book.problem.member_count =
	        GROUPS * EACH;
	book_offer(&book, 0, asked * 10 / 432, 1);
	for (uint32_t seed = 0; seed < SEEDS; seed++) {
		struct solution solution;
		memcpy(book.problem.seed, &seed, sizeof seed);
		arena_reset(&arena);
		solve(&book, &solution);
		for (uint32_t j = 0; j < GROUPS * EACH; j++)
			won[j / EACH] += solution.awards[j];
	}
	for (int k = 0; k < GROUPS; k++) {
		double mean = (double)won[k] / (EACH * SEEDS), expected = (double)sizes[k] / 43.2;
		assert_true(mean > expected - 0.015 && mean < expected + 0.015);
	}
}

static void weights_far_apart_stay_exact(void **state)
{
	(void)state;
	static struct book book;
	int64_t large = (int64_t)1 << 40, huge = KG_MAX - 1;
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_JEFFERSON);
	book_offer(&book, 0, large + 1, 1);
	book_simple(&book, large + 1, large);
	book_simple(&book, large, 1);
	awards_are(&book, (const int64_t[]){large, 1});
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_WEBSTER);
	book_offer(&book, 0, 10, INT32_MAX);
	book_claimant(&book, 10);
	book_member(&book, huge, KG_MAX - 2);
	book_member(&book, huge, 1);
	book_request(&book, 0, 10);
	book_claimant(&book, 10);
	book_member(&book, huge, KG_MAX - 1);
	book_request(&book, 0, 10);
	awards_are(&book, (const int64_t[]){5, 5});
}

/* A chain offer - claimant - offer - claimant … has as many levels as offers. */
static void a_chain_has_as_many_levels_as_offers(void **state)
{
	(void)state;
	static struct book book;
	struct solution solution;
	book_begin(&book, POLICY_EQUAL, ROUNDING_JEFFERSON);
	for (uint32_t i = 0; i < CASE_GRADES; i++)
		book_offer(&book, i, 4 * (int64_t)i + 1, 1);
	for (uint32_t j = 0; j < CASE_GRADES; j++) {
		book_claimant(&book, 100);
		book_member(&book, 100, 1);
		book_request(&book, j, 100);
		if (j > 0)
			book_request(&book, j - 1, 100);
	}
	arena_reset(&arena);
	solve(&book, &solution);
	for (int j = 0; j < CASE_GRADES; j++) {
		assert_int_equal(solution.awards[j], 4 * j + 1);
		assert_int_equal(solution.claimant_levels[j], j);
		assert_int_equal(solution.offer_levels[j], j);
	}
}

/* Costs so far apart that (rank, cost) in one number is beyond the simplex: shortest paths. */
static void numbers_too_large_for_the_simplex_are_solved(void **state)
{
	(void)state;
	enum { OFFERS = 500, LOTS = 300 };
	static struct solver_offer offers[OFFERS];
	static char ids[OFFERS][8];
	static struct book book;
	struct solution solution;
	int64_t step = 2 * ((int64_t)INT32_MAX / OFFERS), cost = 0;
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_OFFSET);
	book_simple(&book, LOTS, 1);
	book.substitutes[0] = (struct solver_substitute){0, 1};
	book.problem.substitute_count = 1;
	book.problem.offers = offers;
	book.problem.offer_count = OFFERS;
	for (uint32_t i = 0; i < OFFERS; i++) {
		snprintf(ids[i], sizeof ids[i], "O%03u", i);
		offers[i] = (struct solver_offer){.id = ids[i],
		                                  .grade = i % 2,
		                                  .buyer_classes = 1,
		                                  .lots = 1,
		                                  .price_rial_per_kg = -INT32_MAX + i * step};
		if (i % 2 == 0 || i < 2 * (LOTS - OFFERS / 2))
			cost += offers[i].price_rial_per_kg;
	}
	arena_reset(&arena);
	solve(&book, &solution);
	assert_int_equal(solution.placed_lots, LOTS);
	assert_int_equal(solution.total_rank, LOTS - OFFERS / 2);
	assert_int_equal(solution.total_cost, cost);
}

static void one_side_may_be_empty(void **state)
{
	(void)state;
	static struct book book;
	struct solution solution;
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_OFFSET);
	arena_reset(&arena);
	solve(&book, &solution);
	assert_int_equal(solution.placed_lots, 0);
	book_offer(&book, 0, 5, 1);
	solve(&book, &solution);
	assert_int_equal(solution.placed_lots, 0);
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_OFFSET);
	book_simple(&book, 5, 1);
	solve(&book, &solution);
	assert_int_equal(solution.awards[0], 0);
}

static void a_book_too_large_is_refused_with_its_size(void **state)
{
	(void)state;
	static struct book book;
	struct arena small;
	struct solution solution;
	struct solver_failure failure;
	book_begin(&book, POLICY_WEIGHTED, ROUNDING_OFFSET);
	book_offer(&book, 0, 5, 1);
	book_simple(&book, 5, 1);
	assert_true(arena_open(&small, 16384));
	assert_false(solver_solve(&small, &book.problem, &solution, &failure));
	assert_int_equal(failure.error, SOLVER_TOO_LARGE);
	assert_true(failure.needed_bytes > 16384);
	arena_close(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(random_books_equal_brute_force),
	        cmocka_unit_test(order_of_input_changes_nothing),
	        cmocka_unit_test(tender_is_shared_pro_rata),
	        cmocka_unit_test(estate_is_divided_as_printed),
	        cmocka_unit_test(garment_is_divided_as_printed),
	        cmocka_unit_test(first_come_first_served),
	        cmocka_unit_test(fractions_are_decided_by_the_lottery),
	        cmocka_unit_test(weights_far_apart_stay_exact),
	        cmocka_unit_test(a_chain_has_as_many_levels_as_offers),
	        cmocka_unit_test(numbers_too_large_for_the_simplex_are_solved),
	        cmocka_unit_test(one_side_may_be_empty),
	        cmocka_unit_test(a_book_too_large_is_refused_with_its_size),
	};
	if (sodium_init() < 0 || !arena_open(&arena, MEMORY))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
