/* Which regime is in force, and when that or the month changes next. A regime is
 * in force from its day until the next one's; the latest version whose day has
 * come decides. */
#include "services/quota/state.h"

#include "common/calendar.h"

struct quota_epoch quota_epoch_at(const struct quota_state *state, int64_t now_ms)
{
	if (now_ms >= state->epoch.from_ms && now_ms < state->epoch.until_ms)
		return state->epoch;
	struct quota_epoch epoch = {.from_ms = now_ms, .until_ms = now_ms + 1};
	int32_t day = calendar_day_of(now_ms);
	if (day == 0)
		return epoch;
	epoch.month = calendar_month_of(day);
	epoch.from_ms = calendar_day_start_ms(epoch.month * 100 + 1);
	int32_t next = calendar_month_add(epoch.month, 1);
	epoch.until_ms = next ? calendar_day_start_ms(next * 100 + 1) : now_ms + 1;
	for (uint32_t at = 0; at < state->regimes.count; at++) {
		const struct quota_regime *regime = table_at(&state->regimes, at);
		if (regime->effective_ms > now_ms) {
			if (regime->effective_ms < epoch.until_ms)
				epoch.until_ms = regime->effective_ms;
			break;
		}
		epoch.regime = at + 1;
		if (regime->effective_ms > epoch.from_ms)
			epoch.from_ms = regime->effective_ms;
	}
	return epoch;
}

void quota_epoch_refresh(struct quota_state *state, int64_t now_ms)
{
	if (now_ms >= state->epoch.from_ms && now_ms < state->epoch.until_ms)
		return;
	state->epoch = quota_epoch_at(state, now_ms);
	/* Every licence may have a new window or rule: look at all of them. */
	state->sweep = 0;
}

const struct quota_regime *quota_regime_of(const struct quota_state *state,
                                           const struct quota_epoch *epoch)
{
	return epoch->regime ? table_at(&state->regimes, epoch->regime - 1) : NULL;
}

const struct quota_rule *quota_rule_find(const struct quota_state *state, uint32_t version,
                                         uint32_t family)
{
	struct quota_rule_key key = {version, family};
	return table_find(&state->rules, &key);
}
