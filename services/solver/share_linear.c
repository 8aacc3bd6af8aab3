/* The first lots in key order where K grows evenly with the lot: weighted with one
 * member, equal, pro rata; nearly every pool of a large round.
 *
 * A claimant's lots with keys up to K are floor(K * slope + start), within his lots
 * of the class at stake. Two levels with few lots between them are found in
 * floating point, by false position and bisection; the lower one's counts are
 * rounded down by more than the arithmetic can be wrong, the upper one's up. What
 * is surely below is in, what lies between is sorted by exact keys. */
#include <stdlib.h>

#include "services/solver/keys.h"

enum { STEPS = 200, CLOSE = 64, CLOSE_PART = 64 };
/* More than all roundings of slope, start and their sum together. */
#define WRONG 0x1p-48

struct line {
	double slope, start;
	double low, high;
};

struct lines {
	const struct keys *keys;
	const struct share_pool *pool;
	struct line *lines;
	int32_t class;
};

static bool line_of(const struct keys *keys, const struct key_claimant *claimant, struct line *line)
{
	double rate = 1;
	if (keys->policy == POLICY_WEIGHTED) {
		if (claimant->step_count != 1)
			return false;
		rate = (double)keys->steps[claimant->first_step].weight;
	} else if (keys->policy == POLICY_PRO_RATA) {
		rate = (double)claimant->demand_kg;
	} else if (keys->policy != POLICY_EQUAL) {
		return false;
	}
	/* K counts 2^-24ths of a kg, as the keys do. */
	double lot = (double)keys->lot_kg;
	line->slope = rate / lot / BETA_ONE;
	line->start = (double)claimant->beta / BETA_ONE - (double)claimant->held_kg / lot;
	return true;
}

static int64_t class_lots(const struct key_claimant *claimant, int64_t limit, int32_t class)
{
	int64_t reserve = claimant->reserve_lots < limit ? claimant->reserve_lots : limit;
	if (class < 0)
		return reserve;
	return claimant->class == class ? limit - reserve : 0;
}

static int64_t class_sum(const struct lines *lines, int32_t class)
{
	int64_t sum = 0;
	for (uint32_t i = 0; i < lines->pool->count; i++) {
		uint32_t claimant = lines->pool->claimants[i];
		sum += class_lots(&lines->keys->claimants[claimant], lines->pool->limits[claimant],
		                  class);
	}
	return sum;
}

/* False when some key is not on a line. */
static bool lines_fill(struct lines *lines)
{
	const struct keys *keys = lines->keys;
	for (uint32_t i = 0; i < lines->pool->count; i++) {
		uint32_t number = lines->pool->claimants[i];
		const struct key_claimant *claimant = &keys->claimants[number];
		struct line *line = &lines->lines[i];
		int64_t limit = lines->pool->limits[number];
		struct key last;
		if (limit == 0) {
			*line = (struct line){0};
			continue;
		}
		keys_at(keys, number, limit, &last);
		if (last.infinite || !line_of(keys, claimant, line))
			return false;
		int64_t reserve = class_lots(claimant, limit, -1);
		int64_t lots = class_lots(claimant, limit, lines->class);
		bool done = claimant->class < lines->class || lines->class < 0;
		line->low = (double)(lines->class < 0 ? 0 : reserve);
		if (lines->class >= 0 && done)
			line->low = (double)limit;
		line->high = line->low + (double)lots;
		if (lines->class < 0)
			line->high = (double)reserve;
	}
	return true;
}

static double line_at(const struct line *line, double level, double sway)
{
	double reach = level * line->slope;
	double lots = reach + line->start;
	if (sway != 0) {
		double start = line->start < 0 ? -line->start : line->start;
		lots += sway * (reach + start + 1);
	}
	lots = lots < line->high ? lots : line->high;
	return lots > line->low ? lots : line->low;
}

static int64_t count_at(const struct lines *lines, double level)
{
	int64_t sum = 0;
	for (uint32_t i = 0; i < lines->pool->count; i++)
		sum += (int64_t)line_at(&lines->lines[i], level, 0);
	return sum;
}

