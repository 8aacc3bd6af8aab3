/* A good beginning for the simplex: prices by stochastic dual ascent, then a basis
 * by serving rows in the order of decreasing regret.
 *
 * Ascent: rows come by in turn and go to the column cheapest at present prices,
 * which gets dearer by its share of the supply that this row takes; all prices
 * fall at the speed at which demand comes by, but not below nothing. Steps shrink
 * from pass to pass. This is in floating point and only chooses the basis; the
 * simplex finishes in whole numbers whatever it is given. */
#include "services/solver/transport.h"

#include <float.h>
#include <string.h>

enum { PASSES = 20, BUCKETS = 4096 };
/* Of a row's spread of costs: prices of far columns differ by several. */
#define FIRST_STEP 4.0f
#define STEP_DECAY 0.7f

struct crash {
	struct tree *tree;
	const struct transport *transport;
	/* Price = max(top, base) - base: so that all fall without being touched. */
	float *top;
	float base;
	/* One over the supply. */
	float *weight;
	int64_t *left;
	/* Of the row at hand: the arcs it takes. */
	uint32_t *used;
	int64_t *used_lots;
};

static float spread_of_costs(const struct transport *transport)
{
	double sum = 0;
	uint32_t step = transport->row_count / 512 + 1, count = 0;
	for (uint32_t row = 0; row < transport->row_count; row += step) {
		int64_t least = INT64_MAX, most = INT64_MIN;
		for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
			least = transport->cost[arc] < least ? transport->cost[arc] : least;
			most = transport->cost[arc] > most ? transport->cost[arc] : most;
		}
		sum += least <= most ? (double)(most - least) : 0;
		count++;
	}
	return count ? (float)(sum / count) : 0;
}

static void ascend(struct crash *crash, float step, const float *weight, float pace)
{
	const struct transport *transport = crash->transport;
	float *top = crash->top, base = crash->base;
	for (uint32_t row = 0; row < transport->row_count; row++) {
		float best = FLT_MAX;
		uint32_t best_column = 0;
		for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
			uint32_t column = transport->column[arc];
			float price = top[column] > base ? top[column] : base;
			float value = (float)transport->cost[arc] + price;
			if (value < best) {
				best = value;
				best_column = column;
			}
		}
		float lots = (float)transport->demand[row] * step;
		float old = top[best_column] > base ? top[best_column] : base;
		top[best_column] = old + lots * weight[best_column];
		base += lots * pace;
	}
	crash->base = base;
}

static void prices_find(struct crash *crash)
{
	const struct transport *transport = crash->transport;
	uint32_t columns = transport->column_count;
	const float *weight = crash->weight;
	double supply = 0;
	for (uint32_t column = 0; column < columns; column++)
		supply += (double)transport->supply[column];
	float step = spread_of_costs(transport) * FIRST_STEP;
	float pace = supply > 0 ? (float)(1.0 / supply) : 0;
	for (int pass = 0; pass < PASSES; pass++) {
		ascend(crash, step, weight, pace);
		step *= STEP_DECAY;
		for (uint32_t column = 0; column < columns; column++) {
			float top = crash->top[column] - crash->base;
			crash->top[column] = top > 0 ? top : 0;
		}
		crash->base = 0;
	}
}

/* Second best less best at the prices. */
static float regret(const struct crash *crash, uint32_t row)
{
	const struct transport *transport = crash->transport;
	float best = FLT_MAX, second = FLT_MAX;
	for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
		float value = (float)transport->cost[arc] + crash->top[transport->column[arc]];
		if (value < best) {
			second = best;
			best = value;
		} else if (value < second) {
			second = value;
		}
	}
	return second - best;
}

/* Rows by decreasing regret, in buckets of equal ratio. */
static uint32_t *rows_by_regret(struct arena *arena, const struct crash *crash)
{
	uint32_t rows = crash->transport->row_count;
	uint32_t *order = ARENA_ARRAY(arena, uint32_t, rows + 1);
	uint16_t *bucket = ARENA_ARRAY(arena, uint16_t, rows + 1);
	uint32_t *place = ARENA_ARRAY(arena, uint32_t, BUCKETS + 2);
	for (uint32_t row = 0; row < rows; row++) {
		float value = regret(crash, row) + 1.0f;
		uint32_t bits;
		memcpy(&bits, &value, sizeof bits);
		/* Floats above 1 ascend with their bits: 7 of the exponent, 5 of the mantissa. */
		bits = (bits - 0x3f800000u) >> 18;
		bucket[row] = (uint16_t)(BUCKETS - 1 - (bits < BUCKETS ? bits : BUCKETS - 1));
		place[bucket[row] + 1]++;
	}
	for (uint32_t k = 0; k < BUCKETS; k++)
		place[k + 1] += place[k];
	for (uint32_t row = 0; row < rows; row++)
		order[place[bucket[row]]++] = row;
	return order;
}

