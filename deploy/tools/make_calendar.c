/* Prints common/calendar_table.inc: the day number (days since 1970-01-01) at
 * which every Jalali month from 1300-01 begins, and the one after 1500-12,
 * twelve to a line with the year behind it. ICU knows the calendar.
 *
 *   cc -o make_calendar deploy/tools/make_calendar.c $(pkg-config --cflags --libs icu-i18n)
 *   ./make_calendar > common/calendar_table.inc */
#include <stdint.h>
#include <stdio.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { FIRST_YEAR = 1300, LAST_YEAR = 1500 };

static int month_start(UCalendar *calendar, int year, int month, int64_t *day)
{
	UErrorCode status = U_ZERO_ERROR;
	ucal_clear(calendar);
	ucal_set(calendar, UCAL_EXTENDED_YEAR, year);
	ucal_set(calendar, UCAL_MONTH, month);
	ucal_set(calendar, UCAL_DATE, 1);
	double time_ms = ucal_getMillis(calendar, &status);
	if (U_FAILURE(status))
		return 0;
	int64_t whole = (int64_t)time_ms;
	*day = whole / 86400000;
	return whole % 86400000 == 0;
}

static int print_year(UCalendar *calendar, int year)
{
	for (int month = 0; month < 12; month++) {
		int64_t day;
		if (!month_start(calendar, year, month, &day))
			return 0;
		printf("%lld,%s", (long long)day, month == 11 ? "" : " ");
	}
	printf(" /* %d */\n", year);
	return 1;
}

int main(void)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar zone[8];
	u_uastrcpy(zone, "Etc/UTC");
	UCalendar *calendar =
	        ucal_open(zone, -1, "fa_IR@calendar=persian", UCAL_TRADITIONAL, &status);
	if (U_FAILURE(status)) {
		fprintf(stderr, "make_calendar: ICU: %s\n", u_errorName(status));
		return 1;
	}
	int64_t end;
	int good = 1;
	for (int year = FIRST_YEAR; good && year <= LAST_YEAR; year++)
		good = print_year(calendar, year);
	good = good && month_start(calendar, LAST_YEAR + 1, 0, &end);
	if (good)
		printf("%lld,\n", (long long)end);
	ucal_close(calendar);
	return good ? 0 : 1;
}
