/* The fair stage: divide and conquer (Fujishige; Groenevelt) over exact keys.
 *
 * A block holds claimants, requests and offers. Pretend that all its supply were
 * one pool: the first lots in key order, as many as the pool has, are the targets.
 * If a flow carries them all, the block is final. Otherwise the cut tells who asks
 * too much of too little: everyone reachable from an unserved claimant is one new
 * block, harder rationed (a lower level), whose offers it exhausts; the rest is
 * another. In the true shares the first get nothing beyond their targets and the
 * others nothing less, and no lot crosses except through requests that are full:
 * those stay with the block of their offers and are detached from their claimant,
 * who counts them as carried. So each side is solved by itself, the harder first,
 * which numbers the levels. A block that is not final always loses an offer or a
 * claimant to the other side, so there are at most claimants + offers divisions.
 *
 * Why each level proves its share: inside a final block every lot in precedes
 * every lot out; across blocks a lot out of a higher level comes after the targets'
 * last key, a lot in of a lower level before it. */
#include "services/solver/fair.h"

#include <string.h>

/* Union by halving over claimants and offers. */
static uint32_t root_of(uint32_t *parents, uint32_t node)
{
	while (parents[node] != node) {
		parents[node] = parents[parents[node]];
		node = parents[node];
	}
	return node;
}

static void components_join(const struct network *network, uint32_t *parents)
{
	for (uint32_t k = 0; k < network->claimant_count + network->offer_count; k++)
		parents[k] = k;
	for (uint32_t r = 0; r < network->request_count; r++) {
		uint32_t one = root_of(parents, network->request_claimant[r]);
		for (uint32_t a = network->first_arc[r]; a < network->first_arc[r + 1]; a++) {
			uint32_t two =
			        root_of(parents, network->claimant_count + network->arc_offer[a]);
			if (two < one) {
				parents[one] = two;
				one = two;
			} else {
				parents[two] = one;
			}
		}
	}
}

static void components_number(struct arena *arena, const struct network *network,
                              struct levels *levels)
{
	uint32_t claimants = network->claimant_count;
	uint32_t *parents = ARENA_ARRAY(arena, uint32_t, claimants + network->offer_count + 1);
	int32_t *numbers = ARENA_ARRAY(arena, int32_t, claimants + network->offer_count + 1);
	components_join(network, parents);
	levels->component_count = 0;
	for (uint32_t k = 0; k < claimants + network->offer_count; k++) {
		uint32_t root = root_of(parents, k);
		if (root == k)
			numbers[k] = levels->component_count++;
		if (k < claimants)
			levels->claimant_component[k] = numbers[root];
		else
			levels->offer_component[k - claimants] = numbers[root];
	}
	for (uint32_t r = 0; r < network->request_count; r++) {
		bool alone = network->first_arc[r] == network->first_arc[r + 1];
		uint32_t claimant = network->request_claimant[r];
		levels->request_component[r] =
		        alone ? levels->component_count++ : levels->claimant_component[claimant];
	}
}

/* Orders `count` things by their component, keeping their order inside; ends[component]
 * becomes the end of its range. */
static void sort_by_component(const int32_t *components, uint32_t count, uint32_t *order,
                              uint32_t *ends, uint32_t component_count)
{
	memset(ends, 0, (component_count + 1) * sizeof *ends);
	for (uint32_t k = 0; k < count; k++)
		ends[components[k] + 1]++;
	for (uint32_t c = 0; c < component_count; c++)
		ends[c + 1] += ends[c];
	for (uint32_t k = 0; k < count; k++)
		order[ends[components[k]]++] = k;
}

