/* links: common/calendar.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/calendar.h"

/* 2025-11-23T20:30:00Z is the midnight at which 1404-09-03 begins in Tehran. */
static const int64_t azar_third_ms = 1763929800000;

static void days_begin_in_tehran(void **state)
{
	(void)state;
	assert_int_equal(calendar_day_of(azar_third_ms), 14040903);
	assert_int_equal(calendar_day_of(azar_third_ms - 1), 14040902);
	assert_true(calendar_day_start_ms(14040903) == azar_third_ms);
	/* Nowruz of 1300: 1921-03-21, before the epoch. */
	assert_int_equal(calendar_day_of(calendar_day_start_ms(13000101)), 13000101);
	assert_int_equal(calendar_day_of(calendar_day_start_ms(13000101) - 1), 0);
	assert_int_equal(calendar_day_of(calendar_day_start_ms(15001229) + 86400000LL * 2), 0);
	assert_int_equal(calendar_day_of(INT64_MAX), 0);
	assert_int_equal(calendar_day_of(INT64_MIN), 0);
}

static void leap_years_end_on_the_thirtieth(void **state)
{
	(void)state;
	assert_true(calendar_day_valid(13991230));
	assert_true(calendar_day_valid(14031230));
	assert_true(calendar_day_valid(14081230));
	assert_false(calendar_day_valid(14041230));
	assert_false(calendar_day_valid(14001230));
	assert_true(calendar_day_valid(14040631));
	assert_false(calendar_day_valid(14040731));
	assert_false(calendar_day_valid(14041301));
	assert_false(calendar_day_valid(14040100));
	assert_false(calendar_day_valid(12991229));
	assert_false(calendar_day_valid(15010101));
	assert_false(calendar_day_valid(-1));
}

static void every_day_of_the_table_follows_the_day_before(void **state)
{
	(void)state;
	int32_t day = 13000101;
	int32_t weekday = calendar_weekday(day);
	int days = 1;
	for (int32_t next; (next = calendar_day_add(day, 1)) != 0; days++) {
		assert_true(next > day && calendar_day_valid(next));
		assert_int_equal(calendar_day_add(next, -1), day);
		weekday = (weekday + 1) % 7;
		assert_int_equal(calendar_weekday(next), weekday);
		day = next;
	}
	assert_int_equal(day / 100, 150012);
	assert_int_equal(days, 73414);
	/* 1404-09-02 was a Sunday, 1404-01-01 (2025-03-21) a Friday. */
	assert_int_equal(calendar_weekday(14040902), 1);
	assert_int_equal(calendar_weekday(14040101), 6);
}

static void months_are_counted_across_years(void **state)
{
	(void)state;
	assert_int_equal(calendar_month_of(14040902), 140409);
	assert_int_equal(calendar_month_add(140409, 4), 140501);
	assert_int_equal(calendar_month_add(140409, -9), 140312);
	assert_int_equal(calendar_month_add(150012, 1), 0);
	assert_int_equal(calendar_month_add(130001, -1), 0);
	assert_int_equal(calendar_months_between(140409, 140501), 4);
	assert_int_equal(calendar_months_between(140501, 140409), -4);
}

static void working_days_pass_over_fridays_and_holidays(void **state)
{
	(void)state;
	/* 1404-09-06 is a Thursday. */
	static const int32_t holidays[] = {14040908, 14040910};
	assert_int_equal(calendar_working_day_add(14040906, 1, NULL, 0), 14040908);
	assert_int_equal(calendar_working_day_add(14040906, 1, holidays, 2), 14040909);
	assert_int_equal(calendar_working_day_add(14040906, 2, holidays, 2), 14040911);
	assert_int_equal(calendar_working_day_add(14040906, 0, holidays, 2), 14040906);
	assert_int_equal(calendar_working_day_add(15001228, 5, NULL, 0), 0);
}

static void text_goes_both_ways(void **state)
{
	(void)state;
	char day[11];
	char month[8];
	calendar_day_text(14040902, day);
	calendar_month_text(140409, month);
	assert_string_equal(day, "1404-09-02");
	assert_string_equal(month, "1404-09");
	assert_int_equal(calendar_day_parse("1404-09-02"), 14040902);
	assert_int_equal(calendar_month_parse("1404-09"), 140409);
	static const char *const bad[] = {"",           "1404-09-2",  "14040902",
	                                  "1404/09/02", "1404-12-30", "1404-13-01",
	                                  "1404-09-0x", "-404-09-02", "1404-09-021"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(calendar_day_parse(bad[i]), 0);
	assert_int_equal(calendar_month_parse("1404-13"), 0);
	assert_int_equal(calendar_month_parse("1404-9"), 0);
}

/* Where ICU is installed, the committed table is what the tool makes today. */
static void the_table_is_what_icu_says(void **state)
{
	(void)state;
	if (system("pkg-config --exists icu-i18n 2>/dev/null") != 0)
		skip();
	int status =
	        system("d=$(mktemp -d) && "
	               "${CC:-cc} -o $d/make deploy/tools/make_calendar.c "
	               "$(pkg-config --cflags --libs icu-i18n icu-uc) && $d/make > $d/table && "
	               "cmp $d/table common/calendar_table.inc; r=$?; rm -rf $d; exit $r");
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(days_begin_in_tehran),
	        cmocka_unit_test(leap_years_end_on_the_thirtieth),
	        cmocka_unit_test(every_day_of_the_table_follows_the_day_before),
	        cmocka_unit_test(months_are_counted_across_years),
	        cmocka_unit_test(working_days_pass_over_fridays_and_holidays),
	        cmocka_unit_test(text_goes_both_ways),
	        cmocka_unit_test(the_table_is_what_icu_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
