/* The verifier accepts what is right: rounds done by hand, and thousands of tiny ones
 * solved the slow way, single passes and whole draws; and it names the rule that each of
 * some hand-made wrongs breaks.
 * links: tests/unit/brute*.c services/matching/verify*.c libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire.h"
#include "services/matching/verify.h"
#include "tests/unit/brute.h"

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	return arena_open(&arena, (size_t)1 << 30) ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static struct verify_result verdict(const Problem *problem, const Solution *solution)
{
	struct verify_result result;
	uint8_t digest[16];
	book_digest(&arena, problem, digest, sizeof digest);
	bool good = verify_solution(&arena, problem, digest, solution, &result);
	assert_int_equal(good, result.rule == VERIFY_OK);
	assert_int_equal(good, result.what[0] == '\0');
	return result;
}

static void accepted(const Problem *problem, const Solution *solution)
{
	struct verify_result result = verdict(problem, solution);
	if (result.rule != VERIFY_OK)
		fail_msg("%s: %s", verify_rule_name(result.rule), result.what);
}

static void brute_rounds_are_accepted(void **state)
{
	(void)state;
	struct dice dice = {1};
	for (int round = 0; round < 4000; round++) {
		arena_reset(&arena);
		const Problem *problem = book_random(&arena, &dice);
		accepted(problem, brute_solve(&arena, problem));
	}
}

static void brute_draws_are_accepted(void **state)
{
	(void)state;
	struct dice dice = {2};
	size_t passes = 0;
	for (int round = 0; round < 1000; round++) {
		struct verify_result result;
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		for (size_t j = 0; j < problem->n_claimants; j++) {
			Claimant *claimant = problem->claimants[j];
			claimant->reserve_lots = 0;
			for (size_t at = 0; at < claimant->n_requests; at++) {
				claimant->requests[at]->withdrawn = false;
				claimant->requests[at]->minimum_lots = dice_between(&dice, 0, 4);
			}
		}
		int64_t limit = dice_chance(&dice, 50) ? dice_between(&dice, 1, 6) : 0;
		const Bundle *bundle = brute_draw(&arena, problem, limit, dice_next(&dice));
		passes += bundle->n_problems;
		if (!verify_bundle(&arena, wire_encode(&arena, &bundle->base), &result))
			fail_msg("round %d pass %u: %s: %s", round, result.pass,
			         verify_rule_name(result.rule), result.what);
	}
	assert_true(passes > 1500);
}

/* Brute force goes lot by lot; here it is held against every possible outcome: of all awards
 * that some flow gives, its own has the earliest lots. */

struct lot {
	uint32_t claimant;
	int64_t lot;
};
static const Problem *sorted_by;

static int lot_order(const void *left, const void *right)
{
	const struct lot *a = left, *b = right;
	if (a->claimant == b->claimant && a->lot == b->lot)
		return 0;
	return brute_before(sorted_by, a->claimant, a->lot, b->claimant, b->lot) ? -1 : 1;
}

/* Above 0 if the first has the earlier lots. */
static int earlier(const struct lot *lots, size_t count, const int64_t *one, const int64_t *two)
{
	for (size_t at = 0; at < count; at++) {
		int has = lots[at].lot <= one[lots[at].claimant];
		int other = lots[at].lot <= two[lots[at].claimant];
		if (has != other)
			return has - other;
	}
	return 0;
}

/* The next vector of awards within the demands; false after the last. */
static bool next_awards(const Problem *problem, int64_t *awards)
{
	for (size_t j = 0; j < problem->n_claimants; j++) {
		if (awards[j]++ < problem->claimants[j]->demand_lots)
			return true;
		awards[j] = 0;
	}
	return false;
}

static void lot_by_lot_is_the_best_of_all(void **state)
{
	(void)state;
	struct dice dice = {3};
	for (int round = 0; round < 400; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		int64_t awards[BRUTE_CLAIMANTS] = {0}, outcomes = 1;
		size_t count = 0;
		struct lot lots[BRUTE_LOTS];
		if (problem->policy == POLICY(LEAST_COST))
			continue;
		for (uint32_t j = 0; j < problem->n_claimants; j++) {
			outcomes *= problem->claimants[j]->demand_lots + 1;
			for (int64_t lot = 1; lot <= problem->claimants[j]->demand_lots; lot++)
				lots[count++] = (struct lot){j, lot};
		}
		if (outcomes > 5000)
			continue;
		sorted_by = problem;
		qsort(lots, count, sizeof *lots, lot_order);
		const Solution *found = brute_solve(&arena, problem);
		assert_true(brute_feasible(problem, found->awards));
		do {
			if (earlier(lots, count, awards, found->awards) > 0)
				assert_false(brute_feasible(problem, awards));
		} while (next_awards(problem, awards));
	}
}

