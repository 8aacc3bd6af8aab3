/* Whether a regime may become the next version.
 *
 * Versions follow without gaps, their days do not go back. Everything it names must be
 * in it: grades and products their family, substitutes their grades. Alternatives of one
 * product have one window. Windows never overlap: a family's windows may change only on
 * a day that begins one by the old rule and one by the new. */
#include "services/quota/state.h"

#include <string.h>

#include "common/calendar.h"

struct regime_check {
	const struct quota_state *state;
	const struct draft_regime *draft;
	struct verdict *verdict;
};

static void in_range(const struct regime_check *check, const char *subject, int64_t value,
                     int64_t low, int64_t high)
{
	if (value < low || value > high)
		verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, subject, value,
		               value < low ? low : high);
}

static const struct draft_rule *draft_rule_find(const struct draft_regime *draft,
                                                const struct family_name *family)
{
	for (uint32_t at = 0; at < draft->rule_count; at++)
		if (family_name_equal(&draft->rules[at].family, family))
			return &draft->rules[at];
	return NULL;
}

static void ratio_check(const struct regime_check *check, const char *subject,
                        const struct quota_ratio *ratio)
{
	in_range(check, subject, ratio->denominator, 1, 1000000000);
	in_range(check, subject, ratio->numerator, 0, 1000000000);
}

static void rule_check(const struct regime_check *check, const struct draft_rule *draft)
{
	const struct quota_rule *rule = &draft->rule;
	in_range(check, "families.formula", rule->formula, 1, QUOTA_MEAN_RECORD);
	in_range(check, "families.capacity_basis", rule->basis, 1, QUOTA_BASIS_B_CONTINUOUS);
	in_range(check, "families.record_months", rule->record_months, 1, 36);
	in_range(check, "families.floor_percent", rule->floor_percent, 0, 100);
	in_range(check, "families.window_months", rule->window_months, 1, 12);
	if (!calendar_month_valid(rule->window_anchor_month))
		verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, "families.window_anchor_month",
		               rule->window_anchor_month, 0);
	ratio_check(check, "families.cooperative_multiplier", &rule->multiplier);
	ratio_check(check, "families.record_share", &rule->share);
	if (rule->multiplier.numerator < rule->multiplier.denominator)
		verdict_refuse(check->verdict, REASON_OUT_OF_RANGE,
		               "families.cooperative_multiplier", rule->multiplier.numerator,
		               rule->multiplier.denominator);
	in_range(check, "families.purchase_cap_kg", rule->purchase_cap_kg, 0, QUOTA_MAX_KG);
	in_range(check, "families.cooperative_cap_kg", rule->cooperative_cap_kg, 0, QUOTA_MAX_KG);
	in_range(check, "families.freight_cap_rial_per_kg", rule->freight_cap_rial_per_kg, 0,
	         1000000000);
	in_range(check, "families.policy", draft->policy, 1, 11);
	in_range(check, "families.rounding", draft->rounding, 1, 5);
	in_range(check, "families.small_unit_reserve_percent", draft->small_unit_reserve_percent, 0,
	         50);
	for (uint32_t at = 0; at < rule->priority_count; at++) {
		in_range(check, "families.priorities.fact", rule->priorities[at].fact, 1,
		         QUOTA_GUILD);
		in_range(check, "families.priorities.priority_class",
		         rule->priorities[at].priority_class, 0, 9);
	}
}

/* A change of windows in the middle of one would count its purchases twice or never. */
static void window_check(const struct regime_check *check, const struct draft_rule *draft)
{
	const struct quota_family *family = table_find(&check->state->families, &draft->family);
	uint32_t previous = check->state->regimes.count;
	const struct quota_rule *old =
	        family && previous ? quota_rule_find(check->state, previous,
	                                             table_number(&check->state->families, family))
	                           : NULL;
	int32_t day = check->draft->effective_from_jalali;
	const struct quota_rule *rule = &draft->rule;
	if (!old || check->verdict->code != CODE_ACCEPTED)
		return;
	int32_t month = calendar_month_of(day);
	bool same = old->window_months == rule->window_months &&
	            quota_window_of(old, month) == quota_window_of(rule, month);
	bool begins = day % 100 == 1 && quota_window_of(old, month) == month &&
	              quota_window_of(rule, month) == month;
	if (!same && !begins)
		verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, "families.window_months", day,
		               quota_window_of(old, month));
}

