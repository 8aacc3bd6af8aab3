/* A regime becomes rows: names turn into row numbers, products' needs lie together. */
#include "services/quota/state.h"

#include <string.h>

static uint32_t place_put(struct quota_state *state, const struct quota_place *place)
{
	return table_number(&state->provinces, table_put(&state->provinces, place));
}

static void rules_put(struct quota_state *state, struct quota_regime *regime,
                      const struct draft_regime *draft)
{
	regime->first_rule = state->rules.count;
	regime->rule_count = draft->rule_count;
	for (uint32_t at = 0; at < draft->rule_count; at++) {
		const struct quota_family *family =
		        table_put(&state->families, &draft->rules[at].family);
		struct quota_rule_key key = {draft->version,
		                             table_number(&state->families, family)};
		struct quota_rule *rule = table_put(&state->rules, &key);
		*rule = draft->rules[at].rule;
		rule->key = key;
	}
}

static uint32_t rule_number(const struct quota_state *state, uint32_t version,
                            const struct family_name *family)
{
	const struct quota_family *row = table_find(&state->families, family);
	CHECK(row);
	const struct quota_rule *rule =
	        quota_rule_find(state, version, table_number(&state->families, row));
	CHECK(rule);
	return table_number(&state->rules, rule);
}

static void products_put(struct quota_state *state, const struct draft_regime *draft)
{
	for (uint32_t at = 0; at < draft->product_count; at++) {
		const struct draft_product *seen = &draft->products[at];
		struct quota_product_key key = {draft->version, seen->product_code};
		struct quota_product *product = table_put(&state->products, &key);
		uint32_t number = quota_range_add(&state->needs, 1);
		if (product->need_count++ == 0)
			product->first_need = number;
		struct quota_need *need = quota_range_at(&state->needs, number);
		need->rule = rule_number(state, draft->version, &seen->family);
		need->coefficient = seen->coefficient;
	}
}

static void grades_put(struct quota_state *state, const struct draft_regime *draft)
{
	for (uint32_t at = 0; at < draft->grade_count; at++) {
		struct quota_grade_key key = {draft->version, draft->grades[at].grade};
		struct quota_grade *grade = table_put(&state->grades, &key);
		grade->rule = rule_number(state, draft->version, &draft->grades[at].family);
		const struct quota_rule *rule = table_at(&state->rules, grade->rule);
		grade->family = rule->key.family;
		grade->base_kg = draft->grades[at].base_kg;
	}
}

void quota_apply_regime(struct quota_state *state, const struct draft_regime *draft)
{
	struct quota_regime *regime = table_put(&state->regimes, &draft->version);
	regime->effective_from_jalali = draft->effective_from_jalali;
	regime->effective_ms = draft->effective_ms;
	regime->approved_ms = draft->approved_ms;
	regime->approved_by = draft->approved_by;
	regime->small_unit_kg_per_year = draft->small_unit_kg_per_year;
	regime->minimum_active_members = draft->minimum_active_members;
	regime->text_size = (uint32_t)draft->text.size;
	regime->text_offset = quota_range_add(&state->texts, regime->text_size);
	memcpy(quota_range_at(&state->texts, regime->text_offset), draft->text.data,
	       draft->text.size);
	regime->default_province = place_put(state, &draft->default_province);
	rules_put(state, regime, draft);
	products_put(state, draft);
	grades_put(state, draft);
	for (uint32_t at = 0; at < draft->county_count; at++) {
		struct quota_county_key key = {draft->version, draft->counties[at].county};
		struct quota_county *county = table_put(&state->counties, &key);
		county->province = place_put(state, &draft->counties[at].province);
	}
	/* The cached epoch no longer holds. */
	state->epoch = (struct quota_epoch){0};
}
