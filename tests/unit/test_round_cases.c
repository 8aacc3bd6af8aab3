/* The cases that break round engines: solved, verified, and where tiny compared with
 * brute force, under every policy and rounding.
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
	return arena_open(&arena, (size_t)1 << 33) ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_close(&arena);
	return 0;
}

static Problem *book(void)
{
	arena_reset(&arena);
	return book_open(&arena, POLICY(WEIGHTED), ROUNDING(OFFSET));
}

static char *name(const char *format, int number)
{
	return (char *)(uintptr_t)arena_format(&arena, format, number);
}

static Claimant *claim(Problem *problem, int64_t lots, int64_t weight)
{
	Claimant *claimant = book_claimant(&arena, problem, lots, weight);
	book_request(&arena, claimant, lots);
	return claimant;
}

/* A grade that this request alone has, with substitutes for what it reaches. */
static void reach(Problem *problem, Request *request, int offer)
{
	Substitute *fact = ARENA_NEW(&arena, Substitute);
	tasheem__solver__v1__substitute__init(fact);
	fact->grade = request->grade;
	fact->substitute_grade = problem->offers[offer]->grade;
	problem->substitutes[problem->n_substitutes++] = fact;
}

static void grades_of_their_own(Problem *problem)
{
	for (size_t at = 0; at < problem->n_offers; at++)
		problem->offers[at]->grade = name("GO%02d", (int)at);
	for (size_t at = 0; at < problem->n_claimants; at++)
		problem->claimants[at]->requests[0]->grade = name("GR%02d", (int)at);
}

/* Every policy and rounding; brute force only where it is quick. */
static void holds(Problem *problem, bool brute)
{
	static const int policies[] = {1, 2, 3, 4, 5, 9, 10, 11};
	for (size_t policy = 0; policy < sizeof policies / sizeof *policies; policy++)
		for (int rounding = 1; rounding <= 4; rounding++) {
			problem->policy = (Tasheem__Solver__V1__Policy)policies[policy];
			problem->rounding = (Tasheem__Solver__V1__Rounding)rounding;
			const char *wrong = round_wrong(&arena, problem, brute);
			if (wrong)
				fail_msg("policy %d rounding %d: %s", policies[policy], rounding,
				         wrong);
		}
}

static void nothing_at_all(void **state)
{
	(void)state;
	Problem *problem = book();
	holds(problem, true);
	book_offer(&arena, problem, 5, 10);
	holds(problem, true);
	problem = book();
	claim(problem, 3, 1);
	book_claimant(&arena, problem, 4, 0);
	holds(problem, true);
}

static void units(void **state)
{
	(void)state;
	Problem *problem = book();
	for (int at = 0; at < 6; at++)
		book_offer(&arena, problem, 1, 10 + at % 3);
	for (int at = 0; at < 9; at++)
		claim(problem, 1, 1 + at % 2);
	holds(problem, true);
}

/* Supply one less, equal, one more than demand. */
static void supply_about_demand(void **state)
{
	(void)state;
	for (int64_t more = -1; more <= 1; more++) {
		Problem *problem = book();
		book_offer(&arena, problem, 7, 10);
		book_offer(&arena, problem, 8 + more, 10);
		for (int at = 0; at < 5; at++)
			claim(problem, 3, 1 + at);
		holds(problem, true);
	}
}

static void all_keys_tied(void **state)
{
	(void)state;
	Problem *problem = book();
	book_offer(&arena, problem, 10, 10);
	book_offer(&arena, problem, 3, 10);
	for (int at = 0; at < 8; at++)
		claim(problem, 4, 5)->sequence = 7;
	holds(problem, true);
}

static void extreme_weights(void **state)
{
	(void)state;
	Problem *problem = book();
	book_offer(&arena, problem, 9, 10);
	claim(problem, 6, 1);
	claim(problem, 6, (int64_t)1 << 40);
	claim(problem, 6, 3);
	holds(problem, true);
}

static void tonnes_near_the_limit(void **state)
{
	(void)state;
	Problem *problem = book();
	problem->lot_kg = 1 << 30;
	book_offer(&arena, problem, (int64_t)1 << 17, 10);
	for (int at = 0; at < 3; at++) {
		Claimant *claimant = claim(problem, (int64_t)1 << 17, 1 + at);
		claimant->members[0]->demand_kg = (int64_t)1 << 48;
		claimant->held_kg = at == 2 ? (int64_t)1 << 40 : 0;
	}
	holds(problem, false);
}

static void costs_equal_or_negative(void **state)
{
	(void)state;
	Problem *problem = book();
	for (int at = 0; at < 3; at++)
		book_offer(&arena, problem, 4, at == 2 ? -5 : 0);
	for (int at = 0; at < 4; at++)
		claim(problem, 4, 2);
	holds(problem, true);
}

/* Claimant i reaches offers i and i + 1, with ever more supply: as many levels as offers. */
static void chain_of_levels(void **state)
{
	(void)state;
	enum { LENGTH = 12 };
	for (int turn = 0; turn < 2; turn++) {
		Problem *problem = book();
		for (int at = 0; at < LENGTH; at++)
			book_offer(&arena, problem, turn ? LENGTH - at : at + 1, 10);
		for (int at = 0; at < LENGTH; at++)
			claim(problem, 14, 1);
		grades_of_their_own(problem);
		for (int at = 0; at < LENGTH; at++) {
			reach(problem, problem->claimants[at]->requests[0], at);
			if (at + 1 < LENGTH)
				reach(problem, problem->claimants[at]->requests[0], at + 1);
		}
		holds(problem, true);
	}
}

