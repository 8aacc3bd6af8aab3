/* The menu of counterfactuals, by searching the residual arcs; see explain.h. */
#include "services/ctl/explain_inside.h"

#include <string.h>

#include "common/wire.h"

struct search {
	const struct network *network;
	bool *offers_seen, *requests_seen, *claimants_seen;
	uint32_t *queue;
	uint32_t queued;
	/* Offers not seen yet. */
	uint32_t *unseen;
	uint32_t unseen_count;
};

/* Searching. */

static void search_open(struct search *search, const struct network *network)
{
	const problem_message *problem = network->problem;
	struct arena *arena = network->arena;
	*search = (struct search){.network = network};
	search->offers_seen = ARENA_ARRAY(arena, bool, problem->n_offers + 1);
	search->requests_seen = ARENA_ARRAY(arena, bool, network->request_count + 1);
	search->claimants_seen = ARENA_ARRAY(arena, bool, problem->n_claimants + 1);
	search->queue = ARENA_ARRAY(arena, uint32_t, problem->n_offers + 1);
	search->unseen = ARENA_ARRAY(arena, uint32_t, problem->n_offers + 1);
	for (uint32_t at = 0; at < problem->n_offers; at++)
		search->unseen[search->unseen_count++] = at;
}

static void see_offer(struct search *search, uint32_t offer)
{
	if (search->offers_seen[offer])
		return;
	search->offers_seen[offer] = true;
	search->queue[search->queued++] = offer;
}

/* A request to all offers it may take from. */
static void see_request(struct search *search, uint32_t number)
{
	const struct network *network = search->network;
	const problem_message *problem = network->problem;
	if (search->requests_seen[number])
		return;
	search->requests_seen[number] = true;
	uint32_t kept = 0;
	for (uint32_t at = 0; at < search->unseen_count; at++) {
		uint32_t offer = search->unseen[at];
		if (network_arc(problem, network->requests[number], problem->offers[offer]))
			see_offer(search, offer);
		if (!search->offers_seen[offer])
			search->unseen[kept++] = offer;
	}
	search->unseen_count = kept;
}

/* A claimant to his requests with room. */
static void see_claimant(struct search *search, uint32_t claimant)
{
	const struct network *network = search->network;
	if (search->claimants_seen[claimant])
		return;
	search->claimants_seen[claimant] = true;
	for (uint32_t at = network->first_request[claimant];
	     at < network->first_request[claimant + 1]; at++)
		if (network->served[at] < network->requests[at]->lots)
			see_request(search, at);
}

/* Everything behind what is in the queue. True when an offer has room. */
static bool search_on(struct search *search)
{
	const struct network *network = search->network;
	for (uint32_t at = 0; at < search->queued; at++) {
		uint32_t offer = search->queue[at];
		if (network->given[offer] < network->problem->offers[offer]->lots)
			return true;
		for (uint32_t flow = network->first_flow[offer];
		     flow < network->first_flow[offer + 1]; flow++) {
			uint32_t request =
			        network->solution->flow_requests[network->flow_of_offer[flow]];
			see_request(search, request);
			see_claimant(search, network->claimants[request]);
		}
	}
	return false;
}

static struct explain_key readable(const struct key *key)
{
	enum { FRACTION_BITS = 24 };
	int128 numerator = key->numerator, denominator = (int128)key->denominator << FRACTION_BITS;
	int128 left = numerator < 0 ? -numerator : numerator, right = denominator;
	if (key->denominator == 0)
		return (struct explain_key){1, 0};
	while (right) {
		int128 rest = left % right;
		left = right;
		right = rest;
	}
	numerator /= left;
	denominator /= left;
	while (numerator > INT64_MAX || numerator < INT64_MIN || denominator > INT64_MAX) {
		numerator /= 2;
		denominator /= 2;
	}
	return (struct explain_key){(int64_t)numerator, denominator ? (int64_t)denominator : 1};
}

/* Solves the pass with the change: what opens may go to somebody else first. */
static void settle(const struct network *network, const struct explanation *explanation,
                   struct explain_option *option)
{
	char wrong[WHATIF_WRONG_SIZE];
	struct bytes bytes;
	const problem_message *changed =
	        explain_apply(network->arena, network->problem, explanation, option);
	option->rival = true;
	option->helps = false;
	if (!whatif_solve_bytes(network->arena, wire_encode(network->arena, &changed->base), &bytes,
	                        wrong))
		return;
	const solution_message *solution =
	        WIRE_DECODE(network->arena, solution_message, tasheem__solver__v1__solution, bytes);
	option->helps = solution && solution->awards[explanation->claimant] >
	                                    network->solution->awards[explanation->claimant];
}

