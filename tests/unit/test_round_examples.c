/* Worked examples from outside, exactly: how tenders, registrars and the Talmud
 * divided. Lots are chosen so small that every printed share is whole.
 * links: tests/unit/round.c tests/unit/brute*.c services/matching/verify*.c
 * services/solver/?*.c libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

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

/* One estate, everyone reaches it. */
static Problem *estate(int policy, int rounding, int64_t lots)
{
	arena_reset(&arena);
	Problem *problem = book_open(&arena, policy, rounding);
	book_offer(&arena, problem, lots, 100);
	return problem;
}

static void claim(Problem *problem, int64_t lots)
{
	Claimant *claimant = book_claimant(&arena, problem, lots, 1);
	book_request(&arena, claimant, lots);
}

static void awards_are(const Problem *problem, const int64_t *expected)
{
	const char *wrong = round_wrong(&arena, problem, false);
	const Solution *solution = round_solve(&arena, problem);
	if (wrong)
		fail_msg("%s", wrong);
	for (size_t j = 0; j < problem->n_claimants; j++)
		if (solution->awards[j] != expected[j])
			fail_msg("policy %d rounding %d: claimant %zu has %lld, not %lld",
			         problem->policy, problem->rounding, j,
			         (long long)solution->awards[j], (long long)expected[j]);
}

/* European Central Bank, fixed rate: 105 for bids of 30, 40 and 70, in half units. */
static void fixed_rate_tender(void **state)
{
	(void)state;
	static const int64_t shares[] = {45, 60, 105};
	for (int rounding = 1; rounding <= 4; rounding++) {
		Problem *problem = estate(POLICY(PRO_RATA), rounding, 210);
		claim(problem, 60);
		claim(problem, 80);
		claim(problem, 140);
		awards_are(problem, shares);
	}
}

/* Claims of 100, 200 and 300 on estates of 100 to 500, in sixths. */
static void estate_division(void **state)
{
	(void)state;
	static const struct {
		int policy;
		int64_t shares[5][3];
	} rules[] = {
	        {POLICY(PRO_RATA),
	         {{100, 200, 300},
	          {200, 400, 600},
	          {300, 600, 900},
	          {400, 800, 1200},
	          {500, 1000, 1500}}},
	        {POLICY(EQUAL),
	         {{200, 200, 200},
	          {400, 400, 400},
	          {600, 600, 600},
	          {600, 900, 900},
	          {600, 1200, 1200}}},
	        {POLICY(EQUAL_LOSSES),
	         {{0, 0, 600}, {0, 300, 900}, {0, 600, 1200}, {200, 800, 1400}, {400, 1000, 1600}}},
	        {POLICY(TALMUD),
	         {{200, 200, 200},
	          {300, 450, 450},
	          {300, 600, 900},
	          {300, 750, 1350},
	          {400, 1000, 1600}}},
	};
	for (size_t rule = 0; rule < sizeof rules / sizeof *rules; rule++)
		for (int64_t hundreds = 1; hundreds <= 5; hundreds++)
			for (int rounding = 1; rounding <= 4; rounding++) {
				Problem *problem =
				        estate(rules[rule].policy, rounding, 600 * hundreds);
				for (int64_t claims = 1; claims <= 3; claims++)
					claim(problem, 600 * claims);
				awards_are(problem, rules[rule].shares[hundreds - 1]);
			}
}

/* 120 between claims of 70 and 90: the contested garment, in halves. */
static void contested_garment(void **state)
{
	(void)state;
	static const int64_t shares[] = {100, 140};
	Problem *problem = estate(POLICY(TALMUD), ROUNDING(OFFSET), 240);
	claim(problem, 140);
	claim(problem, 180);
	awards_are(problem, shares);
}

/* Punjab & Sind Bank, over-subscribed 43.2 times: who applied for k lots gets one with
 * probability k/43.2. */
static void oversubscribed_issue(void **state)
{
	(void)state;
	static const int64_t sizes[] = {2, 3, 4, 6, 10, 20, 33};
	enum { SIZES = sizeof sizes / sizeof *sizes, EACH = 10000 };
	int64_t demand = 0, winners[SIZES] = {0};
	Problem *problem = estate(POLICY(PRO_RATA), ROUNDING(OFFSET), 0);
	problem->claimants = ARENA_ARRAY(&arena, Claimant *, SIZES * EACH);
	for (int at = 0; at < SIZES * EACH; at++) {
		int64_t lots = sizes[at % SIZES];
		Claimant *claimant = book_claimant_sized(&arena, problem, lots, 1, 1);
		claimant->buyer_id = (char *)(uintptr_t)arena_format(&arena, "B%06d", at);
		book_request(&arena, claimant, lots);
		demand += lots;
	}
	problem->offers[0]->lots = demand * 10 / 432;
	const char *wrong = round_wrong(&arena, problem, false);
	if (wrong)
		fail_msg("%s", wrong);
	const Solution *solution = round_solve(&arena, problem);
	for (int at = 0; at < SIZES * EACH; at++) {
		assert_true(solution->awards[at] <= 1);
		winners[at % SIZES] += solution->awards[at];
	}
	for (int at = 0; at < SIZES; at++) {
		int64_t expected = sizes[at] * EACH * 10 / 432;
		assert_true(llabs(winners[at] - expected) <= EACH / 100);
	}
}

/* One claimant of weight 100 beside fifty of weight 1, 75 lots: D'Hondt would give him all,
 * the exact share is 50. */
static void small_ones_beside_a_large_one(void **state)
{
	(void)state;
	for (int rounding = 1; rounding <= 4; rounding += 2) {
		Problem *problem = estate(POLICY(WEIGHTED), rounding, 75);
		Claimant *large = book_claimant(&arena, problem, 75, 100);
		book_request(&arena, large, 75);
		for (int at = 0; at < 50; at++) {
			Claimant *small = book_claimant(&arena, problem, 75, 1);
			book_request(&arena, small, 75);
		}
		const char *wrong = round_wrong(&arena, problem, false);
		if (wrong)
			fail_msg("%s", wrong);
		int64_t award = round_solve(&arena, problem)->awards[0];
		if (rounding == ROUNDING(JEFFERSON))
			assert_int_equal(award, 75);
		else
			assert_true(award >= 45 && award <= 55);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(fixed_rate_tender),
	        cmocka_unit_test(estate_division),
	        cmocka_unit_test(contested_garment),
	        cmocka_unit_test(oversubscribed_issue),
	        cmocka_unit_test(small_ones_beside_a_large_one),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
