/* A transportation problem: rows (demands) served by columns (supplies) over arcs
 * with costs; every row in full, no column beyond its supply, at least cost.
 *
 * simplex.c solves it exactly, crash.c finds it a good beginning, blocks.c makes
 * it from a block of the fair stage. */
#ifndef TASHEEM_SOLVER_TRANSPORT_H
#define TASHEEM_SOLVER_TRANSPORT_H

#include "services/solver/network.h"

struct transport {
	uint32_t row_count, column_count;
	/* [row + 1] into column, cost. */
	uint32_t *first;
	uint32_t *column;
	int64_t *cost; /* NULL: only whether all rows can be served is asked */
	/* Lots; demand at least 1. */
	int64_t *demand;
	int64_t *supply;
	/* Columns from here on must be used up. */
	uint32_t first_exact;
	/* Results: c >= u + v, equality with flow; u <= 0 but for exact columns, 0 with room. */
	int64_t *column_dual, *row_dual;
	/* Flows, at most row_count + column_count: row, arc, lots. */
	uint32_t flow_count;
	uint32_t *flow_row, *flow_arc;
	int64_t *flow_lots;
	/* For measurements. */
	uint64_t pivot_count, scan_count;
};

/* Costs must keep column_count * 4 * |cost| below this. */
#define TRANSPORT_COST_ROOM ((int64_t)1 << 55)

#define NO_ARC UINT32_MAX

/* The spanning tree of the simplex. Node 0 is the root: it takes what columns have
 * left (slack) and lends what rows still lack (artificial). Nodes 1 to column_count are the
 * columns, the rest rows that are served by several columns. A row served by one is no
 * node: it hangs on its arc as an implicit leaf. */
struct tree {
	const struct transport *transport;
	/* Lots are multiplied by 2^shift and every supply is one part more: no flow of a basis is
	 * ever 0 (Orden), so no pivot stands still. */
	uint32_t shift;
	uint32_t *parent, *child, *next, *previous;
	uint32_t *arc;  /* to the parent, NO_ARC to the root */
	int64_t *flow;  /* on it */
	int64_t *price; /* u of columns, v of rows */
	uint32_t *row;  /* of a row's node */
	uint32_t *seen_up, *seen_down;
	/* By row: its node, 0 for a leaf; a leaf's arc, NO_ARC when the root lends it. */
	uint32_t *node, *leaf;
	uint32_t *spare_nodes;
	uint32_t spare_count;
	uint32_t pivot;
	int64_t penalty;
};

/* The cost of what is lent or wasted: above every path of true costs; 1 without costs. */
#define TREE_PENALTY ((int64_t)1 << 58)

/* Without costs: lots of rows that cannot be served, -1 when given up as transport_solve does. A
 * row whose dual is 1 and a column whose dual is -1 are on the short side of a smallest cut: such
 * rows reach such columns only, and these are used up. Needs no flow arrays. */
int64_t transport_place(struct arena *arena, struct transport *transport);
/* Scratch comes from the arena and is given back; false when 64 pivots for every row and
 * column did not suffice: the caller has another algorithm. */
MUST_CHECK bool transport_solve(struct arena *arena, struct transport *transport);
/* Fills the tree with a feasible basis that is nearly the cheapest; without costs, one that
 * serves nearly as much as can be. */
void crash_start(struct arena *arena, struct tree *tree);
void tree_link(struct tree *tree, uint32_t node, uint32_t parent);

#endif