static void rules_check(const struct regime_check *check)
{
	const struct draft_regime *draft = check->draft;
	in_range(check, "families", draft->rule_count, 1, QUOTA_MAX_FAMILIES);
	for (uint32_t at = 0; at < draft->rule_count; at++) {
		rule_check(check, &draft->rules[at]);
		if (draft_rule_find(draft, &draft->rules[at].family) != &draft->rules[at])
			verdict_refuse(check->verdict, REASON_ID_DUPLICATE,
			               draft->rules[at].family.text, 0, 0);
	}
	for (uint32_t at = 0; at < draft->rule_count; at++)
		window_check(check, &draft->rules[at]);
}

/* Rows of one product lie together (messages.c sorts them): its first row. */
static uint32_t product_first(const struct draft_regime *draft, uint32_t at)
{
	while (at > 0 && product_code_equal(&draft->products[at - 1].product_code,
	                                    &draft->products[at].product_code))
		at--;
	return at;
}

static void product_check(const struct regime_check *check, uint32_t at)
{
	const struct draft_regime *draft = check->draft;
	const struct draft_product *product = &draft->products[at];
	const char *code = product->product_code.text;
	const struct draft_rule *rule = draft_rule_find(draft, &product->family);
	ratio_check(check, "products.consumption_coefficient", &product->coefficient);
	if (!rule) {
		verdict_refuse(check->verdict, REASON_NOT_FOUND, product->family.text, 0, 0);
		return;
	}
	uint32_t first = product_first(draft, at);
	in_range(check, "products", at - first, 0, QUOTA_MAX_ALTERNATIVES - 1);
	for (uint32_t of = first; of < at; of++) {
		const struct draft_rule *other =
		        draft_rule_find(draft, &draft->products[of].family);
		if (other == rule)
			verdict_refuse(check->verdict, REASON_ID_DUPLICATE, code, 0, 0);
		else if (other &&
		         (other->rule.window_months != rule->rule.window_months ||
		          other->rule.window_anchor_month != rule->rule.window_anchor_month))
			verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, code,
			               rule->rule.window_months, other->rule.window_months);
	}
}

static bool grade_known(const struct draft_regime *draft, const struct grade_name *grade)
{
	for (uint32_t at = 0; at < draft->grade_count; at++)
		if (grade_name_equal(&draft->grades[at].grade, grade))
			return true;
	return false;
}

static void grades_check(const struct regime_check *check)
{
	const struct draft_regime *draft = check->draft;
	for (uint32_t at = 0; at < draft->grade_count; at++) {
		const struct draft_grade *grade = &draft->grades[at];
		if (!draft_rule_find(draft, &grade->family))
			verdict_refuse(check->verdict, REASON_NOT_FOUND, grade->family.text, 0, 0);
		in_range(check, "grades.allocation_base_kg", grade->base_kg, 1, 1 << 30);
		in_range(check, "grades.base_price_rial_per_kg", grade->base_price_rial_per_kg, 0,
		         (int64_t)1 << 40);
		for (uint32_t before = 0; before < at; before++)
			if (grade_name_equal(&draft->grades[before].grade, &grade->grade))
				verdict_refuse(check->verdict, REASON_ID_DUPLICATE,
				               grade->grade.text, 0, 0);
	}
	for (uint32_t at = 0; at < draft->substitute_count; at++) {
		const struct draft_substitute *pair = &draft->substitutes[at];
		if (!grade_known(draft, &pair->grade))
			verdict_refuse(check->verdict, REASON_NOT_FOUND, pair->grade.text, 0, 0);
		if (!grade_known(draft, &pair->substitute_grade))
			verdict_refuse(check->verdict, REASON_NOT_FOUND,
			               pair->substitute_grade.text, 0, 0);
	}
}

