/* Tables and arenas: rows stay where they are, keys find them, full is said.
 * links: common/table.c common/arena.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/arena.h"
#include "common/table.h"

struct key {
	uint64_t number;
	char text[12];
};

struct row {
	struct key key;
	uint32_t value;
};

static struct key key_of(uint64_t number)
{
	struct key key;
	memset(&key, 0, sizeof key);
	key.number = number;
	key.text[0] = (char)('a' + number % 26);
	return key;
}

static void rows_are_found_and_never_move(void **context)
{
	(void)context;
	enum { COUNT = 50000 };
	static struct row *where[COUNT];
	struct table table;
	assert_true(table_open(&table, "t", sizeof(struct row), sizeof(struct key), COUNT));
	for (uint32_t at = 0; at < COUNT; at++) {
		struct key key = key_of((uint64_t)at * 7919);
		assert_null(table_find(&table, &key));
		where[at] = table_put(&table, &key);
		assert_int_equal(where[at]->value, 0);
		where[at]->value = at;
		assert_ptr_equal(table_put(&table, &key), where[at]);
	}
	for (uint32_t at = 0; at < COUNT; at++) {
		struct key key = key_of((uint64_t)at * 7919);
		assert_ptr_equal(table_find(&table, &key), where[at]);
		assert_int_equal(where[at]->value, at);
		assert_int_equal(table_number(&table, where[at]), at);
		assert_ptr_equal(table_at(&table, at), where[at]);
	}
	assert_false(table_room(&table, 1));
	assert_true(table_room(&table, 0));
	table_close(&table);
}

static void room_is_counted(void **context)
{
	(void)context;
	struct table table;
	assert_true(table_open(&table, "t", sizeof(struct row), sizeof(struct key), 3));
	struct key key = key_of(1);
	table_put(&table, &key);
	assert_true(table_room(&table, 2));
	assert_false(table_room(&table, 3));
	table_close(&table);
}

static void arena_is_zeroed_bounded_and_reusable(void **context)
{
	(void)context;
	struct arena arena;
	assert_true(arena_open(&arena, 1 << 16));
	for (int round = 0; round < 3; round++) {
		uint8_t *first = arena_take(&arena, 1000);
		for (int at = 0; at < 1000; at++)
			assert_int_equal(first[at], 0);
		memset(first, 0xff, 1000);
		assert_int_equal((uintptr_t)arena_take(&arena, 1) % 16, 0);
		assert_non_null(arena_try(&arena, 60000));
		assert_null(arena_try(&arena, 60000));
		assert_null(arena_try(&arena, SIZE_MAX));
		arena_reset(&arena);
	}
	assert_string_equal(arena_format(&arena, "%s:%d", "round", 7), "round:7");
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rows_are_found_and_never_move),
	        cmocka_unit_test(room_is_counted),
	        cmocka_unit_test(arena_is_zeroed_bounded_and_reusable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
