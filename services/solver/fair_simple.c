/* The fair stage for components whose claimants have one request each, nearly all
 * there are. The division is that of fair.c; whether a block's targets can be carried
 * is a transportation problem without costs, whose duals are the cut. A row belongs to
 * the harder side iff all its columns do. */
#include "services/solver/fair.h"

#include <string.h>

#include "services/solver/transport.h"

void simple_open(struct simple *simple, struct engine *engine)
{
	const struct network *network = engine->network;
	*simple = (struct simple){.engine = engine};
	simple->column_of = ARENA_ARRAY(engine->arena, uint32_t, network->offer_count + 1);
	simple->short_offer = ARENA_ARRAY(engine->arena, uint8_t, network->offer_count + 1);
}

bool simple_component(const struct engine *engine, const struct block *component)
{
	(void)engine;
	return component->end_claimant - component->first_claimant ==
	       component->end_request - component->first_request;
}

/* Rows are the claimants with a target, in order; arcs those inside the block. */
static void rows_build(struct simple *simple, const struct block *block, const int64_t *targets,
                       struct transport *transport)
{
	const struct division *division = &simple->engine->division;
	const struct network *network = division->network;
	uint32_t arcs = 0, row = 0;
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		int64_t lots = targets[network->request_claimant[request]];
		if (lots == 0)
			continue;
		for (uint32_t arc = network->first_arc[request];
		     arc < network->first_arc[request + 1]; arc++) {
			uint32_t offer = network->arc_offer[arc];
			transport->column[arcs] = simple->column_of[offer];
			arcs += division->offer_block[offer] == block->number;
		}
		transport->demand[row++] = lots;
		transport->first[row] = arcs;
	}
	transport->row_count = row;
}

static size_t arcs_most(const struct division *division, const struct block *block)
{
	const struct network *network = division->network;
	size_t arcs = 1;
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		arcs += network->first_arc[request + 1] - network->first_arc[request];
	}
	return arcs;
}

int64_t simple_check(struct simple *simple, const struct block *block, const int64_t *targets)
{
	struct engine *engine = simple->engine;
	const struct division *division = &engine->division;
	struct arena *arena = engine->arena;
	size_t mark = arena->used;
	uint32_t rows = block->end_request - block->first_request;
	uint32_t columns = block->end_offer - block->first_offer;
	struct transport transport = {.column_count = columns, .first_exact = columns};
	transport.first = ARENA_ARRAY(arena, uint32_t, rows + 1);
	transport.column = ARENA_ARRAY(arena, uint32_t, arcs_most(division, block));
	transport.demand = ARENA_ARRAY(arena, int64_t, rows + 1);
	transport.supply = ARENA_ARRAY(arena, int64_t, columns + 1);
	transport.row_dual = ARENA_ARRAY(arena, int64_t, rows + 1);
	transport.column_dual = ARENA_ARRAY(arena, int64_t, columns + 1);
	for (uint32_t column = 0; column < columns; column++) {
		uint32_t offer = division->offers[block->first_offer + column];
		simple->column_of[offer] = column;
		transport.supply[column] = division->network->supply[offer];
	}
	rows_build(simple, block, targets, &transport);
	int64_t missing = transport_place(arena, &transport);
	for (uint32_t column = 0; column < columns; column++)
		simple->short_offer[division->offers[block->first_offer + column]] =
		        transport.column_dual[column] < 0;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		engine->flow.claimant[division->claimants[k]] = targets[division->claimants[k]];
	engine->place_pivots += transport.pivot_count;
	engine->place_scans += transport.scan_count;
	arena->used = mark;
	return missing;
}

bool simple_short_request(const struct simple *simple, const struct block *block, uint32_t request)
{
	const struct division *division = &simple->engine->division;
	const struct network *network = division->network;
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		uint32_t offer = network->arc_offer[arc];
		if (division->offer_block[offer] == block->number && !simple->short_offer[offer])
			return false;
	}
	return true;
}
