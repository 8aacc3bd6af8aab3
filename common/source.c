/* The streams a daemon follows. Asking: Follow{after what is taken in, credit};
 * a source that is silent for a second is asked again, so that neither a lost
 * message nor its restart needs a special case. Taking in: rows must continue
 * the chain exactly; what is already known is skipped, a gap is asked for again,
 * another hash is a fork and ends the following until an operator looks. */
#include <inttypes.h>
#include <string.h>

#include "daemon_internal.h"
#include "log.h"
#include "wire.h"

enum { SILENCE_MS = 1000 };

void source_open(struct daemon *daemon)
{
	for (uint32_t at = 0; daemon->service->sources[at]; at++) {
		CHECK(at < BUS_MAX_SOURCES);
		CHECK(stream_name_set(&daemon->sources[at].stream, daemon->service->sources[at]));
		daemon->source_count = at + 1;
	}
}

struct source *source_find(struct daemon *daemon, const char *stream)
{
	for (uint32_t at = 0; at < daemon->source_count; at++)
		if (strcmp(daemon->sources[at].stream.text, stream) == 0)
			return &daemon->sources[at];
	return NULL;
}

void source_advance(struct daemon *daemon, const struct cursor *cursor)
{
	struct source *source = source_find(daemon, cursor->stream.text);
	CHECK(source);
	source->sequence = cursor->sequence;
	memcpy(source->hash, cursor->hash, DIGEST_BYTES);
}

bool source_all_caught_up(const struct daemon *daemon)
{
	for (uint32_t at = 0; at < daemon->source_count; at++)
		if (!daemon->sources[at].caught_up_once || daemon->sources[at].forked)
			return false;
	return true;
}

static void ask(struct daemon *daemon, uint32_t number, bool more, uint64_t credit_bytes)
{
	struct source *source = &daemon->sources[number];
	struct arena *arena = &daemon->batch.arena;
	Tasheem__Common__V1__Follow follow = TASHEEM__COMMON__V1__FOLLOW__INIT;
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT, *items = &item;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	uint8_t id[MESSAGE_ID_BYTES] = {0};
	follow.more = more;
	follow.credit_bytes = credit_bytes;
	if (!more) {
		follow.after_sequence = source->sequence;
		if (source->sequence)
			follow.hash = (ProtobufCBinaryData){DIGEST_BYTES, source->hash};
	}
	struct bytes payload = wire_encode(arena, &follow.base);
	item.id = (ProtobufCBinaryData){sizeof id, id};
	item.kind = TASHEEM__COMMON__V1__KIND__KIND_FOLLOW;
	item.payload = (ProtobufCBinaryData){payload.size, (uint8_t *)(uintptr_t)payload.data};
	envelope.items = &items;
	envelope.n_items = 1;
	/* A full queue is a silent source: it is asked again. */
	if (bus_source_send(daemon->bus, number, wire_encode(arena, &envelope.base)) == BUS_SENT)
		source->taken_bytes = 0;
}

void source_turn(struct daemon *daemon)
{
	int64_t now_ms = clock_monotonic_ms();
	for (uint32_t at = 0; at < daemon->source_count; at++) {
		struct source *source = &daemon->sources[at];
		bool silent = now_ms - source->heard_ms >= SILENCE_MS &&
		              now_ms - source->asked_ms >= SILENCE_MS;
		if (source->forked)
			continue;
		if (source->gap || silent) {
			source->gap = false;
			source->asked_ms = now_ms;
			source->heard = false;
			ask(daemon, at, false, FOLLOW_CREDIT_BYTES);
		} else if (source->taken_bytes >= FOLLOW_CREDIT_BYTES / 2) {
			ask(daemon, at, true, source->taken_bytes);
		}
	}
}

static void fork_alarm(struct source *source, const char *what)
{
	if (source->forked)
		return;
	source->forked = true;
	log_error("follow.forked",
	          "stream=%s sequence=%" PRIu64
	          " what=%s effect=\"not ready: nothing is taken in from "
	          "this stream\" action=\"compare journals with `tasheem journal verify`; restore "
	          "the "
	          "set that belongs together\"",
	          source->stream.text, source->sequence, log_quote(what));
}

static void heard(struct daemon *daemon, struct source *source)
{
	source->heard_ms = clock_monotonic_ms();
	if (!source->heard)
		log_info("follow.connected", "stream=%s sequence=%" PRIu64 " head=%" PRIu64,
		         source->stream.text, source->sequence, source->head_sequence);
	source->heard = true;
	if (!source->caught_up_once && source->sequence >= source->head_sequence) {
		source->caught_up_once = true;
		log_info("follow.caught_up", "stream=%s sequence=%" PRIu64 " ready=%s",
		         source->stream.text, source->sequence,
		         source_all_caught_up(daemon) ? "yes" : "no");
	}
}

