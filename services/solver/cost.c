/* Least cost by successive shortest paths with potentials (Dijkstra): each path
 * takes lots from an offer with room to a claimant who still wants some, through
 * residual arcs, at the least cost there is; so the flow is always the cheapest of
 * its size, and the potentials at the end are its duals. */
#include "services/solver/cost.h"

#define NO_NODE UINT32_MAX
#define WIDE_MAX ((wide)1 << 126)

wide cost_of_arc(const struct cost *cost, uint32_t arc)
{
	const struct network *network = cost->division->network;
	wide rank = network->arc_rank[arc], rial = network->arc_cost[arc];
	return cost->cost_first ? rial * COST_UNIT + rank : rank * COST_UNIT + rial;
}

void cost_open(struct arena *arena, struct cost *cost, const struct division *division,
               struct flow *flow, bool cost_first)
{
	const struct network *network = division->network;
	size_t nodes =
	        (size_t)network->claimant_count + network->request_count + network->offer_count + 1;
	*cost = (struct cost){.division = division, .flow = flow, .cost_first = cost_first};
	cost->potential = ARENA_ARRAY(arena, wide, nodes);
	cost->distance = ARENA_ARRAY(arena, wide, nodes);
	cost->previous = ARENA_ARRAY(arena, uint32_t, nodes);
	cost->previous_edge = ARENA_ARRAY(arena, uint32_t, nodes);
	cost->heap = ARENA_ARRAY(arena, uint32_t, nodes);
	cost->heap_place = ARENA_ARRAY(arena, uint32_t, nodes);
	cost->left = ARENA_ARRAY(arena, int64_t, nodes);
}

static uint32_t request_node(const struct cost *cost, uint32_t request)
{
	return cost->division->network->claimant_count + request;
}

static uint32_t offer_node(const struct cost *cost, uint32_t offer)
{
	const struct network *network = cost->division->network;
	return network->claimant_count + network->request_count + offer;
}

static uint32_t exit_node(const struct cost *cost)
{
	return offer_node(cost, cost->division->network->offer_count);
}

static bool detached(const struct division *division, uint32_t request)
{
	return division->claimant_block[division->network->request_claimant[request]] !=
	       division->request_block[request];
}

/* A heap of nodes by (distance, node); places count from 1, 0 is out. */
static bool nearer(const struct cost *cost, uint32_t one, uint32_t two)
{
	if (cost->distance[one] != cost->distance[two])
		return cost->distance[one] < cost->distance[two];
	return one < two;
}

static void heap_rise(struct cost *cost, uint32_t place)
{
	uint32_t node = cost->heap[place - 1];
	while (place > 1 && nearer(cost, node, cost->heap[place / 2 - 1])) {
		cost->heap[place - 1] = cost->heap[place / 2 - 1];
		cost->heap_place[cost->heap[place - 1]] = place;
		place /= 2;
	}
	cost->heap[place - 1] = node;
	cost->heap_place[node] = place;
}

static uint32_t heap_pop(struct cost *cost)
{
	uint32_t top = cost->heap[0], moved = cost->heap[--cost->heap_count], place = 1;
	cost->heap_place[top] = 0;
	while (2 * place <= cost->heap_count) {
		uint32_t child = 2 * place;
		if (child < cost->heap_count &&
		    nearer(cost, cost->heap[child], cost->heap[child - 1]))
			child++;
		if (!nearer(cost, cost->heap[child - 1], moved))
			break;
		cost->heap[place - 1] = cost->heap[child - 1];
		cost->heap_place[cost->heap[place - 1]] = place;
		place = child;
	}
	if (cost->heap_count > 0) {
		cost->heap[place - 1] = moved;
		cost->heap_place[moved] = place;
	}
	return top;
}

