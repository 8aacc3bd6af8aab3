/* The record: one command's outcome, the unit of the journal, of following and
 * of the projection. See proto/tasheem/common/v1 for every field's meaning.
 *
 * A decoded record borrows from the bytes it was decoded from and from the
 * arena: it lives as long as both. */
#ifndef TASHEEM_RECORD_H
#define TASHEEM_RECORD_H

#include "arena.h"
#include "bytes.h"
#include "digest.h"
#include "ids.h"

enum { MESSAGE_ID_BYTES = 16 };

struct message_id {
	uint8_t bytes[MESSAGE_ID_BYTES];
};

/* Kind numbers are those of the service's proto enums. */
struct wire_event {
	uint32_t kind;
	struct bytes payload;
};

struct cursor {
	/* Empty when the cause is not another stream. */
	struct stream_name stream;
	uint64_t sequence;
	uint8_t hash[DIGEST_BYTES];
};

struct record {
	uint64_t sequence;
	int64_t time_ms;
	struct principal_name principal;
	bool has_message_id;
	struct message_id message_id;
	uint8_t body_hash[DIGEST_SHORT_BYTES];
	uint32_t kind;
	const char *correlation_id;
	const char *traceparent;
	struct cursor cursor;
	uint32_t event_count;
	const struct wire_event *events;
	struct bytes answer;
};

/* One commit as it lies in the journal. */
struct row {
	uint64_t first_sequence;
	uint32_t count;
	int64_t time_ms;
	uint8_t previous_hash[DIGEST_BYTES];
	uint8_t hash[DIGEST_BYTES];
	struct bytes body;
};

/* The hash a row must have. */
void row_hash(const struct row *row, uint8_t out[DIGEST_BYTES]);
/* The records of a row's body, NULL when it is not a canonical RowBody of exactly
 * row->count records with consecutive sequences. */
MUST_CHECK const struct record *row_decode(struct arena *arena, const struct row *row);
/* Serialises records to a row's body in the arena. */
struct bytes row_encode(struct arena *arena, const struct record *records, uint32_t count);

#endif