/* Three and two lots for weights of 3 and 2, by hand. */

#define NUMBERS(type, ...)                                                                         \
	(type[])                                                                                   \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

static Problem *hand_problem(void)
{
	Problem *problem = book_open(&arena, POLICY(WEIGHTED), ROUNDING(JEFFERSON));
	book_offer(&arena, problem, 3, 10);
	book_offer(&arena, problem, 2, 20);
	for (int weight = 3; weight >= 2; weight--)
		book_request(&arena, book_claimant(&arena, problem, 4, weight), 4);
	return problem;
}

static Solution *hand_solution(const Problem *problem)
{
	static const uint32_t requests[] = {0, 1}, offers[] = {0, 1};
	static const int64_t lots[] = {3, 2}, zeros[] = {0, 0}, lambda[] = {20, 20},
	                     rent[] = {-10, 0};
	static const int32_t together[] = {0, 0};
	static uint8_t digest[16];
	Solution s = TASHEEM__SOLVER__V1__SOLUTION__INIT;
	book_digest(&arena, problem, digest, sizeof digest);
	s.problem_digest.len = sizeof digest;
	s.problem_digest.data = digest;
	s.n_awards = s.n_flow_requests = s.n_flow_offers = s.n_flow_lots = 2;
	s.n_claimant_components = s.n_request_components = s.n_offer_components = 2;
	s.n_claimant_levels = s.n_request_levels = s.n_offer_levels = 2;
	s.n_claimant_dual_ranks = s.n_request_dual_ranks = s.n_offer_dual_ranks = 2;
	s.n_claimant_dual_costs = s.n_request_dual_costs = s.n_offer_dual_costs = 2;
	s.flow_requests = (uint32_t *)(uintptr_t)requests;
	s.flow_offers = (uint32_t *)(uintptr_t)offers;
	s.awards = s.flow_lots = (int64_t *)(uintptr_t)lots;
	s.claimant_components = s.request_components = (int32_t *)(uintptr_t)together;
	s.offer_components = s.claimant_levels = (int32_t *)(uintptr_t)together;
	s.request_levels = s.offer_levels = (int32_t *)(uintptr_t)together;
	s.claimant_dual_ranks = s.request_dual_ranks = (int64_t *)(uintptr_t)zeros;
	s.offer_dual_ranks = (int64_t *)(uintptr_t)zeros;
	s.claimant_dual_costs = s.request_dual_costs = (int64_t *)(uintptr_t)lambda;
	s.offer_dual_costs = (int64_t *)(uintptr_t)rent;
	s.placed_lots = 5;
	s.total_cost = 70;
	return book_copy_solution(&arena, &s);
}

static void breaks(const Problem *problem, const Solution *solution, enum verify_rule rule)
{
	struct verify_result result = verdict(problem, solution);
	if (result.rule != rule)
		fail_msg("%s, not %s: %s", verify_rule_name(result.rule), verify_rule_name(rule),
		         result.what);
}

static void a_round_by_hand_is_accepted(void **state)
{
	(void)state;
	arena_reset(&arena);
	const Problem *problem = hand_problem();
	accepted(problem, hand_solution(problem));
	accepted(problem, brute_solve(&arena, problem));
}

static void broken_flows_are_named(void **state)
{
	(void)state;
	Problem *problem = hand_problem();
	Solution *s = hand_solution(problem);
	s->awards[0]++;
	breaks(problem, s, VERIFY_F1);
	s = hand_solution(problem);
	s->flow_lots[0]++;
	breaks(problem, s, VERIFY_F2);
	s = hand_solution(problem);
	s->placed_lots--;
	breaks(problem, s, VERIFY_F1);
	s = hand_solution(problem);
	s->flow_offers[0] = 2;
	breaks(problem, s, VERIFY_F1);
	/* The second offer is above the second request's maximum. */
	problem->claimants[1]->requests[0]->max_landed_rial_per_kg = 19;
	breaks(problem, hand_solution(problem), VERIFY_F1);
}

