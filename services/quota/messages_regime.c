/* A regime from bytes. Shape and sizes are judged here (invalid), the sense of it in
 * decide_regime.c (refused). */
#include "services/quota/messages.h"

#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"

struct reading {
	struct arena *arena;
	const Tasheem__Quota__V1__Regime *from;
	struct draft_regime *draft;
	struct verdict *verdict;
};

static bool wrong(const struct reading *reading, enum reason_code reason, const char *subject,
                  int64_t value)
{
	verdict_add(reading->verdict, CODE_INVALID, reason, subject, value, 0);
	return false;
}

bool quota_family_set(struct family_name *family, const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at == '.' || *at == '_')
			return false;
	return identifier_is_token(text, 23) && family_name_set(family, text);
}

static bool grade_set(struct grade_name *grade, const char *text)
{
	return identifier_is_token(text, 15) && grade_name_set(grade, text);
}

/* An unset ratio is the whole. */
static struct quota_ratio ratio_of(const Tasheem__Quota__V1__Ratio *ratio)
{
	if (!ratio)
		return (struct quota_ratio){1, 1};
	return (struct quota_ratio){ratio->numerator, ratio->denominator};
}

/* Enums and small numbers that a byte must hold; what is beyond it is refused as 255. */
static uint8_t small(int64_t value)
{
	return value >= 0 && value < UINT8_MAX ? (uint8_t)value : UINT8_MAX;
}

static bool rule_read(const struct reading *reading, const Tasheem__Quota__V1__FamilyRule *from,
                      struct draft_rule *to)
{
	if (!quota_family_set(&to->family, from->family))
		return wrong(reading, REASON_ID_FORMAT, "families.family", 0);
	if (from->n_priorities > QUOTA_MAX_PRIORITIES)
		return wrong(reading, REASON_TOO_LARGE, "families.priorities",
		             (int64_t)from->n_priorities);
	to->policy = from->policy;
	to->rounding = from->rounding;
	to->small_unit_reserve_percent = from->small_unit_reserve_percent;
	struct quota_rule *rule = &to->rule;
	rule->formula = small(from->formula);
	rule->basis = small(from->capacity_basis);
	rule->weight_by_capacity = from->weight_by_capacity;
	rule->record_months = from->record_months;
	rule->floor_percent = from->floor_percent;
	rule->window_months = from->window_months;
	rule->window_anchor_month = from->window_anchor_month;
	rule->multiplier = ratio_of(from->cooperative_multiplier);
	rule->share = ratio_of(from->record_share);
	rule->purchase_cap_kg = from->purchase_cap_kg;
	rule->cooperative_cap_kg = from->cooperative_cap_kg;
	rule->freight_cap_rial_per_kg = from->freight_cap_rial_per_kg;
	rule->priority_count = (uint8_t)from->n_priorities;
	for (size_t at = 0; at < from->n_priorities; at++) {
		rule->priorities[at].fact = small(from->priorities[at]->fact);
		rule->priorities[at].priority_class = small(from->priorities[at]->priority_class);
	}
	return true;
}

static bool rules_read(const struct reading *reading)
{
	const Tasheem__Quota__V1__Regime *from = reading->from;
	if (from->n_families > QUOTA_MAX_FAMILIES)
		return wrong(reading, REASON_TOO_LARGE, "families", (int64_t)from->n_families);
	struct draft_rule *rules = ARENA_ARRAY(reading->arena, struct draft_rule, from->n_families);
	for (size_t at = 0; at < from->n_families; at++)
		if (!rule_read(reading, from->families[at], &rules[at]))
			return false;
	reading->draft->rules = rules;
	reading->draft->rule_count = (uint32_t)from->n_families;
	return true;
}

/* Rows of one product together, otherwise in the regime's order: insertion from behind,
 * cheap because regimes come nearly so. */
static void products_sort(struct draft_product *products, size_t count)
{
	for (size_t at = 1; at < count; at++) {
		struct draft_product moved = products[at];
		size_t to = at;
		while (to > 0 && memcmp(&products[to - 1].product_code, &moved.product_code,
		                        sizeof moved.product_code) > 0) {
			products[to] = products[to - 1];
			to--;
		}
		products[to] = moved;
	}
}

static bool products_read(const struct reading *reading)
{
	const Tasheem__Quota__V1__Regime *from = reading->from;
	if (from->n_products > 4096)
		return wrong(reading, REASON_TOO_LARGE, "products", (int64_t)from->n_products);
	struct draft_product *products =
	        ARENA_ARRAY(reading->arena, struct draft_product, from->n_products);
	for (size_t at = 0; at < from->n_products; at++) {
		const Tasheem__Quota__V1__Product *product = from->products[at];
		if (identifier_check_product(product->product_code) != REASON_NONE ||
		    !product_code_set(&products[at].product_code, product->product_code))
			return wrong(reading, REASON_ID_FORMAT, "products.product_code",
			             (int64_t)at);
		if (!quota_family_set(&products[at].family, product->family))
			return wrong(reading, REASON_ID_FORMAT, "products.family", (int64_t)at);
		products[at].coefficient = ratio_of(product->consumption_coefficient);
	}
	products_sort(products, from->n_products);
	reading->draft->products = products;
	reading->draft->product_count = (uint32_t)from->n_products;
	return true;
}