/* Offers the node a way of this length. */
static void reach(struct cost *cost, uint32_t node, wide distance, uint32_t from, uint32_t edge)
{
	if (distance >= cost->distance[node])
		return;
	if (cost->distance[node] == WIDE_MAX) {
		cost->heap[cost->heap_count++] = node;
		cost->heap_place[node] = cost->heap_count;
	}
	cost->distance[node] = distance;
	cost->previous[node] = from;
	cost->previous_edge[node] = edge;
	heap_rise(cost, cost->heap_place[node]);
}

/* The length of a step under the potentials. */
static void step(struct cost *cost, uint32_t from, uint32_t to, wide length, uint32_t edge)
{
	wide reduced = length + cost->potential[from] - cost->potential[to];
	reach(cost, to, cost->distance[from] + reduced, from, edge);
}

static void scan_offer(struct cost *cost, uint32_t offer)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	for (uint32_t k = network->first_back[offer]; k < network->first_back[offer + 1]; k++) {
		uint32_t request = network->back_request[k], arc = network->back_arc[k];
		if (division->request_block[request] == division->offer_block[offer])
			step(cost, offer_node(cost, offer), request_node(cost, request),
			     cost_of_arc(cost, arc), arc);
	}
}

static void scan_request(struct cost *cost, uint32_t request)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	uint32_t node = request_node(cost, request);
	uint32_t claimant = network->request_claimant[request];
	if (detached(division, request)) {
		if (cost->left[node] > 0)
			step(cost, node, exit_node(cost), 0, request);
	} else if (cost->flow->request[request] < network->request_lots[request]) {
		step(cost, node, claimant, 0, request);
	}
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (cost->flow->arc[arc] > 0)
			step(cost, node, offer_node(cost, network->arc_offer[arc]),
			     -cost_of_arc(cost, arc), arc);
	}
}

static void scan_claimant(struct cost *cost, uint32_t claimant)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	if (cost->left[claimant] > 0)
		step(cost, claimant, exit_node(cost), 0, claimant);
	for (uint32_t request = network->first_request[claimant];
	     request < network->first_request[claimant + 1]; request++) {
		if (!detached(division, request) && cost->flow->request[request] > 0)
			step(cost, claimant, request_node(cost, request), 0, request);
	}
}

static void scan(struct cost *cost, uint32_t node)
{
	const struct network *network = cost->division->network;
	if (node < network->claimant_count)
		scan_claimant(cost, node);
	else if (node < network->claimant_count + network->request_count)
		scan_request(cost, node - network->claimant_count);
	else
		scan_offer(cost, node - network->claimant_count - network->request_count);
}

typedef void node_visit(struct cost *cost, uint32_t node);

static void block_visit(struct cost *cost, const struct block *block, node_visit *visit)
{
	const struct division *division = cost->division;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		visit(cost, offer_node(cost, division->offers[k]));
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		visit(cost, request_node(cost, division->requests[k]));
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		visit(cost, division->claimants[k]);
	visit(cost, exit_node(cost));
}

static void visit_forget(struct cost *cost, uint32_t node)
{
	cost->distance[node] = WIDE_MAX;
	cost->heap_place[node] = 0;
}

static void visit_move(struct cost *cost, uint32_t node)
{
	wide most = cost->distance[exit_node(cost)];
	cost->potential[node] += cost->distance[node] < most ? cost->distance[node] : most;
}

/* Potentials under which no arc of the empty flow is short. */
static void visit_start(struct cost *cost, uint32_t node)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	wide least = 0;
	if (node >= network->claimant_count &&
	    node < network->claimant_count + network->request_count) {
		uint32_t request = node - network->claimant_count;
		for (uint32_t arc = network->first_arc[request];
		     arc < network->first_arc[request + 1]; arc++) {
			wide length = cost_of_arc(cost, arc);
			least = length < least ? length : least;
			cost->flow->arc[arc] = 0;
		}
		bool full = detached(division, request);
		cost->flow->request[request] = full ? network->request_lots[request] : 0;
		cost->left[node] = cost->flow->request[request];
	}
	cost->potential[node] = least;
}

