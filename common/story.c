/* What a record says in the log, and whom an event names. Both read events by
 * protobuf's own descriptors: a new event needs one row here and nothing else.
 * The log line of an event carries its ids, states and amounts, so that grep
 * follows one request through all daemons. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon_internal.h"
#include "log.h"
#include "wire.h"

#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define MEMBERSHIP(event) &tasheem__membership__v1__##event##__descriptor
#define QUOTA(event) &tasheem__quota__v1__##event##__descriptor
#define MATCHING(event) &tasheem__matching__v1__##event##__descriptor

/* Events that tell a story of their own; what is learned from other streams was told there. */
static const struct told {
	uint32_t kind;
	const char *name;
	const ProtobufCMessageDescriptor *message;
} told[] = {
        {1100, "membership.party_registered", MEMBERSHIP(party_registered)},
        {1101, "membership.union_registered", MEMBERSHIP(union_registered)},
        {1102, "membership.cooperative_registered", MEMBERSHIP(cooperative_registered)},
        {1103, "membership.membership_changed", MEMBERSHIP(membership_changed)},
        {1104, "membership.licence_changed", MEMBERSHIP(licence_changed)},
        {1105, "membership.principal_changed", MEMBERSHIP(principal_changed)},
        {1106, "membership.mandate_changed", MEMBERSHIP(mandate_changed)},
        {1200, "quota.regime_approved", QUOTA(regime_approved)},
        {1201, "quota.purchase_recorded", QUOTA(purchase_recorded)},
        {1202, "quota.ceiling_changed", QUOTA(ceiling_changed)},
        {1203, "quota.request_changed", QUOTA(request_changed)},
        {1204, "quota.request_excluded", QUOTA(request_excluded)},
        {1205, "quota.book_closed", QUOTA(book_closed)},
        {1300, "matching.supplier_registered", MATCHING(supplier_registered)},
        {1301, "matching.offer_changed", MATCHING(offer_changed)},
        {1302, "matching.round_changed", MATCHING(round_changed)},
        {1303, "matching.allocation_changed", MATCHING(allocation_changed)},
        {1304, "matching.bundle_part", MATCHING(bundle_part)},
        {1305, "matching.share_decided", MATCHING(share_decided)},
};

static const ProtobufCEnumDescriptor *const kinds[] = {
        &tasheem__common__v1__kind__descriptor,
        &tasheem__membership__v1__command_kind__descriptor,
        &tasheem__quota__v1__command_kind__descriptor,
        &tasheem__matching__v1__command_kind__descriptor,
};

static const struct told *told_of(uint32_t kind)
{
	for (size_t at = 0; at < sizeof told / sizeof *told; at++)
		if (told[at].kind == kind)
			return &told[at];
	return NULL;
}

/* "COMMAND_KIND_REQUEST_FILE" of the enum CommandKind: "request_file". */
static void short_name(const ProtobufCEnumDescriptor *type, int value, char *out, size_t size)
{
	const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);
	snprintf(out, size, "%d", value);
	if (!found)
		return;
	const ProtobufCEnumValue *zero = protobuf_c_enum_descriptor_get_value(type, 0);
	size_t prefix = zero ? strlen(zero->name) - strlen("UNSPECIFIED") : 0;
	size_t at = 0;
	for (const char *from = found->name + prefix; *from && at + 1 < size; from++)
		out[at++] = (char)tolower((unsigned char)*from);
	out[at] = '\0';
}

const char *story_kind_name(struct arena *arena, uint32_t kind)
{
	for (size_t at = 0; kind && at < sizeof kinds / sizeof *kinds; at++)
		if (protobuf_c_enum_descriptor_get_value(kinds[at], (int)kind)) {
			char name[64];
			short_name(kinds[at], (int)kind, name, sizeof name);
			return arena_format(arena, "%s", name);
		}
	return "?";
}

struct line {
	char text[640];
	size_t used;
};

static void line_add(struct line *line, const char *name, const char *value)
{
	int size = snprintf(line->text + line->used, sizeof line->text - line->used, " %s=%s", name,
	                    value);
	if (size > 0 && line->used + (size_t)size < sizeof line->text)
		line->used += (size_t)size;
	else
		line->text[line->used] = '\0';
}

static void line_field(struct line *line, const ProtobufCFieldDescriptor *field, const void *value)
{
	char text[96];
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		const char *string = *(char *const *)value;
		/* Ids and places; people's names stay out of the log. */
		if (string && *string && strcmp(field->name, "name") != 0)
			line_add(line, field->name, log_quote(string));
	} else if (field->type == PROTOBUF_C_TYPE_ENUM) {
		short_name(field->descriptor, *(const int *)value, text, sizeof text);
		line_add(line, field->name, text);
	} else if (field->type == PROTOBUF_C_TYPE_INT64 && *(const int64_t *)value) {
		snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)value);
		line_add(line, field->name, text);
	} else if (field->type == PROTOBUF_C_TYPE_UINT32 && *(const uint32_t *)value) {
		snprintf(text, sizeof text, "%" PRIu32, *(const uint32_t *)value);
		line_add(line, field->name, text);
	}
}

