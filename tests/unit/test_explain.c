/* What `why` promises about one more lot, another grade or a higher price comes true, or
 * does not, exactly as said: every promise about random tiny rounds is tried by solving
 * the round with the change.
 * links: services/ctl/explain.c services/ctl/explain_network.c services/ctl/whatif.c
 * tests/unit/round.c tests/unit/brute*.c services/matching/verify*.c services/solver/?*.c libcommon
 * libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/wire.h"
#include "services/ctl/explain.h"
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

static bool explains(const Problem *problem, const Solution *solution, const char *buyer,
                     const char *request, struct explanation *explanation)
{
	*explanation = (struct explanation){.buyer_id = buyer, .request_id = request};
	return explain_request(&arena, problem, solution, explanation);
}

struct tally {
	int tried[4], helped[4], solved[4];
};

/* Solves the problem with the change. */
static void try_option(const Problem *problem, const Solution *before,
                       const struct explanation *explanation, const struct explain_option *option,
                       struct tally *tally)
{
	struct solver_failure failure;
	const Problem *changed = explain_apply(&arena, problem, explanation, option);
	const Solution *after = round_try(&arena, changed, &failure);
	/* One lot more than a solver takes. */
	if (!after && failure.error == SOLVER_OVERFLOW)
		return;
	assert_non_null(after);
	bool helped = after->awards[explanation->claimant] > before->awards[explanation->claimant];
	if (helped != option->helps)
		fail_msg("policy %d, change %d, claimant %u: promised %d, was %d", problem->policy,
		         option->change, explanation->claimant, option->helps, helped);
	tally->tried[option->change]++;
	tally->helped[option->change] += helped;
	tally->solved[option->change] += option->rival;
}

static void try_all(const Problem *problem, struct tally *tally)
{
	struct explanation explanation;
	const Solution *solution = round_solve(&arena, problem);
	for (size_t at = 0; at < problem->n_claimants; at++) {
		const Claimant *claimant = problem->claimants[at];
		for (size_t line = 0; line < claimant->n_requests; line++) {
			if (!explains(problem, solution, claimant->buyer_id,
			              claimant->requests[line]->request_id, &explanation)) {
				assert_int_equal(problem->policy, POLICY(LEAST_COST));
				continue;
			}
			for (uint32_t option = 0; option < explanation.count; option++)
				try_option(problem, solution, &explanation,
				           &explanation.options[option], tally);
		}
	}
}

static void every_promise_is_kept(void **state)
{
	(void)state;
	struct dice dice = {404};
	struct tally tally = {0};
	for (int round = 0; round < 3000; round++) {
		arena_reset(&arena);
		try_all(book_random(&arena, &dice), &tally);
	}
	/* Both answers occur for every change, often. */
	for (int change = 0; change < 3; change++) {
		print_message("change %d: %d promises, %d of help, %d by solving\n", change,
		              tally.tried[change], tally.helped[change], tally.solved[change]);
		assert_true(tally.helped[change] > 100);
		assert_true(tally.tried[change] - tally.helped[change] > 100);
	}
}

/* 4 lots; A of weight 3 and B of weight 1 want 4 each; C wants 1 of another grade, all of it. */
static void a_round_by_hand(void **state)
{
	(void)state;
	struct explanation explanation;
	Problem *problem = book_open(&arena, POLICY(WEIGHTED), ROUNDING(JEFFERSON));
	book_offer(&arena, problem, 4, 100);
	Offer *other = book_offer(&arena, problem, 3, 100);
	other->grade = (char *)(uintptr_t) "other";
	book_request(&arena, book_claimant(&arena, problem, 4, 3), 4);
	book_request(&arena, book_claimant(&arena, problem, 4, 1), 4);
	Claimant *satisfied = book_claimant(&arena, problem, 1, 1);
	book_request(&arena, satisfied, 1)->grade = other->grade;
	const Solution *solution = round_solve(&arena, problem);
	assert_int_equal(solution->awards[0], 3);
	assert_int_equal(solution->awards[1], 1);
	assert_true(explains(problem, solution, "B01", "Q00", &explanation));
	assert_int_equal(explanation.count, 2);
	/* One more lot of ceiling: its key 2/1 is behind A's last, 3/3. */
	assert_false(explanation.options[0].helps);
	assert_int_equal(explanation.options[0].next.numerator, 2);
	assert_int_equal(explanation.options[0].next.denominator, 1);
	assert_int_equal(explanation.options[0].reach.numerator, 1);
	assert_int_equal(explanation.options[0].reach.denominator, 1);
	/* The other grade has room. */
	assert_int_equal(explanation.options[1].change, EXPLAIN_SUBSTITUTE);
	assert_string_equal(explanation.options[1].grade, "other");
	assert_true(explanation.options[1].helps && explanation.options[1].room);
	assert_true(explains(problem, solution, "B02", "Q00", &explanation));
	assert_int_equal(explanation.count, 1);
	assert_true(explanation.options[0].helps && explanation.options[0].room);
	assert_false(explains(problem, solution, "B02", "Q99", &explanation));
	assert_false(explains(problem, solution, "B99", "Q00", &explanation));
}

/* Draws of several passes: what whatif_solve makes is what anyone's verifier accepts. */
static void rehearsed_draws_are_proven(void **state)
{
	(void)state;
	struct dice dice = {405};
	uint32_t passes = 0;
	for (int round = 0; round < 1000; round++) {
		arena_reset(&arena);
		struct verify_result result;
		struct whatif_draw draw;
		struct whatif_rule rule = {.policy = POLICY(EQUAL),
		                           .reserve_percent = (int32_t)dice_between(&dice, -1, 50)};
		Bundle bundle = TASHEEM__SOLVER__V1__BUNDLE__INIT;
		Problem *problem = book_random(&arena, &dice);
		int64_t limit_lots;
		for (size_t at = 0; at < problem->n_claimants; at++)
			for (size_t line = 0; line < problem->claimants[at]->n_requests; line++) {
				problem->claimants[at]->requests[line]->withdrawn = false;
				problem->claimants[at]->requests[line]->minimum_lots =
				        dice_between(&dice, 0, 3);
			}
		bundle.n_problems = 1;
		bundle.problems = &problem;
		problem = whatif_begin(&arena, &bundle, &limit_lots);
		assert_int_equal(limit_lots, 0);
		if (!whatif_solve(&arena, problem, &rule, limit_lots, &draw))
			fail_msg("round %d: %s", round, draw.wrong);
		if (!verify_bundle(&arena, whatif_bundle(&arena, &draw), &result))
			fail_msg("round %d: %s %s", round, verify_rule_name(result.rule),
			         result.what);
		passes += draw.passes;
	}
	assert_true(passes > 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_round_by_hand),
	        cmocka_unit_test(every_promise_is_kept),
	        cmocka_unit_test(rehearsed_draws_are_proven),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
