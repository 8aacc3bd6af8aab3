/* Lookups that see the state and, before it, what is staged. */
#include "services/membership/decide.h"

#include <string.h>

const struct party *staged_party(const struct staged *staged, const struct party_id *id)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == PARTY_REGISTERED && party_id_equal(&event->party.id, id))
			return &event->party;
	}
	return party_find(&staged->state->parties, id);
}

const struct syndicate *staged_union(const struct staged *staged, const struct union_id *id)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == UNION_REGISTERED && union_id_equal(&event->syndicate.id, id))
			return &event->syndicate;
	}
	return syndicate_find(&staged->state->unions, id);
}

const struct cooperative *staged_cooperative(const struct staged *staged, const struct party_id *id)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == COOPERATIVE_REGISTERED &&
		    party_id_equal(&event->cooperative.id, id))
			return &event->cooperative;
	}
	return cooperative_find(&staged->state->cooperatives, id);
}

const struct membership *staged_membership(const struct staged *staged,
                                           const struct membership_key *key)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == MEMBERSHIP_CHANGED &&
		    memcmp(&event->membership.key, key, sizeof *key) == 0)
			return &event->membership;
	}
	return membership_find(&staged->state->memberships, key);
}

const struct licence *staged_licence(const struct staged *staged, const struct licence_id *id)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == LICENCE_CHANGED && licence_id_equal(&event->licence.id, id))
			return &event->licence;
	}
	return licence_find(&staged->state->licences, id);
}

int32_t staged_active_members(const struct staged *staged, const struct party_id *cooperative_id)
{
	for (uint32_t i = staged->count; i-- > 0;) {
		const struct event *event = &staged->events[i];
		if (event->kind == MEMBERSHIP_CHANGED &&
		    party_id_equal(&event->membership.key.cooperative_id, cooperative_id))
			return event->active_members;
	}
	const struct cooperative *row =
	        cooperative_find(&staged->state->cooperatives, cooperative_id);
	return row ? row->active_members : 0;
}

/* An import only adds seats, so a staged one is taken. */
static const struct party_id *new_seat(const struct staged *staged, const struct party_id *party_id,
                                       enum cooperative_kind kind)
{
	for (uint32_t i = 0; i < staged->count; i++) {
		const struct event *event = &staged->events[i];
		if (event->kind != MEMBERSHIP_CHANGED ||
		    !party_id_equal(&event->membership.key.party_id, party_id))
			continue;
		const struct party_id *id = &event->membership.key.cooperative_id;
		if (staged_cooperative(staged, id)->kind == kind)
			return id;
	}
	return NULL;
}

const struct party_id *staged_seat(const struct staged *staged, const struct party_id *party_id,
                                   enum cooperative_kind kind)
{
	const struct party_id *added = new_seat(staged, party_id, kind);
	if (added)
		return added;
	struct seat_key key;
	memset(&key, 0, sizeof key);
	key.party_id = *party_id;
	key.kind = (int32_t)kind;
	const struct seat *seat = seat_find(&staged->state->seats, &key);
	return seat && !party_id_empty(&seat->cooperative_id) ? &seat->cooperative_id : NULL;
}

bool staged_room(const struct staged *staged, const struct table *table, struct verdict *verdict)
{
	if (table_room(table, staged->count + 1))
		return true;
	verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, table->name, table->count,
	            table->capacity);
	return false;
}
