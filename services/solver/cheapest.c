/* A block of the fair stage as a transportation problem, and its answer as shares
 * and duals.
 *
 * Columns are the block's offers. A claimant with one request in the block is a
 * row with his lots. One with several has a row for each with all its lots, and a
 * column of his own, to be used up, with the lots his requests must stay short of:
 * so the capacities of requests need no other machinery. A detached request is a
 * row with all its lots. In a free block one more column serves everyone at no
 * cost with what cannot be placed.
 *
 * Costs are one number: the more important of (rank, cost) times a unit that no
 * path of the other can reach; the least cost is taken off every arc to an offer. */
#include <string.h>

#include "services/solver/cheapest.h"
#include "services/solver/paths.h"

static void shares_take(struct arena *arena, struct shares *shares, size_t capacity)
{
	struct shares larger = {.capacity = (uint32_t)capacity, .count = shares->count};
	larger.request = ARENA_ARRAY(arena, uint32_t, capacity + 1);
	larger.arc = ARENA_ARRAY(arena, uint32_t, capacity + 1);
	larger.lots = ARENA_ARRAY(arena, int64_t, capacity + 1);
	if (shares->count > 0) {
		memcpy(larger.request, shares->request, shares->count * sizeof(uint32_t));
		memcpy(larger.arc, shares->arc, shares->count * sizeof(uint32_t));
		memcpy(larger.lots, shares->lots, shares->count * sizeof(int64_t));
	}
	*shares = larger;
}

static void shares_reserve(struct arena *arena, struct shares *shares, size_t adding)
{
	if (shares->count + adding > shares->capacity)
		shares_take(arena, shares, 2 * ((size_t)shares->count + adding));
}

bool building_in_block(const struct building *building, uint32_t request, uint32_t arc)
{
	const struct division *division = building->cheapest->division;
	return division->offer_block[division->network->arc_offer[arc]] ==
	       division->request_block[request];
}

/* Sizes, the range of costs, and whether there are ranks. */
struct survey {
	uint64_t arcs;
	int64_t least, most;
};

static struct survey block_survey(struct building *building)
{
	const struct division *division = building->cheapest->division;
	const struct network *network = division->network;
	const struct block *block = building->block;
	struct survey survey = {0, INT32_MAX, INT32_MIN};
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		for (uint32_t arc = network->first_arc[request];
		     arc < network->first_arc[request + 1]; arc++) {
			if (!building_in_block(building, request, arc))
				continue;
			int64_t cost = network->arc_cost[arc];
			survey.arcs++;
			survey.least = cost < survey.least ? cost : survey.least;
			survey.most = cost > survey.most ? cost : survey.most;
			if (network->arc_rank && network->arc_rank[arc])
				building->ranked = true;
		}
	}
	return survey;
}

/* False when costs could overflow: then the paths must do. */
static bool unit_choose(struct building *building, const struct survey *survey, uint64_t columns)
{
	int128 range = survey->arcs ? survey->most - survey->least + 1 : 1, unit = 1, most = range;
	building->least = survey->arcs ? survey->least : 0;
	if (building->ranked && building->cheapest->cost_first) {
		unit = 8 * ((int128)columns + 2);
		most = range * unit;
	} else if (building->ranked) {
		unit = 8 * ((int128)columns + 2) * range;
		most = 2 * unit;
	}
	building->unit = (int64_t)unit;
	return most * 4 * ((int128)columns + 2) < TRANSPORT_COST_ROOM;
}

int64_t building_arc_price(const struct building *building, uint32_t arc)
{
	const struct network *network = building->cheapest->division->network;
	int64_t cost = network->arc_cost[arc] - building->least;
	if (!building->ranked)
		return cost;
	int64_t rank = network->arc_rank[arc];
	return building->cheapest->cost_first ? cost * building->unit + rank
	                                      : rank * building->unit + cost;
}

