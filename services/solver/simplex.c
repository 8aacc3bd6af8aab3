/* The transportation simplex with implicit leaves.
 *
 * A basis is a tree over columns and rows. Rows outnumber columns by far and all
 * but a few are served by one column, so only columns, split rows and a root are
 * nodes; a leaf row is an arc number. Pricing looks at a row's arcs for the least
 * cost - u; below the row's v it enters. Most pivots move a leaf to another column
 * and change no price at all. Others hang a subtree elsewhere and shift its prices.
 * Everything is whole numbers; perturbed supplies exclude cycling and are undone
 * exactly at the end, because a basis' true flow is the perturbed one rounded. */
#include "services/solver/transport.h"

#include <string.h>

enum { PIVOTS_PER_LINE = 64, PRICED_ROWS = 64 };

void tree_link(struct tree *tree, uint32_t node, uint32_t parent)
{
	uint32_t first = tree->child[parent];
	tree->parent[node] = parent;
	tree->previous[node] = 0;
	tree->next[node] = first;
	if (first != 0)
		tree->previous[first] = node;
	tree->child[parent] = node;
}

static void tree_unlink(struct tree *tree, uint32_t node)
{
	uint32_t previous = tree->previous[node], next = tree->next[node];
	if (previous != 0)
		tree->next[previous] = next;
	else
		tree->child[tree->parent[node]] = next;
	if (next != 0)
		tree->previous[next] = previous;
}

static bool is_row(const struct tree *tree, uint32_t node)
{
	return node > tree->transport->column_count;
}

/* Where the ways of both nodes to the root meet. */
static uint32_t meeting(struct tree *tree, uint32_t up, uint32_t down)
{
	uint32_t mark = ++tree->pivot;
	for (;;) {
		tree->seen_up[up] = mark;
		if (tree->seen_down[up] == mark)
			return up;
		tree->seen_down[down] = mark;
		if (tree->seen_up[down] == mark)
			return down;
		up = up ? tree->parent[up] : 0;
		down = down ? tree->parent[down] : 0;
	}
}

/* The cycle that an entering arc closes: lots leave `from` upwards (they are taken from it)
 * and come down to `to`, the arc's column. The arc where they run out first leaves. */
struct cycle {
	uint32_t from, to, top;
	int64_t lots;
	uint32_t leaving;
	bool leaving_up;
};

static void cycle_find(struct tree *tree, struct cycle *cycle)
{
	cycle->top = meeting(tree, cycle->from, cycle->to);
	for (uint32_t node = cycle->from; node != cycle->top; node = tree->parent[node]) {
		if (is_row(tree, node) && tree->flow[node] < cycle->lots) {
			cycle->lots = tree->flow[node];
			cycle->leaving = node;
			cycle->leaving_up = true;
		}
	}
	for (uint32_t node = cycle->to; node != cycle->top; node = tree->parent[node]) {
		if (!is_row(tree, node) && tree->flow[node] < cycle->lots) {
			cycle->lots = tree->flow[node];
			cycle->leaving = node;
			cycle->leaving_up = false;
		}
	}
}

static void cycle_carry(struct tree *tree, const struct cycle *cycle)
{
	for (uint32_t node = cycle->from; node != cycle->top; node = tree->parent[node])
		tree->flow[node] += is_row(tree, node) ? -cycle->lots : cycle->lots;
	for (uint32_t node = cycle->to; node != cycle->top; node = tree->parent[node])
		tree->flow[node] += is_row(tree, node) ? cycle->lots : -cycle->lots;
}

/* Hangs the tree below the leaving node (cut off already) under `parent` by its node `top`. */
static void rehang(struct tree *tree, const struct cycle *cycle, uint32_t top, uint32_t parent,
                   uint32_t arc)
{
	uint32_t node = top, old_top = cycle->leaving;
	int64_t lots = cycle->lots;
	for (;;) {
		uint32_t old_parent = tree->parent[node], old_arc = tree->arc[node];
		int64_t old_lots = tree->flow[node];
		if (node != old_top)
			tree_unlink(tree, node);
		tree_link(tree, node, parent);
		tree->arc[node] = arc;
		tree->flow[node] = lots;
		if (node == old_top)
			return;
		parent = node;
		arc = old_arc;
		lots = old_lots;
		node = old_parent;
	}
}

