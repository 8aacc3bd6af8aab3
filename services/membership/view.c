/* What the registry's records mean for Redis. Values are absolute; keys and
 * fields are described in deploy/redis-keys.md. */
#include "services/membership/membership.h"

#include <inttypes.h>

#include "common/calendar.h"
#include "common/wire.h"
#include "tasheem/membership/v1/membership.pb-c.h"

const char *const membership_families[] = {
        "tasheem:party:*",
        "tasheem:union:*",
        "tasheem:cooperative:*",
        "tasheem:membership:*",
        "tasheem:licence:*",
        "tasheem:principal:*",
        "tasheem:mandate:*",
        "tasheem:index:parties",
        "tasheem:index:unions",
        "tasheem:index:cooperatives",
        "tasheem:index:memberships",
        "tasheem:index:memberships:*",
        "tasheem:index:licences",
        "tasheem:index:licences:*",
        "tasheem:index:principals",
        "tasheem:index:mandates",
        NULL,
};

static const char *const party_kinds[] = {"unspecified", "person", "legal", "foreigner"};
static const char *const union_levels[] = {"unspecified", "county", "province", "national"};
static const char *const cooperative_kinds[] = {"unspecified", "supply", "handicraft_export",
                                                "urban_development"};
static const char *const membership_states[] = {"unspecified", "pending", "active", "suspended",
                                                "ended"};
static const char *const licence_kinds[] = {"unspecified", "establishment", "operating", "guild"};
static const char *const licence_states[] = {"unspecified", "valid", "revoked"};
static const char *const roles[] = {"unspecified", "operator", "authority", "publisher", "supplier",
                                    "clearing",    "auditor",  "service",   "solver"};

/* A name out of a list by its number; numbers beyond it are `unspecified`. */
static const char *name_of(const char *const *names, size_t count, int number)
{
	return number > 0 && (size_t)number < count ? names[number] : names[0];
}

#define NAME_OF(names, number) name_of(names, sizeof(names) / sizeof *(names), (int)(number))

static void view_day(struct view *view, const char *field, int32_t day)
{
	char text[11];
	calendar_day_text(day, text);
	view_text(view, field, "%s", text);
}

static void notice(struct view *view, const char *noun, const char *id, const char *state)
{
	view_publish(
	        view,
	        arena_format(view->arena, "%" PRIu64 " %s %s %s", view->sequence, noun, id, state),
	        "tasheem:events:membership");
}

