/* Dinic's largest flow in one block: breadth-first distances, then depth-first
 * paths along them with a cursor per node, until no path is left.
 *
 * Nodes: claimants, then requests, then offers. The source feeds claimants up to
 * their targets and detached requests with all their lots; lots leave through
 * offers up to the supply, and through a claimant as far as his detached requests
 * carry him. Edges are not stored: a step names the request or arc it uses. */
#include "services/solver/fair.h"

#include <string.h>

#define NO_NODE UINT32_MAX
#define FAR UINT32_MAX

void maxflow_open(struct arena *arena, struct maxflow *maxflow, const struct division *division,
                  struct flow *flow)
{
	const struct network *network = division->network;
	size_t nodes =
	        (size_t)network->claimant_count + network->request_count + network->offer_count;
	*maxflow = (struct maxflow){.network = network, .division = division, .flow = flow};
	maxflow->claimant_left = ARENA_ARRAY(arena, int64_t, network->claimant_count + 1);
	maxflow->claimant_exit = ARENA_ARRAY(arena, int64_t, network->claimant_count + 1);
	maxflow->request_left = ARENA_ARRAY(arena, int64_t, network->request_count + 1);
	maxflow->distance = ARENA_ARRAY(arena, uint32_t, nodes + 1);
	maxflow->cursor = ARENA_ARRAY(arena, uint32_t, nodes + 1);
	maxflow->queue = ARENA_ARRAY(arena, uint32_t, nodes + 1);
	maxflow->path = ARENA_ARRAY(arena, struct maxflow_step, nodes + 1);
}

bool maxflow_reached(const struct maxflow *maxflow, uint32_t node)
{
	return maxflow->distance[node] != FAR;
}

static uint32_t node_of_request(const struct network *network, uint32_t request)
{
	return network->claimant_count + request;
}

static uint32_t node_of_offer(const struct network *network, uint32_t offer)
{
	return network->claimant_count + network->request_count + offer;
}

static bool claimant_edge(const struct maxflow *maxflow, uint32_t claimant, uint32_t request)
{
	const struct division *division = maxflow->division;
	return division->request_block[request] == division->claimant_block[claimant] &&
	       maxflow->flow->request[request] < maxflow->network->request_lots[request];
}

static bool back_to_claimant(const struct maxflow *maxflow, uint32_t request)
{
	const struct division *division = maxflow->division;
	uint32_t claimant = maxflow->network->request_claimant[request];
	return division->request_block[request] == division->claimant_block[claimant] &&
	       maxflow->flow->request[request] > 0;
}

/* Edges of a node are numbered: the cursor. NO_NODE when edge number `edge` leads nowhere. */
static uint32_t edge_count(const struct network *network, uint32_t node)
{
	if (node < network->claimant_count)
		return network->first_request[node + 1] - network->first_request[node];
	node -= network->claimant_count;
	if (node < network->request_count)
		return network->first_arc[node + 1] - network->first_arc[node] + 1;
	node -= network->request_count;
	return network->first_back[node + 1] - network->first_back[node];
}

static uint32_t edge_head(const struct maxflow *maxflow, uint32_t node, uint32_t edge)
{
	const struct network *network = maxflow->network;
	const struct division *division = maxflow->division;
	if (node < network->claimant_count) {
		uint32_t request = network->first_request[node] + edge;
		return claimant_edge(maxflow, node, request) ? node_of_request(network, request)
		                                             : NO_NODE;
	}
	node -= network->claimant_count;
	if (node < network->request_count) {
		uint32_t arc = network->first_arc[node] + edge;
		if (arc == network->first_arc[node + 1])
			return back_to_claimant(maxflow, node) ? network->request_claimant[node]
			                                       : NO_NODE;
		uint32_t offer = network->arc_offer[arc];
		return division->offer_block[offer] == division->request_block[node]
		               ? node_of_offer(network, offer)
		               : NO_NODE;
	}
	node -= network->request_count;
	uint32_t place = network->first_back[node] + edge;
	if (maxflow->flow->arc[network->back_arc[place]] == 0)
		return NO_NODE;
	return node_of_request(network, network->back_request[place]);
}

