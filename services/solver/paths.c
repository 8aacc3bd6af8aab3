/* Least cost by successive shortest paths with potentials (Dijkstra): each path
 * takes lots from an offer with room to a claimant who still wants some, through
 * residual arcs, at the least cost there is; so the flow is always the cheapest of
 * its size, and the potentials at the end are its duals. */
#include "services/solver/paths.h"

#define NO_NODE UINT32_MAX
#define WIDE_MAX ((wide)1 << 126)

wide paths_arc_cost(const struct paths *paths, uint32_t arc)
{
	const struct network *network = paths->division->network;
	wide rank = network->arc_rank ? network->arc_rank[arc] : 0, rial = network->arc_cost[arc];
	return paths->cost_first ? rial * COST_UNIT + rank : rank * COST_UNIT + rial;
}

void paths_open(struct arena *arena, struct paths *paths, const struct division *division,
                struct flow *flow, bool cost_first)
{
	const struct network *network = division->network;
	size_t nodes =
	        (size_t)network->claimant_count + network->request_count + network->offer_count + 1;
	*paths = (struct paths){.division = division, .flow = flow, .cost_first = cost_first};
	paths->potential = ARENA_ARRAY(arena, wide, nodes);
	paths->distance = ARENA_ARRAY(arena, wide, nodes);
	paths->previous = ARENA_ARRAY(arena, uint32_t, nodes);
	paths->previous_edge = ARENA_ARRAY(arena, uint32_t, nodes);
	paths->heap = ARENA_ARRAY(arena, uint32_t, nodes);
	paths->heap_place = ARENA_ARRAY(arena, uint32_t, nodes);
	paths->left = ARENA_ARRAY(arena, int64_t, nodes);
}

static uint32_t request_node(const struct paths *paths, uint32_t request)
{
	return paths->division->network->claimant_count + request;
}

static uint32_t offer_node(const struct paths *paths, uint32_t offer)
{
	const struct network *network = paths->division->network;
	return network->claimant_count + network->request_count + offer;
}

static uint32_t exit_node(const struct paths *paths)
{
	return offer_node(paths, paths->division->network->offer_count);
}

static bool detached(const struct division *division, uint32_t request)
{
	return division->claimant_block[division->network->request_claimant[request]] !=
	       division->request_block[request];
}

/* A heap of nodes by (distance, node); places count from 1, 0 is out. */
static bool nearer(const struct paths *paths, uint32_t one, uint32_t two)
{
	if (paths->distance[one] != paths->distance[two])
		return paths->distance[one] < paths->distance[two];
	return one < two;
}

static void heap_rise(struct paths *paths, uint32_t place)
{
	uint32_t node = paths->heap[place - 1];
	while (place > 1 && nearer(paths, node, paths->heap[place / 2 - 1])) {
		paths->heap[place - 1] = paths->heap[place / 2 - 1];
		paths->heap_place[paths->heap[place - 1]] = place;
		place /= 2;
	}
	paths->heap[place - 1] = node;
	paths->heap_place[node] = place;
}

static uint32_t heap_pop(struct paths *paths)
{
	uint32_t top = paths->heap[0], moved = paths->heap[--paths->heap_count], place = 1;
	paths->heap_place[top] = 0;
	while (2 * place <= paths->heap_count) {
		uint32_t child = 2 * place;
		if (child < paths->heap_count &&
		    nearer(paths, paths->heap[child], paths->heap[child - 1]))
			child++;
		if (!nearer(paths, paths->heap[child - 1], moved))
			break;
		paths->heap[place - 1] = paths->heap[child - 1];
		paths->heap_place[paths->heap[place - 1]] = place;
		place = child;
	}
	if (paths->heap_count > 0) {
		paths->heap[place - 1] = moved;
		paths->heap_place[moved] = place;
	}
	return top;
}

/* Offers the node a way of this length. */
static void reach(struct paths *paths, uint32_t node, wide distance, uint32_t from, uint32_t edge)
{
	if (distance >= paths->distance[node])
		return;
	if (paths->distance[node] == WIDE_MAX) {
		paths->heap[paths->heap_count++] = node;
		paths->heap_place[node] = paths->heap_count;
	}
	paths->distance[node] = distance;
	paths->previous[node] = from;
	paths->previous_edge[node] = edge;
	heap_rise(paths, paths->heap_place[node]);
}

