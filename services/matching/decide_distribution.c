/* Kilograms among lines, to the kilogram.
 *
 * Level: the smallest K with sum of clamp(K * weight, floor, cap) >= total is found among
 * the breakpoints floor/weight and cap/weight. Between two breakpoints the lines that are
 * neither at their floor nor at their cap share what is left in proportion to weight;
 * each gets the whole part, the kilograms that remain go to the largest fractions, equal
 * fractions to the lower tie. */
#include "services/matching/decide.h"

#include <string.h>

struct fraction {
	int128 numerator;
	int64_t denominator;
};

static bool less(struct fraction left, struct fraction right)
{
	return left.numerator * right.denominator < right.numerator * left.denominator;
}

static int128 clamped(const struct portion *portion, struct fraction level)
{
	int128 share = level.numerator * portion->weight_kg;
	int128 low = (int128)portion->floor_kg * level.denominator;
	int128 high = (int128)portion->cap_kg * level.denominator;
	return share < low ? low : share > high ? high : share;
}

static bool reaches(const struct portion *portions, uint32_t count, struct fraction level,
                    int64_t total_kg)
{
	int128 sum = 0;
	for (uint32_t at = 0; at < count; at++)
		sum += clamped(&portions[at], level);
	return sum >= (int128)total_kg * level.denominator;
}

/* The largest breakpoint at which the sum is still below the total (or 0): right above it
 * nothing changes before the level that is sought. */
static struct fraction level_below(const struct portion *portions, uint32_t count, int64_t total_kg)
{
	struct fraction best = {0, 1};
	for (uint32_t at = 0; at < 2 * count; at++) {
		const struct portion *portion = &portions[at / 2];
		struct fraction point = {at % 2 ? portion->cap_kg : portion->floor_kg,
		                         portion->weight_kg};
		if (less(best, point) && !reaches(portions, count, point, total_kg))
			best = point;
	}
	return best;
}

/* Hands out the kilograms that whole parts left over. */
static void give_remainder(struct portion *portions, uint32_t count, const int128 *rests,
                           int64_t left)
{
	bool given[MATCHING_MAX_LINES] = {false};
	for (; left > 0; left--) {
		uint32_t best = count;
		for (uint32_t at = 0; at < count; at++) {
			if (given[at] || rests[at] == 0)
				continue;
			if (best == count || rests[at] > rests[best] ||
			    (rests[at] == rests[best] &&
			     memcmp(portions[at].tie, portions[best].tie, DIGEST_SHORT_BYTES) < 0))
				best = at;
		}
		CHECK(best < count);
		given[best] = true;
		portions[best].share_kg++;
	}
}

void distribution_level(struct portion *portions, uint32_t count, int64_t total_kg)
{
	CHECK(count <= MATCHING_MAX_LINES);
	struct fraction below = level_below(portions, count, total_kg);
	int128 rests[MATCHING_MAX_LINES] = {0};
	int128 weight = 0;
	int64_t rest_kg = total_kg;
	for (uint32_t at = 0; at < count; at++) {
		struct portion *portion = &portions[at];
		struct fraction floor = {portion->floor_kg, portion->weight_kg};
		struct fraction cap = {portion->cap_kg, portion->weight_kg};
		bool shares = !less(below, floor) && less(below, cap);
		portion->share_kg = less(below, floor) ? portion->floor_kg : portion->cap_kg;
		/* A negative share marks who is between floor and cap. */
		if (shares) {
			portion->share_kg = -1;
			weight += portion->weight_kg;
		} else {
			rest_kg -= portion->share_kg;
		}
	}
	int64_t left = rest_kg;
	for (uint32_t at = 0; at < count; at++) {
		struct portion *portion = &portions[at];
		if (portion->share_kg >= 0)
			continue;
		int128 share = (int128)rest_kg * portion->weight_kg;
		portion->share_kg = (int64_t)(share / weight);
		rests[at] = share % weight;
		left -= portion->share_kg;
	}
	give_remainder(portions, count, rests, left);
}

void distribution_pro_rata(struct portion *portions, uint32_t count, int64_t total_kg)
{
	CHECK(count <= MATCHING_MAX_LINES);
	int128 rests[MATCHING_MAX_LINES] = {0};
	int128 whole = 0;
	int64_t left = total_kg;
	for (uint32_t at = 0; at < count; at++)
		whole += portions[at].cap_kg;
	CHECK(whole > 0);
	for (uint32_t at = 0; at < count; at++) {
		int128 share = (int128)total_kg * portions[at].cap_kg;
		portions[at].share_kg = (int64_t)(share / whole);
		rests[at] = share % whole;
		left -= portions[at].share_kg;
	}
	give_remainder(portions, count, rests, left);
}

void distribution_tie(const struct round *round, const char *who, uint8_t tie[DIGEST_SHORT_BYTES])
{
	crypto_generichash_state hash;
	crypto_generichash_init(&hash, NULL, 0, DIGEST_SHORT_BYTES);
	crypto_generichash_update(&hash, round->seed, DIGEST_BYTES);
	crypto_generichash_update(&hash, (const unsigned char *)round->round_id.text,
	                          strlen(round->round_id.text) + 1);
	crypto_generichash_update(&hash, (const unsigned char *)round->family.text,
	                          strlen(round->family.text) + 1);
	crypto_generichash_update(&hash, (const unsigned char *)who, strlen(who));
	crypto_generichash_final(&hash, tie, DIGEST_SHORT_BYTES);
}