/* Lots that may leave the network at this node. */
static int64_t exit_room(const struct maxflow *maxflow, uint32_t node)
{
	const struct network *network = maxflow->network;
	if (node < network->claimant_count)
		return maxflow->claimant_exit[node];
	if (node < network->claimant_count + network->request_count)
		return 0;
	uint32_t offer = node - network->claimant_count - network->request_count;
	return network->supply[offer] - maxflow->flow->offer[offer];
}

static void block_start(struct maxflow *maxflow, const struct block *block, const int64_t *targets)
{
	const struct network *network = maxflow->network;
	const struct division *division = maxflow->division;
	struct flow *flow = maxflow->flow;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		maxflow->claimant_left[claimant] = targets[claimant];
		maxflow->claimant_exit[claimant] = division->detached_lots[claimant];
		flow->claimant[claimant] = 0;
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		uint32_t claimant = network->request_claimant[request];
		bool detached = division->claimant_block[claimant] != block->number;
		flow->request[request] = detached ? network->request_lots[request] : 0;
		maxflow->request_left[request] = flow->request[request];
		for (uint32_t arc = network->first_arc[request];
		     arc < network->first_arc[request + 1]; arc++)
			flow->arc[arc] = 0;
	}
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		flow->offer[division->offers[k]] = 0;
}

static void cursors_reset(struct maxflow *maxflow, const struct block *block)
{
	const struct network *network = maxflow->network;
	const struct division *division = maxflow->division;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		maxflow->distance[division->claimants[k]] = FAR;
		maxflow->cursor[division->claimants[k]] = 0;
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		maxflow->distance[node_of_request(network, division->requests[k])] = FAR;
		maxflow->cursor[node_of_request(network, division->requests[k])] = 0;
	}
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		maxflow->distance[node_of_offer(network, division->offers[k])] = FAR;
		maxflow->cursor[node_of_offer(network, division->offers[k])] = 0;
	}
}

static uint32_t sources_queue(struct maxflow *maxflow, const struct block *block)
{
	const struct network *network = maxflow->network;
	const struct division *division = maxflow->division;
	uint32_t count = 0;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		if (maxflow->claimant_left[division->claimants[k]] > 0)
			maxflow->queue[count++] = division->claimants[k];
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		if (maxflow->request_left[division->requests[k]] > 0)
			maxflow->queue[count++] = node_of_request(network, division->requests[k]);
	}
	for (uint32_t k = 0; k < count; k++)
		maxflow->distance[maxflow->queue[k]] = 0;
	return count;
}

/* Breadth-first distances; whether anyone reached can let lots leave. */
static bool distances(struct maxflow *maxflow, const struct block *block)
{
	cursors_reset(maxflow, block);
	uint32_t count = sources_queue(maxflow, block);
	bool found = false;
	for (uint32_t next = 0; next < count; next++) {
		uint32_t node = maxflow->queue[next];
		found = found || exit_room(maxflow, node) > 0;
		uint32_t edges = edge_count(maxflow->network, node);
		for (uint32_t edge = 0; edge < edges; edge++) {
			uint32_t head = edge_head(maxflow, node, edge);
			if (head == NO_NODE || maxflow->distance[head] != FAR)
				continue;
			maxflow->distance[head] = maxflow->distance[node] + 1;
			maxflow->queue[count++] = head;
		}
	}
	return found;
}

