/* The ceiling of a unit and family for a window, by the regime.
 *
 * The regime's formulas (DOMAIN 1.4; directive of 23 Shahrivar 1401, note 3: at
 * least 30 % of the nominal need of the licence; before 1398 capacity x
 * coefficient; cement since 18 Khordad 1404: mean of the last months):
 *
 *   nominal need   = sum over the licence's lines of capacity x coefficient
 *   record based   = purchases of the record months, scaled to a year
 *   annual ceiling = clamp(record based, floor % x nominal need, nominal need)
 *   monthly        = annual / 12, the remainder of the division in the last month of the year
 *
 * Ours, exactly, in integers of kg:
 *   capacity(line)  by basis: the file's own; A rate x 5,000 h x 80 %; B rate x 4,500 h;
 *                   B continuous rate x 6,500 h (DOMAIN 1.2)
 *   need(line, f)   = floor(capacity x numerator / denominator), nominal need = their sum
 *   record based    = floor(recorded x share x 12 / record months), the record being the
 *                     record_months before the window's first month
 *   nominal: nominal need.  record: min(record based, nominal need).
 *   floored_record: min(max(record based, floor(nominal x floor% / 100)), nominal need).
 *   mean_record: record based, not clamped.
 *   window = sum of its months: floor(annual / 12), in month 12 annual - 11 x floor(annual / 12)
 *   ceiling = window; for an active member of a supply cooperative with enough active
 *   members max(window, min(floor(window x multiplier), window of the nominal need)).
 *
 * Families that are alternatives of one product share a joint limit: families of a
 * licence connected by its products form a group, its limit is the window of the sum over
 * the group's products of their need (of the family that needs most). A regime whose
 * alternatives have different windows is refused, so the group has one window.
 * A revoked licence derives to 0. */
#include "services/quota/state.h"

#include "common/calendar.h"

struct derivation_work {
	const struct quota_state *state;
	const struct quota_licence *licence;
	const struct quota_regime *regime;
	int32_t month;
	bool multiplied; /* the multiplier applies */
	int64_t need_kg[QUOTA_MAX_FAMILIES], capacity_kg[QUOTA_MAX_FAMILIES];
	/* Joint need by the group's first family; group of a family. */
	int64_t joint_kg[QUOTA_MAX_FAMILIES];
	uint8_t group[QUOTA_MAX_FAMILIES], group_size[QUOTA_MAX_FAMILIES];
};

static int64_t limited(int128 kg)
{
	return kg > QUOTA_MAX_KG ? QUOTA_MAX_KG : (int64_t)kg;
}

static int64_t capacity_of(const struct quota_licence_line *line, const struct quota_rule *rule)
{
	int128 rate = line->machine_rate_kg_per_h;
	switch ((enum quota_basis)rule->basis) {
	case QUOTA_BASIS_FILE:
		return line->capacity_kg_per_year;
	case QUOTA_BASIS_A:
		return limited(rate * 5000 * 80 / 100);
	case QUOTA_BASIS_B:
		return limited(rate * 4500);
	case QUOTA_BASIS_B_CONTINUOUS:
		return limited(rate * 6500);
	}
	return 0;
}

static void group_join(struct derivation_work *work, uint32_t left, uint32_t right)
{
	uint8_t to = work->group[left], from = work->group[right];
	if (to == from)
		return;
	uint8_t low = to < from ? to : from, high = to < from ? from : to;
	for (uint32_t at = 0; at < work->regime->rule_count; at++)
		if (work->group[at] == high)
			work->group[at] = low;
}

/* Adds a line's needs; returns the most any of its families needs, and one of them. */
static int64_t line_add(struct derivation_work *work, const struct quota_licence_line *line,
                        uint32_t *family)
{
	struct quota_product_key key = {work->regime->version, line->product_code};
	const struct quota_product *product = table_find(&work->state->products, &key);
	int64_t most = 0;
	for (uint32_t at = 0; product && at < product->need_count; at++) {
		const struct quota_need *need =
		        quota_range_at(&work->state->needs, product->first_need + at);
		const struct quota_rule *rule = table_at(&work->state->rules, need->rule);
		uint32_t slot = need->rule - work->regime->first_rule;
		int64_t capacity = capacity_of(line, rule);
		int64_t kg = limited((int128)capacity * need->coefficient.numerator /
		                     need->coefficient.denominator);
		work->need_kg[slot] = limited((int128)work->need_kg[slot] + kg);
		work->capacity_kg[slot] = limited((int128)work->capacity_kg[slot] + capacity);
		if (at > 0)
			group_join(work, *family, slot);
		*family = slot;
		most = kg > most ? kg : most;
	}
	return most;
}