static bool grades_read(const struct reading *reading)
{
	const Tasheem__Quota__V1__Regime *from = reading->from;
	if (from->n_grades > 1024 || from->n_substitutes > 4096)
		return wrong(reading, REASON_TOO_LARGE, "grades", (int64_t)from->n_grades);
	struct draft_grade *grades =
	        ARENA_ARRAY(reading->arena, struct draft_grade, from->n_grades);
	for (size_t at = 0; at < from->n_grades; at++) {
		const Tasheem__Quota__V1__Grade *grade = from->grades[at];
		if (!grade_set(&grades[at].grade, grade->grade) ||
		    !quota_family_set(&grades[at].family, grade->family))
			return wrong(reading, REASON_ID_FORMAT, "grades", (int64_t)at);
		grades[at].base_kg = grade->allocation_base_kg;
		grades[at].base_price_rial_per_kg = grade->base_price_rial_per_kg;
	}
	struct draft_substitute *pairs =
	        ARENA_ARRAY(reading->arena, struct draft_substitute, from->n_substitutes);
	for (size_t at = 0; at < from->n_substitutes; at++)
		if (!grade_set(&pairs[at].grade, from->substitutes[at]->grade) ||
		    !grade_set(&pairs[at].substitute_grade,
		               from->substitutes[at]->substitute_grade))
			return wrong(reading, REASON_ID_FORMAT, "substitutes", (int64_t)at);
	reading->draft->grades = grades;
	reading->draft->grade_count = (uint32_t)from->n_grades;
	reading->draft->substitutes = pairs;
	reading->draft->substitute_count = (uint32_t)from->n_substitutes;
	return true;
}

static bool places_read(const struct reading *reading)
{
	const Tasheem__Quota__V1__Regime *from = reading->from;
	if (from->n_freights > 1024 || from->n_counties > 512 || from->n_holidays_jalali > 512)
		return wrong(reading, REASON_TOO_LARGE, "counties", (int64_t)from->n_counties);
	if (!quota_place_set(&reading->draft->default_province, from->default_province))
		return wrong(reading, REASON_TOO_LARGE, "default_province", 0);
	struct draft_county *counties =
	        ARENA_ARRAY(reading->arena, struct draft_county, from->n_counties);
	for (size_t at = 0; at < from->n_counties; at++)
		if (!quota_place_set(&counties[at].county, from->counties[at]->county) ||
		    !quota_place_set(&counties[at].province, from->counties[at]->province))
			return wrong(reading, REASON_TOO_LARGE, "counties", (int64_t)at);
	for (size_t at = 0; at < from->n_freights; at++)
		if (strlen(from->freights[at]->from_province) >= QUOTA_PLACE_SIZE ||
		    strlen(from->freights[at]->to_province) >= QUOTA_PLACE_SIZE ||
		    from->freights[at]->rial_per_kg < 0)
			return wrong(reading, REASON_OUT_OF_RANGE, "freights", (int64_t)at);
	reading->draft->counties = counties;
	reading->draft->county_count = (uint32_t)from->n_counties;
	reading->draft->holidays = from->holidays_jalali;
	reading->draft->holiday_count = (uint32_t)from->n_holidays_jalali;
	return true;
}

static bool head_read(const struct reading *reading)
{
	const Tasheem__Quota__V1__Regime *from = reading->from;
	struct draft_regime *draft = reading->draft;
	if (strlen(from->title) > 400 || strlen(from->source) > 400)
		return wrong(reading, REASON_TOO_LARGE, "title", 0);
	if (!calendar_day_valid(from->effective_from_jalali))
		return wrong(reading, REASON_OUT_OF_RANGE, "effective_from_jalali",
		             from->effective_from_jalali);
	draft->version = from->version;
	draft->effective_from_jalali = from->effective_from_jalali;
	draft->effective_ms = calendar_day_start_ms(from->effective_from_jalali);
	draft->small_unit_kg_per_year = from->small_unit_kg_per_year;
	draft->minimum_active_members = from->minimum_active_members;
	draft->objection_working_days = from->objection_working_days;
	draft->acceptance_working_days = from->acceptance_working_days;
	draft->payment_working_days = from->payment_working_days;
	draft->payment_hour = from->payment_hour;
	draft->distribution_days = from->distribution_days;
	draft->maximum_draws = from->maximum_draws;
	draft->delivery_tolerance_percent = from->delivery_tolerance_percent;
	return true;
}

bool quota_regime_draft(struct arena *arena, const Tasheem__Quota__V1__Regime *regime,
                        struct draft_regime *draft, struct verdict *verdict)
{
	struct reading reading = {arena, regime, draft, verdict};
	draft->text = wire_encode(arena, &regime->base);
	return head_read(&reading) && rules_read(&reading) && products_read(&reading) &&
	       grades_read(&reading) && places_read(&reading);
}
