/* Records and rows to bytes and back; one of the places where protobuf is seen,
 * so that the rest of common need not. */
#include "record.h"

#include <string.h>

#include "tasheem/common/v1/common.pb-c.h"
#include "wire.h"

void row_hash(const struct row *row, uint8_t out[DIGEST_BYTES])
{
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	digest_add_int(&digest, (int64_t)row->first_sequence);
	digest_add_int(&digest, row->count);
	digest_add_int(&digest, row->time_ms);
	digest_add_bytes(&digest, (struct bytes){row->previous_hash, DIGEST_BYTES});
	digest_add_bytes(&digest, row->body);
	digest_end(&digest, out);
}

static bool cursor_decode(const Tasheem__Common__V1__Cursor *message, struct cursor *cursor)
{
	if (!message)
		return true;
	if (!stream_name_set(&cursor->stream, message->stream) || message->hash.len != DIGEST_BYTES)
		return false;
	cursor->sequence = message->sequence;
	memcpy(cursor->hash, message->hash.data, DIGEST_BYTES);
	return true;
}

static bool record_decode(struct arena *arena, const Tasheem__Common__V1__Record *message,
                          struct record *record)
{
	record->sequence = message->sequence;
	record->time_ms = message->time_ms;
	record->kind = message->kind;
	record->correlation_id = message->correlation_id;
	record->traceparent = message->traceparent;
	record->answer = (struct bytes){message->answer.data, message->answer.len};
	record->has_message_id = message->message_id.len == MESSAGE_ID_BYTES;
	if (record->has_message_id)
		memcpy(record->message_id.bytes, message->message_id.data, MESSAGE_ID_BYTES);
	if (message->body_hash.len == DIGEST_SHORT_BYTES)
		memcpy(record->body_hash, message->body_hash.data, DIGEST_SHORT_BYTES);
	if (!principal_name_set(&record->principal, message->principal) ||
	    !cursor_decode(message->cursor, &record->cursor))
		return false;
	struct wire_event *events = ARENA_ARRAY(arena, struct wire_event, message->n_events);
	for (size_t at = 0; at < message->n_events; at++)
		events[at] = (struct wire_event){
		        message->events[at]->kind,
		        {message->events[at]->payload.data, message->events[at]->payload.len},
		};
	record->events = events;
	record->event_count = (uint32_t)message->n_events;
	return true;
}

const struct record *row_decode(struct arena *arena, const struct row *row)
{
	const Tasheem__Common__V1__RowBody *body = WIRE_DECODE_TRUSTED(
	        arena, Tasheem__Common__V1__RowBody, tasheem__common__v1__row_body, row->body);
	if (!body || body->n_records != row->count || row->count == 0)
		return NULL;
	struct record *records = ARENA_ARRAY(arena, struct record, row->count);
	for (uint32_t at = 0; at < row->count; at++)
		if (!record_decode(arena, body->records[at], &records[at]) ||
		    records[at].sequence != row->first_sequence + at)
			return NULL;
	return records;
}

static void record_encode(struct arena *arena, const struct record *record,
                          Tasheem__Common__V1__Record *message)
{
	tasheem__common__v1__record__init(message);
	message->sequence = record->sequence;
	message->time_ms = record->time_ms;
	message->principal = (char *)(uintptr_t)record->principal.text;
	message->kind = record->kind;
	message->correlation_id = (char *)(uintptr_t)record->correlation_id;
	message->traceparent = (char *)(uintptr_t)record->traceparent;
	message->answer = (ProtobufCBinaryData){record->answer.size,
	                                        (uint8_t *)(uintptr_t)record->answer.data};
	if (record->has_message_id) {
		message->message_id = (ProtobufCBinaryData){
		        MESSAGE_ID_BYTES, (uint8_t *)(uintptr_t)record->message_id.bytes};
		message->body_hash = (ProtobufCBinaryData){DIGEST_SHORT_BYTES,
		                                           (uint8_t *)(uintptr_t)record->body_hash};
	}
	if (!stream_name_empty(&record->cursor.stream)) {
		Tasheem__Common__V1__Cursor *cursor = ARENA_NEW(arena, Tasheem__Common__V1__Cursor);
		tasheem__common__v1__cursor__init(cursor);
		cursor->stream = (char *)(uintptr_t)record->cursor.stream.text;
		cursor->sequence = record->cursor.sequence;
		cursor->hash = (ProtobufCBinaryData){DIGEST_BYTES,
		                                     (uint8_t *)(uintptr_t)record->cursor.hash};
		message->cursor = cursor;
	}
	uint32_t count = record->event_count;
	Tasheem__Common__V1__Event *events = ARENA_ARRAY(arena, Tasheem__Common__V1__Event, count);
	message->events = ARENA_ARRAY(arena, Tasheem__Common__V1__Event *, count);
	message->n_events = count;
	for (uint32_t at = 0; at < count; at++) {
		tasheem__common__v1__event__init(&events[at]);
		events[at].kind = record->events[at].kind;
		events[at].payload.data = (uint8_t *)(uintptr_t)record->events[at].payload.data;
		events[at].payload.len = record->events[at].payload.size;
		message->events[at] = &events[at];
	}
}

struct bytes row_encode(struct arena *arena, const struct record *records, uint32_t count)
{
	Tasheem__Common__V1__RowBody body = TASHEEM__COMMON__V1__ROW_BODY__INIT;
	Tasheem__Common__V1__Record *messages =
	        ARENA_ARRAY(arena, Tasheem__Common__V1__Record, count);
	body.records = ARENA_ARRAY(arena, Tasheem__Common__V1__Record *, count);
	body.n_records = count;
	for (uint32_t at = 0; at < count; at++) {
		record_encode(arena, &records[at], &messages[at]);
		body.records[at] = &messages[at];
	}
	return wire_encode(arena, &body.base);
}