/* The length of a step under the potentials. */
static void step(struct paths *paths, uint32_t from, uint32_t to, wide length, uint32_t edge)
{
	wide reduced = length + paths->potential[from] - paths->potential[to];
	reach(paths, to, paths->distance[from] + reduced, from, edge);
}

static void scan_offer(struct paths *paths, uint32_t offer)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	for (uint32_t k = network->first_back[offer]; k < network->first_back[offer + 1]; k++) {
		uint32_t request = network->back_request[k], arc = network->back_arc[k];
		if (division->request_block[request] == division->offer_block[offer])
			step(paths, offer_node(paths, offer), request_node(paths, request),
			     paths_arc_cost(paths, arc), arc);
	}
}

static void scan_request(struct paths *paths, uint32_t request)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	uint32_t node = request_node(paths, request);
	uint32_t claimant = network->request_claimant[request];
	if (detached(division, request)) {
		if (paths->left[node] > 0)
			step(paths, node, exit_node(paths), 0, request);
	} else if (paths->flow->request[request] < network->request_lots[request]) {
		step(paths, node, claimant, 0, request);
	}
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (paths->flow->arc[arc] > 0)
			step(paths, node, offer_node(paths, network->arc_offer[arc]),
			     -paths_arc_cost(paths, arc), arc);
	}
}

static void scan_claimant(struct paths *paths, uint32_t claimant)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	if (paths->left[claimant] > 0)
		step(paths, claimant, exit_node(paths), 0, claimant);
	for (uint32_t request = network->first_request[claimant];
	     request < network->first_request[claimant + 1]; request++) {
		if (!detached(division, request) && paths->flow->request[request] > 0)
			step(paths, claimant, request_node(paths, request), 0, request);
	}
}

static void scan(struct paths *paths, uint32_t node)
{
	const struct network *network = paths->division->network;
	if (node < network->claimant_count)
		scan_claimant(paths, node);
	else if (node < network->claimant_count + network->request_count)
		scan_request(paths, node - network->claimant_count);
	else
		scan_offer(paths, node - network->claimant_count - network->request_count);
}

typedef void node_visit(struct paths *paths, uint32_t node);

static void block_visit(struct paths *paths, const struct block *block, node_visit *visit)
{
	const struct division *division = paths->division;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		visit(paths, offer_node(paths, division->offers[k]));
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		visit(paths, request_node(paths, division->requests[k]));
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		visit(paths, division->claimants[k]);
	visit(paths, exit_node(paths));
}

static void visit_forget(struct paths *paths, uint32_t node)
{
	paths->distance[node] = WIDE_MAX;
	paths->heap_place[node] = 0;
}

static void visit_move(struct paths *paths, uint32_t node)
{
	wide most = paths->distance[exit_node(paths)];
	paths->potential[node] += paths->distance[node] < most ? paths->distance[node] : most;
}

/* Potentials under which no arc of the empty flow is short. */
static void visit_start(struct paths *paths, uint32_t node)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	wide least = 0;
	if (node >= network->claimant_count &&
	    node < network->claimant_count + network->request_count) {
		uint32_t request = node - network->claimant_count;
		for (uint32_t arc = network->first_arc[request];
		     arc < network->first_arc[request + 1]; arc++) {
			wide length = paths_arc_cost(paths, arc);
			least = length < least ? length : least;
			paths->flow->arc[arc] = 0;
		}
		bool full = detached(division, request);
		paths->flow->request[request] = full ? network->request_lots[request] : 0;
		paths->left[node] = paths->flow->request[request];
	}
	paths->potential[node] = least;
}

static void block_start(struct paths *paths, const struct block *block, const int64_t *wants)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	wide least = 0;
	block_visit(paths, block, visit_start);
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k];
		paths->left[offer_node(paths, offer)] = network->supply[offer];
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		wide potential = paths->potential[request_node(paths, division->requests[k])];
		least = potential < least ? potential : least;
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		paths->potential[claimant] = least;
		paths->left[claimant] = wants[claimant] - division->detached_lots[claimant];
	}
	paths->potential[exit_node(paths)] = least;
}

