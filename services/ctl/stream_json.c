/* Records and events as JSON and as lines; see stream.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/message.h"
#include "services/ctl/show.h"
#include "services/ctl/stream.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/membership/v1/membership.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define MEMBERSHIP(kind) TASHEEM__MEMBERSHIP__V1__EVENT_KIND__EVENT_KIND_##kind
#define QUOTA(kind) TASHEEM__QUOTA__V1__EVENT_KIND__EVENT_KIND_##kind
#define MATCHING(kind) TASHEEM__MATCHING__V1__EVENT_KIND__EVENT_KIND_##kind
#define OF_MEMBERSHIP(name) &tasheem__membership__v1__##name##__descriptor
#define OF_QUOTA(name) &tasheem__quota__v1__##name##__descriptor
#define OF_MATCHING(name) &tasheem__matching__v1__##name##__descriptor

static const struct {
	uint32_t kind;
	const ProtobufCMessageDescriptor *descriptor;
} events[] = {
        {MEMBERSHIP(PARTY_REGISTERED), OF_MEMBERSHIP(party_registered)},
        {MEMBERSHIP(UNION_REGISTERED), OF_MEMBERSHIP(union_registered)},
        {MEMBERSHIP(COOPERATIVE_REGISTERED), OF_MEMBERSHIP(cooperative_registered)},
        {MEMBERSHIP(MEMBERSHIP_CHANGED), OF_MEMBERSHIP(membership_changed)},
        {MEMBERSHIP(LICENCE_CHANGED), OF_MEMBERSHIP(licence_changed)},
        {MEMBERSHIP(PRINCIPAL_CHANGED), OF_MEMBERSHIP(principal_changed)},
        {MEMBERSHIP(MANDATE_CHANGED), OF_MEMBERSHIP(mandate_changed)},
        {QUOTA(REGIME_APPROVED), OF_QUOTA(regime_approved)},
        {QUOTA(PURCHASE_RECORDED), OF_QUOTA(purchase_recorded)},
        {QUOTA(CEILING_CHANGED), OF_QUOTA(ceiling_changed)},
        {QUOTA(REQUEST_CHANGED), OF_QUOTA(request_changed)},
        {QUOTA(REQUEST_EXCLUDED), OF_QUOTA(request_excluded)},
        {QUOTA(BOOK_CLOSED), OF_QUOTA(book_closed)},
        {QUOTA(PARTY_LEARNED), OF_MEMBERSHIP(party_registered)},
        {QUOTA(COOPERATIVE_LEARNED), OF_MEMBERSHIP(cooperative_registered)},
        {QUOTA(MEMBERSHIP_LEARNED), OF_MEMBERSHIP(membership_changed)},
        {QUOTA(LICENCE_LEARNED), OF_MEMBERSHIP(licence_changed)},
        {QUOTA(PRINCIPAL_LEARNED), OF_MEMBERSHIP(principal_changed)},
        {QUOTA(MANDATE_LEARNED), OF_MEMBERSHIP(mandate_changed)},
        {QUOTA(ROUND_LEARNED), OF_QUOTA(round_learned)},
        {MATCHING(SUPPLIER_REGISTERED), OF_MATCHING(supplier_registered)},
        {MATCHING(OFFER_CHANGED), OF_MATCHING(offer_changed)},
        {MATCHING(ROUND_CHANGED), OF_MATCHING(round_changed)},
        {MATCHING(ALLOCATION_CHANGED), OF_MATCHING(allocation_changed)},
        {MATCHING(BUNDLE_PART), OF_MATCHING(bundle_part)},
        {MATCHING(SHARE_DECIDED), OF_MATCHING(share_decided)},
        {MATCHING(REQUEST_LEARNED), OF_QUOTA(request_changed)},
        {MATCHING(REGIME_LEARNED), OF_QUOTA(regime_approved)},
        {MATCHING(BOOK_LEARNED), OF_MATCHING(book_learned)},
        {MATCHING(PRINCIPAL_LEARNED), OF_MEMBERSHIP(principal_changed)},
        {MATCHING(MANDATE_LEARNED), OF_MEMBERSHIP(mandate_changed)},
        {MATCHING(EXCLUSION_LEARNED), OF_MATCHING(exclusion_learned)},
};

static const char *kind_name(uint32_t kind, bool event)
{
	const ProtobufCEnumDescriptor *kinds[] = {
	        event ? &tasheem__membership__v1__event_kind__descriptor
	              : &tasheem__membership__v1__command_kind__descriptor,
	        event ? &tasheem__quota__v1__event_kind__descriptor
	              : &tasheem__quota__v1__command_kind__descriptor,
	        event ? &tasheem__matching__v1__event_kind__descriptor
	              : &tasheem__matching__v1__command_kind__descriptor,
	};
	for (size_t at = 0; at < 3 && kind; at++) {
		const char *name = message_enum_name(kinds[at], (int)kind);
		if (name)
			return name;
	}
	return "";
}

json_t *stream_event_json(struct ctl *ctl, const struct wire_event *event)
{
	json_t *json = json_pack("{s:s, s:i}", "event", kind_name(event->kind, true), "event_kind",
	                         (int)event->kind);
	for (size_t at = 0; at < sizeof events / sizeof *events; at++) {
		if (events[at].kind != event->kind)
			continue;
		const ProtobufCMessage *message =
		        wire_decode_trusted(&ctl->arena, events[at].descriptor, event->payload);
		json_t *fields = message ? message_to_json(message) : NULL;
		json_object_update(json, fields);
		json_decref(fields);
	}
	return json;
}

const Tasheem__Common__V1__Answer *stream_answer(struct ctl *ctl, const struct record *record)
{
	if (!record->answer.size)
		return NULL;
	return WIRE_DECODE_TRUSTED(&ctl->arena, Tasheem__Common__V1__Answer,
	                           tasheem__common__v1__answer, record->answer);
}

json_t *stream_record_json(struct ctl *ctl, const char *name, const struct record *record)
{
	const Tasheem__Common__V1__Answer *answer = stream_answer(ctl, record);
	json_t *list = json_array();
	for (uint32_t at = 0; at < record->event_count; at++)
		json_array_append_new(list, stream_event_json(ctl, &record->events[at]));
	json_t *json = json_pack(
	        "{s:s, s:I, s:I, s:s, s:s, s:s, s:o}", "stream", name, "sequence",
	        (json_int_t)record->sequence, "time_ms", (json_int_t)record->time_ms, "principal",
	        record->principal.text, "command", kind_name(record->kind, false), "correlation_id",
	        record->correlation_id ? record->correlation_id : "", "events", list);
	if (record->cursor.sequence)
		json_object_set_new(json, "cursor",
		                    json_pack("{s:s, s:I}", "stream", record->cursor.stream.text,
		                              "sequence", (json_int_t)record->cursor.sequence));
	if (answer) {
		json_t *said = message_to_json(&answer->base);
		json_object_del(said, "id");
		json_object_del(said, "body");
		json_object_set_new(json, "answer", said);
	}
	return json;
}

/* A field of the event, or of the noun inside it. */
static const json_t *event_field(const json_t *event, const char *field)
{
	const char *name;
	json_t *inner;
	const json_t *value = json_object_get(event, field);
	json_object_foreach((json_t *)event, name, inner)
	{
		if (!value && json_is_object(inner))
			value = json_object_get(inner, field);
	}
	return value;
}

