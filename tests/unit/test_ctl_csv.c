/* The CSV reader: RFC 4180, strictly, and what it says about broken lines.
 * links: services/ctl/csv.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/ctl/csv.h"

static struct csv csv;

static void begin(const char *text)
{
	csv_begin(&csv, text, strlen(text));
}

static void expect(uint32_t line, const char *const *fields, uint32_t count)
{
	assert_true(csv_next(&csv));
	assert_int_equal(csv.error, CSV_NONE);
	assert_int_equal(csv.line, line);
	assert_int_equal(csv.count, count);
	for (uint32_t at = 0; at < count; at++)
		assert_string_equal(csv.fields[at], fields[at]);
}

#define EXPECT(line, ...)                                                                          \
	do {                                                                                       \
		const char *const fields[] = {__VA_ARGS__};                                        \
		expect((line), fields, sizeof fields / sizeof *fields);                            \
	} while (0)

static void plain_fields(void **state)
{
	(void)state;
	begin("a,b,c\n1,,3\n");
	EXPECT(1, "a", "b", "c");
	EXPECT(2, "1", "", "3");
	assert_false(csv_next(&csv));
}

static void bom_crlf_and_no_last_newline(void **state)
{
	(void)state;
	begin("\xef\xbb\xbfparty_id,name\r\n1,قم\r\n2,کهک");
	EXPECT(1, "party_id", "name");
	EXPECT(2, "1", "قم");
	EXPECT(3, "2", "کهک");
	assert_false(csv_next(&csv));
}

static void quoted_fields(void **state)
{
	(void)state;
	begin("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\nnext,\"\",x\n");
	EXPECT(1, "a,b", "say \"hi\"", "two\nlines");
	EXPECT(3, "next", "", "x");
	assert_false(csv_next(&csv));
}

static void empty_lines_are_passed_over(void **state)
{
	(void)state;
	begin("\n\r\na\n\n\nb\n");
	EXPECT(3, "a");
	EXPECT(6, "b");
	assert_false(csv_next(&csv));
}

static void broken(const char *text, enum csv_error error)
{
	begin(text);
	assert_true(csv_next(&csv));
	assert_int_equal(csv.error, error);
}

static void broken_lines_are_named_and_the_next_is_read(void **state)
{
	(void)state;
	broken("a\"b,c\nnext\n", CSV_QUOTE);
	EXPECT(2, "next");
	broken("\"a\"b,c\nnext\n", CSV_QUOTE);
	EXPECT(2, "next");
	broken("a\001,c\nnext\n", CSV_CONTROL);
	EXPECT(2, "next");
	broken("a\rb\nnext\n", CSV_QUOTE);
	EXPECT(2, "next");
	broken("\"never closed\nnext\n", CSV_UNCLOSED);
	assert_false(csv_next(&csv));
}

static void limits(void **state)
{
	(void)state;
	static char text[2 * CSV_MAX_RECORD];
	memset(text, ',', CSV_MAX_FIELDS);
	strcpy(text + CSV_MAX_FIELDS, "\nnext\n");
	broken(text, CSV_TOO_MANY_FIELDS);
	EXPECT(2, "next");
	memset(text, 'x', CSV_MAX_RECORD);
	strcpy(text + CSV_MAX_RECORD, "\nnext\n");
	broken(text, CSV_TOO_LONG);
	EXPECT(2, "next");
}

static void a_nul_is_a_control_character(void **state)
{
	(void)state;
	static const char text[] = "a\0b,c\nnext\n";
	csv_begin(&csv, text, sizeof text - 1);
	assert_true(csv_next(&csv));
	assert_int_equal(csv.error, CSV_CONTROL);
	EXPECT(2, "next");
}

/* Every truncation and every single changed byte of a good file ends, and stays inside. */
static void any_bytes_end(void **state)
{
	(void)state;
	static const char good[] = "a,\"b\"\"c\",d\r\n1,\"2\n\",3\n";
	char text[sizeof good];
	for (size_t size = 0; size < sizeof good; size++) {
		csv_begin(&csv, good, size);
		for (int turn = 0; turn < 100 && csv_next(&csv); turn++)
			assert_true(turn < 10);
	}
	for (size_t at = 0; at + 1 < sizeof good; at++)
		for (int byte = 0; byte < 256; byte++) {
			memcpy(text, good, sizeof good);
			text[at] = (char)byte;
			csv_begin(&csv, text, sizeof good - 1);
			for (int turn = 0; turn < 100 && csv_next(&csv); turn++)
				assert_true(turn < 20);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(plain_fields),
	        cmocka_unit_test(bom_crlf_and_no_last_newline),
	        cmocka_unit_test(quoted_fields),
	        cmocka_unit_test(empty_lines_are_passed_over),
	        cmocka_unit_test(broken_lines_are_named_and_the_next_is_read),
	        cmocka_unit_test(limits),
	        cmocka_unit_test(a_nul_is_a_control_character),
	        cmocka_unit_test(any_bytes_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