static void broken_levels_are_named(void **state)
{
	(void)state;
	const Problem *problem = hand_problem();
	Solution *s = hand_solution(problem);
	s->claimant_levels[0] = 1;
	breaks(problem, s, VERIFY_F3);
	s = hand_solution(problem);
	s->offer_components[1] = 1;
	breaks(problem, s, VERIFY_F3);
	s = hand_solution(problem);
	for (int at = 0; at < 2; at++)
		s->claimant_levels[at] = s->request_levels[at] = s->offer_levels[at] = at > 0;
	s->request_levels[0] = s->claimant_levels[0] = 1;
	breaks(problem, s, VERIFY_F5);
	/* Two and three lots: the third lot of the lighter one is not due. */
	s = hand_solution(problem);
	s->awards[0] = 2;
	s->awards[1] = 3;
	s->n_flow_requests = s->n_flow_offers = s->n_flow_lots = 3;
	s->flow_requests = NUMBERS(uint32_t, 0, 1, 1);
	s->flow_offers = NUMBERS(uint32_t, 0, 0, 1);
	s->flow_lots = NUMBERS(int64_t, 2, 1, 2);
	breaks(problem, s, VERIFY_F4);
	/* A lot is left although both are refused. */
	s = hand_solution(problem);
	s->awards[1] = s->flow_lots[1] = 1;
	s->placed_lots = 4;
	s->total_cost = 50;
	breaks(problem, s, VERIFY_F4);
}

static void broken_prices_are_named(void **state)
{
	(void)state;
	Problem *problem = hand_problem();
	Solution *s = hand_solution(problem);
	s->offer_dual_costs[0] = -9;
	breaks(problem, s, VERIFY_F6);
	s = hand_solution(problem);
	s->offer_dual_costs[1] = 1;
	breaks(problem, s, VERIFY_F6);
	s = hand_solution(problem);
	s->total_cost--;
	breaks(problem, s, VERIFY_F6);
	s = hand_solution(problem);
	s->claimant_dual_ranks[0] = 1;
	breaks(problem, s, VERIFY_F6);
	/* One lot more of the dear offer: it now has room, and its rent must be 0. */
	problem->offers[0]->lots = 4;
	problem->offers[1]->lots = 4;
	breaks(problem, hand_solution(problem), VERIFY_F6);
}

static void broken_problems_are_named(void **state)
{
	(void)state;
	Problem *problem = hand_problem();
	Solution *s = hand_solution(problem);
	s->problem_digest.data[7] ^= 1;
	breaks(problem, s, VERIFY_F0);
	problem->policy = (Tasheem__Solver__V1__Policy)6;
	breaks(problem, hand_solution(problem), VERIFY_F0);
	problem = hand_problem();
	problem->rounding = ROUNDING(FLOOR);
	breaks(problem, hand_solution(problem), VERIFY_F0);
	problem = hand_problem();
	problem->claimants[1]->buyer_id = problem->claimants[0]->buyer_id;
	breaks(problem, hand_solution(problem), VERIFY_F0);
	problem = hand_problem();
	problem->claimants[1]->members[0]->weight_kg = 0;
	breaks(problem, hand_solution(problem), VERIFY_F0);
	problem = hand_problem();
	problem->offers[1]->lots = -1;
	breaks(problem, hand_solution(problem), VERIFY_F0);
	problem = hand_problem();
	problem->pass_kind = PASS(RESERVE);
	breaks(problem, hand_solution(problem), VERIFY_F8);
	problem->policy = POLICY(EQUAL);
	problem->limit_lots = 4;
	breaks(problem, hand_solution(problem), VERIFY_F8);
}

/* Memory that runs out is told, wherever it does. */
static void little_memory_is_no_verdict(void **state)
{
	(void)state;
	const Problem *problem = hand_problem();
	const Solution *solution = hand_solution(problem);
	struct verify_result result = {.rule = VERIFY_NO_MEMORY};
	int refused = 0;
	for (size_t bytes = 16; result.rule == VERIFY_NO_MEMORY; bytes += 16, refused++) {
		struct arena little;
		assert_true(arena_open(&little, bytes));
		verify_solution(&little, problem, solution->problem_digest.data, solution, &result);
		arena_close(&little);
	}
	assert_int_equal(result.rule, VERIFY_OK);
	assert_true(refused > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lot_by_lot_is_the_best_of_all),
	        cmocka_unit_test(a_round_by_hand_is_accepted),
	        cmocka_unit_test(broken_flows_are_named),
	        cmocka_unit_test(broken_levels_are_named),
	        cmocka_unit_test(broken_prices_are_named),
	        cmocka_unit_test(broken_problems_are_named),
	        cmocka_unit_test(little_memory_is_no_verdict),
	        cmocka_unit_test(brute_rounds_are_accepted),
	        cmocka_unit_test(brute_draws_are_accepted),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