static void line_message(struct line *line, const ProtobufCMessage *message, int depth)
{
	for (unsigned at = 0; at < message->descriptor->n_fields; at++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[at];
		const void *value = (const uint8_t *)message + field->offset;
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			continue;
		if (field->type != PROTOBUF_C_TYPE_MESSAGE)
			line_field(line, field, value);
		else if (depth == 0 && *(ProtobufCMessage *const *)value)
			line_message(line, *(ProtobufCMessage *const *)value, 1);
	}
}

static void tell_event(struct daemon *daemon, const struct record *record,
                       const struct wire_event *event)
{
	const struct told *row = told_of(event->kind);
	if (!row || !log_wanted(row->name))
		return;
	const ProtobufCMessage *message =
	        wire_decode_trusted(&daemon->batch.arena, row->message, event->payload);
	struct line line = {.used = 0};
	if (message)
		line_message(&line, message, 0);
	log_info(row->name, "seq=%" PRIu64 " corr=%s%s", record->sequence,
	         log_quote(record->correlation_id), line.text);
}

static void tell_answer(struct daemon *daemon, const struct record *record)
{
	const Tasheem__Common__V1__Answer *answer =
	        WIRE_DECODE_TRUSTED(&daemon->batch.arena, Tasheem__Common__V1__Answer,
	                            tasheem__common__v1__answer, record->answer);
	if (!answer)
		return;
	bool accepted = answer->code == TASHEEM__COMMON__V1__CODE__CODE_ACCEPTED;
	struct line line = {.used = 0};
	for (size_t at = 0; at < answer->n_reasons; at++) {
		const Tasheem__Common__V1__Reason *reason = answer->reasons[at];
		char text[192];
		snprintf(text, sizeof text, "%s/%s/%" PRId64 "/%" PRId64,
		         reason_name((enum reason_code)reason->code), reason->subject,
		         reason->value, reason->limit);
		line_add(&line, "reason", log_quote(text));
	}
	log_info(accepted ? "command.accepted" : "command.refused",
	         "seq=%" PRIu64 " corr=%s kind=%s principal=%s%s", record->sequence,
	         log_quote(record->correlation_id),
	         story_kind_name(&daemon->batch.arena, record->kind), record->principal.text,
	         line.text);
}

void story_tell(struct daemon *daemon, const struct record *record)
{
	/* A refusal has no event that would name it: it is told whole. */
	const char *event = record->event_count ? "command.accepted" : "command.refused";
	if (record->answer.size && log_wanted(event))
		tell_answer(daemon, record);
	for (uint32_t at = 0; at < record->event_count; at++)
		tell_event(daemon, record, &record->events[at]);
}

static bool is_party_field(const char *name)
{
	return strcmp(name, "party_id") == 0 || strcmp(name, "buyer_id") == 0 ||
	       strcmp(name, "cooperative_id") == 0 || strcmp(name, "supplier_id") == 0;
}

static bool own_party(struct daemon *daemon, const struct principal *principal, const char *text)
{
	struct party_id party;
	return text && party_id_set(&party, text) &&
	       authorise_party(daemon->authorise, principal, &party,
	                       TASHEEM__COMMON__V1__KIND__KIND_WATCH, daemon->batch.now_ms);
}

static bool names_party(struct daemon *daemon, const struct principal *principal,
                        const ProtobufCMessage *message, int depth)
{
	for (unsigned at = 0; at < message->descriptor->n_fields; at++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[at];
		const void *value = (const uint8_t *)message + field->offset;
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			continue;
		if (field->type == PROTOBUF_C_TYPE_STRING && is_party_field(field->name) &&
		    own_party(daemon, principal, *(char *const *)value))
			return true;
		if (field->type == PROTOBUF_C_TYPE_MESSAGE && depth == 0 &&
		    *(ProtobufCMessage *const *)value &&
		    names_party(daemon, principal, *(ProtobufCMessage *const *)value, 1))
			return true;
	}
	return false;
}

bool story_names_party(struct daemon *daemon, const struct principal *principal,
                       const struct wire_event *event)
{
	const struct told *row = told_of(event->kind);
	const ProtobufCMessage *message =
	        row ? wire_decode_trusted(&daemon->batch.arena, row->message, event->payload)
	            : NULL;
	return message && names_party(daemon, principal, message, 0);
}
