/* Corrupted bundles are rejected, every one that is really wrong: fields of the
 * solution against the definition read aloud, other people's flows with the best
 * certificate that exists for them, and draws whose passes do not follow their rule
 * although each of them is solved and chained in good order.
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
static struct dice dice;
/* Rejected, by rule. */
static int rejections[VERIFY_NO_MEMORY + 1], rejected;

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

static struct verify_result verdict(const Bundle *bundle)
{
	struct verify_result result;
	bool good = verify_bundle(&arena, wire_encode(&arena, &bundle->base), &result);
	assert_int_equal(good, result.rule == VERIFY_OK);
	assert_int_equal(good, result.what[0] == '\0');
	rejections[result.rule]++;
	rejected += !good;
	return result;
}

/* A random book without the marks that only later passes have. */
static Problem *book_fresh(int minimum)
{
	Problem *problem = book_random(&arena, &dice);
	for (size_t j = 0; j < problem->n_claimants; j++) {
		Claimant *claimant = problem->claimants[j];
		claimant->reserve_lots = 0;
		for (size_t at = 0; at < claimant->n_requests; at++) {
			claimant->requests[at]->withdrawn = false;
			claimant->requests[at]->minimum_lots =
			        minimum ? dice_between(&dice, 0, minimum) : 0;
		}
	}
	return problem;
}

static Bundle *draw_fresh(int minimum)
{
	const Problem *problem = book_fresh(minimum);
	int64_t limit = dice_chance(&dice, 50) ? dice_between(&dice, 1, 6) : 0;
	return brute_draw(&arena, problem, limit, dice_next(&dice));
}

/* Fields of the solution. */

static int64_t another(int64_t value)
{
	static const int64_t steps[] = {1, -1, 2, -2, 5, -7, (int64_t)1 << 33, -((int64_t)1 << 62)};
	int64_t step = steps[dice_between(&dice, 0, dice_chance(&dice, 90) ? 4 : 7)];
	return (int64_t)((uint64_t)value + (uint64_t)step);
}

static void change_int64(int64_t *values, size_t count)
{
	if (!count)
		return;
	int64_t other = another(values[dice_next(&dice) % count]);
	values[dice_next(&dice) % count] = other;
}

static void change_int32(int32_t *values, size_t count)
{
	if (!count)
		return;
	int32_t *value = &values[dice_next(&dice) % count];
	*value = dice_chance(&dice, 50) ? values[dice_next(&dice) % count]
	                                : (int32_t)another(*value);
}

static void change_number(uint32_t *values, size_t count)
{
	if (!count)
		return;
	uint32_t *value = &values[dice_next(&dice) % count];
	*value = (uint32_t)dice_between(&dice, 0, 12);
}

static void drop(size_t *count)
{
	*count -= *count > 0;
}

static void change_flow(Solution *s)
{
	switch (dice_between(&dice, 0, 4)) {
	case 0:
		change_number(s->flow_requests, s->n_flow_requests);
		break;
	case 1:
		change_number(s->flow_offers, s->n_flow_offers);
		break;
	case 2:
		change_int64(s->flow_lots, s->n_flow_lots);
		break;
	case 3:
		drop(&s->n_flow_lots);
		s->n_flow_offers = s->n_flow_requests = s->n_flow_lots;
		break;
	default:
		drop(&s->n_flow_offers);
	}
}

static void change_total(Solution *s)
{
	int64_t *totals[] = {&s->placed_lots, &s->total_rank, &s->total_cost};
	int64_t *total = totals[dice_between(&dice, 0, 2)];
	*total = another(*total);
}

static void change_length(Solution *s)
{
	size_t *lengths[] = {&s->n_awards,
	                     &s->n_claimant_components,
	                     &s->n_claimant_levels,
	                     &s->n_request_components,
	                     &s->n_request_levels,
	                     &s->n_offer_components,
	                     &s->n_offer_levels,
	                     &s->n_offer_dual_ranks,
	                     &s->n_offer_dual_costs,
	                     &s->n_request_dual_ranks,
	                     &s->n_request_dual_costs,
	                     &s->n_claimant_dual_ranks,
	                     &s->n_claimant_dual_costs};
	drop(lengths[dice_between(&dice, 0, 12)]);
}

static void change_mark(Solution *s)
{
	switch (dice_between(&dice, 0, 5)) {
	case 0:
		change_int32(s->claimant_components, s->n_claimant_components);
		break;
	case 1:
		change_int32(s->claimant_levels, s->n_claimant_levels);
		break;
	case 2:
		change_int32(s->request_components, s->n_request_components);
		break;
	case 3:
		change_int32(s->request_levels, s->n_request_levels);
		break;
	case 4:
		change_int32(s->offer_components, s->n_offer_components);
		break;
	default:
		change_int32(s->offer_levels, s->n_offer_levels);
	}
}

