/* One month's realised purchase from the record before the platform. It counts in
 * the record of later windows, and as used in a window that is already derived; a
 * window derived later finds it by itself. */
#include "services/quota/state.h"

void quota_decide_purchase(const struct quota_state *state, const struct ask_purchase *ask,
                           const struct quota_moment *moment, struct quota_outcome *outcome)
{
	struct verdict *verdict = &outcome->verdict;
	*outcome = (struct quota_outcome){.verdict.code = CODE_ACCEPTED};
	const struct quota_licence *licence = table_find(&state->licences, &ask->licence_id);
	if (!licence) {
		verdict_refuse(verdict, REASON_LICENCE_MISSING, ask->licence_id.text, 0, 0);
		return;
	}
	const struct quota_family *family = table_find(&state->families, &ask->family);
	struct quota_purchase_key key = {.licence = table_number(&state->licences, licence),
	                                 .month = ask->month};
	const struct quota_purchase *known = NULL;
	if (family) {
		key.family = table_number(&state->families, family);
		known = table_find(&state->purchases, &key);
	}
	if (known && known->purchased_kg != ask->purchased_kg)
		verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE, ask->licence_id.text,
		            ask->purchased_kg, known->purchased_kg);
	if (known)
		return;
	if (!table_room(&state->purchases, 1) || !table_room(&state->families, 1)) {
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "purchases",
		            state->purchases.count, state->purchases.capacity);
		return;
	}
	outcome->events = ARENA_ARRAY(moment->arena, struct quota_event, 2);
	outcome->events[0].kind = QUOTA_PURCHASE_RECORDED;
	outcome->events[0].purchase =
	        (struct change_purchase){key.licence, ask->family, ask->month, ask->purchased_kg};
	outcome->count = 1;
	struct quota_epoch epoch = quota_epoch_at(state, moment->now_ms);
	const struct quota_regime *regime = quota_regime_of(state, &epoch);
	const struct quota_rule *rule =
	        regime && family ? quota_rule_find(state, regime->version, key.family) : NULL;
	if (!rule)
		return;
	struct quota_window_key window = {key.licence, key.family,
	                                  quota_window_of(rule, ask->month)};
	const struct quota_ceiling *row = quota_ceiling_find(state, &window);
	if (!row)
		return;
	struct quota_event *event = &outcome->events[outcome->count++];
	event->kind = QUOTA_CEILING_CHANGED;
	event->ceiling = quota_ceiling_change(row);
	event->ceiling.used_kg += ask->purchased_kg;
}
