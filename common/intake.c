/* From frames to items. Everything that can be said about an item without its
 * service is said here, in this order: shape of the envelope, who sends it,
 * shape of the item, kind, role, requirements, readiness, age of the id,
 * repetition. What is left is the service's to decide. */
#include <string.h>

#include "daemon_internal.h"
#include "log.h"
#include "wire.h"

enum {
	MAX_ITEMS = 1000,
	MAX_REQUIREMENTS = 4,
	MAX_CORRELATION = 64,
	TRACEPARENT = 55,
	MAX_PAYLOAD = 700000,
};
static const int64_t id_age_ms = 7ll * 24 * 3600 * 1000;
static const int64_t id_ahead_ms = 5ll * 60 * 1000;

static bool is_token(const char *text, size_t max)
{
	size_t size = 0;
	for (; text[size]; size++)
		if (text[size] <= ' ' || text[size] > '~' || size >= max)
			return false;
	return true;
}

/* What there is too much of, NULL when nothing. */
static const char *envelope_too_large(const Tasheem__Common__V1__Envelope *envelope)
{
	if (envelope->n_items > MAX_ITEMS)
		return "items";
	return envelope->n_requirements > MAX_REQUIREMENTS ? "requirements" : NULL;
}

static bool envelope_well_formed(const Tasheem__Common__V1__Envelope *envelope)
{
	return envelope && envelope->n_items >= 1 &&
	       is_token(envelope->correlation_id, MAX_CORRELATION) &&
	       is_token(envelope->traceparent, TRACEPARENT) &&
	       (!*envelope->traceparent || strlen(envelope->traceparent) == TRACEPARENT);
}

static const struct principal *frame_principal(const struct daemon *daemon,
                                               const struct bus_frame *frame)
{
	if (frame->origin == BUS_CURVE)
		return frame->key ? authorise_by_key(daemon->authorise, frame->key) : NULL;
	const struct principal *local = authorise_by_name(daemon->authorise, &daemon->local.name);
	return local && !local->revoked ? local : NULL;
}

/* The item fields that hold for the whole envelope. */
static void envelope_open(struct daemon *daemon, const struct bus_frame *frame)
{
	struct batch *batch = &daemon->batch;
	struct item *item = &daemon->item;
	*item = (struct item){.peer = frame->peer, .correlation_id = "", .traceparent = ""};
	const struct principal *principal = frame_principal(daemon, frame);
	if (principal) {
		item->actor.name = principal->name;
		item->actor.role = principal->role;
		item->actor.party_id = principal->party_id;
	}
	const Tasheem__Common__V1__Envelope *envelope =
	        WIRE_DECODE(&batch->arena, Tasheem__Common__V1__Envelope,
	                    tasheem__common__v1__envelope, frame->bytes);
	daemon->count.frames++;
	const char *too_many = envelope ? envelope_too_large(envelope) : NULL;
	if (too_many || !envelope_well_formed(envelope)) {
		daemon->count.malformed++;
		if (frame->peer.size)
			batch_refuse_item(batch, item, CODE_INVALID,
			                  too_many ? REASON_TOO_LARGE : REASON_MALFORMED,
			                  too_many ? too_many : "envelope");
		return;
	}
	item->correlation_id = envelope->correlation_id;
	item->traceparent = envelope->traceparent;
	daemon->envelope = envelope;
	daemon->envelope_at = 0;
	daemon->envelope_principal = principal;
}

static bool requirements_met(struct daemon *daemon)
{
	const Tasheem__Common__V1__Envelope *envelope = daemon->envelope;
	for (size_t at = 0; at < envelope->n_requirements; at++) {
		const Tasheem__Common__V1__Requirement *required = envelope->requirements[at];
		uint64_t reached = 0;
		const struct source *source = source_find(daemon, required->stream);
		if (source)
			reached = source->sequence;
		else if (strcmp(required->stream, daemon->service->name) == 0)
			reached = batch_next_sequence(&daemon->batch) - 1;
		if (reached < required->sequence)
			return false;
	}
	return true;
}

