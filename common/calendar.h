/* The Jalali calendar by a committed table of month starts that a tool made
 * with ICU (deploy/tools) and a test regenerates; no calendar arithmetic of our
 * own. Days are of Tehran: UTC+03:30, without daylight saving since 1401.
 * The table covers 1300-01 to 1500-12. */
#ifndef TASHEEM_CALENDAR_H
#define TASHEEM_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { CALENDAR_FIRST_YEAR = 1300, CALENDAR_LAST_YEAR = 1500 };

/* yyyymmdd names an existing day inside the table. */
bool calendar_day_valid(int32_t day_jalali);
/* yyyymm inside the table. */
bool calendar_month_valid(int32_t month);
/* The day in Tehran at this instant, yyyymmdd; 0 outside the table. */
int32_t calendar_day_of(int64_t time_ms);
/* Instant at which the day begins in Tehran; the day is valid. */
int64_t calendar_day_start_ms(int32_t day_jalali);
/* The day so many days later (or earlier); 0 outside the table. */
int32_t calendar_day_add(int32_t day_jalali, int32_t days);
/* 0 Saturday … 6 Friday. */
int32_t calendar_weekday(int32_t day_jalali);
/* yyyymm of a day; months later or earlier; months between (right - left). */
int32_t calendar_month_of(int32_t day_jalali);
int32_t calendar_month_add(int32_t month, int32_t months);
int32_t calendar_months_between(int32_t left, int32_t right);
/* The day after `count` working days from `day_jalali` (not counted): neither
 * Friday nor one of the holidays (ascending). */
int32_t calendar_working_day_add(int32_t day_jalali, int32_t count, const int32_t *holidays,
                                 uint32_t holiday_count);
/* "1404-09-02" from and to yyyymmdd, "1404-09" from and to yyyymm; parse gives 0
 * for anything else (Latin digits; normalise first). */
void calendar_day_text(int32_t day_jalali, char out[11]);
void calendar_month_text(int32_t month, char out[8]);
int32_t calendar_day_parse(const char *text);
int32_t calendar_month_parse(const char *text);

#endif