/* Adds to the prices of rows below and at `top`, takes from those of columns. */
static void shift_prices(struct tree *tree, uint32_t top, int64_t amount)
{
	uint32_t node = top;
	for (;;) {
		tree->price[node] += is_row(tree, node) ? amount : -amount;
		if (tree->child[node] != 0) {
			node = tree->child[node];
			continue;
		}
		while (node != top && tree->next[node] == 0)
			node = tree->parent[node];
		if (node == top)
			return;
		node = tree->next[node];
	}
}

static void leaf_from_node(struct tree *tree, uint32_t node)
{
	if (!is_row(tree, node) || tree->child[node] != 0)
		return;
	uint32_t row = tree->row[node];
	tree->leaf[row] = tree->parent[node] == 0 ? NO_ARC : tree->arc[node];
	tree->node[row] = 0;
	tree_unlink(tree, node);
	tree->spare_nodes[tree->spare_count++] = node;
}

static uint32_t leaf_column_node(const struct tree *tree, uint32_t row)
{
	uint32_t arc = tree->leaf[row];
	return arc == NO_ARC ? 0 : tree->transport->column[arc] + 1;
}

static int64_t row_price(const struct tree *tree, uint32_t row)
{
	if (tree->node[row] != 0)
		return tree->price[tree->node[row]];
	uint32_t arc = tree->leaf[row];
	if (arc == NO_ARC)
		return tree->penalty;
	int64_t cost = tree->transport->cost ? tree->transport->cost[arc] : 0;
	return cost - tree->price[tree->transport->column[arc] + 1];
}

static uint32_t node_from_leaf(struct tree *tree, uint32_t row, int64_t lots)
{
	uint32_t node = tree->spare_nodes[--tree->spare_count];
	tree->price[node] = row_price(tree, row);
	tree->row[node] = row;
	tree->child[node] = 0;
	tree->seen_up[node] = tree->seen_down[node] = 0;
	tree->arc[node] = tree->leaf[row];
	tree->flow[node] = lots;
	tree_link(tree, node, leaf_column_node(tree, row));
	tree->node[row] = node;
	return node;
}

/* Brings the arc between a row's node (or the root) and a column into the basis. */
static void exchange(struct tree *tree, const struct cycle *cycle, uint32_t row_node, uint32_t arc,
                     int64_t gain)
{
	uint32_t leaving = cycle->leaving, other = tree->parent[leaving];
	tree_unlink(tree, leaving);
	if (cycle->leaving_up) {
		rehang(tree, cycle, row_node, cycle->to, arc);
		shift_prices(tree, row_node, gain);
	} else {
		rehang(tree, cycle, cycle->to, row_node, arc);
		shift_prices(tree, cycle->to, -gain);
	}
	leaf_from_node(tree, is_row(tree, leaving) ? leaving : other);
}

/* `gain` is the arc's reduced cost, below 0. */
static void pivot_row(struct tree *tree, uint32_t row, uint32_t arc, int64_t gain)
{
	const struct transport *transport = tree->transport;
	uint32_t node = tree->node[row];
	int64_t whole = transport->demand[row] << tree->shift;
	struct cycle cycle = {.from = node ? node : leaf_column_node(tree, row),
	                      .to = transport->column[arc] + 1,
	                      .lots = node ? INT64_MAX : whole};
	cycle_find(tree, &cycle);
	cycle_carry(tree, &cycle);
	if (cycle.leaving == 0) {
		tree->leaf[row] = arc;
		return;
	}
	if (node == 0)
		node = node_from_leaf(tree, row, whole - cycle.lots);
	exchange(tree, &cycle, node, arc, gain);
}