static void body_hash(const struct item *item, uint8_t out[DIGEST_SHORT_BYTES])
{
	crypto_generichash_state state;
	uint8_t kind[4] = {(uint8_t)item->kind, (uint8_t)(item->kind >> 8),
	                   (uint8_t)(item->kind >> 16), (uint8_t)(item->kind >> 24)};
	CHECK(crypto_generichash_init(&state, NULL, 0, DIGEST_SHORT_BYTES) == 0);
	crypto_generichash_update(&state, kind, sizeof kind);
	crypto_generichash_update(&state, item->payload.data, item->payload.size);
	crypto_generichash_final(&state, out, DIGEST_SHORT_BYTES);
}

static void repeat_or_conflict(struct daemon *daemon, const struct item *item,
                               const struct dedup_entry *entry)
{
	struct record record;
	if (memcmp(entry->body_hash, item->body_hash, DIGEST_SHORT_BYTES) != 0) {
		batch_refuse_item(&daemon->batch, item, CODE_CONFLICT, REASON_ID_CONFLICT, "id");
		return;
	}
	daemon->count.repeated++;
	if (feed_find_record(daemon, entry->sequence, &record))
		batch_repeat(&daemon->batch, item, record.answer);
	else
		batch_refuse_item(&daemon->batch, item, CODE_UNAVAILABLE, REASON_TOO_BUSY, "id");
}

static enum reason_code not_writable(struct daemon *daemon)
{
	const char *because;
	if (daemon->stopping)
		return REASON_STOPPING;
	if (daemon->disk_full)
		return REASON_DISK_FULL;
	return daemon_ready(daemon, &because) ? REASON_NONE : REASON_CATCHING_UP;
}

/* True when the command is for the service. */
static bool command_admit(struct daemon *daemon, struct item *item)
{
	struct batch *batch = &daemon->batch;
	enum reason_code closed = not_writable(daemon);
	if (closed) {
		batch_refuse_item(batch, item, CODE_UNAVAILABLE, closed, daemon->service->name);
		return false;
	}
	int64_t id_ms = dedup_id_time_ms(&item->id);
	if (id_ms < 0) {
		batch_refuse_item(batch, item, CODE_INVALID, REASON_ID_FORMAT, "id");
		return false;
	}
	if (id_ms < batch->now_ms - id_age_ms || id_ms > batch->now_ms + id_ahead_ms) {
		batch_refuse_item(batch, item, CODE_INVALID, REASON_STALE_ID, "id");
		return false;
	}
	body_hash(item, item->body_hash);
	const struct dedup_entry *entry = dedup_find(&daemon->dedup, &item->actor.name, &item->id);
	if (entry) {
		repeat_or_conflict(daemon, item, entry);
		return false;
	}
	if (!dedup_room(&daemon->dedup, &item->id)) {
		batch_refuse_item(batch, item, CODE_OVERLOADED, REASON_TABLE_FULL, "message_ids");
		return false;
	}
	return true;
}

static void record_read(struct daemon *daemon, const struct item *item)
{
	struct arena *arena = &daemon->batch.arena;
	const Tasheem__Common__V1__RecordRead *read =
	        WIRE_DECODE(arena, Tasheem__Common__V1__RecordRead,
	                    tasheem__common__v1__record_read, item->payload);
	struct record record;
	if (!read)
		batch_refuse_item(&daemon->batch, item, CODE_INVALID, REASON_MALFORMED, "payload");
	else if (!feed_find_record(daemon, read->sequence, &record))
		batch_refuse_item(&daemon->batch, item, CODE_REFUSED, REASON_NOT_FOUND, "sequence");
	else {
		/* A row body of one record is that record behind its own tag and length. */
		struct bytes body = row_encode(arena, &record, 1);
		const Tasheem__Common__V1__SerialisedAnswers *single =
		        WIRE_DECODE_TRUSTED(arena, Tasheem__Common__V1__SerialisedAnswers,
		                            tasheem__common__v1__serialised_answers, body);
		CHECK(single && single->n_answers == 1);
		batch_reply(&daemon->batch, item,
		            (struct bytes){single->answers[0].data, single->answers[0].len});
	}
}

