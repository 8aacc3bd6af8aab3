/* A draw solved again under other rules, in this process and in memory alone: the
 * problem of a published bundle, or one made for the purpose, goes through the same
 * solver, the same passes (reserve, then one main pass per request withdrawn for its
 * minimum) and the same verifier as a real one. Nothing is read or written. */
#ifndef TASHEEM_CTL_WHATIF_H
#define TASHEEM_CTL_WHATIF_H

#include "common/arena.h"
#include "common/bytes.h"
#include "tasheem/solver/v1/solver.pb-c.h"

typedef Tasheem__Solver__V1__Problem problem_message;
typedef Tasheem__Solver__V1__Solution solution_message;
typedef Tasheem__Solver__V1__Bundle bundle_message;
typedef Tasheem__Solver__V1__Claimant claimant_message;
typedef Tasheem__Solver__V1__Request request_message;

enum { WHATIF_WRONG_SIZE = 320 };

/* 0 keeps a policy or rounding, -1 the reserve. */
struct whatif_rule {
	int policy, rounding;
	/* Of the offered lots, for small units. */
	int32_t reserve_percent;
};

struct whatif_draw {
	/* Serialised problems and solutions of its passes. */
	struct bytes *problems, *solutions;
	uint32_t passes, room;
	/* Of the last pass, which counts. */
	const solution_message *solution;
	/* When it could not be solved or proven: what the solver or the verifier says. */
	char wrong[WHATIF_WRONG_SIZE];
};

/* The whole draw that a bundle's passes began with: its first main problem as if no pass had
 * been before it. `limit_lots` is that of its reserve pass, 0 for none. A deep copy. */
problem_message *whatif_begin(struct arena *arena, const bundle_message *bundle,
                              int64_t *limit_lots);
/* The limit of the reserve pass that the rule asks for. */
int64_t whatif_limit(const problem_message *problem, const struct whatif_rule *rule,
                     int64_t limit_lots);
/* Solves all passes under the rule and verifies each; `problem` is from whatif_begin and used
 * up. False with `wrong`. */
MUST_CHECK bool whatif_solve(struct arena *arena, problem_message *problem,
                             const struct whatif_rule *rule, int64_t limit_lots,
                             struct whatif_draw *draw);
/* All passes as matching would publish them. */
struct bytes whatif_bundle(struct arena *arena, const struct whatif_draw *draw);
/* One serialised problem, not verified; false with what the solver says. */
MUST_CHECK bool whatif_solve_bytes(struct arena *arena, struct bytes problem,
                                   struct bytes *solution, char wrong[WHATIF_WRONG_SIZE]);
struct ctl;
/* --policy, --rounding and --reserve; ends the program when one of them is wrong (rehearse.c). */
void whatif_options(struct ctl *ctl, struct whatif_rule *rule);
/* A deep copy. */
problem_message *whatif_copy(struct arena *arena, const problem_message *problem);

#endif