/* A column that would rather have room: its arc to the root enters. */
static void pivot_slack(struct tree *tree, uint32_t column)
{
	struct cycle cycle = {.from = 0, .to = column + 1, .lots = INT64_MAX};
	int64_t gain = -tree->price[column + 1];
	cycle_find(tree, &cycle);
	CHECK(cycle.leaving != 0);
	cycle_carry(tree, &cycle);
	exchange(tree, &cycle, 0, NO_ARC, gain);
}

struct entering {
	uint32_t row, arc;
	int64_t gain;
};

/* The row's best arc; whether it gains. */
static bool price_row(const struct tree *tree, uint32_t row, struct entering *entering)
{
	const struct transport *transport = tree->transport;
	const int64_t *prices = tree->price + 1;
	int64_t best = INT64_MAX;
	uint32_t best_arc = NO_ARC;
	for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
		int64_t value = transport->cost[arc] - prices[transport->column[arc]];
		if (value < best) {
			best = value;
			best_arc = arc;
		}
	}
	if (best_arc == NO_ARC)
		return false;
	*entering = (struct entering){row, best_arc, best - row_price(tree, row)};
	return entering->gain < 0;
}

/* Without costs: a row that is short looks for a column that is not. */
static bool place_row(struct tree *tree, uint32_t row)
{
	const struct transport *transport = tree->transport;
	const int64_t *prices = tree->price + 1;
	if (row_price(tree, row) <= 0)
		return false;
	for (uint32_t arc = transport->first[row]; arc < transport->first[row + 1]; arc++) {
		if (prices[transport->column[arc]] == 0) {
			pivot_row(tree, row, arc, -1);
			return true;
		}
	}
	return false;
}

static bool price_slacks(struct tree *tree)
{
	const struct transport *transport = tree->transport;
	bool moved = false;
	for (uint32_t column = 0; column < transport->first_exact; column++) {
		if (tree->price[column + 1] <= 0)
			continue;
		pivot_slack(tree, column);
		moved = true;
	}
	return moved;
}

static void entering_sort(struct entering *list, uint32_t count)
{
	for (uint32_t k = 1; k < count; k++) {
		struct entering one = list[k];
		uint32_t place = k;
		for (; place > 0 && list[place - 1].gain > one.gain; place--)
			list[place] = list[place - 1];
		list[place] = one;
	}
}

/* Prices some rows and lets those that gain enter, the best first, if they still gain. */
static bool pivots_some(struct tree *tree, struct transport *transport, uint32_t *row)
{
	struct entering list[PRICED_ROWS];
	uint32_t count = 0;
	for (uint32_t k = 0; k < PRICED_ROWS; k++) {
		count += price_row(tree, *row, &list[count]);
		*row = *row + 1 == transport->row_count ? 0 : *row + 1;
	}
	transport->scan_count += PRICED_ROWS + count;
	entering_sort(list, count);
	for (uint32_t k = 0; k < count; k++) {
		struct entering entering = list[k];
		if (k > 0 && !price_row(tree, entering.row, &entering))
			continue;
		pivot_row(tree, entering.row, entering.arc, entering.gain);
		transport->pivot_count++;
	}
	return count > 0;
}

/* The guard against bad luck: 64 pivots a line. */
static uint64_t pivots_most(const struct transport *transport)
{
	return PIVOTS_PER_LINE * ((uint64_t)transport->row_count + transport->column_count + 1);
}

/* Until all rows in turn have nothing to gain. */
static bool pivots_run(struct tree *tree, struct transport *transport)
{
	uint32_t rows = transport->row_count, quiet = 0, row = 0;
	uint64_t most = pivots_most(transport);
	for (;;) {
		while (quiet < rows) {
			quiet = pivots_some(tree, transport, &row) ? 0 : quiet + PRICED_ROWS;
			if (transport->pivot_count > most)
				return false;
		}
		if (!price_slacks(tree))
			return true;
		transport->pivot_count++;
		quiet = 0;
	}
}

static void flow_add(struct transport *transport, uint32_t row, uint32_t arc, int64_t lots)
{
	if (lots == 0)
		return;
	CHECK(arc != NO_ARC);
	transport->flow_row[transport->flow_count] = row;
	transport->flow_arc[transport->flow_count] = arc;
	transport->flow_lots[transport->flow_count++] = lots;
}

