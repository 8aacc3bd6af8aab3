/* Looks days up in the committed table: the day number (days since 1970-01-01)
 * at which each Jalali month begins, from 1300-01 to 1501-01 (the end). */
#include "calendar.h"

#include <stddef.h>
#include <string.h>

#include "check.h"

enum {
	MONTHS = (CALENDAR_LAST_YEAR - CALENDAR_FIRST_YEAR + 1) * 12,
	DAY_MS = 86400000,
	/* Tehran is 3 h 30 min ahead of UTC. */
	TEHRAN_MS = 12600000,
	/* Day 0 was a Thursday, the fifth day after Saturday. */
	FIRST_WEEKDAY = 5,
	FRIDAY = 6,
};

static const int32_t month_starts[MONTHS + 1] = {
#include "calendar_table.inc"
};

/* 0-based number of yyyymm in the table; -1 outside. */
static int32_t month_index(int32_t month)
{
	int32_t year = month / 100;
	int32_t of_year = month % 100;
	if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR || of_year < 1 || of_year > 12)
		return -1;
	return (year - CALENDAR_FIRST_YEAR) * 12 + of_year - 1;
}

static int32_t month_at(int32_t index)
{
	return (CALENDAR_FIRST_YEAR + index / 12) * 100 + index % 12 + 1;
}

bool calendar_month_valid(int32_t month)
{
	return month_index(month) >= 0;
}

bool calendar_day_valid(int32_t day_jalali)
{
	int32_t index = month_index(day_jalali / 100);
	int32_t of_month = day_jalali % 100;
	return index >= 0 && of_month >= 1 &&
	       of_month <= month_starts[index + 1] - month_starts[index];
}

static int32_t day_number(int32_t day_jalali)
{
	CHECK(calendar_day_valid(day_jalali));
	return month_starts[month_index(day_jalali / 100)] + day_jalali % 100 - 1;
}

/* yyyymmdd of a day number; 0 outside the table. */
static int32_t day_at(int64_t number)
{
	if (number < month_starts[0] || number >= month_starts[MONTHS])
		return 0;
	int32_t low = 0;
	int32_t high = MONTHS;
	while (high - low > 1) {
		int32_t middle = low + (high - low) / 2;
		if (month_starts[middle] <= number)
			low = middle;
		else
			high = middle;
	}
	return month_at(low) * 100 + (int32_t)(number - month_starts[low]) + 1;
}

int32_t calendar_day_of(int64_t time_ms)
{
	/* So far from the table that adding the offset could overflow. */
	if (time_ms > INT64_MAX / 2 || time_ms < INT64_MIN / 2)
		return 0;
	int64_t local_ms = time_ms + TEHRAN_MS;
	int64_t number = local_ms / DAY_MS;
	if (local_ms % DAY_MS < 0)
		number--;
	return day_at(number);
}

int64_t calendar_day_start_ms(int32_t day_jalali)
{
	return (int64_t)day_number(day_jalali) * DAY_MS - TEHRAN_MS;
}

int32_t calendar_day_add(int32_t day_jalali, int32_t days)
{
	return day_at((int64_t)day_number(day_jalali) + days);
}

int32_t calendar_weekday(int32_t day_jalali)
{
	int32_t rest = (day_number(day_jalali) + FIRST_WEEKDAY) % 7;
	return rest < 0 ? rest + 7 : rest;
}

int32_t calendar_month_of(int32_t day_jalali)
{
	return day_jalali / 100;
}

int32_t calendar_month_add(int32_t month, int32_t months)
{
	CHECK(calendar_month_valid(month));
	int64_t index = (int64_t)month_index(month) + months;
	return index < 0 || index >= MONTHS ? 0 : month_at((int32_t)index);
}

int32_t calendar_months_between(int32_t left, int32_t right)
{
	CHECK(calendar_month_valid(left) && calendar_month_valid(right));
	return month_index(right) - month_index(left);
}

static bool is_holiday(int32_t day_jalali, const int32_t *holidays, uint32_t holiday_count)
{
	uint32_t low = 0;
	uint32_t high = holiday_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (holidays[middle] == day_jalali)
			return true;
		if (holidays[middle] < day_jalali)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

int32_t calendar_working_day_add(int32_t day_jalali, int32_t count, const int32_t *holidays,
                                 uint32_t holiday_count)
{
	int32_t day = day_jalali;
	while (count > 0) {
		day = calendar_day_add(day, 1);
		if (day == 0)
			return 0;
		if (calendar_weekday(day) != FRIDAY && !is_holiday(day, holidays, holiday_count))
			count--;
	}
	return day;
}

static void put_digits(char *out, int32_t value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		out[i] = (char)('0' + value % 10);
		value /= 10;
	}
}

void calendar_day_text(int32_t day_jalali, char out[11])
{
	int32_t day = day_jalali < 0 || day_jalali > 99999999 ? 0 : day_jalali;
	put_digits(out, day / 10000, 4);
	put_digits(out + 5, day / 100 % 100, 2);
	put_digits(out + 8, day % 100, 2);
	out[4] = out[7] = '-';
	out[10] = '\0';
}

void calendar_month_text(int32_t month, char out[8])
{
	int32_t known = month < 0 || month > 999999 ? 0 : month;
	put_digits(out, known / 100, 4);
	put_digits(out + 5, known % 100, 2);
	out[4] = '-';
	out[7] = '\0';
}

/* "dddd-dd" and "dddd-dd-dd" to a number; 0 for any other shape. */
static int32_t dashed_number(const char *text, size_t size)
{
	if (strlen(text) != size)
		return 0;
	int32_t value = 0;
	for (size_t i = 0; i < size; i++) {
		bool dash = i == 4 || i == 7;
		if (dash && text[i] == '-')
			continue;
		if (dash || text[i] < '0' || text[i] > '9')
			return 0;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int32_t calendar_day_parse(const char *text)
{
	int32_t day = dashed_number(text, 10);
	return calendar_day_valid(day) ? day : 0;
}

int32_t calendar_month_parse(const char *text)
{
	int32_t month = dashed_number(text, 7);
	return calendar_month_valid(month) ? month : 0;
}