static void components_list(struct arena *arena, struct division *division,
                            const struct levels *levels, struct blocks *components)
{
	const struct network *network = division->network;
	uint32_t count = (uint32_t)levels->component_count;
	uint32_t *claimant_ends = ARENA_ARRAY(arena, uint32_t, count + 1);
	uint32_t *request_ends = ARENA_ARRAY(arena, uint32_t, count + 1);
	uint32_t *offer_ends = ARENA_ARRAY(arena, uint32_t, count + 1);
	sort_by_component(levels->claimant_component, network->claimant_count, division->claimants,
	                  claimant_ends, count);
	sort_by_component(levels->request_component, network->request_count, division->requests,
	                  request_ends, count);
	sort_by_component(levels->offer_component, network->offer_count, division->offers,
	                  offer_ends, count);
	components->list = ARENA_ARRAY(arena, struct block, count + 1);
	components->count = count;
	for (uint32_t c = 0; c < count; c++) {
		components->list[c] = (struct block){
		        .first_claimant = c ? claimant_ends[c - 1] : 0,
		        .end_claimant = claimant_ends[c],
		        .first_request = c ? request_ends[c - 1] : 0,
		        .end_request = request_ends[c],
		        .first_offer = c ? offer_ends[c - 1] : 0,
		        .end_offer = offer_ends[c],
		        .number = (int32_t)c,
		        .component = (int32_t)c,
		};
	}
}

void division_open(struct engine *engine)
{
	struct arena *arena = engine->arena;
	const struct network *network = engine->network;
	struct division *division = &engine->division;
	struct levels *levels = &engine->levels;
	uint32_t claimants = network->claimant_count, requests = network->request_count;
	uint32_t offers = network->offer_count;
	*division = (struct division){.network = network};
	division->claimants = ARENA_ARRAY(arena, uint32_t, claimants + 1);
	division->requests = ARENA_ARRAY(arena, uint32_t, requests + 1);
	division->offers = ARENA_ARRAY(arena, uint32_t, offers + 1);
	division->claimant_block = ARENA_ARRAY(arena, int32_t, claimants + 1);
	division->request_block = ARENA_ARRAY(arena, int32_t, requests + 1);
	division->offer_block = ARENA_ARRAY(arena, int32_t, offers + 1);
	division->detached_lots = ARENA_ARRAY(arena, int64_t, claimants + 1);
	levels->claimant_component = ARENA_ARRAY(arena, int32_t, claimants + 1);
	levels->claimant_level = ARENA_ARRAY(arena, int32_t, claimants + 1);
	levels->request_component = ARENA_ARRAY(arena, int32_t, requests + 1);
	levels->request_level = ARENA_ARRAY(arena, int32_t, requests + 1);
	levels->offer_component = ARENA_ARRAY(arena, int32_t, offers + 1);
	levels->offer_level = ARENA_ARRAY(arena, int32_t, offers + 1);
	components_number(arena, network, levels);
	components_list(arena, division, levels, &engine->components);
	division->block_count = levels->component_count;
	memcpy(division->claimant_block, levels->claimant_component, claimants * sizeof(int32_t));
	memcpy(division->request_block, levels->request_component, requests * sizeof(int32_t));
	memcpy(division->offer_block, levels->offer_component, offers * sizeof(int32_t));
}

struct fair {
	struct engine *engine;
	struct maxflow maxflow;
	/* Components of simple claimants need no largest flow. */
	struct simple simple;
	bool is_simple;
	int64_t *targets;
	uint8_t *short_claimant;
	uint32_t *spare;
	struct block *stack;
	uint32_t stack_count;
};

static void targets_set(struct fair *fair, const struct block *block)
{
	struct engine *engine = fair->engine;
	const struct division *division = &engine->division;
	const struct network *network = division->network;
	int64_t pool = 0;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		pool += network->supply[division->offers[k]];
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		pool += division->detached_lots[division->claimants[k]];
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		if (division->claimant_block[network->request_claimant[request]] != block->number)
			pool -= network->request_lots[request];
	}
	share_select(engine->arena, engine->keys,
	             &(struct share_pool){division->claimants + block->first_claimant,
	                                  block->end_claimant - block->first_claimant,
	                                  engine->limits},
	             pool, fair->targets);
}

enum kind { KIND_CLAIMANT, KIND_REQUEST, KIND_OFFER };

