/* What a regime says: rules, grades, ways, working days. */
#include "services/matching/matching.h"

#include <string.h>

#include "common/calendar.h"

enum { HOURS_OF_DAY = 24 };
static const int64_t HOUR_MS = 3600000;

const struct regime *regime_on(const struct matching_state *state, int32_t day)
{
	const struct regime *found = NULL;
	for (uint32_t at = 0; at < state->regimes.count; at++) {
		const struct regime *regime = regime_at(&state->regimes, at);
		if (regime->effective_from <= day && (!found || regime->version > found->version))
			found = regime;
	}
	return found;
}

const struct rule *regime_rule(const struct matching_state *state, const struct regime *regime,
                               const struct family_name *family)
{
	for (uint32_t at = 0; at < regime->rule_count; at++) {
		const struct rule *rule = range_at(&state->rules, regime->first_rule + at);
		if (family_name_equal(&rule->family, family))
			return rule;
	}
	return NULL;
}

const struct grade *regime_grade(const struct matching_state *state, const struct regime *regime,
                                 const struct grade_name *name)
{
	for (uint32_t at = 0; at < regime->grade_count; at++) {
		const struct grade *grade = range_at(&state->grades, regime->first_grade + at);
		if (grade_name_equal(&grade->grade, name))
			return grade;
	}
	return NULL;
}

bool regime_substitutes(const struct matching_state *state, const struct regime *regime,
                        const struct grade_name *wanted, const struct grade_name *offered)
{
	for (uint32_t at = 0; at < regime->substitute_count; at++) {
		const struct substitute *row =
		        range_at(&state->substitutes, regime->first_substitute + at);
		if (grade_name_equal(&row->grade, wanted) &&
		    grade_name_equal(&row->substitute, offered))
			return true;
	}
	return false;
}

bool regime_freight(const struct matching_state *state, const struct regime *regime,
                    const struct place *from, const struct place *to, int64_t *rial_per_kg)
{
	for (uint32_t at = 0; at < regime->freight_count; at++) {
		const struct freight *row = range_at(&state->freights, regime->first_freight + at);
		if (memcmp(&row->from, from, sizeof *from) == 0 &&
		    memcmp(&row->to, to, sizeof *to) == 0) {
			*rial_per_kg = row->rial_per_kg;
			return true;
		}
	}
	*rial_per_kg = 0;
	return memcmp(from, to, sizeof *from) == 0;
}

int64_t regime_working_ms(const struct matching_state *state, const struct regime *regime,
                          int64_t from_ms, int32_t days, int32_t hour)
{
	const int32_t *holidays = NULL;
	if (regime->holiday_count)
		holidays = range_at(&state->holidays, regime->first_holiday);
	int32_t day = calendar_working_day_add(calendar_day_of(from_ms), days, holidays,
	                                       regime->holiday_count);
	/* Beyond the calendar's table days are counted plainly. */
	if (!day)
		return from_ms + days * HOURS_OF_DAY * HOUR_MS;
	return calendar_day_start_ms(day) + hour * HOUR_MS;
}

int64_t regime_lapse_ms(const struct matching_state *state, const struct regime *regime,
                        int64_t pay_until_ms)
{
	return regime_working_ms(state, regime, pay_until_ms, 1, regime->payment_hour);
}
