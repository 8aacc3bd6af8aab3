/* What quota learns of membership and matching.
 *
 * membership's events are journaled as they came, under the *_LEARNED kinds; unions
 * concern nobody here. Of matching only rounds and allocations matter; each is decided
 * and applied before the next, for they may charge the same ceilings. Records that
 * matching derived from our own stream tell us nothing new. */
#include "services/quota/messages.h"

#include <stdlib.h>
#include <string.h>

#include "common/calendar.h"

_Noreturn static void stop(const char *stream, const char *what, uint32_t kind, uint64_t sequence)
{
	log_error("quota.follow.stopped",
	          "stream=%s sequence=%llu kind=%u what=\"%s\" effect=\"the daemon stops\" "
	          "action=\"update this daemon or raise its capacity, then start it\"",
	          stream, (unsigned long long)sequence, kind, what);
	log_close();
	exit(70);
}

static void party_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__PartyRegistered *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__PartyRegistered,
	                            tasheem__membership__v1__party_registered, payload);
	CHECK(message && message->party);
	struct quota_place county;
	struct change_party *to = &event->party;
	CHECK(party_id_set(&to->party.party_id, message->party->party_id));
	CHECK(quota_place_set(&county, message->party->county));
	memcpy(to->party.county, county.name, sizeof county.name);
	to->party.kind = (uint8_t)message->party->kind;
	to->cooperative = false;
}

static void cooperative_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__CooperativeRegistered *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__CooperativeRegistered,
	                            tasheem__membership__v1__cooperative_registered, payload);
	CHECK(message && message->cooperative);
	struct quota_place county;
	struct change_party *to = &event->party;
	CHECK(party_id_set(&to->party.party_id, message->cooperative->cooperative_id));
	CHECK(quota_place_set(&county, message->cooperative->county));
	memcpy(to->party.county, county.name, sizeof county.name);
	to->party.cooperative_kind = (uint8_t)message->cooperative->kind;
	to->party.foreign_members_allowed = message->cooperative->foreign_members_allowed;
	to->cooperative = true;
}

static void membership_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__MembershipChanged *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__MembershipChanged,
	                            tasheem__membership__v1__membership_changed, payload);
	CHECK(message && message->membership);
	const Tasheem__Membership__V1__Membership *from = message->membership;
	struct change_membership *to = &event->membership;
	CHECK(party_id_set(&to->cooperative_id, from->cooperative_id));
	CHECK(party_id_set(&to->party_id, from->party_id));
	to->state = (uint8_t)from->state;
	to->legal_basis = from->legal_basis[0] && strcmp(from->legal_basis, "pending_permit") != 0;
	to->active_members = message->active_members;
}

static void licence_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__LicenceChanged *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__LicenceChanged,
	                            tasheem__membership__v1__licence_changed, payload);
	CHECK(message && message->licence && message->licence->n_lines <= QUOTA_MAX_LICENCE_LINES);
	const Tasheem__Membership__V1__Licence *from = message->licence;
	struct change_licence *to = &event->licence;
	CHECK(licence_id_set(&to->licence_id, from->licence_id));
	CHECK(party_id_set(&to->party_id, from->party_id));
	to->kind = (uint8_t)from->kind;
	to->state = (uint8_t)from->state;
	to->valid_from_ms = calendar_day_start_ms(from->valid_from_jalali);
	int32_t after = calendar_day_add(from->valid_to_jalali, 1);
	to->valid_until_ms = after ? calendar_day_start_ms(after) : INT64_MAX;
	struct quota_licence_line *lines =
	        ARENA_ARRAY(arena, struct quota_licence_line, from->n_lines);
	for (size_t at = 0; at < from->n_lines; at++) {
		CHECK(product_code_set(&lines[at].product_code, from->lines[at]->product_code));
		lines[at].machine_rate_kg_per_h = from->lines[at]->machine_rate_kg_per_h;
		lines[at].capacity_kg_per_year = from->lines[at]->nominal_capacity_kg_per_year;
	}
	to->lines = lines;
	to->line_count = (uint32_t)from->n_lines;
}

static void principal_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__PrincipalChanged *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__PrincipalChanged,
	                            tasheem__membership__v1__principal_changed, payload);
	CHECK(message && message->principal);
	struct principal *to = &event->principal;
	CHECK(principal_name_set(&to->name, message->principal->name));
	CHECK(strlen(message->principal->public_key) < KEY_TEXT_SIZE);
	memcpy(to->key.text, message->principal->public_key,
	       strlen(message->principal->public_key));
	to->role = (enum role)message->principal->role;
	CHECK(party_id_set(&to->party_id, message->principal->party_id));
	to->revoked = message->principal->revoked;
}

