/* What events mean: the only writer of quota's facts. Never refuses; decide has
 * made sure of the room. This file: registry, purchases, ceilings, and which event
 * goes where; requests, rounds and books in apply_request.c, regimes in
 * apply_regime.c. */
#include "services/quota/state.h"

#include <string.h>

void quota_stamp_licence(struct quota_state *state, struct quota_licence *licence,
                         uint64_t sequence)
{
	licence->stamp = sequence;
	if (licence->dirty)
		return;
	licence->dirty = true;
	licence->next_dirty = 0;
	quota_link link = table_number(&state->licences, licence) + 1;
	if (state->last_dirty)
		quota_licence_at(state, state->last_dirty - 1)->next_dirty = link;
	else
		state->first_dirty = link;
	state->last_dirty = link;
}

static void stamp_party(struct quota_state *state, const struct quota_party *party,
                        uint64_t sequence)
{
	for (quota_link link = party->first_licence; link;) {
		struct quota_licence *licence = quota_licence_at(state, link - 1);
		quota_stamp_licence(state, licence, sequence);
		link = licence->next_of_party;
	}
}

static void apply_party(struct quota_state *state, const struct change_party *change)
{
	const struct quota_party *seen = &change->party;
	struct quota_party *party = table_put(&state->parties, &seen->party_id);
	if (change->cooperative) {
		party->cooperative_kind = seen->cooperative_kind;
		party->foreign_members_allowed = seen->foreign_members_allowed;
	} else {
		party->kind = seen->kind;
	}
	memcpy(party->county, seen->county, sizeof party->county);
}

static struct quota_membership *membership_put(struct quota_state *state,
                                               struct quota_party *cooperative,
                                               struct quota_party *party)
{
	struct quota_membership *known = quota_membership_find(state, cooperative, party);
	if (known)
		return known;
	struct quota_membership_key key = {table_number(&state->parties, cooperative),
	                                   table_number(&state->parties, party)};
	struct quota_membership *membership = table_put(&state->memberships, &key);
	quota_link link = table_number(&state->memberships, membership) + 1;
	membership->next_of_party = party->first_membership;
	party->first_membership = link;
	membership->next_of_cooperative = cooperative->first_member;
	cooperative->first_member = link;
	return membership;
}

static bool may_buy(const struct quota_state *state, const struct quota_party *cooperative)
{
	uint32_t versions = state->regimes.count;
	if (versions == 0)
		return false;
	const struct quota_regime *regime = table_at(&state->regimes, versions - 1);
	return cooperative->active_members >= regime->minimum_active_members;
}

/* The multiplier of a cooperative's members hangs on their own membership and on its number. */
static void apply_membership(struct quota_state *state, const struct change_membership *change,
                             uint64_t sequence)
{
	struct quota_party *cooperative = table_put(&state->parties, &change->cooperative_id);
	struct quota_party *party = table_put(&state->parties, &change->party_id);
	struct quota_membership *membership = membership_put(state, cooperative, party);
	bool bought = may_buy(state, cooperative);
	membership->state = change->state;
	membership->legal_basis = change->legal_basis;
	cooperative->active_members = change->active_members;
	stamp_party(state, party, sequence);
	if (may_buy(state, cooperative) == bought)
		return;
	for (quota_link link = cooperative->first_member; link;) {
		const struct quota_membership *member = table_at(&state->memberships, link - 1);
		stamp_party(state, quota_party_at(state, member->key.party), sequence);
		link = member->next_of_cooperative;
	}
}

static void apply_licence(struct quota_state *state, const struct change_licence *change,
                          uint64_t sequence)
{
	bool fresh = !table_find(&state->licences, &change->licence_id);
	struct quota_licence *licence = table_put(&state->licences, &change->licence_id);
	struct quota_party *party = table_put(&state->parties, &change->party_id);
	if (fresh) {
		licence->party = table_number(&state->parties, party);
		licence->next_of_party = party->first_licence;
		party->first_licence = table_number(&state->licences, licence) + 1;
	}
	licence->kind = change->kind;
	licence->state = change->state;
	licence->valid_from_ms = change->valid_from_ms;
	licence->valid_until_ms = change->valid_until_ms;
	if (licence->line_count < change->line_count)
		licence->first_line = quota_range_add(&state->licence_lines, change->line_count);
	licence->line_count = change->line_count;
	memcpy(quota_range_at(&state->licence_lines, licence->first_line), change->lines,
	       sizeof *change->lines * change->line_count);
	quota_stamp_licence(state, licence, sequence);
}