static void answers_from_source(const struct source *source,
                                const Tasheem__Common__V1__Reply *reply)
{
	for (size_t at = 0; at < reply->n_answers; at++)
		log_warn(
		        "follow.refused",
		        "stream=%s code=%s effect=\"not followed\" action=\"give this daemon's key "
		        "the role service there\"",
		        source->stream.text, code_name((enum code)reply->answers[at]->code));
}

void source_frame(struct daemon *daemon, uint32_t number, struct bytes bytes)
{
	struct source *source = &daemon->sources[number];
	const Tasheem__Common__V1__Reply *reply =
	        WIRE_DECODE_TRUSTED(&daemon->batch.arena, Tasheem__Common__V1__Reply,
	                            tasheem__common__v1__reply, bytes);
	if (!reply || source->forked)
		return;
	answers_from_source(source, reply);
	const Tasheem__Common__V1__Rows *rows = reply->rows;
	if (!rows || strcmp(rows->stream, source->stream.text) != 0)
		return;
	if (rows->forked) {
		fork_alarm(source, "the source does not know our cursor");
		return;
	}
	source->head_sequence = rows->head_sequence;
	if (rows->n_rows == 0) {
		heard(daemon, source);
		return;
	}
	daemon->rows = rows;
	daemon->rows_source = number;
	daemon->rows_at = 0;
	daemon->row_records = NULL;
}

/* Opens the next row that continues the chain; false when the frame is done. */
static bool row_open(struct daemon *daemon, struct source *source)
{
	const Tasheem__Common__V1__Rows *rows = daemon->rows;
	while (daemon->rows_at < rows->n_rows) {
		const Tasheem__Common__V1__Row *message = rows->rows[daemon->rows_at++];
		struct row *row = &daemon->row;
		uint8_t hash[DIGEST_BYTES];
		if (message->first_sequence + message->count - 1 <= source->sequence)
			continue;
		if (message->first_sequence > source->sequence + 1) {
			source->gap = true;
			return false;
		}
		if (message->previous_hash.len != DIGEST_BYTES ||
		    message->hash.len != DIGEST_BYTES) {
			fork_alarm(source, "a row without hashes");
			return false;
		}
		*row = (struct row){.first_sequence = message->first_sequence,
		                    .count = message->count,
		                    .time_ms = message->time_ms,
		                    .body = {message->body.data, message->body.len}};
		memcpy(row->previous_hash, message->previous_hash.data, DIGEST_BYTES);
		memcpy(row->hash, message->hash.data, DIGEST_BYTES);
		row_hash(row, hash);
		daemon->row_records = row_decode(&daemon->batch.arena, row);
		/* A row that was taken in by half, when our own commit was several rows and the
		 * last of them were lost, goes on in its middle. */
		bool half = row->first_sequence <= source->sequence;
		if (memcmp(hash, row->hash, DIGEST_BYTES) != 0 || !daemon->row_records ||
		    memcmp(half ? row->hash : row->previous_hash, source->hash, DIGEST_BYTES) !=
		            0) {
			daemon->row_records = NULL;
			fork_alarm(source, "a row that does not continue the chain");
			return false;
		}
		daemon->row_record_at = (uint32_t)(source->sequence + 1 - row->first_sequence);
		source->sequence = row->first_sequence + row->count - 1;
		memcpy(source->hash, row->hash, DIGEST_BYTES);
		source->taken_bytes += row->body.size;
		return true;
	}
	return false;
}

const struct item *source_next(struct daemon *daemon)
{
	struct source *source = &daemon->sources[daemon->rows_source];
	struct item *item = &daemon->item;
	/* What left nothing behind is passed all the same: else the next row would seem to
	 * come after a gap. */
	if (daemon->row_records && daemon->row_record_at == daemon->row.count) {
		source->sequence = daemon->row.first_sequence + daemon->row.count - 1;
		memcpy(source->hash, daemon->row.hash, DIGEST_BYTES);
	}
	if ((!daemon->row_records || daemon->row_record_at == daemon->row.count) &&
	    !row_open(daemon, source)) {
		daemon->rows = NULL;
		daemon->row_records = NULL;
		if (!source->forked && !source->gap)
			heard(daemon, source);
		return NULL;
	}
	*item = (struct item){.type = ITEM_RECORD, .correlation_id = "", .traceparent = ""};
	item->stream = source->stream;
	item->record = &daemon->row_records[daemon->row_record_at++];
	memcpy(item->row_hash, daemon->row.hash, DIGEST_BYTES);
	/* What follows from our own stream leaves no bare cursor: two daemons that follow
	 * each other would answer cursors with cursors for ever. */
	bool echo = strcmp(item->record->cursor.stream.text, daemon->service->name) == 0;
	item->last = !echo && daemon->row_record_at == daemon->row.count &&
	             daemon->rows_at == daemon->rows->n_rows;
	daemon->batch.items++;
	return item;
}
