/* The passes of a draw, solved here; see whatif.h. */
#include "services/ctl/whatif.h"

#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "services/matching/verify_inside.h"
#include "services/solver/solver.h"

struct run {
	struct arena *arena;
	problem_message *problem;
	const solution_message *solution;
	struct whatif_draw *draw;
};

problem_message *whatif_copy(struct arena *arena, const problem_message *problem)
{
	struct bytes bytes = wire_encode(arena, &problem->base);
	const problem_message *copy =
	        WIRE_DECODE(arena, problem_message, tasheem__solver__v1__problem, bytes);
	CHECK(copy != NULL);
	return (problem_message *)(uintptr_t)copy;
}

problem_message *whatif_begin(struct arena *arena, const bundle_message *bundle,
                              int64_t *limit_lots)
{
	bool reserve = bundle->n_problems > 1 && bundle->problems[0]->pass_kind == PASS(RESERVE);
	problem_message *problem = whatif_copy(arena, bundle->problems[reserve]);
	*limit_lots = reserve ? bundle->problems[0]->limit_lots : 0;
	problem->pass = 0;
	problem->parent_digest.len = DIGEST_BYTES;
	problem->parent_digest.data = ARENA_ARRAY(arena, uint8_t, DIGEST_BYTES);
	for (size_t at = 0; at < problem->n_claimants; at++)
		problem->claimants[at]->reserve_lots = 0;
	return problem;
}

int64_t whatif_limit(const problem_message *problem, const struct whatif_rule *rule,
                     int64_t limit_lots)
{
	int64_t lots = 0;
	if (rule->reserve_percent < 0)
		return limit_lots;
	for (size_t at = 0; at < problem->n_offers; at++)
		lots += problem->offers[at]->lots;
	return lots * rule->reserve_percent / 100;
}

bool whatif_solve_bytes(struct arena *arena, struct bytes problem, struct bytes *solution,
                        char wrong[WHATIF_WRONG_SIZE])
{
	struct solver_failure failure = {0};
	if (messages_solve(arena, problem, solution, &failure))
		return true;
	snprintf(wrong, WHATIF_WRONG_SIZE, "%s %s: %s", solver_error_name(failure.error),
	         failure.subject, solver_error_sentence(failure.error));
	return false;
}

static void keep_pass(struct run *run, struct bytes problem, struct bytes solution)
{
	struct whatif_draw *draw = run->draw;
	if (draw->passes == draw->room) {
		draw->room = draw->room ? 2 * draw->room : 4;
		struct bytes *problems = ARENA_ARRAY(run->arena, struct bytes, draw->room);
		struct bytes *solutions = ARENA_ARRAY(run->arena, struct bytes, draw->room);
		if (draw->passes) {
			memcpy(problems, draw->problems, draw->passes * sizeof *problems);
			memcpy(solutions, draw->solutions, draw->passes * sizeof *solutions);
		}
		draw->problems = problems;
		draw->solutions = solutions;
	}
	draw->problems[draw->passes] = problem;
	draw->solutions[draw->passes++] = solution;
}

static bool prove(struct run *run, struct bytes problem)
{
	struct verify_result result;
	uint8_t digest[DIGEST_SHORT_BYTES];
	digest_of(digest, sizeof digest, problem);
	if (verify_solution(run->arena, run->problem, digest, run->solution, &result))
		return true;
	snprintf(run->draw->wrong, sizeof run->draw->wrong, "%s: %s", verify_rule_name(result.rule),
	         result.what);
	return false;
}

/* Solves the problem as it is now; the next one follows it. */
static bool solve_pass(struct run *run)
{
	struct bytes problem = wire_encode(run->arena, &run->problem->base), bytes;
	if (!whatif_solve_bytes(run->arena, problem, &bytes, run->draw->wrong))
		return false;
	run->solution =
	        WIRE_DECODE(run->arena, solution_message, tasheem__solver__v1__solution, bytes);
	CHECK(run->solution != NULL);
	if (!prove(run, problem))
		return false;
	keep_pass(run, problem, bytes);
	run->problem->pass++;
	run->problem->parent_digest.data = ARENA_ARRAY(run->arena, uint8_t, DIGEST_BYTES);
	digest_of(run->problem->parent_digest.data, DIGEST_BYTES, bytes);
	return true;
}

/* Bit 1: a small unit, or a cooperative of such. */
static bool is_small(const claimant_message *claimant)
{
	bool small = false;
	for (size_t at = 0; at < claimant->n_requests; at++)
		small |= (claimant->requests[at]->buyer_classes & 2) != 0;
	return small;
}

