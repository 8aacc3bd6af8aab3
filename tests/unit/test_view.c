/* The list of Redis writes of a record.
 * links: common/view.c common/arena.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/view.h"

static void test_writes_in_order(void **state)
{
	(void)state;
	struct arena arena;
	struct view view;
	char member[] = "A-1";
	assert_true(arena_open(&arena, 1 << 20));
	view_begin(&view, &arena, 42);
	view_hash(&view, "tasheem:request:%s:%s", "10101", "A-1");
	view_text(&view, "state", "%s", "open");
	view_int(&view, "quantity_kg", INT64_MIN);
	view_set_add(&view, member, "tasheem:index:requests:%s", "10101");
	view_set_remove(&view, member, "tasheem:index:open");
	view_delete(&view, "tasheem:gone");
	view_publish(&view, "42 request A-1 open", "tasheem:events:%s", "quota");
	/* What was passed in may change: the view has its own. */
	member[0] = 'X';

	assert_int_equal(view.count, 5);
	const struct view_write *write = view.first;
	assert_int_equal(write->type, VIEW_HASH);
	assert_string_equal(write->key, "tasheem:request:10101:A-1");
	assert_string_equal(write->fields->name, "sequence");
	assert_string_equal(write->fields->value, "42");
	assert_string_equal(write->fields->next->name, "state");
	assert_string_equal(write->fields->next->value, "open");
	assert_string_equal(write->fields->next->next->value, "-9223372036854775808");
	write = write->next;
	assert_int_equal(write->type, VIEW_SET_ADD);
	assert_string_equal(write->value, "A-1");
	write = write->next;
	assert_int_equal(write->type, VIEW_SET_REMOVE);
	write = write->next;
	assert_int_equal(write->type, VIEW_DELETE);
	write = write->next;
	assert_int_equal(write->type, VIEW_PUBLISH);
	assert_string_equal(write->key, "tasheem:events:quota");
	assert_null(write->next);
	assert_ptr_equal(write, view.last);
	arena_close(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_writes_in_order)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
