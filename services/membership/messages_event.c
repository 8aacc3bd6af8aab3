/* Events to the journal and back. What comes back was written by this program
 * and hashed: anything else is our mistake, except a kind it does not know,
 * which stops the daemon with an alarm. */
#include "services/membership/messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/wire.h"

static char *text(const char *from)
{
	return (char *)(uintptr_t)from;
}

#define WRAP(type, prefix, field, value)                                                           \
	Tasheem__Membership__V1__##type message = TASHEEM__MEMBERSHIP__V1__##prefix##__INIT;       \
	message.field = value

static struct bytes encode_membership(struct arena *arena, const struct event *event)
{
	WRAP(MembershipChanged, MEMBERSHIP_CHANGED, membership,
	     message_of_membership(arena, &event->membership));
	message.active_members = event->active_members;
	message.reason = text(event->membership_reason);
	return wire_encode(arena, &message.base);
}

static struct bytes encode_licence(struct arena *arena, const struct event *event)
{
	WRAP(LicenceChanged, LICENCE_CHANGED, licence, message_of_licence(arena, &event->licence));
	message.reason = text(event->licence_reason);
	return wire_encode(arena, &message.base);
}

static struct bytes encode_registered(struct arena *arena, const struct event *event)
{
	if (event->kind == PARTY_REGISTERED) {
		WRAP(PartyRegistered, PARTY_REGISTERED, party,
		     message_of_party(arena, &event->party));
		return wire_encode(arena, &message.base);
	}
	if (event->kind == UNION_REGISTERED) {
		WRAP(UnionRegistered, UNION_REGISTERED, union_,
		     message_of_union(arena, &event->syndicate));
		return wire_encode(arena, &message.base);
	}
	WRAP(CooperativeRegistered, COOPERATIVE_REGISTERED, cooperative,
	     message_of_cooperative(arena, &event->cooperative));
	return wire_encode(arena, &message.base);
}

static struct bytes encode_access(struct arena *arena, const struct event *event)
{
	if (event->kind == PRINCIPAL_CHANGED) {
		WRAP(PrincipalChanged, PRINCIPAL_CHANGED, principal,
		     message_of_principal(arena, &event->principal));
		return wire_encode(arena, &message.base);
	}
	WRAP(MandateChanged, MANDATE_CHANGED, mandate, message_of_mandate(arena, &event->mandate));
	return wire_encode(arena, &message.base);
}

struct wire_event membership_event_encode(struct arena *arena, const struct event *event)
{
	struct wire_event wire = {event->kind, {NULL, 0}};
	switch (event->kind) {
	case PARTY_REGISTERED:
	case UNION_REGISTERED:
	case COOPERATIVE_REGISTERED:
		wire.payload = encode_registered(arena, event);
		break;
	case MEMBERSHIP_CHANGED:
		wire.payload = encode_membership(arena, event);
		break;
	case LICENCE_CHANGED:
		wire.payload = encode_licence(arena, event);
		break;
	case PRINCIPAL_CHANGED:
	case MANDATE_CHANGED:
		wire.payload = encode_access(arena, event);
		break;
	}
	return wire;
}

/* Text of our own journal into a zeroed field. */
static void put_text(char *out, size_t size, const char *from)
{
	size_t length = strlen(from);
	CHECK(length < size);
	memcpy(out, from, length);
}

#define PUT(field, from) put_text(field, sizeof(field), from)