static void mandate_read(struct arena *arena, struct bytes payload, struct quota_event *event)
{
	const Tasheem__Membership__V1__MandateChanged *message =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__MandateChanged,
	                            tasheem__membership__v1__mandate_changed, payload);
	CHECK(message && message->mandate && message->mandate->n_kinds <= MANDATE_MAX_KINDS);
	struct mandate *to = &event->mandate;
	CHECK(party_id_set(&to->key.party_id, message->mandate->party_id));
	CHECK(principal_name_set(&to->key.principal, message->mandate->principal));
	to->kind_count = (uint32_t)message->mandate->n_kinds;
	for (size_t at = 0; at < message->mandate->n_kinds; at++)
		to->kinds[at] = message->mandate->kinds[at];
	to->until_ms = message->mandate->until_ms;
	to->revoked = message->mandate->revoked;
}

const struct quota_event *quota_registry_decode(struct arena *arena, enum quota_event_kind kind,
                                                struct bytes payload)
{
	struct quota_event *event = ARENA_NEW(arena, struct quota_event);
	event->kind = kind;
	if (kind == QUOTA_PARTY_LEARNED)
		party_read(arena, payload, event);
	else if (kind == QUOTA_COOPERATIVE_LEARNED)
		cooperative_read(arena, payload, event);
	else if (kind == QUOTA_MEMBERSHIP_LEARNED)
		membership_read(arena, payload, event);
	else if (kind == QUOTA_LICENCE_LEARNED)
		licence_read(arena, payload, event);
	else if (kind == QUOTA_PRINCIPAL_LEARNED)
		principal_read(arena, payload, event);
	else if (kind == QUOTA_MANDATE_LEARNED)
		mandate_read(arena, payload, event);
	else
		return NULL;
	return event;
}

/* Our kind for one of membership's; 0 for what does not concern us. */
static uint32_t registry_kind(const struct item *item, uint32_t kind)
{
	switch (kind) {
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_PARTY_REGISTERED:
		return QUOTA_PARTY_LEARNED;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_UNION_REGISTERED:
		return 0;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_COOPERATIVE_REGISTERED:
		return QUOTA_COOPERATIVE_LEARNED;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_MEMBERSHIP_CHANGED:
		return QUOTA_MEMBERSHIP_LEARNED;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_LICENCE_CHANGED:
		return QUOTA_LICENCE_LEARNED;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_PRINCIPAL_CHANGED:
		return QUOTA_PRINCIPAL_LEARNED;
	case TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_MANDATE_CHANGED:
		return QUOTA_MANDATE_LEARNED;
	default:
		stop("membership", "an event of an unknown kind", kind, item->record->sequence);
	}
}

static void follow_membership(struct quota_state *state, struct batch *batch,
                              const struct item *item)
{
	const struct record *from = item->record;
	struct arena *arena = batch_arena(batch);
	struct wire_event *wires = ARENA_ARRAY(arena, struct wire_event, from->event_count);
	uint32_t count = 0;
	for (uint32_t at = 0; at < from->event_count; at++) {
		uint32_t kind = registry_kind(item, from->events[at].kind);
		if (kind == 0)
			continue;
		if (!quota_room(state))
			stop("membership", "a table is full", kind, from->sequence);
		struct bytes payload = from->events[at].payload;
		uint8_t *copy = arena_take(arena, payload.size + 1);
		memcpy(copy, payload.data, payload.size);
		wires[count++] = (struct wire_event){kind, {copy, payload.size}};
		arena_reset(&state->scratch);
		quota_apply(state, quota_event_decode(state, &state->scratch, &wires[count - 1]),
		            batch_next_sequence(batch), batch_now_ms(batch));
	}
	if (count > 0 || item->last)
		batch_follow(batch, item, wires, count);
}

