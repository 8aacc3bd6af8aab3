/* The residual arcs of a solution, and who would be first at a new one. */
#include "services/ctl/explain_inside.h"

#include <string.h>

static void open_requests(struct network *network)
{
	const problem_message *problem = network->problem;
	struct arena *arena = network->arena;
	network->first_request = ARENA_ARRAY(arena, uint32_t, problem->n_claimants + 1);
	for (size_t at = 0; at < problem->n_claimants; at++)
		network->request_count += (uint32_t)problem->claimants[at]->n_requests;
	network->requests = ARENA_ARRAY(arena, const request_message *, network->request_count + 1);
	network->claimants = ARENA_ARRAY(arena, uint32_t, network->request_count + 1);
	network->served = ARENA_ARRAY(arena, int64_t, network->request_count + 1);
	uint32_t number = 0;
	for (uint32_t at = 0; at < problem->n_claimants; at++) {
		network->first_request[at] = number;
		for (size_t line = 0; line < problem->claimants[at]->n_requests; line++) {
			network->requests[number] = problem->claimants[at]->requests[line];
			network->claimants[number++] = at;
		}
	}
	network->first_request[problem->n_claimants] = number;
}

static void open_flows(struct network *network)
{
	const solution_message *solution = network->solution;
	size_t offers = network->problem->n_offers;
	network->given = ARENA_ARRAY(network->arena, int64_t, offers + 1);
	network->request_flow = ARENA_ARRAY(network->arena, uint32_t, network->request_count + 2);
	network->first_flow = ARENA_ARRAY(network->arena, uint32_t, offers + 2);
	network->flow_of_offer = ARENA_ARRAY(network->arena, uint32_t, solution->n_flow_lots + 1);
	uint32_t *end = network->first_flow + 1;
	for (size_t at = 0; at < solution->n_flow_lots; at++) {
		network->served[solution->flow_requests[at]] += solution->flow_lots[at];
		network->given[solution->flow_offers[at]] += solution->flow_lots[at];
		network->request_flow[solution->flow_requests[at] + 1]++;
		end[solution->flow_offers[at]]++;
	}
	for (uint32_t at = 0; at < network->request_count; at++)
		network->request_flow[at + 1] += network->request_flow[at];
	for (size_t at = 1; at <= offers; at++)
		network->first_flow[at] += network->first_flow[at - 1];
	uint32_t *next = ARENA_ARRAY(network->arena, uint32_t, offers + 1);
	memcpy(next, network->first_flow, offers * sizeof *next);
	for (uint32_t at = 0; at < solution->n_flow_lots; at++)
		network->flow_of_offer[next[solution->flow_offers[at]]++] = at;
}

/* What stands between a request and an offer, one by one. */

bool network_listed(const problem_message *problem, const char *wanted, const char *offered)
{
	if (!strcmp(wanted, offered))
		return true;
	for (size_t at = 0; at < problem->n_substitutes; at++)
		if (!strcmp(problem->substitutes[at]->grade, wanted) &&
		    !strcmp(problem->substitutes[at]->substitute_grade, offered))
			return true;
	return false;
}

/* False when goods cannot go that way. */
static bool landed_price(const problem_message *problem, const request_message *request,
                         const Tasheem__Solver__V1__Offer *offer, int64_t *landed)
{
	for (size_t at = 0; at < problem->n_freights; at++) {
		const Tasheem__Solver__V1__Freight *way = problem->freights[at];
		if (strcmp(way->from_province, offer->province) != 0 ||
		    strcmp(way->to_province, request->province) != 0)
			continue;
		*landed = offer->price_rial_per_kg + way->rial_per_kg;
		return true;
	}
	*landed = offer->price_rial_per_kg;
	return !strcmp(offer->province, request->province);
}

bool network_deliverable(const problem_message *problem, const request_message *request,
                         const Tasheem__Solver__V1__Offer *offer, int64_t *landed)
{
	bool before = request->delivery_to_jalali && offer->delivery_from_jalali &&
	              request->delivery_to_jalali < offer->delivery_from_jalali;
	bool after = request->delivery_from_jalali && offer->delivery_to_jalali &&
	             request->delivery_from_jalali > offer->delivery_to_jalali;
	return !request->withdrawn && (offer->buyer_classes & request->buyer_classes) && !before &&
	       !after && landed_price(problem, request, offer, landed);
}