static void building_open(struct building *building, const struct survey *survey)
{
	struct arena *arena = building->cheapest->arena;
	const struct block *block = building->block;
	struct transport *transport = &building->transport;
	size_t requests = block->end_request - block->first_request + 1;
	size_t columns = block->end_offer - block->first_offer + block->end_claimant -
	                 block->first_claimant + 2;
	size_t arcs = survey->arcs + 2 * requests + 1;
	building->column_of = ARENA_ARRAY(arena, uint32_t,
	                                  building->cheapest->division->network->offer_count + 1);
	building->row_request = ARENA_ARRAY(arena, uint32_t, requests);
	building->arc_origin = ARENA_ARRAY(arena, uint32_t, arcs);
	building->column_claimant = ARENA_ARRAY(arena, uint32_t, columns);
	transport->first = ARENA_ARRAY(arena, uint32_t, requests + 1);
	transport->column = ARENA_ARRAY(arena, uint32_t, arcs);
	transport->cost = ARENA_ARRAY(arena, int64_t, arcs);
	transport->demand = ARENA_ARRAY(arena, int64_t, requests);
	transport->supply = ARENA_ARRAY(arena, int64_t, columns);
	transport->row_dual = ARENA_ARRAY(arena, int64_t, requests);
	transport->column_dual = ARENA_ARRAY(arena, int64_t, columns);
	transport->flow_row = ARENA_ARRAY(arena, uint32_t, requests + columns);
	transport->flow_arc = ARENA_ARRAY(arena, uint32_t, requests + columns);
	transport->flow_lots = ARENA_ARRAY(arena, int64_t, requests + columns);
}

static void arc_add(struct building *building, uint32_t column, int64_t cost, uint32_t origin)
{
	struct transport *transport = &building->transport;
	uint32_t arc = transport->first[transport->row_count + 1]++;
	transport->column[arc] = column;
	transport->cost[arc] = cost;
	building->arc_origin[arc] = origin;
}

/* `column` is the claimant's own, or NO_ARC. */
static void row_add(struct building *building, uint32_t request, int64_t lots, uint32_t column)
{
	const struct network *network = building->cheapest->division->network;
	struct transport *transport = &building->transport;
	transport->first[transport->row_count + 1] = transport->first[transport->row_count];
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (building_in_block(building, request, arc))
			arc_add(building, building->column_of[network->arc_offer[arc]],
			        building_arc_price(building, arc), arc);
	}
	if (column != NO_ARC)
		arc_add(building, column, 0, NO_ARC);
	transport->demand[transport->row_count] = lots;
	building->row_request[transport->row_count++] = request;
	building->wants += lots;
}

static bool request_open(const struct building *building, uint32_t request)
{
	const struct network *network = building->cheapest->division->network;
	if (building->cheapest->division->request_block[request] != building->block->number ||
	    network->request_lots[request] == 0)
		return false;
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (building_in_block(building, request, arc))
			return true;
	}
	return false;
}

static void claimant_add(struct building *building, uint32_t claimant)
{
	const struct division *division = building->cheapest->division;
	const struct network *network = division->network;
	struct transport *transport = &building->transport;
	int64_t lots = building->cheapest->awards[claimant] - division->detached_lots[claimant];
	int64_t room = 0;
	uint32_t open = 0, last = 0, end = network->first_request[claimant + 1];
	for (uint32_t request = network->first_request[claimant]; request < end; request++) {
		if (!request_open(building, request))
			continue;
		room += network->request_lots[request];
		last = request;
		open++;
	}
	if (lots == 0 || open == 0)
		return;
	if (open == 1) {
		row_add(building, last, lots, NO_ARC);
		return;
	}
	uint32_t column = transport->column_count++;
	building->column_claimant[building->claimant_columns++] = claimant;
	transport->supply[column] = room - lots;
	building->wants -= room - lots;
	for (uint32_t request = network->first_request[claimant]; request < end; request++) {
		if (request_open(building, request))
			row_add(building, request, network->request_lots[request], column);
	}
}

/* Rows get one more arc, to the column of what cannot be placed. */
static void free_column_add(struct building *building)
{
	struct transport *transport = &building->transport;
	uint32_t column = transport->column_count++, rows = transport->row_count;
	int64_t supply = 0;
	for (uint32_t k = 0; k < transport->first_exact; k++)
		supply += transport->supply[k];
	transport->supply[column] = building->wants > supply ? building->wants - supply : 0;
	for (uint32_t row = rows; row-- > 0;) {
		uint32_t first = transport->first[row], end = transport->first[row + 1];
		memmove(transport->column + first + row, transport->column + first,
		        (end - first) * sizeof *transport->column);
		memmove(transport->cost + first + row, transport->cost + first,
		        (end - first) * sizeof *transport->cost);
		memmove(building->arc_origin + first + row, building->arc_origin + first,
		        (end - first) * sizeof *building->arc_origin);
		transport->column[end + row] = column;
		transport->cost[end + row] = 0;
		building->arc_origin[end + row] = NO_ARC;
	}
	for (uint32_t row = 0; row <= rows; row++)
		transport->first[row] += row;
}

