/* What the halves of explain share: explain.c promises, explain_network.c knows the residual
 * arcs and who else would come through a new one. */
#ifndef TASHEEM_CTL_EXPLAIN_INSIDE_H
#define TASHEEM_CTL_EXPLAIN_INSIDE_H

#include "services/ctl/explain.h"
#include "services/matching/verify_inside.h"

struct network {
	const problem_message *problem;
	const solution_message *solution;
	struct arena *arena;
	uint32_t request_count;
	/* [request] */
	const request_message **requests;
	uint32_t *claimants;
	int64_t *served;
	/* [claimant], one more at the end. */
	uint32_t *first_request;
	/* [offer] */
	int64_t *given;
	/* First flow of a request, one more at the end. */
	uint32_t *request_flow;
	/* Flows by offer: flow_of_offer[first_flow[offer]…] are numbers of flows. */
	uint32_t *first_flow, *flow_of_offer;
};

void network_open(struct network *network);
bool network_listed(const problem_message *problem, const char *wanted, const char *offered);
/* Class, window and way; not grade and price. */
bool network_deliverable(const problem_message *problem, const request_message *request,
                         const Tasheem__Solver__V1__Offer *offer, int64_t *landed);
bool network_arc(const problem_message *problem, const request_message *request,
                 const Tasheem__Solver__V1__Offer *offer);
struct key network_key(const problem_message *problem, uint32_t claimant, int64_t lot);
/* Whether somebody else who is refused, and whose next lot comes before this key, could pass a lot
 * on to this request or its claimant: then what opens there may be his. */
bool network_rival(const struct network *network, uint32_t request, const struct key *next);

#endif
