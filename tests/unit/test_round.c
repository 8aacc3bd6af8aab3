/* The solver against brute force, and the verifier's word on it: same awards, same
 * cost, accepted; the order of the input changes no byte.
 * links: tests/unit/brute.c tests/unit/brute_book.c tests/unit/brute_draw.c
 * tests/unit/brute_keys.c tests/unit/brute_network.c tests/unit/brute_check.c services/matching/verify.c services/matching/verify_book.c
 * services/solver/arcs.c services/solver/cheapest.c services/solver/crash.c
 * services/solver/fair.c services/solver/keys.c services/solver/maxflow.c
 * services/solver/messages.c services/solver/paths.c services/solver/policy_equal.c
 * services/solver/policy_equal_losses.c services/solver/policy_least_cost.c
 * services/solver/policy_lottery.c services/solver/policy_pro_rata.c
 * services/solver/policy_talmud.c services/solver/policy_time.c
 * services/solver/policy_weighted.c services/solver/share.c services/solver/simplex.c
 * services/solver/solve.c
 * libcommon libproto */
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
	const Solution *truth = brute_solve(&arena, problem);
	const Solution *solution = round_solve(&arena, problem);
	struct verify_result result;
	uint8_t digest[16];
	for (size_t j = 0; j < problem->n_claimants; j++)
		if (problem->policy != POLICY(LEAST_COST) &&
		    solution->awards[j] != truth->awards[j])
			fail_msg("round %d policy %d kind %d: claimant %zu has %lld, not %lld",
			         round, problem->policy, problem->pass_kind, j,
			         (long long)solution->awards[j], (long long)truth->awards[j]);
	if (problem->pass_kind == PASS(MAIN) && (solution->total_cost != truth->total_cost ||
	                                         solution->total_rank != truth->total_rank ||
	                                         solution->placed_lots != truth->placed_lots))
		fail_msg("round %d policy %d: placed %lld rank %lld cost %lld, not %lld %lld %lld",
		         round, problem->policy, (long long)solution->placed_lots,
		         (long long)solution->total_rank, (long long)solution->total_cost,
		         (long long)truth->placed_lots, (long long)truth->total_rank,
		         (long long)truth->total_cost);
	book_digest(&arena, problem, digest, sizeof digest);
	if (!verify_solution(&arena, problem, digest, solution, &result))
		fail_msg("round %d policy %d kind %d: %s: %s", round, problem->policy,
		         problem->pass_kind, verify_rule_name(result.rule), result.what);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(solver_equals_brute_force),
	        cmocka_unit_test(reserve_passes_too),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
