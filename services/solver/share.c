/* The first `total` lots in key order, of claimants that share one pool.
 *
 * A water level in floating point finds all but a few of them: the level is the
 * triple (class and phase, K, then), bisected part by part over what its doubles
 * can hold; a claimant's lots below it are counted by bisection, because his keys
 * ascend. Exact keys then add, take back and exchange single lots until the last
 * lot in precedes the first lot out, which makes the result exact whatever the
 * rounding of the level. */
#include "services/solver/keys.h"

#include <math.h>
#include <string.h>

struct level {
	int32_t class;
	double k;
	double then;
};

struct pool {
	const struct keys *keys;
	const uint32_t *claimants;
	uint32_t count;
	const int64_t *limits;
};

static bool below(const struct keys *keys, uint32_t claimant, int64_t lot,
                  const struct level *level)
{
	struct key key;
	keys_at(keys, claimant, lot, &key);
	int32_t class = key.class * 2 + key.phase;
	if (class != level->class)
		return class < level->class;
	double k = key.infinite ? INFINITY : (double)key.numerator / (double)key.denominator;
	if (k < level->k || k > level->k)
		return k < level->k;
	double then = key.infinite ? (double)claimant : (double)key.then;
	return then <= level->then;
}

static int64_t count_below(const struct pool *pool, uint32_t claimant, const struct level *level)
{
	int64_t low = 0, high = pool->limits[claimant];
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;
		if (below(pool->keys, claimant, middle, level))
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int64_t count_all(const struct pool *pool, const struct level *level, int64_t *awards)
{
	int64_t sum = 0;
	for (uint32_t i = 0; i < pool->count; i++) {
		uint32_t claimant = pool->claimants[i];
		awards[claimant] = count_below(pool, claimant, level);
		sum += awards[claimant];
	}
	return sum;
}

/* Doubles in the order of whole numbers. */
static double double_at(int64_t place)
{
	uint64_t bits = place < 0 ? (uint64_t)~place | (uint64_t)1 << 63 : (uint64_t)place;
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

#define PLACE_INFINITY ((int64_t)0x7ff0000000000000)

/* The smallest value of one part of the level at which at least `total` lots are below. */
static void level_bisect(const struct pool *pool, int64_t total, struct level *level, double *part,
                         int64_t *awards)
{
	int64_t low = ~PLACE_INFINITY, high = PLACE_INFINITY;
	while (low < high) {
		int64_t middle = (low & high) + ((low ^ high) >> 1);
		*part = double_at(middle);
		if (count_all(pool, level, awards) >= total)
			high = middle;
		else
			low = middle + 1;
	}
	*part = double_at(low);
}

/* A heap of claimants by the key of one of their lots, the smallest on top; with
 * sign -1 the largest. */
struct heap {
	struct key *keys;
	uint32_t count;
	int sign;
};

static void heap_sink(struct heap *heap, uint32_t place)
{
	struct key moved = heap->keys[place];
	while (2 * place + 1 < heap->count) {
		uint32_t child = 2 * place + 1;
		if (child + 1 < heap->count &&
		    heap->sign * keys_compare(&heap->keys[child + 1], &heap->keys[child]) < 0)
			child++;
		if (heap->sign * keys_compare(&heap->keys[child], &moved) >= 0)
			break;
		heap->keys[place] = heap->keys[child];
		place = child;
	}
	heap->keys[place] = moved;
}

static void heap_pop(struct heap *heap)
{
	heap->keys[0] = heap->keys[--heap->count];
	if (heap->count > 0)
		heap_sink(heap, 0);
}

/* Fills the heap with everyone's first lot out (sign 1) or last lot in (sign -1). */
static void heap_fill(struct heap *heap, const struct pool *pool, const int64_t *awards)
{
	heap->count = 0;
	for (uint32_t i = 0; i < pool->count; i++) {
		uint32_t claimant = pool->claimants[i];
		int64_t lot = awards[claimant] + (heap->sign > 0);
		if (lot >= 1 && lot <= pool->limits[claimant])
			keys_at(pool->keys, claimant, lot, &heap->keys[heap->count++]);
	}
	for (uint32_t place = heap->count / 2; place-- > 0;)
		heap_sink(heap, place);
}

/* Moves one lot of the top claimant across the line and gives him his next key. */
static void heap_turn(struct heap *heap, const struct pool *pool, int64_t *awards)
{
	uint32_t claimant = heap->keys[0].claimant;
	awards[claimant] += heap->sign;
	int64_t lot = awards[claimant] + (heap->sign > 0);
	if (lot < 1 || lot > pool->limits[claimant]) {
		heap_pop(heap);
		return;
	}
	keys_at(pool->keys, claimant, lot, &heap->keys[0]);
	heap_sink(heap, 0);
}

/* Exchanges until the last lot in precedes the first lot out. */
static void settle(struct heap *heap_in, struct heap *heap_out, const struct pool *pool,
                   int64_t *awards)
{
	heap_fill(heap_in, pool, awards);
	heap_fill(heap_out, pool, awards);
	while (heap_in->count > 0 && heap_out->count > 0 &&
	       keys_compare(&heap_out->keys[0], &heap_in->keys[0]) < 0) {
		struct key gone = heap_in->keys[0], come = heap_out->keys[0];
		awards[gone.claimant]--;
		awards[come.claimant]++;
		/* Their other keys changed as well: both heaps anew, a handful of times. */
		heap_fill(heap_in, pool, awards);
		heap_fill(heap_out, pool, awards);
	}
}

static void level_find(const struct pool *pool, int64_t total, int64_t *awards)
{
	struct level level = {.k = INFINITY, .then = INFINITY};
	for (level.class = -2; level.class < 2 * CLASS_MAX + 1; level.class ++) {
		if (count_all(pool, &level, awards) >= total)
			break;
	}
	level_bisect(pool, total, &level, &level.k, awards);
	level_bisect(pool, total, &level, &level.then, awards);
	(void)count_all(pool, &level, awards);
}

void share_select(struct arena *arena, const struct keys *keys, const struct share_pool *sharers,
                  int64_t total, int64_t *awards)
{
	const uint32_t *claimants = sharers->claimants, count = sharers->count;
	const int64_t *limits = sharers->limits;
	struct pool pool = {keys, claimants, count, limits};
	int64_t sum = 0;
	for (uint32_t i = 0; i < count; i++) {
		awards[claimants[i]] = limits[claimants[i]];
		sum += limits[claimants[i]];
	}
	if (sum <= total)
		return;
	for (uint32_t i = 0; i < count; i++)
		awards[claimants[i]] = 0;
	if (total <= 0)
		return;
	if (share_linear(arena, keys, sharers, total, awards))
		return;
	for (uint32_t i = 0; i < count; i++)
		awards[claimants[i]] = 0;
	level_find(&pool, total, awards);
	sum = 0;
	for (uint32_t i = 0; i < count; i++)
		sum += awards[claimants[i]];
	size_t mark = arena->used;
	struct heap heap_in = {ARENA_ARRAY(arena, struct key, count + 1), 0, -1};
	struct heap heap_out = {ARENA_ARRAY(arena, struct key, count + 1), 0, 1};
	heap_fill(&heap_in, &pool, awards);
	for (; sum > total; sum--)
		heap_turn(&heap_in, &pool, awards);
	heap_fill(&heap_out, &pool, awards);
	for (; sum < total; sum++)
		heap_turn(&heap_out, &pool, awards);
	settle(&heap_in, &heap_out, &pool, awards);
	arena->used = mark;
}