/* Whether any offer with room reaches someone who wants. */
static bool shortest(struct paths *paths, const struct block *block)
{
	const struct division *division = paths->division;
	block_visit(paths, block, visit_forget);
	paths->heap_count = 0;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t node = offer_node(paths, division->offers[k]);
		if (paths->left[node] > 0)
			reach(paths, node, -paths->potential[node], NO_NODE, 0);
	}
	while (paths->heap_count > 0) {
		uint32_t node = heap_pop(paths);
		if (node == exit_node(paths))
			return true;
		scan(paths, node);
	}
	return false;
}

/* Room on the way that `node` was reached by, and carrying lots over it. */
static int64_t way_room(const struct paths *paths, uint32_t node)
{
	const struct network *network = paths->division->network;
	uint32_t from = paths->previous[node], edge = paths->previous_edge[node];
	if (node == exit_node(paths))
		return paths->left[from];
	if (from >= request_node(paths, network->request_count))
		return INT64_MAX;
	if (from < network->claimant_count)
		return paths->flow->request[edge];
	if (node < network->claimant_count)
		return network->request_lots[edge] - paths->flow->request[edge];
	return paths->flow->arc[edge];
}

static void way_carry(struct paths *paths, uint32_t node, int64_t lots)
{
	const struct network *network = paths->division->network;
	uint32_t from = paths->previous[node], edge = paths->previous_edge[node];
	if (node == exit_node(paths))
		paths->left[from] -= lots;
	else if (from >= request_node(paths, network->request_count))
		paths->flow->arc[edge] += lots;
	else if (from < network->claimant_count)
		paths->flow->request[edge] -= lots;
	else if (node < network->claimant_count)
		paths->flow->request[edge] += lots;
	else
		paths->flow->arc[edge] -= lots;
}

static void path_send(struct paths *paths)
{
	int64_t lots = INT64_MAX;
	uint32_t node = exit_node(paths);
	for (; paths->previous[node] != NO_NODE; node = paths->previous[node]) {
		int64_t room = way_room(paths, node);
		lots = room < lots ? room : lots;
	}
	lots = paths->left[node] < lots ? paths->left[node] : lots;
	paths->left[node] -= lots;
	for (node = exit_node(paths); paths->previous[node] != NO_NODE;
	     node = paths->previous[node])
		way_carry(paths, node, lots);
}

void paths_run(struct paths *paths, const struct block *block, const int64_t *wants, bool free)
{
	const struct division *division = paths->division;
	const struct network *network = division->network;
	block_start(paths, block, wants);
	while (shortest(paths, block)) {
		block_visit(paths, block, visit_move);
		path_send(paths);
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		CHECK(free || paths->left[claimant] == 0);
		paths->flow->claimant[claimant] = wants[claimant] - paths->left[claimant];
	}
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k];
		paths->flow->offer[offer] =
		        network->supply[offer] - paths->left[offer_node(paths, offer)];
	}
}

static void dual_write(const struct paths *paths, wide dual, struct dual_side *side, uint32_t at)
{
	wide high = (dual + COST_UNIT / 2) >> COST_UNIT_BITS, low = dual - high * COST_UNIT;
	side->rank[at] = (int32_t)(paths->cost_first ? low : high);
	side->cost[at] = (int64_t)(paths->cost_first ? high : low);
}

/* The source's potential is 0 throughout: u = -potential, at most 0. */
void paths_duals(const struct paths *paths, const struct block *block, struct duals *duals)
{
	const struct division *division = paths->division;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k], node = offer_node(paths, offer);
		bool room = paths->left[node] > 0 || paths->potential[node] < 0;
		dual_write(paths, room ? 0 : -paths->potential[node], &duals->offer, offer);
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		dual_write(paths, paths->potential[request_node(paths, request)], &duals->request,
		           request);
	}
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		dual_write(paths, paths->potential[claimant], &duals->claimant, claimant);
	}
}
