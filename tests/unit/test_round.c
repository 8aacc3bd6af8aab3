/* The solver against brute force, and the verifier's word on it: same awards, same
 * cost, accepted; the order of the facts changes no byte.
 * links: tests/unit/round.c tests/unit/brute*.c services/matching/verify*.c
 * services/solver/?*.c libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire.h"
#include "services/matching/verify.h"
#include "tests/unit/round.h"

static struct arena arena;

static int open_arena(void **state)
{
	(void)state;
	return arena_open(&arena, (size_t)1 << 32) ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static void equals_brute(const Problem *problem, int round)
{
	const char *wrong = round_wrong(&arena, problem, true);
	if (wrong)
		fail_msg("round %d: %s", round, wrong);
}

static void solver_equals_brute_force(void **state)
{
	(void)state;
	struct dice dice = {11};
	for (int round = 0; round < 10000; round++) {
		arena_reset(&arena);
		equals_brute(book_random(&arena, &dice), round);
	}
}

static void reserve_passes_too(void **state)
{
	(void)state;
	struct dice dice = {12};
	for (int round = 0; round < 3000; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		problem->policy = POLICY(EQUAL);
		problem->pass_kind = PASS(RESERVE);
		problem->limit_lots = dice_between(&dice, 0, 9);
		equals_brute(problem, round);
	}
}

static void shuffle(struct dice *dice, void *rows, size_t count)
{
	void **list = rows;
	for (size_t at = count; at > 1; at--) {
		size_t other = dice_next(dice) % at;
		void *row = list[at - 1];
		list[at - 1] = list[other];
		list[other] = row;
	}
}

static void order_changes_no_byte(void **state)
{
	(void)state;
	struct dice dice = {13};
	for (int round = 0; round < 1000; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		Solution *one = round_solve(&arena, problem);
		shuffle(&dice, problem->substitutes, problem->n_substitutes);
		shuffle(&dice, problem->freights, problem->n_freights);
		Solution *two = round_solve(&arena, problem);
		two->problem_digest = one->problem_digest;
		struct bytes first = wire_encode(&arena, &one->base);
		struct bytes second = wire_encode(&arena, &two->base);
		assert_int_equal(first.size, second.size);
		assert_memory_equal(first.data, second.data, first.size);
	}
}

/* Lots still to be had only ever help: nobody loses by one more. */
static void more_supply_lowers_nobody(void **state)
{
	(void)state;
	struct dice dice = {14};
	for (int round = 0; round < 3000; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		if (!problem->n_offers || problem->policy == POLICY(LEAST_COST))
			continue;
		const Solution *less = round_solve(&arena, problem);
		problem->offers[dice_next(&dice) % problem->n_offers]->lots++;
		const Solution *more = round_solve(&arena, problem);
		for (size_t j = 0; j < problem->n_claimants; j++)
			assert_true(more->awards[j] >= less->awards[j]);
	}
}

/* Who is rationed gains nothing by asking for more (one licence, weighted or equal). */
static void asking_for_more_does_not_help(void **state)
{
	(void)state;
	struct dice dice = {15};
	int rationed = 0;
	for (int round = 0; round < 6000; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		problem->policy = dice_chance(&dice, 50) ? POLICY(EQUAL) : POLICY(WEIGHTED);
		const Solution *less = round_solve(&arena, problem);
		for (size_t j = 0; j < problem->n_claimants; j++) {
			Claimant *claimant = problem->claimants[j];
			if (less->awards[j] >= claimant->demand_lots || claimant->n_members != 1 ||
			    claimant->members[0]->demand_kg <
			            claimant->held_kg + claimant->demand_lots * problem->lot_kg)
				continue;
			rationed++;
			Problem *asking = book_copy(&arena, problem);
			asking->claimants[j]->demand_lots += 2;
			asking->claimants[j]->members[0]->demand_kg += 2 * problem->lot_kg;
			assert_int_equal(round_solve(&arena, asking)->awards[j], less->awards[j]);
		}
	}
	assert_true(rationed > 500);
}

/* Whole draws: the passes' rule as the bundle carries it, solved by the solver. */
static void solved_draws_are_accepted(void **state)
{
	(void)state;
	struct dice dice = {16};
	for (int round = 0; round < 500; round++) {
		arena_reset(&arena);
		Problem *problem = book_random(&arena, &dice);
		for (size_t j = 0; j < problem->n_claimants; j++) {
			problem->claimants[j]->reserve_lots = 0;
			for (size_t at = 0; at < problem->claimants[j]->n_requests; at++)
				problem->claimants[j]->requests[at]->withdrawn = false;
		}
		int64_t limit = dice_between(&dice, 0, 4);
		Bundle *bundle = brute_draw(&arena, problem, limit, dice_next(&dice));
		for (size_t at = 0; at < bundle->n_problems; at++) {
			if (at > 0)
				book_digest(&arena, bundle->solutions[at - 1],
				            bundle->problems[at]->parent_digest.data, 32);
			bundle->solutions[at] = round_solve(&arena, bundle->problems[at]);
		}
		struct verify_result result;
		if (!verify_bundle(&arena, wire_encode(&arena, &bundle->base), &result))
			fail_msg("round %d: %s: %s", round, verify_rule_name(result.rule),
			         result.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(solver_equals_brute_force),
	        cmocka_unit_test(reserve_passes_too),
	        cmocka_unit_test(order_changes_no_byte),
	        cmocka_unit_test(more_supply_lowers_nobody),
	        cmocka_unit_test(asking_for_more_does_not_help),
	        cmocka_unit_test(solved_draws_are_accepted),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
