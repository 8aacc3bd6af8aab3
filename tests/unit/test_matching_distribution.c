/* links: services/matching/decide_distribution.c common/digest.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "services/matching/decide.h"

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t below)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (random_state >> 8) % below;
}

static int64_t sum_of(const struct portion *portions, uint32_t count)
{
	int64_t sum = 0;
	for (uint32_t at = 0; at < count; at++)
		sum += portions[at].share_kg;
	return sum;
}

/* What the header promises: between floor and cap, and at one level: nobody could give a kilogram
 * to another who stands lower by more than the kilogram's rounding. */
static void check_level(const struct portion *portions, uint32_t count, int64_t total_kg)
{
	assert_int_equal(sum_of(portions, count), total_kg);
	for (uint32_t at = 0; at < count; at++) {
		const struct portion *high = &portions[at];
		assert_in_range(high->share_kg, high->floor_kg, high->cap_kg);
		for (uint32_t i = 0; i < count; i++) {
			const struct portion *low = &portions[i];
			if (high->share_kg == high->floor_kg || low->share_kg == low->cap_kg)
				continue;
			assert_true((int128)(high->share_kg - 1) * low->weight_kg <
			            (int128)(low->share_kg + 1) * high->weight_kg);
		}
	}
}

static void level_is_exact_on_random_lines(void **unused)
{
	(void)unused;
	static struct portion portions[MATCHING_MAX_LINES];
	for (int round = 0; round < 4000; round++) {
		uint32_t count = 1 + random_below(round % 50 ? 6 : MATCHING_MAX_LINES);
		int64_t low = 0, high = 0;
		memset(portions, 0, sizeof portions);
		for (uint32_t at = 0; at < count; at++) {
			struct portion *portion = &portions[at];
			portion->cap_kg = random_below(round % 3 ? 20 : 30000);
			portion->floor_kg =
			        random_below(3) ? 0 : random_below((uint32_t)portion->cap_kg + 1);
			portion->weight_kg = 1 + random_below(round % 2 ? 10 : 1000000);
			for (size_t byte = 0; byte < sizeof portion->tie; byte++)
				portion->tie[byte] = (uint8_t)random_below(256);
			low += portion->floor_kg;
			high += portion->cap_kg;
		}
		int64_t total_kg = low + random_below((uint32_t)(high - low) + 1);
		distribution_level(portions, count, total_kg);
		check_level(portions, count, total_kg);
		if (high == 0)
			continue;
		distribution_pro_rata(portions, count, total_kg);
		assert_int_equal(sum_of(portions, count), total_kg);
		for (uint32_t at = 0; at < count; at++) {
			int128 share = (int128)total_kg * portions[at].cap_kg;
			assert_in_range(portions[at].share_kg, (int64_t)(share / high),
			                (int64_t)(share / high) + 1);
		}
	}
}

/* 10 t for members with ceilings of 1, 2 and 7 t who ask for 4 t each: the small ones stop at what
 * their weight earns, nobody above his demand. */
static void level_by_hand(void **unused)
{
	(void)unused;
	struct portion portions[3] = {{.cap_kg = 4000, .weight_kg = 1000},
	                              {.cap_kg = 4000, .weight_kg = 2000},
	                              {.cap_kg = 4000, .weight_kg = 7000}};
	distribution_level(portions, 3, 10000);
	assert_int_equal(portions[2].share_kg, 4000);
	assert_int_equal(portions[0].share_kg, 2000);
	assert_int_equal(portions[1].share_kg, 4000);
	distribution_level(portions, 3, 5000);
	assert_int_equal(portions[0].share_kg, 500);
	assert_int_equal(portions[1].share_kg, 1000);
	assert_int_equal(portions[2].share_kg, 3500);
}

/* 100 kg among three alike: the odd kilogram goes to the lowest tie. */
static void odd_kilogram_by_lottery(void **unused)
{
	(void)unused;
	struct portion portions[3] = {{.cap_kg = 90, .weight_kg = 5, .tie = {9}},
	                              {.cap_kg = 90, .weight_kg = 5, .tie = {3}},
	                              {.cap_kg = 90, .weight_kg = 5, .tie = {4}}};
	distribution_level(portions, 3, 100);
	assert_int_equal(portions[0].share_kg, 33);
	assert_int_equal(portions[1].share_kg, 34);
	assert_int_equal(portions[2].share_kg, 33);
	distribution_level(portions, 3, 101);
	assert_int_equal(portions[0].share_kg, 33);
	assert_int_equal(portions[2].share_kg, 34);
}

/* Amounts and weights at their bounds. */
static void large_numbers(void **unused)
{
	(void)unused;
	struct portion portions[2] = {{.cap_kg = (int64_t)1 << 48, .weight_kg = (int64_t)1 << 40},
	                              {.cap_kg = (int64_t)1 << 48, .weight_kg = 1, .tie = {1}}};
	distribution_level(portions, 2, ((int64_t)1 << 48) + 5);
	check_level(portions, 2, ((int64_t)1 << 48) + 5);
	distribution_level(portions, 2, (int64_t)1 << 49);
	check_level(portions, 2, (int64_t)1 << 49);
	distribution_level(portions, 2, 0);
	assert_int_equal(sum_of(portions, 2), 0);
}

/* What a line holds already counts: it gets nothing before the others have come up. */
static void held_counts(void **unused)
{
	(void)unused;
	struct portion portions[2] = {{.cap_kg = 100, .floor_kg = 40, .weight_kg = 1},
	                              {.cap_kg = 100, .weight_kg = 1}};
	distribution_level(portions, 2, 60);
	assert_int_equal(portions[0].share_kg, 40);
	assert_int_equal(portions[1].share_kg, 20);
	distribution_level(portions, 2, 100);
	assert_int_equal(portions[0].share_kg, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(level_is_exact_on_random_lines),
	        cmocka_unit_test(level_by_hand),
	        cmocka_unit_test(odd_kilogram_by_lottery),
	        cmocka_unit_test(large_numbers),
	        cmocka_unit_test(held_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