/* Whether the last check found it on the short side. */
static bool is_short(const struct fair *fair, const struct block *block, enum kind kind,
                     uint32_t number)
{
	(void)block;
	const struct network *network = fair->engine->network;
	if (!fair->is_simple) {
		uint32_t node = number;
		node += kind == KIND_CLAIMANT ? 0 : network->claimant_count;
		node += kind == KIND_OFFER ? network->request_count : 0;
		return maxflow_reached(&fair->maxflow, node);
	}
	if (kind == KIND_OFFER)
		return fair->simple.short_offer[number];
	if (kind == KIND_REQUEST)
		number = network->request_claimant[number];
	return fair->short_claimant[number];
}

/* Moves the short side to the front, keeping the order; returns how many they are. */
static uint32_t part(struct fair *fair, const struct block *block, enum kind kind, uint32_t first,
                     uint32_t end)
{
	struct division *division = &fair->engine->division;
	uint32_t *const orders[] = {division->claimants, division->requests, division->offers};
	uint32_t *order = orders[kind];
	uint32_t near = first, far = 0;
	for (uint32_t k = first; k < end; k++) {
		if (is_short(fair, block, kind, order[k]))
			order[near++] = order[k];
		else
			fair->spare[far++] = order[k];
	}
	memcpy(order + near, fair->spare, far * sizeof *order);
	return near;
}

static void claimants_judge(struct fair *fair, const struct block *block)
{
	const struct division *division = &fair->engine->division;
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		fair->short_claimant[division->network->request_claimant[request]] =
		        simple_short_request(&fair->simple, block, request);
	}
}

static void blocks_renumber(struct division *division, const struct block *block)
{
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		division->claimant_block[division->claimants[k]] = block->number;
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		division->request_block[division->requests[k]] = block->number;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		division->offer_block[division->offers[k]] = block->number;
}

/* Requests that the cut just left in another block than their claimant's are full. */
static void requests_detach(struct division *division, const struct block *rest, int32_t hard)
{
	const struct network *network = division->network;
	for (uint32_t k = rest->first_request; k < rest->end_request; k++) {
		uint32_t request = division->requests[k];
		uint32_t claimant = network->request_claimant[request];
		if (division->claimant_block[claimant] == hard)
			division->detached_lots[claimant] += network->request_lots[request];
	}
}

static void block_divide(struct fair *fair, const struct block *block)
{
	struct division *division = &fair->engine->division;
	struct block hard = *block, rest = *block;
	if (fair->is_simple)
		claimants_judge(fair, block);
	hard.end_claimant =
	        part(fair, block, KIND_CLAIMANT, block->first_claimant, block->end_claimant);
	hard.end_request =
	        part(fair, block, KIND_REQUEST, block->first_request, block->end_request);
	hard.end_offer = part(fair, block, KIND_OFFER, block->first_offer, block->end_offer);
	rest.first_claimant = hard.end_claimant;
	rest.first_request = hard.end_request;
	rest.first_offer = hard.end_offer;
	hard.number = division->block_count++;
	rest.number = division->block_count++;
	blocks_renumber(division, &hard);
	blocks_renumber(division, &rest);
	if (!fair->is_simple)
		requests_detach(division, &rest, hard.number);
	fair->stack[fair->stack_count++] = rest;
	fair->stack[fair->stack_count++] = hard;
}

static void block_finish(struct division *division, const struct block *block, int32_t level,
                         struct levels *levels)
{
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		levels->claimant_level[division->claimants[k]] = level;
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		levels->request_level[division->requests[k]] = level;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++)
		levels->offer_level[division->offers[k]] = level;
}

void engine_fair(struct engine *engine)
{
	const struct network *network = engine->network;
	struct flow *flow = &engine->flow;
	flow->request = ARENA_ARRAY(engine->arena, int64_t, network->request_count + 1);
	flow->claimant = ARENA_ARRAY(engine->arena, int64_t, network->claimant_count + 1);
	flow->offer = ARENA_ARRAY(engine->arena, int64_t, network->offer_count + 1);
	flow->arc = NULL;
	division_open(engine);
	fair_solve(engine);
}