#define OPEN(type, prefix)                                                                         \
	const Tasheem__Membership__V1__##type *message =                                           \
	        WIRE_DECODE_TRUSTED(arena, Tasheem__Membership__V1__##type,                        \
	                            tasheem__membership__v1__##prefix, wire->payload);             \
	CHECK(message)

static void decode_party(struct arena *arena, const struct wire_event *wire, struct party *party)
{
	OPEN(PartyRegistered, party_registered);
	CHECK(message->party);
	const Tasheem__Membership__V1__Party *from = message->party;
	PUT(party->id.text, from->party_id);
	party->kind = (enum party_kind)from->kind;
	PUT(party->name, from->name);
	PUT(party->nationality, from->nationality);
	PUT(party->county, from->county);
}

static void decode_union(struct arena *arena, const struct wire_event *wire,
                         struct syndicate *syndicate)
{
	OPEN(UnionRegistered, union_registered);
	CHECK(message->union_);
	const Tasheem__Membership__V1__Union *from = message->union_;
	PUT(syndicate->id.text, from->union_id);
	PUT(syndicate->name, from->name);
	syndicate->level = (enum union_level)from->level;
	PUT(syndicate->place, from->place);
	PUT(syndicate->parent_id.text, from->parent_union_id);
}

static void decode_cooperative(struct arena *arena, const struct wire_event *wire,
                               struct cooperative *cooperative)
{
	OPEN(CooperativeRegistered, cooperative_registered);
	CHECK(message->cooperative);
	const Tasheem__Membership__V1__Cooperative *from = message->cooperative;
	PUT(cooperative->id.text, from->cooperative_id);
	PUT(cooperative->name, from->name);
	cooperative->kind = (enum cooperative_kind)from->kind;
	PUT(cooperative->county, from->county);
	PUT(cooperative->union_id.text, from->union_id);
	cooperative->registered_on = from->registered_on_jalali;
	cooperative->foreign_members_allowed = from->foreign_members_allowed;
}

static void decode_membership(struct arena *arena, const struct wire_event *wire,
                              struct event *event)
{
	OPEN(MembershipChanged, membership_changed);
	CHECK(message->membership);
	const Tasheem__Membership__V1__Membership *from = message->membership;
	struct membership *membership = &event->membership;
	PUT(membership->key.cooperative_id.text, from->cooperative_id);
	PUT(membership->key.party_id.text, from->party_id);
	membership->shares = from->shares;
	membership->joined_on = from->joined_on_jalali;
	PUT(membership->legal_basis, from->legal_basis);
	membership->state = (enum membership_status)from->state;
	event->active_members = message->active_members;
	PUT(event->membership_reason, message->reason);
}

static void decode_licence(struct arena *arena, const struct wire_event *wire, struct event *event)
{
	OPEN(LicenceChanged, licence_changed);
	CHECK(message->licence);
	const Tasheem__Membership__V1__Licence *from = message->licence;
	struct licence *licence = &event->licence;
	PUT(licence->id.text, from->licence_id);
	PUT(licence->party_id.text, from->party_id);
	licence->kind = (enum licence_kind)from->kind;
	PUT(licence->county, from->county);
	CHECK(from->n_lines <= LICENCE_MAX_LINES);
	licence->line_count = (uint32_t)from->n_lines;
	for (uint32_t i = 0; i < licence->line_count; i++) {
		const Tasheem__Membership__V1__LicenceLine *line = from->lines[i];
		PUT(licence->lines[i].product.text, line->product_code);
		licence->lines[i].machine_rate_kg_per_h = line->machine_rate_kg_per_h;
		licence->lines[i].hours_per_year = line->hours_per_year;
		licence->lines[i].efficiency_percent = line->efficiency_percent;
		licence->lines[i].nominal_capacity_kg_per_year = line->nominal_capacity_kg_per_year;
	}
	licence->valid_from = from->valid_from_jalali;
	licence->valid_to = from->valid_to_jalali;
	licence->state = (enum licence_status)from->state;
	PUT(event->licence_reason, message->reason);
}

static void decode_principal(struct arena *arena, const struct wire_event *wire,
                             struct principal *principal)
{
	OPEN(PrincipalChanged, principal_changed);
	CHECK(message->principal);
	const Tasheem__Membership__V1__Principal *from = message->principal;
	PUT(principal->name.text, from->name);
	PUT(principal->key.text, from->public_key);
	principal->role = (enum role)from->role;
	PUT(principal->party_id.text, from->party_id);
	principal->revoked = from->revoked;
}

static void decode_mandate(struct arena *arena, const struct wire_event *wire,
                           struct mandate *mandate)
{
	OPEN(MandateChanged, mandate_changed);
	CHECK(message->mandate);
	const Tasheem__Membership__V1__Mandate *from = message->mandate;
	PUT(mandate->key.party_id.text, from->party_id);
	PUT(mandate->key.principal.text, from->principal);
	CHECK(from->n_kinds <= MANDATE_MAX_KINDS);
	mandate->kind_count = (uint32_t)from->n_kinds;
	for (uint32_t i = 0; i < mandate->kind_count; i++)
		mandate->kinds[i] = from->kinds[i];
	mandate->until_ms = from->until_ms;
	mandate->revoked = from->revoked;
}

void membership_event_decode(struct arena *arena, const struct wire_event *wire,
                             struct event *event)
{
	memset(event, 0, sizeof *event);
	event->kind = (enum event_kind)wire->kind;
	switch (event->kind) {
	case PARTY_REGISTERED:
		decode_party(arena, wire, &event->party);
		return;
	case UNION_REGISTERED:
		decode_union(arena, wire, &event->syndicate);
		return;
	case COOPERATIVE_REGISTERED:
		decode_cooperative(arena, wire, &event->cooperative);
		return;
	case MEMBERSHIP_CHANGED:
		decode_membership(arena, wire, event);
		return;
	case LICENCE_CHANGED:
		decode_licence(arena, wire, event);
		return;
	case PRINCIPAL_CHANGED:
		decode_principal(arena, wire, &event->principal);
		return;
	case MANDATE_CHANGED:
		decode_mandate(arena, wire, &event->mandate);
		return;
	}
	log_error("record.event.unknown",
	          "kind=%" PRIu32 " what=\"the journal holds an event this version does not know\" "
	          "effect=\"the daemon stops\" action=\"run the version that wrote it\"",
	          wire->kind);
	exit(70);
}
