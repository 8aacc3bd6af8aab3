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
	/* Policy least-cost: too little here for all, and the cost decides who goes without. */
	bool free;
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

/* Everything the stages share. The caller sets the first five. */
struct engine {
	struct arena *arena;
	struct network *network;
	const struct keys *keys;
	bool cost_first;
	/* [claimant] most lots; at most what his requests with arcs can take. */
	const int64_t *limits;
	struct division division;
	struct blocks components;
	struct blocks blocks;
	struct levels levels;
	struct flow flow;
	struct shares shares;
	struct duals duals;
	/* For measurements. */
	uint64_t flow_runs, place_pivots, place_scans, pivots, scans, given_up;
};

/* Components, awards and levels; then the cheapest flow and the duals. */
void engine_fair(struct engine *engine);
void engine_cost(struct engine *engine);

void division_open(struct engine *engine);
void fair_solve(struct engine *engine);

/* fair_simple.c: one request per claimant. */
struct simple {
	struct engine *engine;
	uint32_t *column_of;
	/* [offer] it is on the short side of the last check. */
	uint8_t *short_offer;
};

void simple_open(struct simple *simple, struct engine *engine);
bool simple_component(const struct engine *engine, const struct block *component);
/* Lots of the targets that the block cannot carry, -1 when the simplex gave up; then tells the
 * sides apart. */
int64_t simple_check(struct simple *simple, const struct block *block, const int64_t *targets);
bool simple_short_request(const struct simple *simple, const struct block *block, uint32_t request);

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
bool maxflow_reached(const struct maxflow *maxflow, uint32_t node);

#endif