static void fair_open(struct fair *fair, struct engine *engine)
{
	const struct network *network = engine->network;
	struct arena *arena = engine->arena;
	size_t most =
	        (size_t)network->claimant_count + network->request_count + network->offer_count + 2;
	*fair = (struct fair){.engine = engine};
	fair->targets = ARENA_ARRAY(arena, int64_t, network->claimant_count + 1);
	fair->spare = ARENA_ARRAY(arena, uint32_t, most);
	fair->stack = ARENA_ARRAY(arena, struct block, most);
	fair->short_claimant = ARENA_ARRAY(arena, uint8_t, network->claimant_count + 1);
	simple_open(&fair->simple, engine);
}

/* Lots of the targets that the block cannot carry. */
static int64_t block_check(struct fair *fair, const struct block *block)
{
	struct engine *engine = fair->engine;
	engine->flow_runs++;
	if (fair->is_simple) {
		int64_t missing = simple_check(&fair->simple, block, fair->targets);
		if (missing >= 0)
			return missing;
		fair->is_simple = false;
	}
	if (engine->flow.arc == NULL) {
		engine->flow.arc =
		        ARENA_ARRAY(engine->arena, int64_t, engine->network->arc_count + 1);
		arcs_turn(engine->arena, engine->network);
		maxflow_open(engine->arena, &fair->maxflow, &engine->division, &engine->flow);
	}
	return maxflow_run(&fair->maxflow, block, fair->targets);
}

static void component_share(struct fair *fair, const struct block *component)
{
	struct engine *engine = fair->engine;
	int32_t level = 0;
	/* A request or an offer without arcs stands alone: nobody is to be served. */
	if (component->first_claimant == component->end_claimant) {
		block_finish(&engine->division, component, 0, &engine->levels);
		engine->blocks.list[engine->blocks.count++] = *component;
		return;
	}
	fair->stack[fair->stack_count++] = *component;
	while (fair->stack_count > 0) {
		struct block block = fair->stack[--fair->stack_count];
		targets_set(fair, &block);
		if (block_check(fair, &block) > 0) {
			block_divide(fair, &block);
			continue;
		}
		block_finish(&engine->division, &block, level++, &engine->levels);
		engine->blocks.list[engine->blocks.count++] = block;
	}
}

/* Without keys: level 0 is whatever those in want can still reach, level 1 the rest. */
static void component_place(struct fair *fair, const struct block *component)
{
	struct engine *engine = fair->engine;
	struct blocks *blocks = &engine->blocks;
	for (uint32_t j = component->first_claimant; j < component->end_claimant; j++) {
		uint32_t claimant = engine->division.claimants[j];
		fair->targets[claimant] = engine->limits[claimant];
	}
	if (block_check(fair, component) == 0) {
		block_finish(&engine->division, component, 0, &engine->levels);
		blocks->list[blocks->count++] = *component;
		return;
	}
	block_divide(fair, component);
	for (int32_t level = 0; level < 2; level++) {
		struct block *block = &blocks->list[blocks->count++];
		*block = fair->stack[--fair->stack_count];
		block->free = level == 0;
		block_finish(&engine->division, block, level, &engine->levels);
		for (uint32_t k = block->first_claimant; k < block->end_claimant; k++) {
			uint32_t claimant = engine->division.claimants[k];
			engine->flow.claimant[claimant] = engine->limits[claimant];
		}
	}
}

void fair_solve(struct engine *engine)
{
	const struct network *network = engine->network;
	struct fair fair;
	fair_open(&fair, engine);
	engine->blocks.list = ARENA_ARRAY(engine->arena, struct block,
	                                  (size_t)network->claimant_count + network->request_count +
	                                          network->offer_count + 2);
	engine->blocks.count = 0;
	for (uint32_t c = 0; c < engine->components.count; c++) {
		fair.is_simple = simple_component(engine, &engine->components.list[c]);
		if (engine->keys->policy == POLICY_LEAST_COST)
			component_place(&fair, &engine->components.list[c]);
		else
			component_share(&fair, &engine->components.list[c]);
	}
}
