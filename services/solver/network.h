/* The book as a flow network, in canonical order: claimants by (H, id), offers
 * by (keyed hash, id), requests inside their claimant as filed. A claimant's
 * number is therefore its tie-break.
 *
 *   claimant --request_lots--> request --arc, cost--> offer --supply-->
 *
 * Arcs are stored by request (CSR) and, for walking backwards, by offer. */
#ifndef TASHEEM_SOLVER_NETWORK_H
#define TASHEEM_SOLVER_NETWORK_H

#include "services/solver/solver.h"

struct network {
	uint32_t offer_count, claimant_count, request_count, arc_count;
	int64_t *supply;            /* [offer] lots */
	uint32_t *first_request;    /* [claimant + 1] */
	uint32_t *request_claimant; /* [request] */
	int64_t *request_lots;      /* [request], 0 when withdrawn or without arcs */
	uint32_t *first_arc;        /* [request + 1] */
	uint32_t *arc_offer;
	int32_t *arc_cost;    /* landed, rial per kg */
	uint8_t *arc_rank;    /* preference, 0 own grade; NULL when all are */
	uint32_t *first_back; /* [offer + 1] into back_arc, back_request; see arcs_turn */
	uint32_t *back_arc;
	uint32_t *back_request;
	/* Numbers in the problem. */
	uint32_t *offer_origin, *claimant_origin, *request_origin;
	/* [claimant] H, the round's lottery. */
	uint8_t (*hashes)[DIGEST_SHORT_BYTES];
};

/* Lots on every edge, while they are sought. */
struct flow {
	int64_t *arc;      /* [arc], only where dense.c works */
	int64_t *request;  /* [request] claimant to request */
	int64_t *claimant; /* [claimant] the awards */
	int64_t *offer;    /* [offer] lots used */
};

/* The lots of the result: arcs that carry some. */
struct shares {
	uint32_t count, capacity;
	uint32_t *request, *arc;
	int64_t *lots;
};

/* Where everyone stands. */
struct levels {
	int32_t *claimant_component, *claimant_level;
	int32_t *request_component, *request_level;
	int32_t *offer_component, *offer_level;
	int32_t component_count;
};

/* A dual is a pair. */
struct dual_side {
	int32_t *rank;
	int64_t *cost;
};

struct duals {
	struct dual_side offer, request, claimant;
};

typedef int128 wide;

/* Makes the backward arrays, unless they are there: only shortest paths and the general
 * largest flow walk backwards. */
void arcs_turn(struct arena *arena, struct network *network);
/* Derives the network; false when the arcs do not fit or a cost is out of range. */
MUST_CHECK bool arcs_derive(struct arena *arena, const struct problem *problem,
                            struct network *network, struct solver_failure *failure);

#endif