/* An allocation as matching wrote it. */
static void allocation_read(struct arena *arena, struct bytes payload, struct seen_allocation *seen)
{
	const Tasheem__Matching__V1__AllocationChanged *from =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Matching__V1__AllocationChanged,
	                            tasheem__matching__v1__allocation_changed, payload);
	CHECK(from);
	*seen = (struct seen_allocation){.state = (uint8_t)from->state,
	                                 .quantity_kg = from->quantity_kg,
	                                 .part_count = (uint32_t)from->n_parts};
	struct ask_line *parts = ARENA_ARRAY(arena, struct ask_line, from->n_parts);
	for (size_t at = 0; at < from->n_parts; at++) {
		CHECK(party_id_set(&parts[at].party_id, from->parts[at]->party_id));
		CHECK(licence_id_set(&parts[at].licence_id, from->parts[at]->licence_id));
		parts[at].wanted_kg = from->parts[at]->quantity_kg;
	}
	seen->parts = parts;
	CHECK(round_id_set(&seen->round_id, from->round_id));
	CHECK(allocation_id_set(&seen->allocation_id, from->allocation_id));
	CHECK(party_id_set(&seen->request.buyer_id, from->buyer_id));
	CHECK(request_id_set(&seen->request.request_id, from->request_id));
}

/* A source record on its way into one of ours. */
struct following {
	struct quota_state *state;
	const struct item *item;
	struct quota_moment moment;
	struct wire_event *wires;
	uint32_t count;
};

static void keep(struct following *following, const struct quota_outcome *outcome)
{
	const struct record *from = following->item->record;
	if (outcome->verdict.code != CODE_ACCEPTED)
		stop("matching", "an allocation of a request that is not in the book", 0,
		     from->sequence);
	for (uint32_t at = 0; at < outcome->count; at++) {
		following->wires[following->count++] = quota_event_encode(
		        following->state, following->moment.arena, &outcome->events[at]);
		quota_apply(following->state, &outcome->events[at], following->moment.sequence,
		            following->moment.now_ms);
	}
}

static void round_seen(struct following *following, struct bytes payload)
{
	struct arena *arena = following->moment.arena;
	const Tasheem__Matching__V1__RoundChanged *from =
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Matching__V1__RoundChanged,
	                            tasheem__matching__v1__round_changed, payload);
	CHECK(from);
	struct quota_outcome outcome;
	struct change_round seen = {.state = (uint8_t)from->state,
	                            .regime_version = from->regime_version,
	                            .over = from->over};
	CHECK(round_id_set(&seen.round_id, from->round_id));
	CHECK(family_name_set(&seen.family, from->family));
	quota_decide_round(following->state, &seen, &following->moment, &outcome);
	keep(following, &outcome);
}

static void allocation_seen(struct following *following, struct bytes payload)
{
	struct arena *arena = following->moment.arena;
	struct seen_allocation seen, old;
	struct quota_outcome outcome;
	allocation_read(arena, payload, &seen);
	if (quota_allocation_moved(following->state, &seen, arena, &old)) {
		quota_decide_allocation(following->state, &old, &following->moment, &outcome);
		keep(following, &outcome);
	}
	quota_decide_allocation(following->state, &seen, &following->moment, &outcome);
	keep(following, &outcome);
}

static void matching_seen(struct following *following, const struct wire_event *event)
{
	switch (event->kind) {
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_ROUND_CHANGED:
		round_seen(following, event->payload);
		return;
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_ALLOCATION_CHANGED:
		allocation_seen(following, event->payload);
		return;
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_SUPPLIER_REGISTERED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_OFFER_CHANGED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_BUNDLE_PART:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_SHARE_DECIDED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_REQUEST_LEARNED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_REGIME_LEARNED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_BOOK_LEARNED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_PRINCIPAL_LEARNED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_MANDATE_LEARNED:
	case TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_EXCLUSION_LEARNED:
		return;
	default:
		stop("matching", "an event of an unknown kind", event->kind,
		     following->item->record->sequence);
	}
}

static void follow_matching(struct quota_state *state, struct batch *batch, const struct item *item)
{
	const struct record *from = item->record;
	bool ours = strcmp(from->cursor.stream.text, "quota") == 0;
	uint32_t events = ours ? 0 : from->event_count;
	struct following following = {
	        .state = state,
	        .item = item,
	        .moment = {batch_arena(batch), batch_now_ms(batch), batch_next_sequence(batch)},
	};
	/* An allocation that moved makes two of ours. */
	following.wires = ARENA_ARRAY(following.moment.arena, struct wire_event, 2 * events);
	for (uint32_t at = 0; at < events; at++) {
		if (!quota_room(state))
			stop("matching", "a table is full", from->events[at].kind, from->sequence);
		matching_seen(&following, &from->events[at]);
	}
	if (following.count > 0 || item->last)
		batch_follow(batch, item, following.wires, following.count);
}

void quota_follow(struct quota_state *state, struct batch *batch, const struct item *item)
{
	if (strcmp(item->stream.text, "membership") == 0)
		follow_membership(state, batch, item);
	else
		follow_matching(state, batch, item);
}
