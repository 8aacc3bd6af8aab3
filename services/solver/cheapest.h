/* A block of the fair stage on its way through a transportation problem: what
 * cheapest.c builds and cheapest_write.c reads back. */
#ifndef TASHEEM_SOLVER_CHEAPEST_H
#define TASHEEM_SOLVER_CHEAPEST_H

#include "services/solver/fair.h"
#include "services/solver/transport.h"

struct cheapest {
	struct arena *arena;
	struct engine *engine;
	const struct division *division;
	bool cost_first;
	/* Lots each claimant has, or (in a free block) wants at most; free blocks write it. */
	int64_t *awards;
	struct shares *shares;
	struct duals *duals;
	/* Its arcs are taken when the paths first need them. */
	struct flow *flow;
};

struct building {
	struct cheapest *cheapest;
	const struct block *block;
	bool free;
	struct transport transport;
	/* [offer of the network] its column; only of this block's offers. */
	uint32_t *column_of;
	/* [row] its request, [arc] the network's arc or NO_ARC. */
	uint32_t *row_request;
	uint32_t *arc_origin;
	/* [column - offers] its claimant. */
	uint32_t *column_claimant;
	uint32_t claimant_columns;
	int64_t least, unit;
	int64_t wants;
	bool ranked;
};

bool building_in_block(const struct building *building, uint32_t request, uint32_t arc);
int64_t building_arc_price(const struct building *building, uint32_t arc);
/* The solved problem's flows as shares, its prices as duals. */
void building_write(const struct building *building);
/* There must be room. */
void shares_add(struct shares *shares, uint32_t request, uint32_t arc, int64_t lots);

#endif
