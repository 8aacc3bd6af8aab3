/* Nouns to protobuf, for events and reads. Texts are borrowed from the nouns. */
#include "services/membership/messages.h"

/* protobuf-c's messages have no const strings; nothing writes through them. */
static char *text(const char *from)
{
	return (char *)(uintptr_t)from;
}

#define NEW(arena, type, prefix)                                                                   \
	Tasheem__Membership__V1__##type *message =                                                 \
	        ARENA_NEW(arena, Tasheem__Membership__V1__##type);                                 \
	tasheem__membership__v1__##prefix##__init(message)

Tasheem__Membership__V1__Party *message_of_party(struct arena *arena, const struct party *party)
{
	NEW(arena, Party, party);
	message->party_id = text(party->id.text);
	message->kind = (Tasheem__Membership__V1__PartyKind)party->kind;
	message->name = text(party->name);
	message->nationality = text(party->nationality);
	message->county = text(party->county);
	return message;
}

Tasheem__Membership__V1__Union *message_of_union(struct arena *arena,
                                                 const struct syndicate *syndicate)
{
	NEW(arena, Union, union);
	message->union_id = text(syndicate->id.text);
	message->name = text(syndicate->name);
	message->level = (Tasheem__Membership__V1__UnionLevel)syndicate->level;
	message->place = text(syndicate->place);
	message->parent_union_id = text(syndicate->parent_id.text);
	return message;
}

Tasheem__Membership__V1__Cooperative *message_of_cooperative(struct arena *arena,
                                                             const struct cooperative *cooperative)
{
	NEW(arena, Cooperative, cooperative);
	message->cooperative_id = text(cooperative->id.text);
	message->name = text(cooperative->name);
	message->kind = (Tasheem__Membership__V1__CooperativeKind)cooperative->kind;
	message->county = text(cooperative->county);
	message->union_id = text(cooperative->union_id.text);
	message->registered_on_jalali = cooperative->registered_on;
	message->foreign_members_allowed = cooperative->foreign_members_allowed;
	return message;
}

Tasheem__Membership__V1__Membership *message_of_membership(struct arena *arena,
                                                           const struct membership *membership)
{
	NEW(arena, Membership, membership);
	message->cooperative_id = text(membership->key.cooperative_id.text);
	message->party_id = text(membership->key.party_id.text);
	message->shares = membership->shares;
	message->joined_on_jalali = membership->joined_on;
	message->legal_basis = text(membership->legal_basis);
	message->state = (Tasheem__Membership__V1__MembershipState)membership->state;
	return message;
}

static Tasheem__Membership__V1__LicenceLine *message_of_line(struct arena *arena,
                                                             const struct licence_line *line)
{
	NEW(arena, LicenceLine, licence_line);
	message->product_code = text(line->product.text);
	message->machine_rate_kg_per_h = line->machine_rate_kg_per_h;
	message->hours_per_year = line->hours_per_year;
	message->efficiency_percent = line->efficiency_percent;
	message->nominal_capacity_kg_per_year = line->nominal_capacity_kg_per_year;
	return message;
}

Tasheem__Membership__V1__Licence *message_of_licence(struct arena *arena,
                                                     const struct licence *licence)
{
	NEW(arena, Licence, licence);
	message->licence_id = text(licence->id.text);
	message->party_id = text(licence->party_id.text);
	message->kind = (Tasheem__Membership__V1__LicenceKind)licence->kind;
	message->county = text(licence->county);
	message->n_lines = licence->line_count;
	message->lines =
	        ARENA_ARRAY(arena, Tasheem__Membership__V1__LicenceLine *, licence->line_count);
	for (uint32_t i = 0; i < licence->line_count; i++)
		message->lines[i] = message_of_line(arena, &licence->lines[i]);
	message->valid_from_jalali = licence->valid_from;
	message->valid_to_jalali = licence->valid_to;
	message->state = (Tasheem__Membership__V1__LicenceState)licence->state;
	return message;
}

Tasheem__Membership__V1__Principal *message_of_principal(struct arena *arena,
                                                         const struct principal *principal)
{
	NEW(arena, Principal, principal);
	message->name = text(principal->name.text);
	message->public_key = text(principal->key.text);
	message->role = (Tasheem__Membership__V1__Role)principal->role;
	message->party_id = text(principal->party_id.text);
	message->revoked = principal->revoked;
	return message;
}

Tasheem__Membership__V1__Mandate *message_of_mandate(struct arena *arena,
                                                     const struct mandate *mandate)
{
	NEW(arena, Mandate, mandate);
	message->party_id = text(mandate->key.party_id.text);
	message->principal = text(mandate->key.principal.text);
	message->n_kinds = mandate->kind_count;
	message->kinds = (uint32_t *)(uintptr_t)mandate->kinds;
	message->until_ms = mandate->until_ms;
	message->revoked = mandate->revoked;
	return message;
}
