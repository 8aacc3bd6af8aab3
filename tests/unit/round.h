/* The solver as tests call it: through its bytes, from problem to solution. */
#ifndef TASHEEM_TEST_ROUND_H
#define TASHEEM_TEST_ROUND_H

#include "common/wire.h"
#include "services/solver/solver.h"
#include "tests/unit/brute.h"

/* NULL, with the failure, when the solver refuses the problem. */
static inline Solution *round_try(struct arena *arena, const Problem *problem,
                                  struct solver_failure *failure)
{
	struct bytes answer;
	if (!messages_solve(arena, wire_encode(arena, &problem->base), &answer, failure))
		return NULL;
	const Solution *solution =
	        WIRE_DECODE(arena, Solution, tasheem__solver__v1__solution, answer);
	CHECK(solution);
	return (Solution *)(uintptr_t)solution;
}

static inline Solution *round_solve(struct arena *arena, const Problem *problem)
{
	struct solver_failure failure;
	Solution *solution = round_try(arena, problem, &failure);
	CHECK(solution);
	return solution;
}

#endif
