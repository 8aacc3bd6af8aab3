/* What events mean. The only writer of the registry's state; never refuses. */
#include "services/membership/membership.h"

#include <string.h>

#include "common/check.h"

enum {
	MAX_UNIONS = 4096,
	MAX_COOPERATIVES = 65536,
	MAX_PRINCIPALS = 65536,
};

static uint32_t at_most(uint32_t capacity, uint32_t limit)
{
	return capacity < limit ? capacity : limit;
}

bool membership_open(struct membership_state *state, uint32_t capacity)
{
	memset(state, 0, sizeof *state);
	return arena_open(&state->scratch, 64U << 20) &&
	       authorise_open(&state->authorise, at_most(capacity, MAX_PRINCIPALS), capacity) &&
	       table_open(&state->parties, "parties", sizeof(struct party), sizeof(struct party_id),
	                  capacity) &&
	       table_open(&state->unions, "unions", sizeof(struct syndicate),
	                  sizeof(struct union_id), at_most(capacity, MAX_UNIONS)) &&
	       table_open(&state->cooperatives, "cooperatives", sizeof(struct cooperative),
	                  sizeof(struct party_id), at_most(capacity, MAX_COOPERATIVES)) &&
	       table_open(&state->memberships, "memberships", sizeof(struct membership),
	                  sizeof(struct membership_key), capacity) &&
	       table_open(&state->seats, "seats", sizeof(struct seat), sizeof(struct seat_key),
	                  capacity) &&
	       table_open(&state->licences, "licences", sizeof(struct licence),
	                  sizeof(struct licence_id), capacity);
}

void membership_close(struct membership_state *state)
{
	authorise_close(&state->authorise);
	table_close(&state->parties);
	table_close(&state->unions);
	table_close(&state->cooperatives);
	table_close(&state->memberships);
	table_close(&state->seats);
	table_close(&state->licences);
	arena_close(&state->scratch);
}

static void apply_membership(struct membership_state *state, const struct event *event)
{
	const struct membership *after = &event->membership;
	struct cooperative *cooperative =
	        cooperative_find(&state->cooperatives, &after->key.cooperative_id);
	CHECK(cooperative);
	cooperative->active_members = event->active_members;
	*membership_put(&state->memberships, &after->key) = *after;
	struct seat_key key;
	memset(&key, 0, sizeof key);
	key.party_id = after->key.party_id;
	key.kind = (int32_t)cooperative->kind;
	struct seat *seat = seat_put(&state->seats, &key);
	if (after->state != MEMBERSHIP_ENDED)
		seat->cooperative_id = after->key.cooperative_id;
	else if (party_id_equal(&seat->cooperative_id, &after->key.cooperative_id))
		memset(&seat->cooperative_id, 0, sizeof seat->cooperative_id);
}

void membership_apply(struct membership_state *state, const struct event *event)
{
	switch (event->kind) {
	case PARTY_REGISTERED:
		*party_put(&state->parties, &event->party.id) = event->party;
		return;
	case UNION_REGISTERED:
		*syndicate_put(&state->unions, &event->syndicate.id) = event->syndicate;
		return;
	case COOPERATIVE_REGISTERED:
		*cooperative_put(&state->cooperatives, &event->cooperative.id) = event->cooperative;
		return;
	case MEMBERSHIP_CHANGED:
		apply_membership(state, event);
		return;
	case LICENCE_CHANGED:
		*licence_put(&state->licences, &event->licence.id) = event->licence;
		return;
	case PRINCIPAL_CHANGED:
		authorise_put_principal(&state->authorise, &event->principal);
		return;
	case MANDATE_CHANGED:
		authorise_put_mandate(&state->authorise, &event->mandate);
		return;
	}
	CHECK(false);
}

static void digest_party(struct digest *digest, const struct party *party)
{
	digest_add_text(digest, party->id.text);
	digest_add_int(digest, party->kind);
	digest_add_text(digest, party->name);
	digest_add_text(digest, party->nationality);
	digest_add_text(digest, party->county);
}

static void digest_union(struct digest *digest, const struct syndicate *syndicate)
{
	digest_add_text(digest, syndicate->id.text);
	digest_add_text(digest, syndicate->name);
	digest_add_int(digest, syndicate->level);
	digest_add_text(digest, syndicate->place);
	digest_add_text(digest, syndicate->parent_id.text);
}

static void digest_cooperative(struct digest *digest, const struct cooperative *cooperative)
{
	digest_add_text(digest, cooperative->id.text);
	digest_add_text(digest, cooperative->name);
	digest_add_int(digest, cooperative->kind);
	digest_add_text(digest, cooperative->county);
	digest_add_text(digest, cooperative->union_id.text);
	digest_add_int(digest, cooperative->registered_on);
	digest_add_int(digest, cooperative->foreign_members_allowed);
	digest_add_int(digest, cooperative->active_members);
}

static void digest_membership(struct digest *digest, const struct membership *membership)
{
	digest_add_text(digest, membership->key.cooperative_id.text);
	digest_add_text(digest, membership->key.party_id.text);
	digest_add_int(digest, membership->shares);
	digest_add_int(digest, membership->joined_on);
	digest_add_text(digest, membership->legal_basis);
	digest_add_int(digest, membership->state);
}

static void digest_licence(struct digest *digest, const struct licence *licence)
{
	digest_add_text(digest, licence->id.text);
	digest_add_text(digest, licence->party_id.text);
	digest_add_int(digest, licence->kind);
	digest_add_text(digest, licence->county);
	digest_add_int(digest, licence->line_count);
	for (uint32_t i = 0; i < licence->line_count; i++) {
		const struct licence_line *line = &licence->lines[i];
		digest_add_text(digest, line->product.text);
		digest_add_int(digest, line->machine_rate_kg_per_h);
		digest_add_int(digest, line->hours_per_year);
		digest_add_int(digest, line->efficiency_percent);
		digest_add_int(digest, line->nominal_capacity_kg_per_year);
	}
	digest_add_int(digest, licence->valid_from);
	digest_add_int(digest, licence->valid_to);
	digest_add_int(digest, licence->state);
}

/* Rows in the order of the journal, which replay repeats. */
void membership_digest(const struct membership_state *state, uint8_t out[DIGEST_BYTES])
{
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	authorise_digest(&state->authorise, &digest);
	for (uint32_t i = 0; i < state->parties.count; i++)
		digest_party(&digest, party_at(&state->parties, i));
	for (uint32_t i = 0; i < state->unions.count; i++)
		digest_union(&digest, syndicate_at(&state->unions, i));
	for (uint32_t i = 0; i < state->cooperatives.count; i++)
		digest_cooperative(&digest, cooperative_at(&state->cooperatives, i));
	for (uint32_t i = 0; i < state->memberships.count; i++)
		digest_membership(&digest, membership_at(&state->memberships, i));
	for (uint32_t i = 0; i < state->seats.count; i++)
		digest_add_text(&digest, seat_at(&state->seats, i)->cooperative_id.text);
	for (uint32_t i = 0; i < state->licences.count; i++)
		digest_licence(&digest, licence_at(&state->licences, i));
	digest_end(&digest, out);
}
