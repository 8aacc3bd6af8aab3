/* Rows are found by their keys, keep their places, and a full table says so.
 * links: common/table.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/table.h"

struct row {
	char key[20];
	uint32_t value;
};

static void key_of(uint32_t number, char key[20])
{
	memset(key, 0, 20);
	for (int i = 9; i >= 0; i--, number /= 10)
		key[i] = (char)('0' + number % 10);
}

static void test_rows_stay_and_are_found(void **state)
{
	(void)state;
	enum { ROWS = 100000 };
	struct table table;
	char key[20];
	assert_true(table_open(&table, "rows", sizeof(struct row), 20, ROWS));
	key_of(0, key);
	struct row *first = table_put(&table, key);
	for (uint32_t i = 0; i < ROWS; i++) {
		key_of(i, key);
		struct row *row = table_put(&table, key);
		assert_int_equal(row->value, 0);
		row->value = i + 1;
		assert_ptr_equal(table_put(&table, key), row);
	}
	assert_int_equal(table.count, ROWS);
	assert_int_equal(first->value, 1);
	assert_false(table_room(&table, 1));
	for (uint32_t i = 0; i < 2 * ROWS; i++) {
		key_of(i, key);
		table_prefetch(&table, key);
		const struct row *row = table_find(&table, key);
		assert_true((row != NULL) == (i < ROWS));
		if (row == NULL)
			continue;
		assert_int_equal(row->value, i + 1);
		assert_int_equal(table_number(&table, row), i);
		assert_ptr_equal(table_at(&table, i), row);
	}
	table_close(&table);
}

static void test_room(void **state)
{
	(void)state;
	struct table table;
	char key[20];
	assert_true(table_open(&table, "rows", sizeof(struct row), 20, 3));
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(table_room(&table, 3 - i));
		assert_false(table_room(&table, 4 - i));
		key_of(i, key);
		table_put(&table, key);
	}
	assert_true(table_room(&table, 0));
	table_close(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_rows_stay_and_are_found),
	        cmocka_unit_test(test_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
