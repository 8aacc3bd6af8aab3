/* Arcs from the facts, every request against every offer, and what is residual. */
#include "tests/unit/brute_network.h"

#include <string.h>

static bool overlap(const Request *request, const Offer *offer)
{
	int32_t of = offer->delivery_from_jalali, ot = offer->delivery_to_jalali;
	int32_t rf = request->delivery_from_jalali, rt = request->delivery_to_jalali;
	return (!of || !rt || of <= rt) && (!rf || !ot || rf <= ot);
}

static bool freight_of(const Problem *p, const char *from, const char *to, int64_t *rial)
{
	for (size_t at = 0; at < p->n_freights; at++)
		if (!strcmp(p->freights[at]->from_province, from) &&
		    !strcmp(p->freights[at]->to_province, to)) {
			*rial = p->freights[at]->rial_per_kg;
			return true;
		}
	*rial = 0;
	return !strcmp(from, to);
}

static void derive_arc(struct brute *b, int r, int o)
{
	const Problem *p = b->problem;
	const Request *request = b->request[r];
	const Offer *offer = p->offers[o];
	int64_t rank = strcmp(request->grade, offer->grade) ? -1 : 0, freight;
	for (size_t at = 0; at < p->n_substitutes; at++)
		if (!strcmp(p->substitutes[at]->grade, request->grade) &&
		    !strcmp(p->substitutes[at]->substitute_grade, offer->grade))
			rank = 1;
	if (request->withdrawn || rank < 0 || !(request->buyer_classes & offer->buyer_classes) ||
	    !overlap(request, offer) ||
	    !freight_of(p, offer->province, request->province, &freight) ||
	    offer->price_rial_per_kg + freight > request->max_landed_rial_per_kg)
		return;
	b->arc[r][o] = true;
	b->rank[r][o] = rank;
	b->landed[r][o] = offer->price_rial_per_kg + freight;
	b->alone[b->owner[r]] = b->alone[request_node(b, r)] = b->alone[offer_node(b, o)] = false;
}

void brute_derive(struct brute *b, const Problem *problem)
{
	*b = (struct brute){.problem = problem,
	                    .claimants = (int)problem->n_claimants,
	                    .offers = (int)problem->n_offers};
	CHECK(b->claimants <= BRUTE_CLAIMANTS && b->offers <= BRUTE_OFFERS);
	for (int j = 0; j < b->claimants; j++)
		for (size_t at = 0; at < problem->claimants[j]->n_requests; at++) {
			CHECK(b->requests < BRUTE_REQUESTS);
			b->owner[b->requests] = j;
			b->request[b->requests++] = problem->claimants[j]->requests[at];
		}
	memset(b->alone, 1, sizeof b->alone);
	for (int r = 0; r < b->requests; r++)
		for (int o = 0; o < b->offers; o++)
			derive_arc(b, r, o);
}

/* Residual arcs. */

bool request_room(const struct brute *b, int r)
{
	return !b->alone[request_node(b, r)] && b->served[r] < b->request[r]->lots;
}

bool offer_room(const struct brute *b, int o)
{
	return b->given[o] < b->problem->offers[o]->lots;
}

bool residual(const struct brute *b, int from, int to)
{
	int r = from - b->claimants, o = to - b->claimants - b->requests;
	if (from < b->claimants)
		return to >= b->claimants && to < offer_node(b, 0) &&
		       b->owner[to - b->claimants] == from && request_room(b, to - b->claimants);
	if (from < offer_node(b, 0) && to < b->claimants)
		return b->owner[r] == to && b->served[r] > 0;
	if (from < offer_node(b, 0))
		return o >= 0 && b->arc[r][o];
	r = to - b->claimants;
	o = from - b->claimants - b->requests;
	return r >= 0 && r < b->requests && b->flow[r][o] > 0;
}

int128 brute_pair(const Problem *problem, int64_t rank, int64_t cost)
{
	return problem->cost_first ? cost * UNIT + rank : rank * UNIT + cost;
}

int128 cost_between(const struct brute *b, int from, int to)
{
	bool forth = from < to;
	int low = forth ? from : to, high = forth ? to : from;
	if (low < b->claimants)
		return 0;
	int r = low - b->claimants, o = high - b->claimants - b->requests;
	int64_t rank = b->rank[r][o], cost = b->landed[r][o];
	int128 pair = brute_pair(b->problem, rank, cost);
	return forth ? pair : -pair;
}
