/* Every rule of the proto's comments about a regime, held against a file; see regime.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"
#include "services/ctl/regime.h"

typedef Tasheem__Quota__V1__Regime Regime;
typedef Tasheem__Quota__V1__FamilyRule FamilyRule;

enum { PATH_SIZE = 96, MAX_TEXT = 400, MAX_PROVINCE = 60 };

struct place {
	struct message_errors *errors;
	const char *list;
	size_t number;
};

static void fault(const struct place *place, const char *field, enum reason_code code,
                  const char *value)
{
	char path[PATH_SIZE];
	if (place->list)
		snprintf(path, sizeof path, "%s[%zu].%s", place->list, place->number, field);
	else
		snprintf(path, sizeof path, "%s", field);
	message_error_add(place->errors, path, code, value);
}

static void check_range(const struct place *place, const char *field, int64_t value, int64_t low,
                        int64_t high)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRId64, value);
	if (value < low || value > high)
		fault(place, field, REASON_OUT_OF_RANGE, text);
}

static void check_text(const struct place *place, const char *field, const char *text, size_t most)
{
	if (!*text)
		fault(place, field, REASON_MALFORMED, "");
	else if (strlen(text) > most)
		fault(place, field, REASON_TOO_LARGE, text);
	else if (!identifier_is_clean_text(text))
		fault(place, field, REASON_MALFORMED, text);
}

static void check_token(const struct place *place, const char *field, const char *text, size_t most)
{
	if (!identifier_is_token(text, most))
		fault(place, field, REASON_ID_FORMAT, text);
}

static void check_count(struct message_errors *errors, const char *field, size_t count, size_t most)
{
	struct place place = {errors, NULL, 0};
	if (count > most)
		fault(&place, field, REASON_TOO_LARGE, "");
}

static bool family_known(const Regime *regime, const char *family)
{
	for (size_t at = 0; at < regime->n_families; at++)
		if (!strcmp(regime->families[at]->family, family))
			return true;
	return false;
}

static bool grade_known(const Regime *regime, const char *grade)
{
	for (size_t at = 0; at < regime->n_grades; at++)
		if (!strcmp(regime->grades[at]->grade, grade))
			return true;
	return false;
}

static void check_ratio(const struct place *place, const char *field,
                        const Tasheem__Quota__V1__Ratio *ratio)
{
	if (!ratio)
		fault(place, field, REASON_MALFORMED, "");
	else if (ratio->denominator < 1 || ratio->numerator < 0)
		fault(place, field, REASON_OUT_OF_RANGE, "");
}

static void check_priorities(const struct place *place, const FamilyRule *rule)
{
	if (rule->n_priorities > 16)
		fault(place, "priorities", REASON_TOO_LARGE, "");
	for (size_t at = 0; at < rule->n_priorities; at++) {
		check_range(place, "priorities.fact", (int64_t)rule->priorities[at]->fact, 1, 4);
		check_range(place, "priorities.priority_class",
		            rule->priorities[at]->priority_class, 0, 9);
	}
}

static void check_family(const struct place *place, const FamilyRule *rule)
{
	check_token(place, "family", rule->family, 23);
	check_range(place, "formula", (int64_t)rule->formula, 1, 4);
	check_range(place, "capacity_basis", (int64_t)rule->capacity_basis, 1, 4);
	check_range(place, "record_months", rule->record_months, 1, 36);
	check_range(place, "floor_percent", rule->floor_percent, 0, 100);
	check_range(place, "window_months", rule->window_months, 1, 12);
	if (!calendar_month_valid(rule->window_anchor_month))
		fault(place, "window_anchor_month", REASON_OUT_OF_RANGE, "");
	check_ratio(place, "cooperative_multiplier", rule->cooperative_multiplier);
	check_range(place, "purchase_cap_kg", rule->purchase_cap_kg, 0, INT64_MAX);
	check_range(place, "cooperative_cap_kg", rule->cooperative_cap_kg, 0, INT64_MAX);
	check_range(place, "freight_cap_rial_per_kg", rule->freight_cap_rial_per_kg, 0, INT64_MAX);
	check_range(place, "policy", rule->policy, 1, 11);
	check_range(place, "rounding", rule->rounding, 1, 5);
	check_range(place, "small_unit_reserve_percent", rule->small_unit_reserve_percent, 0, 50);
	check_priorities(place, rule);
}

static void check_families(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "families", 0};
	check_count(errors, "families", regime->n_families, 64);
	if (!regime->n_families)
		message_error_add(errors, "families", REASON_MALFORMED, "");
	for (size_t at = 0; at < regime->n_families; at++) {
		place.number = at;
		check_family(&place, regime->families[at]);
		for (size_t before = 0; before < at; before++)
			if (!strcmp(regime->families[before]->family, regime->families[at]->family))
				fault(&place, "family", REASON_ID_DUPLICATE,
				      regime->families[at]->family);
	}
}

static void check_products(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "products", 0};
	check_count(errors, "products", regime->n_products, 4096);
	for (size_t at = 0; at < regime->n_products; at++) {
		const Tasheem__Quota__V1__Product *product = regime->products[at];
		place.number = at;
		enum reason_code code = identifier_check_product(product->product_code);
		if (code != REASON_NONE)
			fault(&place, "product_code", code, product->product_code);
		check_text(&place, "title", product->title, MAX_TEXT);
		if (!family_known(regime, product->family))
			fault(&place, "family", REASON_NOT_FOUND, product->family);
		check_ratio(&place, "consumption_coefficient", product->consumption_coefficient);
	}
}

static void check_grades(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "grades", 0};
	check_count(errors, "grades", regime->n_grades, 1024);
	for (size_t at = 0; at < regime->n_grades; at++) {
		const Tasheem__Quota__V1__Grade *grade = regime->grades[at];
		place.number = at;
		check_token(&place, "grade", grade->grade, 15);
		if (!family_known(regime, grade->family))
			fault(&place, "family", REASON_NOT_FOUND, grade->family);
		check_range(&place, "allocation_base_kg", grade->allocation_base_kg, 1, 1 << 30);
		check_range(&place, "base_price_rial_per_kg", grade->base_price_rial_per_kg, 0,
		            INT64_MAX);
		for (size_t before = 0; before < at; before++)
			if (!strcmp(regime->grades[before]->grade, grade->grade))
				fault(&place, "grade", REASON_ID_DUPLICATE, grade->grade);
	}
}

static void check_substitutes(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "substitutes", 0};
	check_count(errors, "substitutes", regime->n_substitutes, 4096);
	for (size_t at = 0; at < regime->n_substitutes; at++) {
		const Tasheem__Quota__V1__Substitute *pair = regime->substitutes[at];
		place.number = at;
		if (!grade_known(regime, pair->grade))
			fault(&place, "grade", REASON_NOT_FOUND, pair->grade);
		if (!grade_known(regime, pair->substitute_grade))
			fault(&place, "substitute_grade", REASON_NOT_FOUND, pair->substitute_grade);
		if (!strcmp(pair->grade, pair->substitute_grade))
			fault(&place, "substitute_grade", REASON_ID_DUPLICATE, pair->grade);
	}
}

static void check_freights(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "freights", 0};
	check_count(errors, "freights", regime->n_freights, 1024);
	for (size_t at = 0; at < regime->n_freights; at++) {
		const Tasheem__Quota__V1__Freight *freight = regime->freights[at];
		place.number = at;
		check_text(&place, "from_province", freight->from_province, MAX_PROVINCE);
		check_text(&place, "to_province", freight->to_province, MAX_PROVINCE);
		check_range(&place, "rial_per_kg", freight->rial_per_kg, 0, INT64_MAX);
	}
}

static void check_counties(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, "counties", 0};
	check_count(errors, "counties", regime->n_counties, 512);
	for (size_t at = 0; at < regime->n_counties; at++) {
		place.number = at;
		check_text(&place, "county", regime->counties[at]->county, MAX_PROVINCE);
		check_text(&place, "province", regime->counties[at]->province, MAX_PROVINCE);
	}
	place.list = NULL;
	check_text(&place, "default_province", regime->default_province, MAX_PROVINCE);
}

static void check_days(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, NULL, 0};
	check_count(errors, "holidays_jalali", regime->n_holidays_jalali, 512);
	if (!calendar_day_valid(regime->effective_from_jalali))
		fault(&place, "effective_from_jalali", REASON_OUT_OF_RANGE, "");
	for (size_t at = 0; at < regime->n_holidays_jalali; at++) {
		char field[PATH_SIZE];
		snprintf(field, sizeof field, "holidays_jalali[%zu]", at);
		if (!calendar_day_valid(regime->holidays_jalali[at]))
			fault(&place, field, REASON_OUT_OF_RANGE, "");
		if (at && regime->holidays_jalali[at] <= regime->holidays_jalali[at - 1])
			fault(&place, field, REASON_ID_DUPLICATE, "");
	}
}

void regime_validate(const Regime *regime, struct message_errors *errors)
{
	struct place place = {errors, NULL, 0};
	check_range(&place, "version", regime->version, 1, UINT32_MAX);
	check_text(&place, "title", regime->title, MAX_TEXT);
	check_text(&place, "source", regime->source, MAX_TEXT);
	check_days(regime, errors);
	check_families(regime, errors);
	check_products(regime, errors);
	check_grades(regime, errors);
	check_substitutes(regime, errors);
	check_freights(regime, errors);
	check_counties(regime, errors);
	check_range(&place, "small_unit_kg_per_year", regime->small_unit_kg_per_year, 0, INT64_MAX);
	check_range(&place, "minimum_active_members", regime->minimum_active_members, 0, 1000000);
	check_range(&place, "objection_working_days", regime->objection_working_days, 0, 60);
	check_range(&place, "acceptance_working_days", regime->acceptance_working_days, 0, 60);
	check_range(&place, "payment_working_days", regime->payment_working_days, 0, 60);
	check_range(&place, "payment_hour", regime->payment_hour, 0, 23);
	check_range(&place, "distribution_days", regime->distribution_days, 1, 366);
	check_range(&place, "maximum_draws", regime->maximum_draws, 1, 9);
	check_range(&place, "delivery_tolerance_percent", regime->delivery_tolerance_percent, 0,
	            100);
}

const Regime *regime_parse(struct arena *arena, const char *text, size_t size,
                           struct message_errors *errors)
{
	json_error_t error;
	json_t *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!json) {
		char path[PATH_SIZE];
		snprintf(path, sizeof path, "line %d, column %d", error.line, error.column);
		message_error_add(errors, path, REASON_MALFORMED, error.text);
		return NULL;
	}
	const ProtobufCMessage *message =
	        message_from_json(arena, &tasheem__quota__v1__regime__descriptor, json, errors);
	json_decref(json);
	const Regime *regime = (const Regime *)message;
	if (!errors->count)
		regime_validate(regime, errors);
	return errors->count ? NULL : regime;
}