static void needs_collect(struct derivation_work *work)
{
	int64_t most[QUOTA_MAX_LICENCE_LINES] = {0};
	uint32_t family[QUOTA_MAX_LICENCE_LINES] = {0};
	for (uint32_t at = 0; at < work->regime->rule_count; at++)
		work->group[at] = (uint8_t)at;
	if (work->licence->state != QUOTA_LICENCE_VALID)
		return;
	for (uint32_t at = 0; at < work->licence->line_count; at++)
		most[at] = line_add(
		        work,
		        quota_range_at(&work->state->licence_lines, work->licence->first_line + at),
		        &family[at]);
	for (uint32_t at = 0; at < work->licence->line_count; at++) {
		uint8_t group = work->group[family[at]];
		work->joint_kg[group] = limited((int128)work->joint_kg[group] + most[at]);
	}
	for (uint32_t at = 0; at < work->regime->rule_count; at++)
		work->group_size[work->group[at]]++;
}

int64_t quota_months_sum(int64_t annual_kg, int32_t first_month, int32_t months)
{
	int64_t monthly = annual_kg / 12, sum = 0;
	for (int32_t at = 0; at < months; at++) {
		int32_t month = calendar_month_add(first_month, at);
		sum += month % 100 == 12 ? annual_kg - 11 * monthly : monthly;
	}
	return sum;
}

int32_t quota_window_of(const struct quota_rule *rule, int32_t month)
{
	int32_t months = calendar_months_between(rule->window_anchor_month, month);
	int32_t length = rule->window_months;
	int32_t windows = months >= 0 ? months / length : -((length - 1 - months) / length);
	return calendar_month_add(rule->window_anchor_month, windows * length);
}

static int64_t purchases_sum(const struct derivation_work *work, uint32_t family,
                             int32_t first_month, int32_t months)
{
	int64_t sum = 0;
	struct quota_purchase_key key = {table_number(&work->state->licences, work->licence),
	                                 family, 0};
	for (int32_t at = 0; at < months; at++) {
		key.month = calendar_month_add(first_month, at);
		const struct quota_purchase *purchase = table_find(&work->state->purchases, &key);
		sum = limited((int128)sum + (purchase ? purchase->purchased_kg : 0));
	}
	return sum;
}

void quota_formula_apply(const struct quota_rule *rule, struct quota_derivation *derivation)
{
	int64_t nominal = derivation->nominal_need_kg_per_year;
	/* Two steps keep the product inside 128 bits: ratios are at most 10^12. */
	int128 counted = (int128)derivation->recorded_kg * rule->share.numerator;
	derivation->record_based_kg_per_year =
	        limited(counted * 12 / ((int128)rule->share.denominator * rule->record_months));
	derivation->floor_kg_per_year = limited((int128)nominal * rule->floor_percent / 100);
	int64_t annual = derivation->record_based_kg_per_year;
	switch ((enum quota_formula)rule->formula) {
	case QUOTA_NOMINAL:
		annual = nominal;
		break;
	case QUOTA_RECORD:
		annual = annual < nominal ? annual : nominal;
		break;
	case QUOTA_FLOORED_RECORD:
		annual = annual > derivation->floor_kg_per_year ? annual
		                                                : derivation->floor_kg_per_year;
		annual = annual < nominal ? annual : nominal;
		break;
	case QUOTA_MEAN_RECORD:
		annual = nominal > 0 ? annual : 0;
		break;
	}
	derivation->annual_ceiling_kg = annual;
}

