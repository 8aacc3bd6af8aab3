/* The conditions a buyer, a member and a licence must meet, asked when a request
 * is filed and again when its book closes.
 *
 * Rules: a distribution agent buys only with enough active member units, checked at
 * every round (DOMAIN 2); a member is active in its cooperative and in no similar one;
 * foreign residents need a recorded legal basis and a cooperative that admits them
 * (DOMAIN 5); an establishment permit buys nothing yet. Only supply cooperatives buy
 * for their members: another cooperative's capacity to buy is not approved. */
#include "services/quota/state.h"

void quota_check_cooperative(const struct quota_party *cooperative,
                             const struct quota_regime *regime, struct verdict *verdict)
{
	if (cooperative->cooperative_kind != QUOTA_COOPERATIVE_SUPPLY)
		verdict_refuse(verdict, REASON_CAPACITY_NOT_APPROVED, cooperative->party_id.text, 0,
		               0);
	else if (cooperative->active_members < regime->minimum_active_members)
		verdict_refuse(verdict, REASON_MEMBERS_BELOW_7, cooperative->party_id.text,
		               cooperative->active_members, regime->minimum_active_members);
}

/* Active memberships in other cooperatives of the same kind. */
static uint32_t similar_count(const struct quota_state *state,
                              const struct quota_party *cooperative,
                              const struct quota_party *party)
{
	uint32_t count = 0;
	quota_link link = party->first_membership;
	while (link) {
		const struct quota_membership *membership = table_at(&state->memberships, link - 1);
		const struct quota_party *other =
		        quota_party_at(state, membership->key.cooperative);
		if (other != cooperative && membership->state == QUOTA_MEMBERSHIP_ACTIVE &&
		    other->cooperative_kind == cooperative->cooperative_kind)
			count++;
		link = membership->next_of_party;
	}
	return count;
}

void quota_check_member(const struct quota_state *state, const struct quota_party *cooperative,
                        const struct quota_party *party, struct verdict *verdict)
{
	enum { PENDING = 1, SUSPENDED = 3 };
	const struct quota_membership *membership =
	        quota_membership_find(state, cooperative, party);
	const char *subject = party->party_id.text;
	if (!membership) {
		verdict_refuse(verdict, REASON_NOT_MEMBER, subject, 0, 0);
		return;
	}
	bool foreign = party->kind == QUOTA_PARTY_FOREIGNER;
	if (foreign && !(cooperative->foreign_members_allowed && membership->legal_basis))
		verdict_refuse(verdict, REASON_FOREIGN_NO_LEGAL_BASIS, subject, 0, 0);
	else if (membership->state == SUSPENDED || membership->state == PENDING)
		verdict_refuse(verdict, REASON_MEMBER_SUSPENDED, subject, membership->state,
		               QUOTA_MEMBERSHIP_ACTIVE);
	else if (membership->state != QUOTA_MEMBERSHIP_ACTIVE)
		verdict_refuse(verdict, REASON_NOT_MEMBER, subject, 0, 0);
	uint32_t similar = similar_count(state, cooperative, party);
	if (similar > 0)
		verdict_refuse(verdict, REASON_SIMILAR_COOP, subject, similar, 0);
}

void quota_check_licence(const struct quota_state *state, const struct quota_licence *licence,
                         const struct quota_party *party, int64_t now_ms, struct verdict *verdict)
{
	const char *subject = licence->licence_id.text;
	if (quota_party_at(state, licence->party) != party)
		verdict_refuse(verdict, REASON_LICENCE_MISSING, subject, 0, 0);
	else if (licence->state != QUOTA_LICENCE_VALID || now_ms < licence->valid_from_ms ||
	         now_ms >= licence->valid_until_ms)
		verdict_refuse(verdict, REASON_LICENCE_EXPIRED, subject, now_ms,
		               licence->valid_until_ms);
	if (licence->kind == QUOTA_ESTABLISHMENT)
		verdict_refuse(verdict, REASON_CAPACITY_NOT_APPROVED, subject, 0, 0);
}

bool quota_licence_uses(const struct quota_state *state, const struct quota_licence *licence,
                        const struct quota_rule *rule)
{
	const struct quota_licence_line *lines =
	        quota_range_at(&state->licence_lines, licence->first_line);
	for (uint32_t at = 0; at < licence->line_count; at++) {
		struct quota_product_key key = {rule->key.version, lines[at].product_code};
		const struct quota_product *product = table_find(&state->products, &key);
		for (uint32_t need = 0; product && need < product->need_count; need++) {
			const struct quota_need *row =
			        quota_range_at(&state->needs, product->first_need + need);
			if (table_at(&state->rules, row->rule) == (const void *)rule)
				return true;
		}
	}
	return false;
}
