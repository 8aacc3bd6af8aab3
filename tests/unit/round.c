/* One solved round, looked at from all sides; see round.h. */
#include "tests/unit/round.h"

#include "common/wire.h"
#include "services/matching/verify.h"

Solution *round_try(struct arena *arena, const Problem *problem, struct solver_failure *failure)
{
	struct bytes answer;
	if (!messages_solve(arena, wire_encode(arena, &problem->base), &answer, failure))
		return NULL;
	const Solution *solution =
	        WIRE_DECODE(arena, Solution, tasheem__solver__v1__solution, answer);
	CHECK(solution);
	return (Solution *)(uintptr_t)solution;
}

Solution *round_solve(struct arena *arena, const Problem *problem)
{
	struct solver_failure failure;
	Solution *solution = round_try(arena, problem, &failure);
	CHECK(solution);
	return solution;
}

static const char *differs(struct arena *arena, const Problem *problem, const Solution *solution)
{
	const Solution *truth = brute_solve(arena, problem);
	bool fair = problem->policy != POLICY(LEAST_COST);
	for (size_t j = 0; fair && j < problem->n_claimants; j++)
		if (solution->awards[j] != truth->awards[j])
			return arena_format(arena, "claimant %zu has %lld, not %lld", j,
			                    (long long)solution->awards[j],
			                    (long long)truth->awards[j]);
	if (solution->placed_lots != truth->placed_lots ||
	    solution->total_rank != truth->total_rank || solution->total_cost != truth->total_cost)
		return arena_format(
		        arena, "placed %lld, rank %lld, cost %lld, not %lld, %lld, %lld",
		        (long long)solution->placed_lots, (long long)solution->total_rank,
		        (long long)solution->total_cost, (long long)truth->placed_lots,
		        (long long)truth->total_rank, (long long)truth->total_cost);
	return NULL;
}

const char *round_wrong(struct arena *arena, const Problem *problem, bool brute)
{
	struct solver_failure failure;
	struct verify_result result;
	uint8_t digest[16];
	const Solution *solution = round_try(arena, problem, &failure);
	if (!solution)
		return arena_format(arena, "refused: %s %s", solver_error_name(failure.error),
		                    failure.subject);
	book_digest(arena, problem, digest, sizeof digest);
	if (!verify_solution(arena, problem, digest, solution, &result))
		return arena_format(arena, "policy %d pass kind %d: %s: %s", problem->policy,
		                    problem->pass_kind, verify_rule_name(result.rule), result.what);
	return brute ? differs(arena, problem, solution) : NULL;
}
