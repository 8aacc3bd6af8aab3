/* links: common/timers.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/timers.h"

static void pop(struct timers *timers)
{
	struct timer first = *timers_first(timers);
	timers_cancel(timers, first.kind, first.id);
}

static void equal_instants_fall_in_one_order(void **state)
{
	(void)state;
	struct timers timers;
	assert_true(timers_open(&timers, 8));
	assert_null(timers_first(&timers));
	assert_true(timers_deadline(&timers) == INT64_MAX);
	timers_add(&timers, 50, 2, "b");
	timers_add(&timers, 50, 2, "a");
	timers_add(&timers, 50, 1, "z");
	timers_add(&timers, 40, 9, "late kind");
	static const char *const order[] = {"late kind", "z", "a", "b"};
	for (int i = 0; i < 4; i++) {
		assert_string_equal(timers_first(&timers)->id, order[i]);
		pop(&timers);
	}
	assert_int_equal(timers.count, 0);
	timers_close(&timers);
}

static void cancelling_leaves_a_heap(void **state)
{
	(void)state;
	struct timers timers;
	assert_true(timers_open(&timers, 1000));
	uint32_t seed = 7;
	for (int i = 0; i < 1000; i++) {
		char id[16];
		seed = seed * 1664525U + 1013904223U;
		snprintf(id, sizeof id, "t%d", i % 500);
		timers_add(&timers, (int64_t)(seed >> 16), 1, id);
	}
	assert_false(timers_room(&timers, 1));
	for (int i = 0; i < 500; i += 2) {
		char id[16];
		snprintf(id, sizeof id, "t%d", i);
		timers_cancel(&timers, 1, id);
	}
	assert_int_equal(timers.count, 500);
	timers_cancel(&timers, 2, "t1");
	timers_cancel(&timers, 1, "nobody");
	assert_int_equal(timers.count, 500);
	assert_true(timers_room(&timers, 500));
	assert_false(timers_room(&timers, 501));
	int64_t last = INT64_MIN;
	while (timers_first(&timers)) {
		assert_true(timers_deadline(&timers) >= last);
		last = timers_deadline(&timers);
		pop(&timers);
	}
	timers_close(&timers);
}

static void no_capacity_is_no_room(void **state)
{
	(void)state;
	struct timers timers;
	assert_true(timers_open(&timers, 0));
	assert_false(timers_room(&timers, 1));
	timers_close(&timers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(equal_instants_fall_in_one_order),
	        cmocka_unit_test(cancelling_leaves_a_heap),
	        cmocka_unit_test(no_capacity_is_no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