/* One offer everybody reaches, and one of his own for each. */
static void star(void **state)
{
	(void)state;
	Problem *problem = book();
	book_offer(&arena, problem, 5, 10);
	for (int at = 0; at < 8; at++) {
		book_offer(&arena, problem, at % 4, 12);
		claim(problem, 4, 1 + at % 3);
	}
	grades_of_their_own(problem);
	for (int at = 0; at < 8; at++) {
		reach(problem, problem->claimants[at]->requests[0], 0);
		reach(problem, problem->claimants[at]->requests[0], at + 1);
	}
	holds(problem, true);
}

static void two_cliques_and_an_arc(void **state)
{
	(void)state;
	Problem *problem = book();
	for (int at = 0; at < 6; at++)
		book_offer(&arena, problem, at < 3 ? 2 : 5, 10 + at);
	for (int at = 0; at < 10; at++)
		claim(problem, 3, 1 + at % 4);
	grades_of_their_own(problem);
	for (int at = 0; at < 10; at++)
		for (int offer = 0; offer < 3; offer++)
			reach(problem, problem->claimants[at]->requests[0], offer + 3 * (at % 2));
	reach(problem, problem->claimants[0]->requests[0], 4);
	holds(problem, true);
}

/* A class without members, one whose boundary falls inside a level, and a reserve. */
static void classes(void **state)
{
	(void)state;
	Problem *problem = book();
	book_offer(&arena, problem, 7, 10);
	book_offer(&arena, problem, 6, 11);
	for (int at = 0; at < 8; at++) {
		Claimant *claimant = claim(problem, 3, 1 + at % 3);
		claimant->priority_class = at < 3 ? 0 : at < 6 ? 4 : 9;
		claimant->reserve_lots = at == 7 ? 2 : 0;
	}
	holds(problem, true);
}

/* Many requests, caps that bind above them (demand) and below (the request's own lots). */
static void many_requests_and_caps(void **state)
{
	(void)state;
	Problem *problem = book();
	for (int at = 0; at < 5; at++)
		book_offer(&arena, problem, 6, 10 + at)->grade = name("G%02d", at);
	for (int at = 0; at < 4; at++) {
		Claimant *claimant = book_claimant(&arena, problem, at == 0 ? 5 : 20, 2 + at);
		for (int line = 0; line < 10; line++)
			book_request(&arena, claimant, 1 + line % 3)->grade =
			        name("G%02d", (line + at) % 5);
	}
	holds(problem, true);
}

/* Offers that are the same in all but their number. */
static void duplicate_offers(void **state)
{
	(void)state;
	Problem *problem = book();
	for (int at = 0; at < 10; at++)
		book_offer(&arena, problem, 2, 10);
	for (int at = 0; at < 7; at++)
		claim(problem, 4, 3);
	holds(problem, true);
}

/* Large ones only have the verifier's word. Numbered like `count` buyers, ids ascending. */
static Problem *large(int count, int64_t lots)
{
	Problem *problem = book();
	problem->claimants = ARENA_ARRAY(&arena, Claimant *, count);
	for (int at = 0; at < count; at++) {
		Claimant *claimant = book_claimant_sized(&arena, problem, lots, 3, 1);
		claimant->buyer_id = name("B%07d", at);
		book_request(&arena, claimant, lots);
	}
	return problem;
}

static void many_identical_claimants(void **state)
{
	(void)state;
	Problem *problem = large(200000, 3);
	for (int at = 0; at < 10; at++)
		book_offer(&arena, problem, 40000, 10 + at);
	const char *wrong = round_wrong(&arena, problem, false);
	if (wrong)
		fail_msg("%s", wrong);
}

/* One giant component in the worst order: demands and prices rise against each other. */
static void giant_component(void **state)
{
	(void)state;
	enum { COUNT = 5000, OFFERS = 60 };
	Problem *problem = large(COUNT, 1);
	for (int at = 0; at < OFFERS; at++)
		book_offer(&arena, problem, 20 + 5 * at, 1000 - at)->grade = name("G%02d", at);
	for (int at = 0; at < COUNT; at++) {
		Claimant *claimant = problem->claimants[at];
		int64_t lots = 1 + at % 17;
		claimant->demand_lots = claimant->requests[0]->lots = lots;
		claimant->members[0]->demand_kg = lots;
		claimant->members[0]->weight_kg = 1 + at % 13;
		claimant->requests[0]->grade = name("G%02d", at * OFFERS / COUNT);
	}
	for (int at = 0; at + 1 < OFFERS; at++) {
		Substitute *fact = ARENA_NEW(&arena, Substitute);
		tasheem__solver__v1__substitute__init(fact);
		fact->grade = name("G%02d", at);
		fact->substitute_grade = name("G%02d", at + 1);
		problem->substitutes[problem->n_substitutes++] = fact;
	}
	holds(problem, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(nothing_at_all),
	        cmocka_unit_test(units),
	        cmocka_unit_test(supply_about_demand),
	        cmocka_unit_test(all_keys_tied),
	        cmocka_unit_test(extreme_weights),
	        cmocka_unit_test(tonnes_near_the_limit),
	        cmocka_unit_test(costs_equal_or_negative),
	        cmocka_unit_test(chain_of_levels),
	        cmocka_unit_test(star),
	        cmocka_unit_test(two_cliques_and_an_arc),
	        cmocka_unit_test(classes),
	        cmocka_unit_test(many_requests_and_caps),
	        cmocka_unit_test(duplicate_offers),
	        cmocka_unit_test(many_identical_claimants),
	        cmocka_unit_test(giant_component),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