struct bracket {
	double low, high;
	int64_t count_low, count_high;
};

static void bracket_open(const struct lines *lines, struct bracket *bracket)
{
	bracket->low = 0;
	bracket->high = 1;
	for (uint32_t i = 0; i < lines->pool->count; i++) {
		const struct line *line = &lines->lines[i];
		double top = (line->high + 1 - line->start) / line->slope;
		if (line->high > line->low && top > bracket->high)
			bracket->high = top;
	}
	bracket->count_low = count_at(lines, bracket->low);
	bracket->count_high = count_at(lines, bracket->high);
}

/* Until few lots lie between, or nothing lies between the doubles. */
static void bracket_close(const struct lines *lines, int64_t total, struct bracket *bracket)
{
	int64_t close = CLOSE + lines->pool->count / CLOSE_PART;
	for (int step = 0; step < STEPS; step++) {
		double width = bracket->high - bracket->low;
		int64_t between = bracket->count_high - bracket->count_low;
		if (between <= close || width <= bracket->high * 0x1p-50)
			return;
		double part = (double)(total - bracket->count_low) / (double)between;
		/* False position, kept off the ends; every third step halves. */
		part = part < 0.02 ? 0.02 : part > 0.98 ? 0.98 : part;
		double middle = bracket->low + width * (step % 3 == 2 ? 0.5 : part);
		int64_t count = count_at(lines, middle);
		if (count <= total) {
			bracket->low = middle;
			bracket->count_low = count;
		} else {
			bracket->high = middle;
			bracket->count_high = count;
		}
	}
}

static int key_order(const void *left, const void *right)
{
	return keys_compare(left, right);
}

/* Awards what is surely below, then the smallest of what lies between. */
static bool between_award(struct arena *arena, const struct lines *lines,
                          const struct bracket *bracket, int64_t total, int64_t *awards)
{
	const struct share_pool *pool = lines->pool;
	int64_t sure = 0, between = 0;
	for (uint32_t i = 0; i < pool->count; i++) {
		const struct line *line = &lines->lines[i];
		int64_t low = (int64_t)line_at(line, bracket->low, -WRONG);
		awards[pool->claimants[i]] = low;
		sure += low;
		between += (int64_t)line_at(line, bracket->high, WRONG) - low;
	}
	if (sure > total || sure + between < total || between > 4 * (int64_t)pool->count + CLOSE)
		return false;
	struct key *keys = ARENA_ARRAY(arena, struct key, between + 1);
	size_t count = 0;
	for (uint32_t i = 0; i < pool->count; i++) {
		uint32_t claimant = pool->claimants[i];
		int64_t high = (int64_t)line_at(&lines->lines[i], bracket->high, WRONG);
		for (int64_t lot = awards[claimant] + 1; lot <= high; lot++)
			keys_at(lines->keys, claimant, lot, &keys[count++]);
	}
	if (count > 1)
		qsort(keys, count, sizeof *keys, key_order);
	for (size_t k = 0; k < (size_t)(total - sure); k++)
		awards[keys[k].claimant]++;
	return true;
}

bool share_linear(struct arena *arena, const struct keys *keys, const struct share_pool *pool,
                  int64_t total, int64_t *awards)
{
	struct lines lines = {.keys = keys, .pool = pool, .class = -1};
	struct bracket bracket;
	int64_t before = 0, sum = class_sum(&lines, -1);
	while (before + sum < total && lines.class < CLASS_MAX) {
		before += sum;
		sum = class_sum(&lines, ++lines.class);
	}
	size_t mark = arena->used;
	lines.lines = ARENA_ARRAY(arena, struct line, pool->count + 1);
	bool done = lines_fill(&lines);
	if (done) {
		bracket_open(&lines, &bracket);
		bracket_close(&lines, total, &bracket);
		done = between_award(arena, &lines, &bracket, total, awards);
	}
	arena->used = mark;
	return done;
}