bool network_arc(const problem_message *problem, const request_message *request,
                 const Tasheem__Solver__V1__Offer *offer)
{
	int64_t landed;
	return network_listed(problem, request->grade, offer->grade) &&
	       network_deliverable(problem, request, offer, &landed) &&
	       landed <= request->max_landed_rial_per_kg;
}

void network_open(struct network *network)
{
	open_requests(network);
	open_flows(network);
}

struct key network_key(const problem_message *problem, uint32_t claimant, int64_t lot)
{
	uint8_t tie[TIE_BYTES];
	verify_tie(problem, problem->claimants[claimant], tie);
	return verify_key(problem, claimant, tie, lot);
}

/* Everything from which a place is reached, backwards. */
struct origin {
	const struct network *network;
	bool *offers_seen, *claimants_seen;
	uint32_t *queue;
	uint32_t queued;
	uint32_t *unseen;
	uint32_t unseen_count;
	/* Somebody with an earlier key was found. */
	const struct key *next;
	uint32_t self;
	bool found;
};

/* Offers that serve the request: a lot of theirs may go on from it. */
static void come_from_request(struct origin *origin, uint32_t request)
{
	const struct network *network = origin->network;
	for (uint32_t flow = network->request_flow[request];
	     flow < network->request_flow[request + 1]; flow++) {
		uint32_t offer = network->solution->flow_offers[flow];
		if (!origin->offers_seen[offer])
			origin->queue[origin->queued++] = offer;
		origin->offers_seen[offer] = true;
	}
}

static void come_from_claimant(struct origin *origin, uint32_t claimant)
{
	const struct network *network = origin->network;
	int64_t awards = network->solution->awards[claimant];
	if (origin->claimants_seen[claimant])
		return;
	origin->claimants_seen[claimant] = true;
	if (claimant != origin->self &&
	    awards < network->problem->claimants[claimant]->demand_lots) {
		struct key key = network_key(network->problem, claimant, awards + 1);
		origin->found |= verify_key_order(&key, origin->next) < 0;
	}
	for (uint32_t at = network->first_request[claimant];
	     at < network->first_request[claimant + 1]; at++)
		come_from_request(origin, at);
}

/* Requests that may take from the offer. */
static void come_from_offer(struct origin *origin, uint32_t offer)
{
	const struct network *network = origin->network;
	uint32_t kept = 0;
	for (uint32_t at = 0; at < origin->unseen_count; at++) {
		uint32_t request = origin->unseen[at];
		if (!network_arc(network->problem, network->requests[request],
		                 network->problem->offers[offer])) {
			origin->unseen[kept++] = request;
			continue;
		}
		come_from_request(origin, request);
		if (network->served[request] < network->requests[request]->lots)
			come_from_claimant(origin, network->claimants[request]);
	}
	origin->unseen_count = kept;
}

bool network_rival(const struct network *network, uint32_t request, const struct key *next)
{
	struct arena *arena = network->arena;
	const problem_message *problem = network->problem;
	struct origin origin = {
	        .network = network, .next = next, .self = network->claimants[request]};
	origin.offers_seen = ARENA_ARRAY(arena, bool, problem->n_offers + 1);
	origin.claimants_seen = ARENA_ARRAY(arena, bool, problem->n_claimants + 1);
	origin.queue = ARENA_ARRAY(arena, uint32_t, problem->n_offers + 1);
	origin.unseen = ARENA_ARRAY(arena, uint32_t, network->request_count + 1);
	for (uint32_t at = 0; at < network->request_count; at++)
		origin.unseen[origin.unseen_count++] = at;
	come_from_claimant(&origin, origin.self);
	for (uint32_t at = 0; at < origin.queued && !origin.found; at++)
		come_from_offer(&origin, origin.queue[at]);
	return origin.found;
}
