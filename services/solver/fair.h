/* The fair stage: the unique fair awards, a flow that carries them, and the
 * blocks (levels) that prove it. The algorithm is told in fair.c. */
#ifndef TASHEEM_SOLVER_FAIR_H
#define TASHEEM_SOLVER_FAIR_H

#include "services/solver/keys.h"

/* A part of a component that is solved by itself: ranges of the three orders. */
struct block {
	uint32_t first_claimant, end_claimant;
	uint32_t first_request, end_request;
	uint32_t first_offer, end_offer;
	int32_t number;
	int32_t component;
};

/* Everyone's place in the present division. A request whose claimant stands in another
 * block is detached: its lots all come from its own block, its claimant counts them as
 * carried (detached_lots). */
struct division {
	const struct network *network;
	uint32_t *claimants, *requests, *offers;
	int32_t *claimant_block, *request_block, *offer_block;
	int64_t *detached_lots;
	int32_t block_count;
};

/* One block of the final division, in the order of rising levels inside a component. */
struct blocks {
	struct block *list;
	uint32_t count;
};

void division_open(struct arena *arena, const struct network *network, struct division *division,
                   struct levels *levels, struct blocks *components);
/* Limits: most lots per claimant. Fills flow and levels, and the final blocks. */
void fair_solve(struct arena *arena, const struct keys *keys, const int64_t *limits,
                struct division *division, const struct blocks *components, struct flow *flow,
                struct levels *levels, struct blocks *blocks);

/* Largest flow in a block that gives no claimant more than his target and every detached
 * request its lots. Afterwards reached[] tells who can still be reached from anyone
 * unserved (numbers: claimants, then requests, then offers). Returns what is missing. */
struct maxflow {
	const struct network *network;
	const struct division *division;
	struct flow *flow;
	/* Lots still to be sent from a claimant or detached request; still free at e_j. */
	int64_t *claimant_left, *claimant_exit, *request_left;
	uint32_t *distance, *cursor, *queue;
	struct maxflow_step *path;
};

struct maxflow_step {
	uint32_t node;
	uint32_t edge;
};

void maxflow_open(struct arena *arena, struct maxflow *maxflow, const struct division *division,
                  struct flow *flow);
int64_t maxflow_run(struct maxflow *maxflow, const struct block *block, const int64_t *targets);
/* Only the reach of those with less than their target, over the flow as it is. */
void maxflow_reach(struct maxflow *maxflow, const struct block *block, const int64_t *targets);
bool maxflow_reached(const struct maxflow *maxflow, uint32_t node);

#endif
