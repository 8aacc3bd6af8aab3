/* Payloads of commands to structs whose every field is in its range. Format
 * errors stop here (invalid); rules are decide's. */
#include "services/membership/membership.h"

#include <string.h>

#include "common/calendar.h"
#include "common/identifiers.h"
#include "common/wire.h"
#include "tasheem/membership/v1/membership.pb-c.h"

enum { MAX_SHARES = 1000000000, MAX_RATE = 1000000000, HOURS_OF_YEAR = 8784 };

static void invalid(struct verdict *verdict, enum reason_code reason, const char *field,
                    int64_t value, int64_t limit)
{
	verdict_add(verdict, CODE_INVALID, reason, field, value, limit);
}

/* Folded text of at most size - 1 bytes. */
static void take_text(const char *text, char *out, size_t size, const char *field,
                      struct verdict *verdict)
{
	if (!identifier_normalise_name(text, out, size))
		invalid(verdict, REASON_OUT_OF_RANGE, field, (int64_t)strlen(text),
		        (int64_t)size - 1);
}

/* The name of a noun, which is never empty. */
static void take_title(const char *text, char out[NAME_SIZE], struct verdict *verdict)
{
	take_text(text, out, NAME_SIZE, "name", verdict);
	if (text[0] == '\0')
		invalid(verdict, REASON_OUT_OF_RANGE, "name", 0, 1);
}

static void take_range(int64_t value, int64_t low, int64_t high, const char *field,
                       struct verdict *verdict)
{
	if (value < low || value > high)
		invalid(verdict, REASON_OUT_OF_RANGE, field, value, value < low ? low : high);
}

static void take_day(int32_t day, const char *field, struct verdict *verdict)
{
	if (!calendar_day_valid(day))
		invalid(verdict, REASON_OUT_OF_RANGE, field, day, 0);
}

/* Digits of a person, legal entity, foreigner or cooperative. */
static void take_party_id(const char *text, struct party_id *id, const char *field,
                          struct verdict *verdict)
{
	size_t size = strlen(text);
	bool good = party_id_set(id, text) && size >= 10 && size <= 12 &&
	            identifier_is_digits(text, size);
	if (!good)
		invalid(verdict, REASON_ID_FORMAT, field, (int64_t)size, 0);
}