/* The kinds every daemon understands; false when it is none of them. */
static bool common_kind(struct daemon *daemon, const struct item *item)
{
	switch (item->kind) {
	case TASHEEM__COMMON__V1__KIND__KIND_FOLLOW:
		feed_follow(daemon, item);
		return true;
	case TASHEEM__COMMON__V1__KIND__KIND_WATCH:
		feed_watch(daemon, item);
		return true;
	case TASHEEM__COMMON__V1__KIND__KIND_HEALTH:
		batch_reply(&daemon->batch, item, health_body(daemon, &daemon->batch.arena));
		return true;
	case TASHEEM__COMMON__V1__KIND__KIND_RECORD_READ:
		record_read(daemon, item);
		return true;
	default:
		return false;
	}
}

/* Kinds come in hundreds: membership 100, quota 200, matching 300. */
static bool kind_is_ours(const struct daemon *daemon, uint32_t kind)
{
	static const char *const owners[] = {"", "membership", "quota", "matching"};
	uint32_t hundred = kind / 100;
	return hundred == 0 || (hundred < sizeof owners / sizeof *owners &&
	                        strcmp(owners[hundred], daemon->service->name) == 0);
}

/* Takes in one item; true when it is for the service. */
static bool item_admit(struct daemon *daemon, const Tasheem__Common__V1__Item *message)
{
	enum { FIRST_READ = 50 };
	struct item *item = &daemon->item;
	struct batch *batch = &daemon->batch;
	memset(item->id.bytes, 0, sizeof item->id.bytes);
	if (message->id.len != MESSAGE_ID_BYTES) {
		batch_refuse_item(batch, item, CODE_INVALID, REASON_MALFORMED, "item");
		return false;
	}
	memcpy(item->id.bytes, message->id.data, MESSAGE_ID_BYTES);
	if (message->payload.len > MAX_PAYLOAD) {
		batch_refuse_item(batch, item, CODE_INVALID, REASON_TOO_LARGE, "payload");
		return false;
	}
	item->kind = message->kind;
	item->payload = (struct bytes){message->payload.data, message->payload.len};
	item->type = item->kind % 100 >= FIRST_READ || item->kind < 100 ? ITEM_READ : ITEM_COMMAND;
	if (!kind_is_ours(daemon, item->kind) || !authorise_known(item->kind)) {
		batch_refuse_item(batch, item, CODE_INVALID, REASON_UNKNOWN_KIND, "kind");
		return false;
	}
	if (!daemon->envelope_principal ||
	    !authorise_role(daemon->envelope_principal->role, item->kind)) {
		batch_refuse_item(batch, item, CODE_DENIED, REASON_NOT_AUTHORISED, "role");
		return false;
	}
	if (daemon->envelope->deadline_ms && batch->now_ms > daemon->envelope->deadline_ms) {
		batch_refuse_item(batch, item, CODE_UNAVAILABLE, REASON_DEADLINE_PASSED,
		                  "deadline_ms");
		return false;
	}
	if (!requirements_met(daemon)) {
		batch_refuse_item(batch, item, CODE_UNAVAILABLE, REASON_NOT_FOLLOWED_YET,
		                  "requirements");
		return false;
	}
	if (common_kind(daemon, item))
		return false;
	return item->type == ITEM_READ || command_admit(daemon, item);
}

static const struct item *envelope_next(struct daemon *daemon)
{
	while (daemon->envelope_at < daemon->envelope->n_items) {
		daemon->batch.items++;
		if (item_admit(daemon, daemon->envelope->items[daemon->envelope_at++]))
			return &daemon->item;
	}
	daemon->envelope = NULL;
	return NULL;
}

const struct item *daemon_next(struct daemon *daemon)
{
	struct batch *batch = &daemon->batch;
	for (;;) {
		const struct item *item = NULL;
		if (daemon->rows)
			item = source_next(daemon);
		else if (daemon->envelope)
			item = envelope_next(daemon);
		if (item)
			return item;
		/* Frames are never cut: limits are looked at between two of them. */
		if (daemon->rows || daemon->envelope)
			continue;
		struct bus_frame frame;
		if (batch->items >= BATCH_MAX_ITEMS || batch->arena.used > BATCH_MAX_ARENA ||
		    !bus_receive(daemon->bus, &frame))
			return NULL;
		if (frame.origin == BUS_SOURCE)
			source_frame(daemon, frame.source, frame.bytes);
		else
			envelope_open(daemon, &frame);
	}
}