/* The promise, once what enters is in the queue. `changed` is the problem with the option; the
 * claimant gives up nothing for himself. */
static void promise(struct search *search, const problem_message *changed,
                    const struct explanation *explanation, struct explain_option *option)
{
	const struct network *network = search->network;
	const int64_t *awards = network->solution->awards;
	uint32_t self = explanation->claimant;
	struct key next = network_key(changed, self, awards[self] + 1), largest = {0};
	option->next = readable(&next);
	option->room = search_on(search);
	option->nothing = !option->room;
	for (uint32_t at = 0; at < changed->n_claimants && !option->room; at++) {
		if (!search->claimants_seen[at] || at == self || awards[at] == 0)
			continue;
		struct key last = network_key(changed, at, awards[at]);
		if (option->nothing || verify_key_order(&largest, &last) < 0)
			largest = last;
		option->nothing = false;
	}
	if (!option->room && !option->nothing)
		option->reach = readable(&largest);
	option->helps = option->room || (!option->nothing && verify_key_order(&next, &largest) < 0);
	if (option->helps && network_rival(network, explanation->request, &next))
		settle(network, explanation, option);
}

static struct explain_option *add_option(struct explanation *explanation,
                                         enum explain_change change)
{
	struct explain_option *option = &explanation->options[explanation->count++];
	option->change = change;
	return option;
}

static void try_lot(const struct network *network, struct explanation *explanation)
{
	struct explain_option *option = add_option(explanation, EXPLAIN_LOT);
	struct search search;
	search_open(&search, network);
	see_request(&search, explanation->request);
	see_claimant(&search, explanation->claimant);
	promise(&search, explain_apply(network->arena, network->problem, explanation, option),
	        explanation, option);
}

/* A grade that some offer has, everything else fitting. */
static void try_substitute(const struct network *network, struct explanation *explanation,
                           const char *grade)
{
	const problem_message *problem = network->problem;
	const request_message *request = network->requests[explanation->request];
	struct search search;
	int64_t landed;
	for (uint32_t at = 0; at < explanation->count; at++)
		if (explanation->options[at].change == EXPLAIN_SUBSTITUTE &&
		    !strcmp(explanation->options[at].grade, grade))
			return;
	if (network_listed(problem, request->grade, grade))
		return;
	search_open(&search, network);
	for (uint32_t at = 0; at < problem->n_offers; at++)
		if (!strcmp(problem->offers[at]->grade, grade) &&
		    network_deliverable(problem, request, problem->offers[at], &landed) &&
		    landed <= request->max_landed_rial_per_kg)
			see_offer(&search, at);
	if (search.queued == 0)
		return;
	struct explain_option *option = add_option(explanation, EXPLAIN_SUBSTITUTE);
	option->grade = grade;
	promise(&search, problem, explanation, option);
}

/* The cheapest offer above the maximum. */
static void try_price(const struct network *network, struct explanation *explanation)
{
	const problem_message *problem = network->problem;
	const request_message *request = network->requests[explanation->request];
	int64_t landed, next = INT64_MAX;
	struct search search;
	search_open(&search, network);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t at = 0; at < problem->n_offers; at++) {
			const Tasheem__Solver__V1__Offer *offer = problem->offers[at];
			if (!network_listed(problem, request->grade, offer->grade) ||
			    !network_deliverable(problem, request, offer, &landed) ||
			    landed <= request->max_landed_rial_per_kg)
				continue;
			if (pass == 0 && landed < next)
				next = landed;
			if (pass == 1 && landed == next)
				see_offer(&search, at);
		}
	}
	if (search.queued == 0)
		return;
	struct explain_option *option = add_option(explanation, EXPLAIN_PRICE);
	option->price = next;
	promise(&search, problem, explanation, option);
}

static bool find_request(const struct network *network, struct explanation *explanation)
{
	for (uint32_t at = 0; at < network->request_count; at++) {
		const claimant_message *claimant =
		        network->problem->claimants[network->claimants[at]];
		if (strcmp(claimant->buyer_id, explanation->buyer_id) != 0 ||
		    strcmp(network->requests[at]->request_id, explanation->request_id) != 0)
			continue;
		explanation->claimant = network->claimants[at];
		explanation->request = at;
		explanation->award_lots = network->solution->awards[network->claimants[at]];
		explanation->demand_lots = claimant->demand_lots;
		explanation->served_lots = network->served[at];
		explanation->request_lots = network->requests[at]->lots;
		return true;
	}
	return false;
}