#define EVENT(type, prefix)                                                                        \
	const Tasheem__Membership__V1__##type *message =                                           \
	        WIRE_DECODE_TRUSTED(view->arena, Tasheem__Membership__V1__##type,                  \
	                            tasheem__membership__v1__##prefix, event->payload);            \
	CHECK(message)

static void view_party(struct view *view, const struct wire_event *event)
{
	EVENT(PartyRegistered, party_registered);
	const Tasheem__Membership__V1__Party *party = message->party;
	view_hash(view, "tasheem:party:%s", party->party_id);
	view_text(view, "party_id", "%s", party->party_id);
	view_text(view, "kind", "%s", NAME_OF(party_kinds, party->kind));
	view_text(view, "name", "%s", party->name);
	view_text(view, "nationality", "%s", party->nationality);
	view_text(view, "county", "%s", party->county);
	view_set_add(view, party->party_id, "tasheem:index:parties");
	notice(view, "party", party->party_id, "registered");
}

static void view_union(struct view *view, const struct wire_event *event)
{
	EVENT(UnionRegistered, union_registered);
	const Tasheem__Membership__V1__Union *from = message->union_;
	view_hash(view, "tasheem:union:%s", from->union_id);
	view_text(view, "union_id", "%s", from->union_id);
	view_text(view, "name", "%s", from->name);
	view_text(view, "level", "%s", NAME_OF(union_levels, from->level));
	view_text(view, "place", "%s", from->place);
	view_text(view, "parent_union_id", "%s", from->parent_union_id);
	view_set_add(view, from->union_id, "tasheem:index:unions");
	notice(view, "union", from->union_id, "registered");
}

static void view_cooperative(struct view *view, const struct wire_event *event)
{
	EVENT(CooperativeRegistered, cooperative_registered);
	const Tasheem__Membership__V1__Cooperative *from = message->cooperative;
	view_hash(view, "tasheem:cooperative:%s", from->cooperative_id);
	view_text(view, "cooperative_id", "%s", from->cooperative_id);
	view_text(view, "name", "%s", from->name);
	view_text(view, "kind", "%s", NAME_OF(cooperative_kinds, from->kind));
	view_text(view, "county", "%s", from->county);
	view_text(view, "union_id", "%s", from->union_id);
	view_day(view, "registered_on_jalali", from->registered_on_jalali);
	view_int(view, "foreign_members_allowed", from->foreign_members_allowed);
	view_int(view, "active_members", 0);
	view_set_add(view, from->cooperative_id, "tasheem:index:cooperatives");
	notice(view, "cooperative", from->cooperative_id, "registered");
}

static void view_membership(struct view *view, const struct wire_event *event)
{
	EVENT(MembershipChanged, membership_changed);
	const Tasheem__Membership__V1__Membership *from = message->membership;
	const char *state = NAME_OF(membership_states, from->state);
	const char *id = arena_format(view->arena, "%s:%s", from->cooperative_id, from->party_id);
	view_hash(view, "tasheem:membership:%s", id);
	view_text(view, "cooperative_id", "%s", from->cooperative_id);
	view_text(view, "party_id", "%s", from->party_id);
	view_int(view, "shares", from->shares);
	view_day(view, "joined_on_jalali", from->joined_on_jalali);
	view_text(view, "legal_basis", "%s", from->legal_basis);
	view_text(view, "state", "%s", state);
	view_text(view, "reason", "%s", message->reason);
	view_hash(view, "tasheem:cooperative:%s", from->cooperative_id);
	view_int(view, "active_members", message->active_members);
	view_set_add(view, id, "tasheem:index:memberships");
	view_set_add(view, from->party_id, "tasheem:index:memberships:%s", from->cooperative_id);
	notice(view, "membership", id, state);
}

/* `product:rate:hours:efficiency:capacity`, lines parted by blanks. */
static const char *lines_text(struct arena *arena, const Tasheem__Membership__V1__Licence *from)
{
	const char *text = "";
	for (size_t i = 0; i < from->n_lines; i++) {
		const Tasheem__Membership__V1__LicenceLine *line = from->lines[i];
		text = arena_format(arena, "%s%s%s:%" PRId64 ":%d:%d:%" PRId64, text, i ? " " : "",
		                    line->product_code, line->machine_rate_kg_per_h,
		                    (int)line->hours_per_year, (int)line->efficiency_percent,
		                    line->nominal_capacity_kg_per_year);
	}
	return text;
}

static void view_licence(struct view *view, const struct wire_event *event)
{
	EVENT(LicenceChanged, licence_changed);
	const Tasheem__Membership__V1__Licence *from = message->licence;
	const char *state = NAME_OF(licence_states, from->state);
	view_hash(view, "tasheem:licence:%s", from->licence_id);
	view_text(view, "licence_id", "%s", from->licence_id);
	view_text(view, "party_id", "%s", from->party_id);
	view_text(view, "kind", "%s", NAME_OF(licence_kinds, from->kind));
	view_text(view, "county", "%s", from->county);
	view_text(view, "lines", "%s", lines_text(view->arena, from));
	view_day(view, "valid_from_jalali", from->valid_from_jalali);
	view_day(view, "valid_to_jalali", from->valid_to_jalali);
	view_text(view, "state", "%s", state);
	view_text(view, "reason", "%s", message->reason);
	view_set_add(view, from->licence_id, "tasheem:index:licences");
	view_set_add(view, from->licence_id, "tasheem:index:licences:%s", from->party_id);
	notice(view, "licence", from->licence_id, state);
}

static void view_principal(struct view *view, const struct wire_event *event)
{
	EVENT(PrincipalChanged, principal_changed);
	const Tasheem__Membership__V1__Principal *from = message->principal;
	view_hash(view, "tasheem:principal:%s", from->name);
	view_text(view, "name", "%s", from->name);
	view_text(view, "public_key", "%s", from->public_key);
	view_text(view, "role", "%s", NAME_OF(roles, from->role));
	view_text(view, "party_id", "%s", from->party_id);
	view_int(view, "revoked", from->revoked);
	view_set_add(view, from->name, "tasheem:index:principals");
	notice(view, "principal", from->name, from->revoked ? "revoked" : "valid");
}

static void view_mandate(struct view *view, const struct wire_event *event)
{
	EVENT(MandateChanged, mandate_changed);
	const Tasheem__Membership__V1__Mandate *from = message->mandate;
	const char *id = arena_format(view->arena, "%s:%s", from->party_id, from->principal);
	const char *kinds = "";
	for (size_t i = 0; i < from->n_kinds; i++)
		kinds = arena_format(view->arena, "%s%s%" PRIu32, kinds, i ? " " : "",
		                     from->kinds[i]);
	view_hash(view, "tasheem:mandate:%s", id);
	view_text(view, "party_id", "%s", from->party_id);
	view_text(view, "principal", "%s", from->principal);
	view_text(view, "kinds", "%s", kinds);
	view_int(view, "until_ms", from->until_ms);
	view_int(view, "revoked", from->revoked);
	view_set_add(view, id, "tasheem:index:mandates");
	notice(view, "mandate", id, from->revoked ? "revoked" : "valid");
}

static void view_event(struct view *view, const struct wire_event *event)
{
	switch ((enum event_kind)event->kind) {
	case PARTY_REGISTERED:
		view_party(view, event);
		return;
	case UNION_REGISTERED:
		view_union(view, event);
		return;
	case COOPERATIVE_REGISTERED:
		view_cooperative(view, event);
		return;
	case MEMBERSHIP_CHANGED:
		view_membership(view, event);
		return;
	case LICENCE_CHANGED:
		view_licence(view, event);
		return;
	case PRINCIPAL_CHANGED:
		view_principal(view, event);
		return;
	case MANDATE_CHANGED:
		view_mandate(view, event);
		return;
	}
}

void membership_view(struct view *view, const struct record *record)
{
	for (uint32_t i = 0; i < record->event_count; i++)
		view_event(view, &record->events[i]);
}