/* [A-Z0-9], 1 to 15 characters. */
static bool is_code(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!((*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9')))
			return false;
	return *text != '\0' && strlen(text) <= 15;
}

static void take_union_id(const char *text, struct union_id *id, const char *field,
                          struct verdict *verdict)
{
	if (!is_code(text) || !union_id_set(id, text))
		invalid(verdict, REASON_ID_FORMAT, field, (int64_t)strlen(text), 0);
}

static void take_licence_id(const char *text, struct licence_id *id, struct verdict *verdict)
{
	if (!is_code(text) || !licence_id_set(id, text))
		invalid(verdict, REASON_ID_FORMAT, "licence_id", (int64_t)strlen(text), 0);
}

/* [a-z0-9._-], 1 to 31 characters. */
static void take_name(const char *text, struct principal_name *name, const char *field,
                      struct verdict *verdict)
{
	bool good = identifier_is_token(text, 31) && principal_name_set(name, text);
	for (const char *at = text; good && *at; at++)
		good = !(*at >= 'A' && *at <= 'Z');
	if (!good)
		invalid(verdict, REASON_ID_FORMAT, field, (int64_t)strlen(text), 0);
}

static bool is_z85(const char *text)
{
	static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	                               "XYZ.-:+=^!/*?&<>()[]{}@%$#";
	return strlen(text) == KEY_TEXT_SIZE - 1 && strspn(text, alphabet) == KEY_TEXT_SIZE - 1;
}

/* Three capital letters. */
static void take_nationality(const char *text, char out[4], struct verdict *verdict)
{
	bool good = strlen(text) == 3;
	for (size_t i = 0; good && i < 3; i++)
		good = text[i] >= 'A' && text[i] <= 'Z';
	if (good)
		memcpy(out, text, 4);
	else
		invalid(verdict, REASON_OUT_OF_RANGE, "nationality", 0, 0);
}

/* Of the message every take_* function sees: absent sub-messages are malformed. */
#define TAKE(type, prefix)                                                                         \
	const Tasheem__Membership__V1__##type *message =                                           \
	        WIRE_DECODE(arena, Tasheem__Membership__V1__##type,                                \
	                    tasheem__membership__v1__##prefix, payload)

static void take_party(struct arena *arena, struct bytes payload, struct party *party,
                       struct verdict *verdict)
{
	TAKE(PartyRegister, party_register);
	if (!message || !message->party) {
		invalid(verdict, REASON_MALFORMED, "party_register", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Party *from = message->party;
	take_party_id(from->party_id, &party->id, "party_id", verdict);
	take_range(from->kind, PARTY_PERSON, PARTY_FOREIGNER, "kind", verdict);
	party->kind = (enum party_kind)from->kind;
	/* Length follows from the kind: 10, 11, 12 digits. */
	if (verdict->code == CODE_ACCEPTED && strlen(from->party_id) != 9U + party->kind)
		invalid(verdict, REASON_ID_FORMAT, "party_id", (int64_t)strlen(from->party_id),
		        9 + (int64_t)party->kind);
	take_title(from->name, party->name, verdict);
	take_nationality(from->nationality, party->nationality, verdict);
	take_text(from->county, party->county, PLACE_SIZE, "county", verdict);
}

static void take_union(struct arena *arena, struct bytes payload, struct syndicate *syndicate,
                       struct verdict *verdict)
{
	TAKE(UnionRegister, union_register);
	if (!message || !message->union_) {
		invalid(verdict, REASON_MALFORMED, "union_register", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Union *from = message->union_;
	take_union_id(from->union_id, &syndicate->id, "union_id", verdict);
	take_title(from->name, syndicate->name, verdict);
	take_range(from->level, UNION_COUNTY, UNION_NATIONAL, "level", verdict);
	syndicate->level = (enum union_level)from->level;
	take_text(from->place, syndicate->place, PLACE_SIZE, "place", verdict);
	if (from->parent_union_id[0])
		take_union_id(from->parent_union_id, &syndicate->parent_id, "parent_union_id",
		              verdict);
}

static void take_cooperative(struct arena *arena, struct bytes payload,
                             struct cooperative *cooperative, struct verdict *verdict)
{
	TAKE(CooperativeRegister, cooperative_register);
	if (!message || !message->cooperative) {
		invalid(verdict, REASON_MALFORMED, "cooperative_register", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Cooperative *from = message->cooperative;
	take_party_id(from->cooperative_id, &cooperative->id, "cooperative_id", verdict);
	take_title(from->name, cooperative->name, verdict);
	take_range(from->kind, COOPERATIVE_SUPPLY, COOPERATIVE_URBAN_DEVELOPMENT, "kind", verdict);
	cooperative->kind = (enum cooperative_kind)from->kind;
	take_text(from->county, cooperative->county, PLACE_SIZE, "county", verdict);
	if (from->union_id[0])
		take_union_id(from->union_id, &cooperative->union_id, "union_id", verdict);
	take_day(from->registered_on_jalali, "registered_on_jalali", verdict);
	cooperative->registered_on = from->registered_on_jalali;
	cooperative->foreign_members_allowed = from->foreign_members_allowed;
}

static void take_membership(struct arena *arena, struct bytes payload,
                            struct membership *membership, struct verdict *verdict)
{
	TAKE(MembershipJoin, membership_join);
	if (!message || !message->membership) {
		invalid(verdict, REASON_MALFORMED, "membership_join", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Membership *from = message->membership;
	take_party_id(from->cooperative_id, &membership->key.cooperative_id, "cooperative_id",
	              verdict);
	take_party_id(from->party_id, &membership->key.party_id, "party_id", verdict);
	take_range(from->shares, 1, MAX_SHARES, "shares", verdict);
	membership->shares = from->shares;
	take_day(from->joined_on_jalali, "joined_on_jalali", verdict);
	membership->joined_on = from->joined_on_jalali;
	take_text(from->legal_basis, membership->legal_basis, BASIS_SIZE, "legal_basis", verdict);
}

static void take_change(struct arena *arena, struct bytes payload, struct membership_change *change,
                        struct verdict *verdict)
{
	TAKE(MembershipChange, membership_change);
	if (!message) {
		invalid(verdict, REASON_MALFORMED, "membership_change", 0, 0);
		return;
	}
	take_party_id(message->cooperative_id, &change->key.cooperative_id, "cooperative_id",
	              verdict);
	take_party_id(message->party_id, &change->key.party_id, "party_id", verdict);
	take_text(message->reason, change->reason, REASON_SIZE, "reason", verdict);
}

static void take_line(const Tasheem__Membership__V1__LicenceLine *from, struct licence_line *line,
                      struct verdict *verdict)
{
	if (identifier_check_product(from->product_code) != REASON_NONE ||
	    !product_code_set(&line->product, from->product_code))
		invalid(verdict, REASON_ID_FORMAT, "product_code",
		        (int64_t)strlen(from->product_code), 10);
	take_range(from->machine_rate_kg_per_h, 1, MAX_RATE, "machine_rate_kg_per_h", verdict);
	take_range(from->hours_per_year, 1, HOURS_OF_YEAR, "hours_per_year", verdict);
	take_range(from->efficiency_percent, 1, 100, "efficiency_percent", verdict);
	line->machine_rate_kg_per_h = from->machine_rate_kg_per_h;
	line->hours_per_year = from->hours_per_year;
	line->efficiency_percent = from->efficiency_percent;
	line->nominal_capacity_kg_per_year = from->nominal_capacity_kg_per_year;
}

static void take_licence(struct arena *arena, struct bytes payload, struct licence *licence,
                         struct verdict *verdict)
{
	TAKE(LicenceRegister, licence_register);
	if (!message || !message->licence) {
		invalid(verdict, REASON_MALFORMED, "licence_register", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Licence *from = message->licence;
	take_licence_id(from->licence_id, &licence->id, verdict);
	take_party_id(from->party_id, &licence->party_id, "party_id", verdict);
	take_range(from->kind, LICENCE_ESTABLISHMENT, LICENCE_GUILD, "kind", verdict);
	licence->kind = (enum licence_kind)from->kind;
	take_text(from->county, licence->county, PLACE_SIZE, "county", verdict);
	take_day(from->valid_from_jalali, "valid_from_jalali", verdict);
	take_day(from->valid_to_jalali, "valid_to_jalali", verdict);
	licence->valid_from = from->valid_from_jalali;
	licence->valid_to = from->valid_to_jalali;
	take_range((int64_t)from->n_lines, 1, LICENCE_MAX_LINES, "lines", verdict);
	if (from->n_lines > LICENCE_MAX_LINES)
		return;
	licence->line_count = (uint32_t)from->n_lines;
	for (uint32_t i = 0; i < licence->line_count; i++)
		take_line(from->lines[i], &licence->lines[i], verdict);
}

static void take_licence_revoke(struct arena *arena, struct bytes payload,
                                struct licence_revoke *revoke, struct verdict *verdict)
{
	TAKE(LicenceRevoke, licence_revoke);
	if (!message) {
		invalid(verdict, REASON_MALFORMED, "licence_revoke", 0, 0);
		return;
	}
	take_licence_id(message->licence_id, &revoke->id, verdict);
	take_text(message->reason, revoke->reason, REASON_SIZE, "reason", verdict);
}

static void take_principal(struct arena *arena, struct bytes payload, struct principal *principal,
                           struct verdict *verdict)
{
	TAKE(PrincipalRegister, principal_register);
	if (!message || !message->principal) {
		invalid(verdict, REASON_MALFORMED, "principal_register", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Principal *from = message->principal;
	take_name(from->name, &principal->name, "name", verdict);
	if (is_z85(from->public_key))
		memcpy(principal->key.text, from->public_key, KEY_TEXT_SIZE);
	else
		invalid(verdict, REASON_ID_FORMAT, "public_key", (int64_t)strlen(from->public_key),
		        KEY_TEXT_SIZE - 1);
	take_range(from->role, ROLE_OPERATOR, ROLE_SOLVER, "role", verdict);
	principal->role = (enum role)from->role;
	/* A supplier's id is not made of digits alone. */
	if (from->party_id[0] && (!identifier_is_token(from->party_id, 15) ||
	                          !party_id_set(&principal->party_id, from->party_id)))
		invalid(verdict, REASON_ID_FORMAT, "party_id", (int64_t)strlen(from->party_id), 15);
}

static void take_principal_revoke(struct arena *arena, struct bytes payload,
                                  struct principal_name *name, struct verdict *verdict)
{
	TAKE(PrincipalRevoke, principal_revoke);
	if (!message)
		invalid(verdict, REASON_MALFORMED, "principal_revoke", 0, 0);
	else
		take_name(message->name, name, "name", verdict);
}

static void take_mandate_key(const char *party_id, const char *principal, struct mandate_key *key,
                             struct verdict *verdict)
{
	if (!identifier_is_token(party_id, 15) || !party_id_set(&key->party_id, party_id))
		invalid(verdict, REASON_ID_FORMAT, "party_id", (int64_t)strlen(party_id), 15);
	take_name(principal, &key->principal, "principal", verdict);
}

static void take_mandate(struct arena *arena, struct bytes payload, struct mandate *mandate,
                         struct verdict *verdict)
{
	TAKE(MandateGrant, mandate_grant);
	if (!message || !message->mandate) {
		invalid(verdict, REASON_MALFORMED, "mandate_grant", 0, 0);
		return;
	}
	const Tasheem__Membership__V1__Mandate *from = message->mandate;
	take_mandate_key(from->party_id, from->principal, &mandate->key, verdict);
	take_range((int64_t)from->n_kinds, 0, MANDATE_MAX_KINDS, "kinds", verdict);
	take_range(from->until_ms, 0, INT64_MAX, "until_ms", verdict);
	mandate->until_ms = from->until_ms;
	if (from->n_kinds > MANDATE_MAX_KINDS)
		return;
	mandate->kind_count = (uint32_t)from->n_kinds;
	for (uint32_t i = 0; i < mandate->kind_count; i++)
		mandate->kinds[i] = from->kinds[i];
}

static void take_mandate_revoke(struct arena *arena, struct bytes payload, struct mandate_key *key,
                                struct verdict *verdict)
{
	TAKE(MandateRevoke, mandate_revoke);
	if (!message)
		invalid(verdict, REASON_MALFORMED, "mandate_revoke", 0, 0);
	else
		take_mandate_key(message->party_id, message->principal, key, verdict);
}

static bool may_import(uint32_t kind)
{
	return kind == PARTY_REGISTER || kind == UNION_REGISTER || kind == COOPERATIVE_REGISTER ||
	       kind == MEMBERSHIP_JOIN || kind == LICENCE_REGISTER;
}

static bool take_one(struct arena *arena, struct bytes payload, struct command *command,
                     struct verdict *verdict);

static void take_row(struct arena *arena, const Tasheem__Membership__V1__RegistryRow *from,
                     struct command *row, struct verdict *verdict)
{
	struct bytes payload = {from->payload.data, from->payload.len};
	row->kind = (enum command_kind)from->kind;
	if (!may_import(from->kind))
		invalid(verdict, REASON_UNKNOWN_KIND, "kind", from->kind, 0);
	else
		(void)take_one(arena, payload, row, verdict);
}

static void take_import(struct arena *arena, struct bytes payload, struct command *command,
                        struct verdict *verdict)
{
	TAKE(RegistryImport, registry_import);
	if (!message) {
		invalid(verdict, REASON_MALFORMED, "registry_import", 0, 0);
		return;
	}
	take_range((int64_t)message->n_rows, 1, IMPORT_MAX_ROWS, "rows", verdict);
	if (verdict->code != CODE_ACCEPTED)
		return;
	struct command *rows = ARENA_ARRAY(arena, struct command, message->n_rows);
	for (uint32_t i = 0; i < message->n_rows; i++) {
		struct verdict row = {.code = CODE_ACCEPTED};
		take_row(arena, message->rows[i], &rows[i], &row);
		for (uint32_t j = 0; j < row.reason_count; j++)
			invalid(verdict, row.reasons[j].code,
			        arena_format(arena, "row %u: %s", i + 1, row.reasons[j].subject),
			        row.reasons[j].value, row.reasons[j].limit);
	}
	command->import.row_count = (uint32_t)message->n_rows;
	command->import.rows = rows;
}

static bool take_one(struct arena *arena, struct bytes payload, struct command *command,
                     struct verdict *verdict)
{
	switch (command->kind) {
	case PARTY_REGISTER:
		take_party(arena, payload, &command->party, verdict);
		break;
	case UNION_REGISTER:
		take_union(arena, payload, &command->syndicate, verdict);
		break;
	case COOPERATIVE_REGISTER:
		take_cooperative(arena, payload, &command->cooperative, verdict);
		break;
	case MEMBERSHIP_JOIN:
		take_membership(arena, payload, &command->membership, verdict);
		break;
	case MEMBERSHIP_SUSPEND:
	case MEMBERSHIP_RESUME:
	case MEMBERSHIP_END:
		take_change(arena, payload, &command->change, verdict);
		break;
	case LICENCE_REGISTER:
		take_licence(arena, payload, &command->licence, verdict);
		break;
	case LICENCE_REVOKE:
		take_licence_revoke(arena, payload, &command->licence_revoke, verdict);
		break;
	case PRINCIPAL_REGISTER:
		take_principal(arena, payload, &command->principal, verdict);
		break;
	case PRINCIPAL_REVOKE:
		take_principal_revoke(arena, payload, &command->principal_revoke, verdict);
		break;
	case MANDATE_GRANT:
		take_mandate(arena, payload, &command->mandate, verdict);
		break;
	case MANDATE_REVOKE:
		take_mandate_revoke(arena, payload, &command->mandate.key, verdict);
		break;
	case REGISTRY_IMPORT:
		take_import(arena, payload, command, verdict);
		break;
	}
	return verdict->code == CODE_ACCEPTED;
}

bool membership_command_decode(struct arena *arena, uint32_t kind, struct bytes payload,
                               struct command *command, struct verdict *verdict)
{
	memset(command, 0, sizeof *command);
	memset(verdict, 0, sizeof *verdict);
	verdict->code = CODE_ACCEPTED;
	if (kind < PARTY_REGISTER || kind > REGISTRY_IMPORT) {
		invalid(verdict, REASON_UNKNOWN_KIND, "kind", kind, 0);
		return false;
	}
	command->kind = (enum command_kind)kind;
	return take_one(arena, payload, command, verdict);
}
