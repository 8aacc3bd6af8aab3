/* Inside of the brute force: a tiny round as matrices, and its residual graph. */
#ifndef TASHEEM_TEST_BRUTE_NETWORK_H
#define TASHEEM_TEST_BRUTE_NETWORK_H

#include "common/checked.h"
#include "tests/unit/brute.h"

enum {
	NODES = BRUTE_CLAIMANTS + BRUTE_REQUESTS + BRUTE_OFFERS,
	SINK = NODES,
	SOURCE = NODES + 1,
	ALL = NODES + 2
};
#define UNIT ((int128)1 << 64)
#define FAR ((int128)1 << 120)

struct brute {
	const Problem *problem;
	int claimants, requests, offers;
	int owner[BRUTE_REQUESTS];
	const Request *request[BRUTE_REQUESTS];
	bool arc[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t rank[BRUTE_REQUESTS][BRUTE_OFFERS], landed[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t flow[BRUTE_REQUESTS][BRUTE_OFFERS];
	int64_t served[BRUTE_REQUESTS], given[BRUTE_OFFERS], award[BRUTE_CLAIMANTS];
	bool alone[NODES];
};

/* Nodes: claimants, requests, offers, then sink and source. */
static inline int request_node(const struct brute *b, int r)
{
	return b->claimants + r;
}
static inline int offer_node(const struct brute *b, int o)
{
	return b->claimants + b->requests + o;
}
static inline int nodes_of(const struct brute *b)
{
	return b->claimants + b->requests + b->offers;
}

/* The network without flow. */
void brute_derive(struct brute *b, const Problem *problem);
/* The network with a solution's flows; false when they or the totals are wrong. */
bool brute_load(struct brute *b, const Problem *problem, const Solution *solution);
/* Room of a request that has arcs. */
bool request_room(const struct brute *b, int r);
bool offer_room(const struct brute *b, int o);
/* Residual from node to node, without source and sink, and what a lot along it costs. */
bool residual(const struct brute *b, int from, int to);
int128 cost_between(const struct brute *b, int from, int to);
/* (rank, cost), or (cost, rank) with cost_first, as one number. */
int128 brute_pair(const Problem *problem, int64_t rank, int64_t cost);
/* H of a claimant. */
void brute_draw_of(const Problem *problem, const Claimant *claimant, uint8_t out[16]);

#endif