/* The ceiling of one family; `slot` is the rule's place in the regime. */
static const struct quota_derivation *family_derive(const struct derivation_work *work,
                                                    struct arena *arena, uint32_t slot)
{
	const struct quota_rule *rule =
	        table_at(&work->state->rules, work->regime->first_rule + slot);
	int32_t window = quota_window_of(rule, work->month), months = rule->window_months;
	struct quota_derivation *made = ARENA_NEW(arena, struct quota_derivation);
	made->regime_version = work->regime->version;
	made->formula = rule->formula;
	made->capacity_kg_per_year = work->capacity_kg[slot];
	made->nominal_need_kg_per_year = work->need_kg[slot];
	made->record_first_month = calendar_month_add(window, -rule->record_months);
	made->record_last_month = calendar_month_add(window, -1);
	made->recorded_kg = purchases_sum(work, rule->key.family, made->record_first_month,
	                                  rule->record_months);
	quota_formula_apply(rule, made);
	made->window_ceiling_kg = quota_months_sum(made->annual_ceiling_kg, window, months);
	made->ceiling_kg = made->window_ceiling_kg;
	made->multiplier = (struct quota_ratio){1, 1};
	if (work->multiplied) {
		made->multiplier = rule->multiplier;
		int64_t most = quota_months_sum(made->nominal_need_kg_per_year, window, months);
		int64_t scaled = limited((int128)made->window_ceiling_kg *
		                         rule->multiplier.numerator / rule->multiplier.denominator);
		scaled = scaled < most ? scaled : most;
		made->ceiling_kg = scaled > made->ceiling_kg ? scaled : made->ceiling_kg;
	}
	uint8_t group = work->group[slot];
	if (work->group_size[group] > 1) {
		const struct quota_rule *lead =
		        table_at(&work->state->rules, work->regime->first_rule + group);
		made->joint_family = lead->key.family + 1;
		made->joint_limit_kg = quota_months_sum(work->joint_kg[group], window, months);
	}
	return made;
}

/* Whether the licence's party is an active member of a supply cooperative that may buy. */
static bool member_of_supply(const struct derivation_work *work)
{
	const struct quota_party *party = quota_party_at(work->state, work->licence->party);
	quota_link link = party->first_membership;
	while (link) {
		const struct quota_membership *membership =
		        table_at(&work->state->memberships, link - 1);
		const struct quota_party *cooperative =
		        quota_party_at(work->state, membership->key.cooperative);
		if (membership->state == QUOTA_MEMBERSHIP_ACTIVE &&
		    cooperative->cooperative_kind == QUOTA_COOPERATIVE_SUPPLY &&
		    cooperative->active_members >= work->regime->minimum_active_members)
			return true;
		link = membership->next_of_party;
	}
	return false;
}

bool quota_ceiling_fresh(const struct quota_state *state, const struct quota_ceiling *ceiling,
                         const struct quota_licence *licence, const struct quota_regime *regime)
{
	(void)state;
	return ceiling->derived >= licence->stamp &&
	       ceiling->derivation.regime_version == regime->version;
}

/* The change that makes one family's ceiling fresh; false when there is nothing to do. */
static bool slot_change(const struct derivation_work *work, struct arena *arena, uint32_t slot,
                        struct change_ceiling *change)
{
	const struct quota_rule *rule =
	        table_at(&work->state->rules, work->regime->first_rule + slot);
	struct quota_window_key key = {table_number(&work->state->licences, work->licence),
	                               rule->key.family, quota_window_of(rule, work->month)};
	const struct quota_ceiling *ceiling = quota_ceiling_find(work->state, &key);
	if (!ceiling && work->need_kg[slot] == 0)
		return false;
	if (ceiling && quota_ceiling_fresh(work->state, ceiling, work->licence, work->regime))
		return false;
	const struct quota_derivation *made = family_derive(work, arena, slot);
	*change = (struct change_ceiling){
	        .key = key,
	        .ceiling_kg = made->ceiling_kg,
	        .reserved_kg = ceiling ? ceiling->reserved_kg : 0,
	        .used_kg = ceiling ? ceiling->used_kg
	                           : purchases_sum(work, key.family, key.window_month,
	                                           rule->window_months),
	        .derivation = made,
	};
	return true;
}

const struct change_ceiling *quota_derive_licence(const struct quota_state *state,
                                                  const struct quota_licence *licence,
                                                  const struct quota_moment *moment,
                                                  uint32_t *count)
{
	struct quota_epoch epoch = quota_epoch_at(state, moment->now_ms);
	struct derivation_work work = {
	        .state = state,
	        .licence = licence,
	        .regime = quota_regime_of(state, &epoch),
	        .month = epoch.month,
	};
	*count = 0;
	if (!work.regime)
		return NULL;
	needs_collect(&work);
	work.multiplied = member_of_supply(&work);
	struct change_ceiling *changes =
	        ARENA_ARRAY(moment->arena, struct change_ceiling, work.regime->rule_count);
	for (uint32_t slot = 0; slot < work.regime->rule_count; slot++)
		if (slot_change(&work, moment->arena, slot, &changes[*count]))
			++*count;
	return changes;
}