static void apply_purchase(struct quota_state *state, const struct change_purchase *change,
                           uint64_t sequence)
{
	const struct quota_family *family = table_put(&state->families, &change->family);
	struct quota_purchase_key key = {change->licence, table_number(&state->families, family),
	                                 change->month};
	struct quota_purchase *purchase = table_put(&state->purchases, &key);
	purchase->purchased_kg = change->purchased_kg;
	quota_stamp_licence(state, quota_licence_at(state, change->licence), sequence);
}

static struct quota_joint *joint_of(struct quota_state *state, const struct quota_ceiling *ceiling)
{
	return ceiling->joint ? table_at(&state->joints, ceiling->joint - 1) : NULL;
}

/* Moves the ceiling into the group its derivation names. */
static void joint_set(struct quota_state *state, struct quota_ceiling *ceiling)
{
	const struct quota_derivation *derivation = &ceiling->derivation;
	int64_t committed = ceiling->reserved_kg + ceiling->used_kg;
	struct quota_joint *old = joint_of(state, ceiling);
	if (old)
		old->committed_kg -= committed;
	ceiling->joint = 0;
	if (!derivation->joint_family)
		return;
	struct quota_window_key key = ceiling->key;
	key.family = derivation->joint_family - 1;
	struct quota_joint *joint = table_put(&state->joints, &key);
	joint->limit_kg = derivation->joint_limit_kg;
	joint->committed_kg += committed;
	ceiling->joint = table_number(&state->joints, joint) + 1;
}

const struct quota_ceiling *quota_apply_ceiling(struct quota_state *state,
                                                const struct change_ceiling *change,
                                                uint64_t sequence)
{
	struct quota_ceiling *ceiling = table_put(&state->ceilings, &change->key);
	struct quota_joint *joint = joint_of(state, ceiling);
	if (joint)
		joint->committed_kg += change->reserved_kg - ceiling->reserved_kg +
		                       change->used_kg - ceiling->used_kg;
	ceiling->ceiling_kg = change->ceiling_kg;
	ceiling->reserved_kg = change->reserved_kg;
	ceiling->used_kg = change->used_kg;
	if (!change->derivation)
		return ceiling;
	ceiling->derivation = *change->derivation;
	ceiling->derived = sequence;
	joint_set(state, ceiling);
	return ceiling;
}

void quota_apply(struct quota_state *state, const struct quota_event *event, uint64_t sequence,
                 int64_t time_ms)
{
	(void)time_ms;
	switch (event->kind) {
	case QUOTA_REGIME_APPROVED:
		quota_apply_regime(state, event->regime);
		return;
	case QUOTA_PURCHASE_RECORDED:
		apply_purchase(state, &event->purchase, sequence);
		return;
	case QUOTA_CEILING_CHANGED:
		quota_apply_ceiling(state, &event->ceiling, sequence);
		return;
	case QUOTA_REQUEST_CHANGED:
		quota_apply_request(state, &event->request, sequence);
		return;
	case QUOTA_REQUEST_EXCLUDED:
		quota_apply_exclusion(state, &event->exclusion, sequence);
		return;
	case QUOTA_BOOK_CLOSED:
		quota_apply_book(state, &event->book);
		return;
	case QUOTA_PARTY_LEARNED:
	case QUOTA_COOPERATIVE_LEARNED:
		apply_party(state, &event->party);
		return;
	case QUOTA_MEMBERSHIP_LEARNED:
		apply_membership(state, &event->membership, sequence);
		return;
	case QUOTA_LICENCE_LEARNED:
		apply_licence(state, &event->licence, sequence);
		return;
	case QUOTA_PRINCIPAL_LEARNED:
		authorise_put_principal(&state->authorise, &event->principal);
		return;
	case QUOTA_MANDATE_LEARNED:
		authorise_put_mandate(&state->authorise, &event->mandate);
		return;
	case QUOTA_ROUND_LEARNED:
		quota_apply_round(state, &event->round, sequence);
		return;
	}
	CHECK(false);
}