bool explain_request(struct arena *arena, const problem_message *problem,
                     const solution_message *solution, struct explanation *explanation)
{
	struct network network = {.problem = problem, .solution = solution, .arena = arena};
	*explanation = (struct explanation){.buyer_id = explanation->buyer_id,
	                                    .request_id = explanation->request_id};
	if (problem->policy == POLICY(LEAST_COST) || problem->pass_kind != PASS(MAIN))
		return false;
	network_open(&network);
	if (!find_request(&network, explanation))
		return false;
	explanation->options = ARENA_ARRAY(arena, struct explain_option, problem->n_offers + 3);
	try_lot(&network, explanation);
	if (explanation->served_lots < network.requests[explanation->request]->minimum_lots)
		add_option(explanation, EXPLAIN_MINIMUM);
	/* Other arcs are of use to who is refused only. */
	if (explanation->award_lots == explanation->demand_lots ||
	    explanation->served_lots == explanation->request_lots)
		return true;
	for (size_t at = 0; at < problem->n_offers; at++)
		try_substitute(&network, explanation, problem->offers[at]->grade);
	try_price(&network, explanation);
	return true;
}

/* Changes. */

static void apply_lot(const problem_message *problem, claimant_message *claimant,
                      request_message *request)
{
	Tasheem__Solver__V1__Member *largest = NULL;
	claimant->demand_lots++;
	request->lots++;
	/* Ceiling is a licence's: of several, the one with the largest weight. */
	for (size_t at = 0; at < claimant->n_members; at++)
		if (!largest || claimant->members[at]->weight_kg > largest->weight_kg)
			largest = claimant->members[at];
	if (largest)
		largest->demand_kg += problem->lot_kg;
}

/* The request alone gets a grade of its own, for which all it may take from are substitutes. */
static void apply_substitute(struct arena *arena, problem_message *problem,
                             request_message *request, const char *grade)
{
	size_t count = problem->n_substitutes;
	char *own = (char *)(uintptr_t)arena_format(arena, "%s or %s", request->grade, grade);
	const char *const named[] = {request->grade, grade};
	Tasheem__Solver__V1__Substitute **list =
	        ARENA_ARRAY(arena, Tasheem__Solver__V1__Substitute *, 2 * count + 2);
	for (size_t at = 0; at < count; at++)
		list[at] = problem->substitutes[at];
	for (size_t at = 0; at < count + 2; at++) {
		const char *taken =
		        at < 2 ? named[at] : problem->substitutes[at - 2]->substitute_grade;
		if (at >= 2 && strcmp(problem->substitutes[at - 2]->grade, request->grade) != 0)
			continue;
		Tasheem__Solver__V1__Substitute *row =
		        ARENA_NEW(arena, Tasheem__Solver__V1__Substitute);
		tasheem__solver__v1__substitute__init(row);
		row->grade = own;
		row->substitute_grade = (char *)(uintptr_t)taken;
		list[problem->n_substitutes++] = row;
	}
	problem->substitutes = list;
	request->grade = own;
}

problem_message *explain_apply(struct arena *arena, const problem_message *problem,
                               const struct explanation *explanation,
                               const struct explain_option *option)
{
	problem_message *changed = whatif_copy(arena, problem);
	claimant_message *claimant = changed->claimants[explanation->claimant];
	uint32_t line = explanation->request;
	for (uint32_t at = 0; at < explanation->claimant; at++)
		line -= (uint32_t)changed->claimants[at]->n_requests;
	request_message *request = claimant->requests[line];
	if (option->change == EXPLAIN_LOT)
		apply_lot(changed, claimant, request);
	else if (option->change == EXPLAIN_SUBSTITUTE)
		apply_substitute(arena, changed, request, option->grade);
	else if (option->change == EXPLAIN_PRICE)
		request->max_landed_rial_per_kg = option->price;
	else
		request->minimum_lots = 0;
	return changed;
}

bool explain_suffices(const bundle_message *bundle)
{
	const problem_message *problem = bundle->problems[0];
	if (bundle->n_problems != 1)
		return false;
	for (size_t at = 0; at < problem->n_claimants; at++)
		for (size_t line = 0; line < problem->claimants[at]->n_requests; line++)
			if (problem->claimants[at]->requests[line]->minimum_lots > 1)
				return false;
	return true;
}