/* The few fields of an event that say what changed. */
static void put_event(struct ctl *ctl, const json_t *event)
{
	static const char *const wanted[] = {
	        "request_id", "allocation_id", "offer_id",       "round_id", "union_id",
	        "party_id",   "licence_id",    "cooperative_id", "family",   "state",
	        "kind",       "quantity_kg",   "placed_kg",      "reason",   "draw",
	        "ceiling_kg", "reserved_kg",   "used_kg",        "name"};
	printf("      %s", json_text(event, "event"));
	for (size_t at = 0; at < sizeof wanted / sizeof *wanted; at++) {
		const json_t *value = event_field(event, wanted[at]);
		bool said = json_integer_value(value) ||
		            (json_is_string(value) && *json_string_value(value));
		if (said)
			printf("  %s=%s", wanted[at], show_value(ctl, wanted[at], value));
	}
	putchar('\n');
}

void stream_tell(struct ctl *ctl, const json_t *record)
{
	const json_t *answer = json_object_get(record, "answer");
	const json_t *list = json_object_get(record, "events");
	size_t count = json_array_size(list);
	printf("%s  %-10s #%s  %s  %s %s\n", show_instant(ctl, json_number(record, "time_ms")),
	       json_text(record, "stream"), show_number(ctl, json_number(record, "sequence")),
	       show_id(ctl, json_text(record, "principal")), json_text(record, "command"),
	       answer ? show_word(ctl, json_text(answer, "code")) : "");
	for (size_t at = 0; at < count; at++)
		put_event(ctl, json_array_get(list, at));
	const json_t *reasons = json_object_get(answer, "reasons");
	for (size_t at = 0; at < json_array_size(reasons); at++)
		printf("      %s %s %s / %s\n", json_text(json_array_get(reasons, at), "code"),
		       json_text(json_array_get(reasons, at), "subject"),
		       show_number(ctl, json_number(json_array_get(reasons, at), "value")),
		       show_number(ctl, json_number(json_array_get(reasons, at), "limit")));
}