/* Without costs: the column with the largest part of its supply left. */
static uint32_t fullest_open(const struct crash *crash, uint32_t row)
{
	const struct transport *transport = crash->transport;
	float best = 0;
	uint32_t best_arc = NO_ARC;
	for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
		float part = crash->top[transport->column[arc]];
		if (part > best) {
			best = part;
			best_arc = arc;
		}
	}
	return best_arc;
}

static uint32_t cheapest_open(const struct crash *crash, uint32_t row)
{
	const struct transport *transport = crash->transport;
	float best = FLT_MAX;
	uint32_t best_arc = NO_ARC;
	for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
		uint32_t column = transport->column[arc];
		float value = (float)transport->cost[arc] + crash->top[column];
		if (value < best && crash->left[column] > 0) {
			best = value;
			best_arc = arc;
		}
	}
	return best_arc;
}

/* A row of several arcs becomes a node: the columns it emptied hang on it, it hangs on the
 * last, which still has some, or on the root, which lends the rest. */
static void row_plant(struct crash *crash, uint32_t row, uint32_t used, uint32_t last, int64_t lots)
{
	struct tree *tree = crash->tree;
	const struct transport *transport = crash->transport;
	uint32_t node = tree->spare_nodes[--tree->spare_count];
	tree->row[node] = row;
	tree->node[row] = node;
	tree->child[node] = 0;
	tree->arc[node] = last;
	tree->flow[node] = lots;
	tree_link(tree, node, last == NO_ARC ? 0 : transport->column[last] + 1);
	for (uint32_t k = 0; k < used; k++) {
		uint32_t column = transport->column[crash->used[k]] + 1;
		tree->arc[column] = crash->used[k];
		tree->flow[column] = crash->used_lots[k];
		tree_link(tree, column, node);
	}
}

static void column_take(struct crash *crash, uint32_t column, int64_t lots)
{
	crash->left[column] -= lots;
	if (crash->transport->cost == NULL)
		crash->top[column] = (float)crash->left[column] * crash->weight[column];
}

static void row_serve(struct crash *crash, uint32_t row)
{
	const struct transport *transport = crash->transport;
	int64_t need = transport->demand[row] << crash->tree->shift;
	uint32_t used = 0;
	for (;;) {
		uint32_t arc =
		        transport->cost ? cheapest_open(crash, row) : fullest_open(crash, row);
		int64_t *left = arc == NO_ARC ? NULL : &crash->left[transport->column[arc]];
		if (left == NULL || *left > need) {
			if (left != NULL)
				column_take(crash, transport->column[arc], need);
			crash->tree->leaf[row] = arc;
			if (used > 0)
				row_plant(crash, row, used, arc, need);
			return;
		}
		crash->used[used] = arc;
		crash->used_lots[used++] = *left;
		need -= *left;
		column_take(crash, transport->column[arc], *left);
	}
}

static void prices_from_tree(struct tree *tree)
{
	const struct transport *transport = tree->transport;
	uint32_t node = tree->child[0];
	tree->price[0] = 0;
	while (node != 0) {
		uint32_t parent = tree->parent[node];
		bool row = node > transport->column_count;
		int64_t cost = parent && transport->cost ? transport->cost[tree->arc[node]] : 0;
		bool dear = row || node > transport->first_exact;
		if (parent != 0)
			tree->price[node] = cost - tree->price[parent];
		else
			tree->price[node] = dear ? tree->penalty : 0;
		if (tree->child[node] != 0) {
			node = tree->child[node];
			continue;
		}
		while (node != 0 && tree->next[node] == 0)
			node = tree->parent[node];
		node = node ? tree->next[node] : 0;
	}
}

void crash_start(struct arena *arena, struct tree *tree)
{
	const struct transport *transport = tree->transport;
	struct crash crash = {.tree = tree, .transport = transport};
	uint32_t columns = transport->column_count;
	crash.top = ARENA_ARRAY(arena, float, columns + 1);
	crash.weight = ARENA_ARRAY(arena, float, columns + 1);
	crash.left = ARENA_ARRAY(arena, int64_t, columns + 1);
	crash.used = ARENA_ARRAY(arena, uint32_t, columns + 1);
	crash.used_lots = ARENA_ARRAY(arena, int64_t, columns + 1);
	for (uint32_t column = 0; column < columns; column++)
		crash.left[column] = (transport->supply[column] << tree->shift) + 1;
	for (uint32_t column = 0; column < columns; column++) {
		crash.weight[column] = 1.0f / ((float)transport->supply[column] + 1.0f);
		if (transport->cost == NULL)
			column_take(&crash, column, 0);
	}
	if (transport->cost != NULL)
		prices_find(&crash);
	const uint32_t *order = transport->cost ? rows_by_regret(arena, &crash) : NULL;
	for (uint32_t k = 0; k < transport->row_count; k++)
		row_serve(&crash, order ? order[k] : k);
	for (uint32_t column = 0; column < columns; column++) {
		if (crash.left[column] == 0)
			continue;
		tree->arc[column + 1] = NO_ARC;
		tree->flow[column + 1] = crash.left[column];
		tree_link(tree, column + 1, 0);
	}
	prices_from_tree(tree);
}
