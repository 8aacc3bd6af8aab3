/* The cheapest flow of one block by shortest paths: the guard behind the simplex, for
 * blocks it gives up or whose numbers are too large for it. */
#ifndef TASHEEM_SOLVER_PATHS_H
#define TASHEEM_SOLVER_PATHS_H

#include "services/solver/fair.h"

/* Ranks and costs in one number: the more important times COST_UNIT plus the other.
 * A dual is a path of fewer than 2^22 arcs of less than 2^31, so the parts never meet. */
enum { COST_UNIT_BITS = 60 };
#define COST_UNIT ((wide)1 << COST_UNIT_BITS)

struct paths {
	const struct division *division;
	bool cost_first;
	struct flow *flow;
	/* By node: claimants, requests, offers, and one for all exits. */
	wide *potential, *distance;
	uint32_t *previous, *previous_edge;
	uint32_t *heap, *heap_place;
	uint32_t heap_count;
	int64_t *left;
};

void paths_open(struct arena *arena, struct paths *paths, const struct division *division,
                struct flow *flow, bool cost_first);
/* Replaces the block's flow by the cheapest one that gives the claimants `wants` lots; with
 * `free` as many as can be placed, nobody more than he wants. Writes the awards back. */
void paths_run(struct paths *paths, const struct block *block, const int64_t *wants, bool free);
/* Duals of the block's nodes after paths_run. */
void paths_duals(const struct paths *paths, const struct block *block, struct duals *duals);
wide paths_arc_cost(const struct paths *paths, uint32_t arc);

#endif
