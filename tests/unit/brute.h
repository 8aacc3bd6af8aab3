/* The truth about tiny rounds, found the slow and obvious way, and random books
 * to ask it about. Shares no code with the solver or with the verifier. */
#ifndef TASHEEM_TEST_BRUTE_H
#define TASHEEM_TEST_BRUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "tasheem/solver/v1/solver.pb-c.h"

typedef Tasheem__Solver__V1__Problem Problem;
typedef Tasheem__Solver__V1__Solution Solution;
typedef Tasheem__Solver__V1__Bundle Bundle;
typedef Tasheem__Solver__V1__Offer Offer;
typedef Tasheem__Solver__V1__Claimant Claimant;
typedef Tasheem__Solver__V1__Member Member;
typedef Tasheem__Solver__V1__Request Request;
typedef Tasheem__Solver__V1__Substitute Substitute;
typedef Tasheem__Solver__V1__Freight Freight;

#define POLICY(name) TASHEEM__SOLVER__V1__POLICY__POLICY_##name
#define ROUNDING(name) TASHEEM__SOLVER__V1__ROUNDING__ROUNDING_##name
#define PASS(name) TASHEEM__SOLVER__V1__PASS_KIND__PASS_KIND_##name

/* Limits of what brute_solve takes. */
enum { BRUTE_CLAIMANTS = 24, BRUTE_REQUESTS = 72, BRUTE_OFFERS = 24, BRUTE_LOTS = 2000 };

struct dice {
	uint64_t state;
};
uint64_t dice_next(struct dice *dice);
/* Evenly from low to high, both included. */
int64_t dice_between(struct dice *dice, int64_t low, int64_t high);
bool dice_chance(struct dice *dice, int percent);

/* A well-formed problem of a few claimants, requests and offers; every supported policy,
 * rounding and kind of fact occurs. MAIN passes only. */
Problem *book_random(struct arena *arena, struct dice *dice);
/* Parts of a book by hand; grade and province default to "G" and "P", landed maximum to 2^40. */
Problem *book_open(struct arena *arena, int policy, int rounding);
Offer *book_offer(struct arena *arena, Problem *problem, int64_t lots, int64_t price);
Claimant *book_claimant(struct arena *arena, Problem *problem, int64_t demand_lots,
                        int64_t weight_kg);
/* With room for so many members and requests; the caller sees to the room in the problem. */
Claimant *book_claimant_sized(struct arena *arena, Problem *problem, int64_t demand_lots,
                              int64_t weight_kg, int rows);
Request *book_request(struct arena *arena, Claimant *claimant, int64_t lots);
/* Everything ascending again, as the contract wants it; claimants and offers keep their ids. */
void book_sort(Problem *problem);
/* Deep copies. */
Problem *book_copy(struct arena *arena, const Problem *problem);
Solution *book_copy_solution(struct arena *arena, const Solution *solution);
/* BLAKE2b of the serialised message. */
void book_digest(struct arena *arena, const void *message, uint8_t *digest, size_t size);

/* The unique awards, a cheapest flow for them (for least-cost: a cheapest largest one), and a
 * certificate. problem_digest is set. */
Solution *brute_solve(struct arena *arena, const Problem *problem);
/* The same flows with the best certificate that can be written for them, however wrong. */
Solution *brute_certify(struct arena *arena, const Problem *problem, const Solution *flows);
/* Whether a solution and its certificate keep every sentence of solver.proto. */
bool brute_accepts(const Problem *problem, const Solution *solution);
/* The bundle of a whole draw: a reserve pass when limit_lots > 0 (only claimants whose bit
 * in `eligible` is set have demand in it), then main passes until no minimum is missed. */
Bundle *brute_draw(struct arena *arena, const Problem *problem, int64_t limit_lots,
                   uint64_t eligible);
/* True if lot t of claimant j comes before lot u of claimant k. */
bool brute_before(const Problem *problem, uint32_t j, int64_t t, uint32_t k, int64_t u);
/* True if some flow gives exactly these awards. */
bool brute_feasible(const Problem *problem, const int64_t *awards);

#endif
