/* The answer of a block's transportation problem: flows become shares, prices become
 * duals of offers, requests and claimants, those without a row included. */
#include "services/solver/cheapest.h"

void shares_add(struct shares *shares, uint32_t request, uint32_t arc, int64_t lots)
{
	shares->request[shares->count] = request;
	shares->arc[shares->count] = arc;
	shares->lots[shares->count++] = lots;
}

/* A price is high * unit + low, low nearest to 0; `least` was taken off rows. */
static void dual_write(const struct building *building, int64_t price, int64_t least,
                       struct dual_side *side, uint32_t at)
{
	int64_t unit = building->unit, high = 0, low = price;
	if (building->ranked) {
		high = price / unit;
		low = price % unit;
		if (low > unit / 2) {
			high++;
			low -= unit;
		} else if (low < -(unit / 2)) {
			high--;
			low += unit;
		}
	}
	bool swapped = building->ranked && building->cheapest->cost_first;
	side->rank[at] = (int32_t)(swapped ? low : high);
	side->cost[at] = (swapped ? high : low) + least;
}

static void flows_write(const struct building *building)
{
	const struct transport *transport = &building->transport;
	struct cheapest *cheapest = building->cheapest;
	const struct division *division = cheapest->division;
	const struct block *block = building->block;
	for (uint32_t k = block->first_claimant; building->free && k < block->end_claimant; k++)
		cheapest->awards[division->claimants[k]] =
		        division->detached_lots[division->claimants[k]];
	for (uint32_t k = 0; k < transport->flow_count; k++) {
		uint32_t origin = building->arc_origin[transport->flow_arc[k]];
		uint32_t request = building->row_request[transport->flow_row[k]];
		uint32_t claimant = division->network->request_claimant[request];
		if (origin == NO_ARC)
			continue;
		shares_add(cheapest->shares, request, origin, transport->flow_lots[k]);
		if (building->free && division->claimant_block[claimant] == block->number)
			cheapest->awards[claimant] += transport->flow_lots[k];
	}
}

/* Requests without a row: the dearest that no arc forbids. */
static int64_t idle_price(const struct building *building, uint32_t request, bool *bound)
{
	const struct network *network = building->cheapest->division->network;
	int64_t best = INT64_MAX;
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (!building_in_block(building, request, arc))
			continue;
		uint32_t column = building->column_of[network->arc_offer[arc]];
		int64_t value =
		        building_arc_price(building, arc) - building->transport.column_dual[column];
		best = value < best ? value : best;
		*bound = true;
	}
	return best;
}

/* Prices of requests without rows, and of claimants without: below all they could pay. */
static void idle_write(const struct building *building)
{
	struct cheapest *cheapest = building->cheapest;
	const struct division *division = cheapest->division;
	const struct block *block = building->block;
	uint32_t known = NO_ARC;
	int64_t lowest = INT64_MAX;
	for (uint32_t k = block->first_request; k < block->end_request; k++) {
		uint32_t request = division->requests[k];
		uint32_t claimant = division->network->request_claimant[request];
		bool bound = false;
		int64_t price = idle_price(building, request, &bound);
		if (!bound)
			continue;
		dual_write(building, price, building->least, &cheapest->duals->request, request);
		if (division->claimant_block[claimant] != block->number)
			continue;
		lowest = claimant != known || price < lowest ? price : lowest;
		known = claimant;
		dual_write(building, lowest, building->least, &cheapest->duals->claimant, claimant);
	}
}

/* A request whose arcs all lead to other levels pays what its claimant pays. */
static void lone_write(const struct building *building, uint32_t request)
{
	struct cheapest *cheapest = building->cheapest;
	const struct network *network = cheapest->division->network;
	uint32_t claimant = network->request_claimant[request];
	for (uint32_t arc = network->first_arc[request]; arc < network->first_arc[request + 1];
	     arc++) {
		if (building_in_block(building, request, arc))
			return;
	}
	cheapest->duals->request.rank[request] = cheapest->duals->claimant.rank[claimant];
	cheapest->duals->request.cost[request] = cheapest->duals->claimant.cost[claimant];
}

static void duals_write(const struct building *building)
{
	const struct transport *transport = &building->transport;
	struct cheapest *cheapest = building->cheapest;
	const struct division *division = cheapest->division;
	const struct block *block = building->block;
	uint32_t offers = transport->first_exact;
	idle_write(building);
	for (uint32_t column = 0; column < offers; column++)
		dual_write(building, transport->column_dual[column], 0, &cheapest->duals->offer,
		           division->offers[block->first_offer + column]);
	for (uint32_t row = 0; row < transport->row_count; row++) {
		uint32_t request = building->row_request[row];
		uint32_t claimant = division->network->request_claimant[request];
		dual_write(building, transport->row_dual[row], building->least,
		           &cheapest->duals->request, request);
		if (division->claimant_block[claimant] == block->number)
			dual_write(building, transport->row_dual[row], building->least,
			           &cheapest->duals->claimant, claimant);
	}
	for (uint32_t k = 0; k < building->claimant_columns; k++)
		dual_write(building, -transport->column_dual[offers + k], building->least,
		           &cheapest->duals->claimant, building->column_claimant[k]);
	for (uint32_t k = block->first_request; k < block->end_request; k++)
		lone_write(building, division->requests[k]);
}

void building_write(const struct building *building)
{
	flows_write(building);
	duals_write(building);
}