/* How much this step can carry, and carrying it. */
static int64_t step_room(const struct maxflow *maxflow, const struct maxflow_step *step)
{
	const struct network *network = maxflow->network;
	uint32_t node = step->node;
	if (node < network->claimant_count) {
		uint32_t request = network->first_request[node] + step->edge;
		return network->request_lots[request] - maxflow->flow->request[request];
	}
	node -= network->claimant_count;
	if (node < network->request_count) {
		uint32_t arc = network->first_arc[node] + step->edge;
		return arc == network->first_arc[node + 1] ? maxflow->flow->request[node]
		                                           : INT64_MAX;
	}
	node -= network->request_count;
	return maxflow->flow->arc[network->back_arc[network->first_back[node] + step->edge]];
}

static void step_carry(struct maxflow *maxflow, const struct maxflow_step *step, int64_t lots)
{
	const struct network *network = maxflow->network;
	uint32_t node = step->node;
	if (node < network->claimant_count) {
		maxflow->flow->request[network->first_request[node] + step->edge] += lots;
		return;
	}
	node -= network->claimant_count;
	if (node < network->request_count) {
		uint32_t arc = network->first_arc[node] + step->edge;
		if (arc == network->first_arc[node + 1])
			maxflow->flow->request[node] -= lots;
		else
			maxflow->flow->arc[arc] += lots;
		return;
	}
	node -= network->request_count;
	maxflow->flow->arc[network->back_arc[network->first_back[node] + step->edge]] -= lots;
}

/* Sends what the path carries from its root out at `last`. */
static int64_t path_send(struct maxflow *maxflow, uint32_t length, uint32_t last, int64_t *left)
{
	const struct network *network = maxflow->network;
	int64_t lots = *left, room = exit_room(maxflow, last);
	if (room < lots)
		lots = room;
	for (uint32_t k = 0; k < length; k++) {
		room = step_room(maxflow, &maxflow->path[k]);
		if (room < lots)
			lots = room;
	}
	for (uint32_t k = 0; k < length; k++)
		step_carry(maxflow, &maxflow->path[k], lots);
	if (last < network->claimant_count)
		maxflow->claimant_exit[last] -= lots;
	else
		maxflow->flow->offer[last - network->claimant_count - network->request_count] +=
		        lots;
	*left -= lots;
	return lots;
}

/* All paths from one root along rising distances. */
static void root_send(struct maxflow *maxflow, uint32_t root, int64_t *left)
{
	uint32_t length = 0, node = root;
	while (*left > 0) {
		if (exit_room(maxflow, node) > 0) {
			path_send(maxflow, length, node, left);
			length = 0;
			node = root;
			continue;
		}
		uint32_t edges = edge_count(maxflow->network, node), head = NO_NODE;
		for (; maxflow->cursor[node] < edges; maxflow->cursor[node]++) {
			head = edge_head(maxflow, node, maxflow->cursor[node]);
			if (head != NO_NODE &&
			    maxflow->distance[head] == maxflow->distance[node] + 1)
				break;
		}
		if (maxflow->cursor[node] < edges) {
			maxflow->path[length++] =
			        (struct maxflow_step){node, maxflow->cursor[node]};
			node = head;
			continue;
		}
		if (length == 0)
			return;
		node = maxflow->path[--length].node;
		maxflow->cursor[node]++;
	}
}

int64_t maxflow_run(struct maxflow *maxflow, const struct block *block, const int64_t *targets)
{
	const struct network *network = maxflow->network;
	const struct division *division = maxflow->division;
	block_start(maxflow, block, targets);
	while (distances(maxflow, block)) {
		for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
			root_send(maxflow, division->claimants[k],
			          &maxflow->claimant_left[division->claimants[k]]);
		for (uint32_t k = block->first_request; k < block->end_request; k++)
			root_send(maxflow, node_of_request(network, division->requests[k]),
			          &maxflow->request_left[division->requests[k]]);
	}
	int64_t missing = 0;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
		uint32_t claimant = division->claimants[k];
		missing += maxflow->claimant_left[claimant];
		maxflow->flow->claimant[claimant] =
		        targets[claimant] - maxflow->claimant_left[claimant];
	}
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		missing += maxflow->request_left[division->requests[k]];
	return missing;
}