static void change_dual(Solution *s)
{
	switch (dice_between(&dice, 0, 5)) {
	case 0:
		change_int64(s->offer_dual_ranks, s->n_offer_dual_ranks);
		break;
	case 1:
		change_int64(s->offer_dual_costs, s->n_offer_dual_costs);
		break;
	case 2:
		change_int64(s->request_dual_ranks, s->n_request_dual_ranks);
		break;
	case 3:
		change_int64(s->request_dual_costs, s->n_request_dual_costs);
		break;
	case 4:
		change_int64(s->claimant_dual_ranks, s->n_claimant_dual_ranks);
		break;
	default:
		change_int64(s->claimant_dual_costs, s->n_claimant_dual_costs);
	}
}

static void change_solution(Solution *s)
{
	static void (*const changes[])(Solution *) = {change_flow, change_total, change_length,
	                                              change_mark, change_mark,  change_dual,
	                                              change_dual};
	size_t kind = (size_t)dice_between(&dice, 0, 7);
	if (kind == 7)
		change_int64(s->awards, s->n_awards);
	else
		changes[kind](s);
}

/* A thousand draws, thirty wrongs each, one to three fields at a time. */
static void changed_fields_are_rejected(void **state)
{
	(void)state;
	dice = (struct dice){21};
	rejected = 0;
	for (int round = 0; round < 1000; round++) {
		arena_reset(&arena);
		Bundle *bundle = draw_fresh(0);
		size_t last = bundle->n_problems - 1;
		const Problem *problem = bundle->problems[last];
		const Solution *right = bundle->solutions[last];
		for (int wrong = 0; wrong < 30; wrong++) {
			Solution *s = book_copy_solution(&arena, right);
			for (int64_t many = dice_between(&dice, 1, 3); many > 0; many--)
				change_solution(s);
			bundle->solutions[last] = s;
			struct verify_result result = verdict(bundle);
			bool good = brute_accepts(problem, s);
			if (good != (result.rule == VERIFY_OK))
				fail_msg("round %d.%d: %s: %s", round, wrong,
				         verify_rule_name(result.rule), result.what);
			if (!good)
				continue;
			assert_int_equal(s->total_cost, right->total_cost);
			assert_int_equal(s->total_rank, right->total_rank);
			for (size_t j = 0; j < s->n_awards && problem->policy != POLICY(LEAST_COST);
			     j++)
				assert_int_equal(s->awards[j], right->awards[j]);
		}
	}
	assert_true(rejected > 10000);
}

/* Somebody else's round (another seed, policy, price order) with an honest certificate of it. */
static void other_shares_are_rejected(void **state)
{
	(void)state;
	dice = (struct dice){22};
	rejected = 0;
	for (int round = 0; round < 8000; round++) {
		arena_reset(&arena);
		Bundle *bundle = draw_fresh(0);
		size_t last = bundle->n_problems - 1;
		const Problem *problem = bundle->problems[last];
		const Solution *right = bundle->solutions[last];
		Problem *other = book_copy(&arena, problem);
		other->seed.data[0] ^= 1;
		if (dice_chance(&dice, 50))
			other->policy = dice_chance(&dice, 50) ? POLICY(TIME) : POLICY(PRO_RATA);
		if (dice_chance(&dice, 50))
			other->cost_first = !other->cost_first;
		for (size_t at = 0; at < other->n_offers; at++)
			if (dice_chance(&dice, 30))
				other->offers[at]->price_rial_per_kg -= dice_between(&dice, 0, 9);
		Solution *flows = brute_solve(&arena, other);
		/* Flows that this problem has no arcs for are left out. */
		Solution *s = brute_certify(&arena, problem, flows);
		bool same = s->placed_lots == right->placed_lots &&
		            s->total_cost == right->total_cost &&
		            s->total_rank == right->total_rank;
		for (size_t j = 0; j < problem->n_claimants; j++)
			same = same && (problem->policy == POLICY(LEAST_COST) ||
			                s->awards[j] == right->awards[j]);
		bundle->solutions[last] = s;
		struct verify_result result = verdict(bundle);
		if (same != (result.rule == VERIFY_OK))
			fail_msg("round %d: %s: %s", round, verify_rule_name(result.rule),
			         result.what);
	}
	if (rejected < 1000)
		fail_msg("%d rejected only", rejected);
}

/* From pass to pass. */

/* Solves and chains everything from a pass on, whatever it says now. */
static void solve_again(Bundle *bundle, size_t from)
{
	for (size_t at = from; at < bundle->n_problems; at++) {
		if (at > 0)
			book_digest(&arena, bundle->solutions[at - 1],
			            bundle->problems[at]->parent_digest.data, 32);
		bundle->solutions[at] = brute_solve(&arena, bundle->problems[at]);
	}
}

static Request *any_request(Problem *problem)
{
	for (int attempt = 0; attempt < 20 && problem->n_claimants; attempt++) {
		Claimant *claimant = problem->claimants[dice_next(&dice) % problem->n_claimants];
		if (claimant->n_requests)
			return claimant->requests[dice_next(&dice) % claimant->n_requests];
	}
	return NULL;
}