static void head_check(const struct regime_check *check)
{
	const struct draft_regime *draft = check->draft;
	uint32_t versions = check->state->regimes.count;
	if (draft->version != versions + 1)
		verdict_refuse(check->verdict, REASON_VERSION_MISMATCH, "version", draft->version,
		               versions + 1);
	if (versions > 0) {
		const struct quota_regime *last = table_at(&check->state->regimes, versions - 1);
		if (draft->effective_from_jalali < last->effective_from_jalali)
			verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, "effective_from_jalali",
			               draft->effective_from_jalali, last->effective_from_jalali);
	}
	in_range(check, "small_unit_kg_per_year", draft->small_unit_kg_per_year, 0, QUOTA_MAX_KG);
	in_range(check, "minimum_active_members", draft->minimum_active_members, 0, 1000000);
	in_range(check, "objection_working_days", draft->objection_working_days, 0, 60);
	in_range(check, "acceptance_working_days", draft->acceptance_working_days, 0, 60);
	in_range(check, "payment_working_days", draft->payment_working_days, 0, 60);
	in_range(check, "payment_hour", draft->payment_hour, 0, 23);
	in_range(check, "distribution_days", draft->distribution_days, 0, 365);
	in_range(check, "maximum_draws", draft->maximum_draws, 1, 9);
	in_range(check, "delivery_tolerance_percent", draft->delivery_tolerance_percent, 0, 100);
	for (uint32_t at = 0; at < draft->holiday_count; at++)
		if (!calendar_day_valid(draft->holidays[at]) ||
		    (at > 0 && draft->holidays[at] <= draft->holidays[at - 1]))
			verdict_refuse(check->verdict, REASON_OUT_OF_RANGE, "holidays_jalali",
			               draft->holidays[at], 0);
}

static bool room(const struct quota_state *state, const struct draft_regime *draft)
{
	return table_room(&state->regimes, 1) && table_room(&state->rules, draft->rule_count) &&
	       table_room(&state->families, draft->rule_count) &&
	       table_room(&state->products, draft->product_count) &&
	       table_room(&state->grades, draft->grade_count) &&
	       table_room(&state->counties, draft->county_count) &&
	       table_room(&state->provinces, draft->county_count + 1) &&
	       quota_range_room(&state->needs, draft->product_count) &&
	       quota_range_room(&state->texts, (uint32_t)draft->text.size + 1024);
}

/* A version that is there already: the same content again is harmless. */
static void repeat_check(const struct quota_state *state, const struct draft_regime *draft,
                         struct verdict *verdict)
{
	const struct quota_regime *known = table_at(&state->regimes, draft->version - 1);
	verdict->version = known->version;
	if (known->text_size != draft->text.size ||
	    memcmp(quota_range_at(&state->texts, known->text_offset), draft->text.data,
	           draft->text.size) != 0)
		verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, "version", draft->version,
		            state->regimes.count + 1);
}

void quota_decide_regime(const struct quota_state *state, const struct draft_regime *draft,
                         const struct quota_moment *moment, struct quota_outcome *outcome)
{
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	if (draft->version >= 1 && draft->version <= state->regimes.count) {
		repeat_check(state, draft, &outcome->verdict);
		return;
	}
	struct regime_check check = {state, draft, &outcome->verdict};
	head_check(&check);
	rules_check(&check);
	for (uint32_t at = 0; at < draft->product_count; at++)
		product_check(&check, at);
	grades_check(&check);
	if (outcome->verdict.code == CODE_ACCEPTED && !room(state, draft))
		verdict_add(&outcome->verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "regimes",
		            state->regimes.count, state->regimes.capacity);
	if (outcome->verdict.code != CODE_ACCEPTED)
		return;
	outcome->events = ARENA_NEW(moment->arena, struct quota_event);
	outcome->events->kind = QUOTA_REGIME_APPROVED;
	outcome->events->regime = draft;
	outcome->count = 1;
}
