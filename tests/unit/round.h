/* The solver as tests call it: through its bytes, from problem to solution, and with the
 * verifier's and brute force's word on what it says. */
#ifndef TASHEEM_TEST_ROUND_H
#define TASHEEM_TEST_ROUND_H

#include "services/solver/solver.h"
#include "tests/unit/brute.h"

/* NULL, with the failure, when the solver refuses the problem. */
Solution *round_try(struct arena *arena, const Problem *problem, struct solver_failure *failure);
Solution *round_solve(struct arena *arena, const Problem *problem);
/* Solves; what is wrong with the solution, NULL when the verifier accepts it and, if the problem
 * is tiny and `brute`, it gives and costs what brute force does. */
const char *round_wrong(struct arena *arena, const Problem *problem, bool brute);

#endif