/* Something that all passes of a draw have in common, changed in one. */
static bool change_common(Problem *p)
{
	Request *request = any_request(p);
	if (!request)
		return false;
	switch (dice_between(&dice, 0, 11)) {
	case 0:
		p->seed.data[dice_next(&dice) % 32] ^= 16;
		return true;
	case 1:
		p->book_digest.data[dice_next(&dice) % 32] ^= 1;
		return true;
	case 2:
		if (p->n_offers)
			p->offers[dice_next(&dice) % p->n_offers]->lots++;
		return p->n_offers > 0;
	case 3:
		if (p->n_offers)
			p->offers[dice_next(&dice) % p->n_offers]->price_rial_per_kg--;
		return p->n_offers > 0;
	case 4:
		request->lots++;
		return true;
	case 5:
		request->minimum_lots++;
		return true;
	case 6:
		request->max_landed_rial_per_kg++;
		return true;
	case 7:
		p->claimants[0]->priority_class++;
		return true;
	case 8:
		p->claimants[0]->held_kg++;
		return true;
	case 9:
		p->cost_first = !p->cost_first;
		return true;
	case 10:
		p->draw++;
		return true;
	default:
		p->n_claimants--;
		return true;
	}
}

/* Reserves, withdrawals, passes: what may differ, and how. */
static bool change_passing(Bundle *bundle, size_t at)
{
	Problem *p = bundle->problems[at];
	Request *request = any_request(p);
	Claimant *claimant =
	        p->n_claimants ? p->claimants[dice_next(&dice) % p->n_claimants] : NULL;
	if (!request)
		return false;
	switch (dice_between(&dice, 0, 4)) {
	case 0:
		request->withdrawn = !request->withdrawn;
		return true;
	case 1:
		claimant->reserve_lots += p->pass_kind == PASS(MAIN);
		return p->pass_kind == PASS(MAIN);
	case 2:
		p->pass++;
		return true;
	case 3:
		if (at == 0 || !claimant->demand_lots ||
		    bundle->problems[at - 1]->pass_kind != PASS(MAIN))
			return false;
		claimant->demand_lots--;
		return true;
	default:
		p->limit_lots += p->pass_kind == PASS(MAIN);
		return p->pass_kind == PASS(MAIN);
	}
}

/* Passes left out, repeated, exchanged; digests changed without solving again. */
static bool change_chain(Bundle *bundle, size_t at)
{
	size_t last = bundle->n_problems - 1;
	Problem *p = bundle->problems[at];
	switch (dice_between(&dice, 0, 6)) {
	case 0:
		bundle->n_problems = bundle->n_solutions = last;
		return true;
	case 1:
		bundle->problems[last + 1] = book_copy(&arena, bundle->problems[last]);
		bundle->problems[last + 1]->pass++;
		bundle->n_problems = bundle->n_solutions = last + 2;
		solve_again(bundle, last + 1);
		return true;
	case 2:
		bundle->n_solutions--;
		return true;
	case 3:
		bundle->seed_commitment.data[dice_next(&dice) % 32] ^= 64;
		return true;
	case 4:
		p->parent_digest.data[dice_next(&dice) % 32] ^= 64;
		bundle->solutions[at] = brute_solve(&arena, p);
		return true;
	case 5:
		bundle->solutions[at]->problem_digest.data[dice_next(&dice) % 16] ^= 64;
		return true;
	default:
		p->policy = p->policy == POLICY(TIME) ? POLICY(WEIGHTED) : POLICY(TIME);
		solve_again(bundle, at);
		return last > 0 && at > 0 && bundle->problems[at - 1]->pass_kind == PASS(MAIN);
	}
}

static bool change_bundle(Bundle *bundle)
{
	size_t at = dice_next(&dice) % bundle->n_problems;
	int64_t kind = dice_between(&dice, 0, 9);
	if (kind < 4)
		return change_chain(bundle, at);
	if (kind < 7 && !change_passing(bundle, at))
		return false;
	if (kind >= 7 && (bundle->n_problems == 1 || !change_common(bundle->problems[at])))
		return false;
	solve_again(bundle, at);
	return true;
}

static void broken_passes_are_rejected(void **state)
{
	(void)state;
	dice = (struct dice){23};
	rejected = 0;
	int tried = 0;
	for (int round = 0; round < 12000; round++) {
		arena_reset(&arena);
		Bundle *bundle = draw_fresh(4);
		if (!change_bundle(bundle))
			continue;
		tried++;
		struct verify_result result = verdict(bundle);
		if (result.rule == VERIFY_OK)
			fail_msg("round %d: accepted", round);
	}
	assert_int_equal(rejected, tried);
	assert_true(rejected > 5000);
}

static void every_rule_was_broken(void **state)
{
	(void)state;
	for (int rule = VERIFY_F0; rule <= VERIFY_F9; rule++)
		if (rejections[rule] < 10)
			fail_msg("%s broken %d times only",
			         verify_rule_name((enum verify_rule)rule), rejections[rule]);
	assert_int_equal(rejections[VERIFY_NO_MEMORY], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(changed_fields_are_rejected),
	        cmocka_unit_test(other_shares_are_rejected),
	        cmocka_unit_test(broken_passes_are_rejected),
	        cmocka_unit_test(every_rule_was_broken),
	};
	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