/* The reserve pass, and what it found in the problem of the main pass. */
static bool solve_reserve(struct run *run, int64_t limit_lots)
{
	problem_message *problem = run->problem;
	int64_t *demands = ARENA_ARRAY(run->arena, int64_t, problem->n_claimants + 1);
	Tasheem__Solver__V1__Policy policy = problem->policy;
	int64_t small_lots = 0;
	for (size_t at = 0; at < problem->n_claimants; at++)
		if (is_small(problem->claimants[at]))
			small_lots += problem->claimants[at]->demand_lots;
	if (limit_lots <= 0 || small_lots == 0)
		return true;
	problem->pass_kind = PASS(RESERVE);
	problem->policy = POLICY(EQUAL);
	problem->limit_lots = limit_lots;
	for (size_t at = 0; at < problem->n_claimants; at++) {
		demands[at] = problem->claimants[at]->demand_lots;
		if (!is_small(problem->claimants[at]))
			problem->claimants[at]->demand_lots = 0;
	}
	if (!solve_pass(run))
		return false;
	problem->pass_kind = PASS(MAIN);
	problem->policy = policy;
	problem->limit_lots = 0;
	for (size_t at = 0; at < problem->n_claimants; at++) {
		problem->claimants[at]->demand_lots = demands[at];
		problem->claimants[at]->reserve_lots = run->solution->awards[at];
	}
	return true;
}

/* The request between nothing and its minimum that is withdrawn next: of the claimant with the
 * largest H the one with the smallest id; NULL when all is well. */
static request_message *below_minimum(const struct run *run)
{
	const solution_message *solution = run->solution;
	request_message *found = NULL;
	uint8_t largest[TIE_BYTES] = {0}, tie[TIE_BYTES];
	size_t flow = 0, number = 0;
	for (size_t at = 0; at < run->problem->n_claimants; at++) {
		const claimant_message *claimant = run->problem->claimants[at];
		for (size_t line = 0; line < claimant->n_requests; line++, number++) {
			int64_t lots = 0;
			for (; flow < solution->n_flow_lots &&
			       solution->flow_requests[flow] == number;
			     flow++)
				lots += solution->flow_lots[flow];
			if (lots == 0 || lots >= claimant->requests[line]->minimum_lots)
				continue;
			verify_tie(run->problem, claimant, tie);
			if (found && memcmp(tie, largest, sizeof tie) <= 0)
				continue;
			memcpy(largest, tie, sizeof tie);
			found = claimant->requests[line];
		}
	}
	return found;
}

static bool solve_main(struct run *run)
{
	request_message *below;
	while (solve_pass(run)) {
		below = below_minimum(run);
		if (!below)
			return true;
		/* Each withdrawn once, so this ends. */
		below->withdrawn = true;
	}
	return false;
}

bool whatif_solve(struct arena *arena, problem_message *problem, const struct whatif_rule *rule,
                  int64_t limit_lots, struct whatif_draw *draw)
{
	struct run run = {.arena = arena, .problem = problem, .draw = draw};
	*draw = (struct whatif_draw){0};
	if (rule->policy)
		problem->policy = (Tasheem__Solver__V1__Policy)rule->policy;
	if (rule->rounding)
		problem->rounding = (Tasheem__Solver__V1__Rounding)rule->rounding;
	bool good =
	        solve_reserve(&run, whatif_limit(problem, rule, limit_lots)) && solve_main(&run);
	draw->solution = run.solution;
	return good;
}

struct bytes whatif_bundle(struct arena *arena, const struct whatif_draw *draw)
{
	bundle_message bundle = TASHEEM__SOLVER__V1__BUNDLE__INIT;
	uint8_t commitment[DIGEST_BYTES];
	bundle.n_problems = bundle.n_solutions = draw->passes;
	bundle.problems = ARENA_ARRAY(arena, problem_message *, draw->passes);
	bundle.solutions = ARENA_ARRAY(arena, solution_message *, draw->passes);
	for (uint32_t at = 0; at < draw->passes; at++) {
		const problem_message *problem = WIRE_DECODE(
		        arena, problem_message, tasheem__solver__v1__problem, draw->problems[at]);
		const solution_message *solution =
		        WIRE_DECODE(arena, solution_message, tasheem__solver__v1__solution,
		                    draw->solutions[at]);
		CHECK(problem && solution);
		bundle.problems[at] = (problem_message *)(uintptr_t)problem;
		bundle.solutions[at] = (solution_message *)(uintptr_t)solution;
	}
	const ProtobufCBinaryData *seed = &bundle.problems[0]->seed;
	digest_of(commitment, sizeof commitment, (struct bytes){seed->data, seed->len});
	bundle.seed_commitment = (ProtobufCBinaryData){sizeof commitment, commitment};
	return wire_encode(arena, &bundle.base);
}