static int64_t true_lots(const struct tree *tree, int64_t lots)
{
	return (lots + ((int64_t)1 << tree->shift >> 1)) >> tree->shift;
}

static void results_write(const struct tree *tree, struct transport *transport)
{
	transport->flow_count = 0;
	for (uint32_t row = 0; row < transport->row_count; row++) {
		uint32_t node = tree->node[row];
		transport->row_dual[row] = row_price(tree, row);
		if (node == 0) {
			flow_add(transport, row, tree->leaf[row], transport->demand[row]);
			continue;
		}
		flow_add(transport, row, tree->arc[node], true_lots(tree, tree->flow[node]));
		for (uint32_t child = tree->child[node]; child != 0; child = tree->next[child])
			flow_add(transport, row, tree->arc[child],
			         true_lots(tree, tree->flow[child]));
	}
	for (uint32_t column = 0; column < transport->column_count; column++)
		transport->column_dual[column] = tree->price[column + 1];
}

static void tree_open(struct arena *arena, struct tree *tree, const struct transport *transport)
{
	uint32_t columns = transport->column_count, rows = transport->row_count;
	/* Split rows have an arc more than leaves, and a basis has one arc a node. */
	uint32_t nodes = 2 * columns + 3;
	*tree = (struct tree){.transport = transport,
	                      .penalty = transport->cost ? TREE_PENALTY : 1};
	while ((uint64_t)1 << tree->shift < 2 * ((uint64_t)columns + 2))
		tree->shift++;
	tree->parent = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->child = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->next = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->previous = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->arc = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->row = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->seen_up = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->seen_down = ARENA_ARRAY(arena, uint32_t, nodes);
	tree->flow = ARENA_ARRAY(arena, int64_t, nodes);
	tree->price = ARENA_ARRAY(arena, int64_t, nodes);
	tree->node = ARENA_ARRAY(arena, uint32_t, rows + 1);
	tree->leaf = ARENA_ARRAY(arena, uint32_t, rows + 1);
	tree->spare_nodes = ARENA_ARRAY(arena, uint32_t, nodes);
	for (uint32_t node = nodes - 1; node > columns; node--)
		tree->spare_nodes[tree->spare_count++] = node;
}

bool transport_solve(struct arena *arena, struct transport *transport)
{
	struct tree tree;
	size_t mark = arena->used;
	transport->pivot_count = transport->scan_count = 0;
	tree_open(arena, &tree, transport);
	crash_start(arena, &tree);
	bool solved = pivots_run(&tree, transport);
	if (solved)
		results_write(&tree, transport);
	arena->used = mark;
	return solved;
}

int64_t transport_place(struct arena *arena, struct transport *transport)
{
	struct tree tree;
	size_t mark = arena->used;
	uint32_t rows = transport->row_count, quiet = 0, row = 0;
	int64_t missing = 0;
	uint64_t most = pivots_most(transport);
	transport->pivot_count = transport->scan_count = 0;
	tree_open(arena, &tree, transport);
	crash_start(arena, &tree);
	while (quiet < rows && transport->pivot_count <= most) {
		bool moved = place_row(&tree, row);
		quiet = moved ? 0 : quiet + 1;
		transport->pivot_count += moved;
		transport->scan_count++;
		row = row + 1 == rows ? 0 : row + 1;
	}
	for (row = 0; row < rows; row++) {
		uint32_t node = tree.node[row];
		transport->row_dual[row] = row_price(&tree, row);
		if (node == 0 && tree.leaf[row] == NO_ARC)
			missing += transport->demand[row];
		else if (node != 0 && tree.parent[node] == 0)
			missing += true_lots(&tree, tree.flow[node]);
	}
	for (uint32_t column = 0; column < transport->column_count; column++)
		transport->column_dual[column] = tree.price[column + 1];
	arena->used = mark;
	return transport->pivot_count > most ? -1 : missing;
}
