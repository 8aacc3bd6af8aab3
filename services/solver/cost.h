/* The cost stage: the cheapest flow of one block, and the duals that prove it. */
#ifndef TASHEEM_SOLVER_COST_H
#define TASHEEM_SOLVER_COST_H

#include "services/solver/fair.h"

/* Ranks and costs in one number: the more important times COST_UNIT plus the other.
 * A dual is a path of fewer than 2^22 arcs of less than 2^31, so the parts never meet. */
#define COST_UNIT ((wide)1 << 60)

struct cost {
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

void cost_open(struct arena *arena, struct cost *cost, const struct division *division,
               struct flow *flow, bool cost_first);
/* Replaces the block's flow by the cheapest one that gives the claimants `wants` lots; with
 * `free` as many as can be placed, nobody more than he wants. Writes the awards back. */
void cost_run(struct cost *cost, const struct block *block, const int64_t *wants, bool free);
/* Duals of the block's nodes after cost_run. */
void cost_duals(const struct cost *cost, const struct block *block, struct duals *duals);
wide cost_of_arc(const struct cost *cost, uint32_t arc);

#endif
