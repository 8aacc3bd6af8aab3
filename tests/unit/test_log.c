/* One event is one line, whatever stands in it; too many lines are counted, not written.
 * links: common/log.c common/log_text.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/log_text.h"

static const struct log_line line_of = {
        .time_ms = 1763888000123,
        .level = "info",
        .service = "quota",
        .event = "quota.request.accepted",
        .text = "request=A-1 name=\"x y\" kg=5500",
};

static void test_logfmt(void **state)
{
	(void)state;
	char out[512];
	size_t size = log_text_logfmt(out, sizeof out, &line_of);
	out[size] = '\0';
	assert_string_equal(out, "ts=2025-11-23T08:53:20.123Z level=info svc=quota "
	                         "event=quota.request.accepted request=A-1 name=\"x y\" kg=5500\n");
}

static void test_json(void **state)
{
	(void)state;
	char out[512];
	struct log_line line = line_of;
	line.text = "a=1 b=\"x \\\"y\\\" \\\\ z\" flag c= d=\"\"";
	size_t size = log_text_json(out, sizeof out, &line);
	out[size] = '\0';
	assert_string_equal(out,
	                    "{\"ts\":\"2025-11-23T08:53:20.123Z\",\"level\":\"info\","
	                    "\"svc\":\"quota\",\"event\":\"quota.request.accepted\",\"a\":\"1\","
	                    "\"b\":\"x \\\"y\\\" \\\\ z\",\"flag\":\"\",\"c\":\"\",\"d\":\"\"}\n");
}

static void test_quote(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	        {"plain", "plain"},
	        {"", "\"\""},
	        {"two words", "\"two words\""},
	        {"say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""},
	        {"a=b", "\"a=b\""},
	        {"line\nbreak", "\"line\\nbreak\""},
	        {"\x1b[31mred", "\"\\x1b[31mred\""},
	        {"کرج", "کرج"},
	        {"a\xe2\x80\xae"
	         "b",
	         "\"a\\u202eb\""},
	        {"a\xc2\x85"
	         "b",
	         "\"a\\x85b\""},
	        {"bad\xff", "\"bad\\xff\""},
	        {"over\xc0\xaf", "\"over\\xc0\\xaf\""},
	        {"cut\xe2\x80", "\"cut\\xe2\\x80\""},
	        {"half\xed\xa0\x80", "\"half\\xed\\xa0\\x80\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(log_quote(cases[i][0]), cases[i][1]);
}

static void test_quote_cuts_long_text(void **state)
{
	(void)state;
	char text[2000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	text[7] = ' ';
	const char *quoted = log_quote(text);
	assert_true(strlen(quoted) < 512);
	assert_int_equal(quoted[0], '"');
	assert_string_equal(quoted + strlen(quoted) - 4, "…\"");
}

static void test_line_is_one_line(void **state)
{
	(void)state;
	char out[256];
	for (int json = 0; json < 2; json++) {
		struct log_line line = line_of;
		line.text = "a=\"x\ny\" \x1b[2J \xe2\x80\xa8 end";
		size_t size = json ? log_text_json(out, sizeof out, &line)
		                   : log_text_logfmt(out, sizeof out, &line);
		assert_ptr_equal(memchr(out, '\n', size), out + size - 1);
		assert_null(memchr(out, '\x1b', size));
	}
}

static void test_too_long_lines_end_all_the_same(void **state)
{
	(void)state;
	char text[600], out[128];
	memset(text, 'k', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	text[300] = '=';
	struct log_line line = line_of;
	line.text = text;
	for (size_t size = 100; size <= sizeof out; size++) {
		size_t used = log_text_logfmt(out, size, &line);
		assert_true(used <= size && out[used - 1] == '\n');
		used = log_text_json(out, size, &line);
		assert_true(used <= size && memcmp(out + used - 2, "}\n", 2) == 0);
	}
}

/* Runs `body` in a child and returns all that it writes to standard output. */
static char *output_of(void (*body)(void))
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		body();
		_exit(0);
	}
	close(ends[1]);
	static char text[4 << 20];
	size_t used = 0;
	ssize_t got;
	while ((got = read(ends[0], text + used, sizeof text - 1 - used)) > 0)
		used += (size_t)got;
	text[used] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	return text;
}

static size_t lines_with(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		count++;
	return count;
}

static void write_many(void)
{
	log_open("quota", false);
	log_clock(86400000);
	for (int i = 0; i < 5000; i++)
		log_info("test.flood", "i=%d", i);
	log_warn("test.single", "a=%d", 1);
	log_close();
}

static void test_flood_is_counted(void **state)
{
	(void)state;
	char *text = output_of(write_many);
	size_t written = lines_with(text, "event=test.flood");
	assert_in_range(written, 1000, 2000);
	assert_int_equal(lines_with(text, "event=test.single"), 1);
	char *counted = strstr(text, "event=log.suppressed");
	assert_non_null(counted);
	assert_int_equal(strtoul(strstr(counted, "count=") + 6, NULL, 10), 5000 - written);
}

static void write_and_exit(void)
{
	log_open("quota", true);
	log_error("test.last", "what=%s", log_quote("the last words"));
	exit(70);
}

static void test_exit_writes_the_last_line(void **state)
{
	(void)state;
	assert_non_null(strstr(output_of(write_and_exit), "\"what\":\"the last words\""));
}

static void write_to_nobody(void)
{
	int ends[2];
	int keep = dup(STDOUT_FILENO);
	if (pipe(ends) != 0)
		_exit(1);
	dup2(ends[1], STDOUT_FILENO);
	log_open("quota", false);
	/* 60 events, so that none is suppressed: 60,000 lines are more than pipe and ring. */
	char event[32];
	static char names[60][32];
	for (int i = 0; i < 60000; i++) {
		snprintf(event, sizeof event, "test.event%d", i % 60);
		memcpy(names[i % 60], event, sizeof event);
		log_info(names[i % 60], "i=%d", i);
	}
	log_close();
	dprintf(keep, "returned\n");
}

static void test_a_reader_that_does_not_read_stops_nobody(void **state)
{
	(void)state;
	assert_non_null(strstr(output_of(write_to_nobody), "returned"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_logfmt),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_quote),
	        cmocka_unit_test(test_quote_cuts_long_text),
	        cmocka_unit_test(test_line_is_one_line),
	        cmocka_unit_test(test_too_long_lines_end_all_the_same),
	        cmocka_unit_test(test_flood_is_counted),
	        cmocka_unit_test(test_exit_writes_the_last_line),
	        cmocka_unit_test(test_a_reader_that_does_not_read_stops_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