static void block_start(struct cost *cost, const struct block *block, const int64_t *wants)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	wide least = 0;
	block_visit(cost, block, visit_start);
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k];
		cost->left[offer_node(cost, offer)] = network->supply[offer];
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		wide potential = cost->potential[request_node(cost, division->requests[k])];
		least = potential < least ? potential : least;
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		cost->potential[claimant] = least;
		cost->left[claimant] = wants[claimant] - division->detached_lots[claimant];
	}
	cost->potential[exit_node(cost)] = least;
}

/* Whether any offer with room reaches someone who wants. */
static bool shortest(struct cost *cost, const struct block *block)
{
	const struct division *division = cost->division;
	block_visit(cost, block, visit_forget);
	cost->heap_count = 0;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t node = offer_node(cost, division->offers[k]);
		if (cost->left[node] > 0)
			reach(cost, node, -cost->potential[node], NO_NODE, 0);
	}
	while (cost->heap_count > 0) {
		uint32_t node = heap_pop(cost);
		if (node == exit_node(cost))
			return true;
		scan(cost, node);
	}
	return false;
}

/* Room on the way that `node` was reached by, and carrying lots over it. */
static int64_t way_room(const struct cost *cost, uint32_t node)
{
	const struct network *network = cost->division->network;
	uint32_t from = cost->previous[node], edge = cost->previous_edge[node];
	if (node == exit_node(cost))
		return cost->left[from];
	if (from >= request_node(cost, network->request_count))
		return INT64_MAX;
	if (from < network->claimant_count)
		return cost->flow->request[edge];
	if (node < network->claimant_count)
		return network->request_lots[edge] - cost->flow->request[edge];
	return cost->flow->arc[edge];
}

static void way_carry(struct cost *cost, uint32_t node, int64_t lots)
{
	const struct network *network = cost->division->network;
	uint32_t from = cost->previous[node], edge = cost->previous_edge[node];
	if (node == exit_node(cost))
		cost->left[from] -= lots;
	else if (from >= request_node(cost, network->request_count))
		cost->flow->arc[edge] += lots;
	else if (from < network->claimant_count)
		cost->flow->request[edge] -= lots;
	else if (node < network->claimant_count)
		cost->flow->request[edge] += lots;
	else
		cost->flow->arc[edge] -= lots;
}

static void path_send(struct cost *cost)
{
	int64_t lots = INT64_MAX;
	uint32_t node = exit_node(cost);
	for (; cost->previous[node] != NO_NODE; node = cost->previous[node]) {
		int64_t room = way_room(cost, node);
		lots = room < lots ? room : lots;
	}
	lots = cost->left[node] < lots ? cost->left[node] : lots;
	cost->left[node] -= lots;
	for (node = exit_node(cost); cost->previous[node] != NO_NODE; node = cost->previous[node])
		way_carry(cost, node, lots);
}

void cost_run(struct cost *cost, const struct block *block, const int64_t *wants, bool free)
{
	const struct division *division = cost->division;
	const struct network *network = division->network;
	block_start(cost, block, wants);
	while (shortest(cost, block)) {
		block_visit(cost, block, visit_move);
		path_send(cost);
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		CHECK(free || cost->left[claimant] == 0);
		cost->flow->claimant[claimant] = wants[claimant] - cost->left[claimant];
	}
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k];
		cost->flow->offer[offer] =
		        network->supply[offer] - cost->left[offer_node(cost, offer)];
	}
}

/* The source's potential is 0 throughout: u = -potential, at most 0. */
void cost_duals(const struct cost *cost, const struct block *block, struct duals *duals)
{
	const struct division *division = cost->division;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k], node = offer_node(cost, offer);
		bool room = cost->left[node] > 0 || cost->potential[node] < 0;
		duals->offer[offer] = room ? 0 : -cost->potential[node];
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		duals->request[request] = cost->potential[request_node(cost, request)];
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		duals->claimant[claimant] = cost->potential[claimant];
	}
}