static void block_build(struct building *building)
{
	const struct division *division = building->cheapest->division;
	const struct network *network = division->network;
	const struct block *block = building->block;
	struct transport *transport = &building->transport;
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		uint32_t offer = division->offers[k];
		building->column_of[offer] = transport->column_count;
		transport->supply[transport->column_count++] = network->supply[offer];
	}
	transport->first_exact = transport->column_count;
	for (uint32_t k = block->first_claimant; k < block->end_claimant; k++)
		claimant_add(building, division->claimants[k]);
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		uint32_t claimant = network->request_claimant[request];
		if (division->claimant_block[claimant] != block->number &&
		    network->request_lots[request] > 0)
			row_add(building, request, network->request_lots[request], NO_ARC);
	}
	if (building->free)
		free_column_add(building);
}

static void paths_take_over(struct cheapest *cheapest, const struct block *block)
{
	bool free = block->free;
	const struct division *division = cheapest->division;
	const struct network *network = division->network;
	struct paths paths;
	cheapest->engine->given_up++;
	arcs_turn(cheapest->arena, cheapest->engine->network);
	if (cheapest->flow->arc == NULL)
		cheapest->flow->arc = ARENA_ARRAY(cheapest->arena, int64_t, network->arc_count + 1);
	size_t mark = cheapest->arena->used;
	paths_open(cheapest->arena, &paths, division, cheapest->flow, cheapest->cost_first);
	paths_run(&paths, block, cheapest->awards, free);
	paths_duals(&paths, block, cheapest->duals);
	cheapest->arena->used = mark;
	for (uint32_t k = block->first_claimant; free && k < block->end_claimant; k++)
		cheapest->awards[division->claimants[k]] =
		        cheapest->flow->claimant[division->claimants[k]];
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		uint32_t first = network->first_arc[request], end = network->first_arc[request + 1];
		shares_reserve(cheapest->arena, cheapest->shares, end - first);
		for (uint32_t arc = first; arc < end; arc++) {
			if (cheapest->flow->arc[arc] > 0)
				shares_add(cheapest->shares, request, arc,
				           cheapest->flow->arc[arc]);
		}
	}
}

/* With nothing to place, what must be used up could not yield to Orden's parts. */
static bool block_barren(const struct division *division, const struct block *block)
{
	for (uint32_t k = block->first_offer; k < block->end_offer; k++) {
		if (division->network->supply[division->offers[k]] > 0)
			return false;
	}
	return block->free;
}

static void block_solve(struct cheapest *cheapest, const struct block *block)
{
	struct building building = {.cheapest = cheapest, .block = block, .free = block->free};
	size_t columns = (size_t)(block->end_offer - block->first_offer) +
	                 (block->end_claimant - block->first_claimant) + 2;
	shares_reserve(cheapest->arena, &cheapest->engine->shares,
	               columns + block->end_request - block->first_request);
	size_t mark = cheapest->arena->used;
	struct survey survey = block_survey(&building);
	bool fits = survey.arcs < UINT32_MAX / 2 && unit_choose(&building, &survey, columns) &&
	            !block_barren(cheapest->division, block);
	if (fits) {
		building_open(&building, &survey);
		block_build(&building);
		fits = transport_solve(cheapest->arena, &building.transport);
		cheapest->engine->pivots += building.transport.pivot_count;
		cheapest->engine->scans += building.transport.scan_count;
	}
	if (fits) {
		building_write(&building);
	}
	cheapest->arena->used = mark;
	if (!fits)
		paths_take_over(cheapest, block);
}

static void side_open(struct arena *arena, struct dual_side *side, uint32_t count)
{
	side->rank = ARENA_ARRAY(arena, int32_t, count + 1);
	side->cost = ARENA_ARRAY(arena, int64_t, count + 1);
}

void engine_cost(struct engine *engine)
{
	const struct network *network = engine->network;
	struct cheapest cheapest = {
	        .arena = engine->arena,
	        .engine = engine,
	        .division = &engine->division,
	        .cost_first = engine->cost_first,
	        .awards = engine->flow.claimant,
	        .shares = &engine->shares,
	        .duals = &engine->duals,
	        .flow = &engine->flow,
	};
	side_open(engine->arena, &engine->duals.offer, network->offer_count);
	side_open(engine->arena, &engine->duals.request, network->request_count);
	side_open(engine->arena, &engine->duals.claimant, network->claimant_count);
	engine->shares = (struct shares){0};
	shares_take(engine->arena, &engine->shares,
	            (size_t)network->request_count + network->offer_count +
	                    network->claimant_count + 2 * (size_t)engine->blocks.count);
	for (uint32_t b = 0; b < engine->blocks.count; b++)
		block_solve(&cheapest, &engine->blocks.list[b]);
}
