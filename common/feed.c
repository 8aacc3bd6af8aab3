/* Our stream to others. Followers (daemons, auditors) get stored rows verbatim,
 * as far as their credit goes; watchers (publishers) get the records that name
 * their own or mandated parties, and how far that is complete, so that silence
 * is no gap. Both read the journal by a connection of their own: a slow reader
 * costs no memory and cannot hold anyone up. */
#include <inttypes.h>
#include <string.h>

#include "daemon_internal.h"
#include "log.h"
#include "wire.h"

enum { HEARTBEAT_MS = 400, CHUNKS_A_TURN = 4, WATCH_ROWS_A_TURN = 64 };

/* The journaled row that holds `sequence`; its body lives until the next call. */
static bool row_at(struct daemon *daemon, uint64_t sequence, struct row *row)
{
	bool failed = false;
	if (daemon->last_row.count && daemon->last_row.first_sequence == sequence) {
		*row = daemon->last_row;
		return true;
	}
	if (journal_refresh(daemon->reader) && journal_seek(daemon->reader, sequence) &&
	    journal_next(daemon->reader, row, &failed))
		return true;
	if (failed)
		log_error("journal.read_failed",
		          "sequence=%" PRIu64
		          " what=%s effect=\"a follower or a repeated answer waits\" "
		          "action=\"tasheem journal verify\"",
		          sequence, log_quote(journal_error(daemon->reader)));
	return false;
}

bool feed_find_record(struct daemon *daemon, uint64_t sequence, struct record *record)
{
	struct batch *batch = &daemon->batch;
	struct row row;
	if (sequence >= batch->first_sequence) {
		if (sequence >= batch_next_sequence(batch))
			return false;
		*record = batch->records[sequence - batch->first_sequence];
		return true;
	}
	if (sequence == 0 || !row_at(daemon, sequence, &row))
		return false;
	/* Its bytes go with the next read: what is handed out is copied. */
	uint8_t *copy = arena_take(&batch->arena, row.body.size);
	memcpy(copy, row.body.data, row.body.size);
	row.body.data = copy;
	const struct record *records = row_decode(&batch->arena, &row);
	if (!records || sequence < row.first_sequence || sequence >= row.first_sequence + row.count)
		return false;
	*record = records[sequence - row.first_sequence];
	return true;
}

static struct follower *follower_slot(struct daemon *daemon, const struct item *item, bool more)
{
	struct follower *free_slot = NULL;
	for (int at = 0; at < MAX_FOLLOWERS; at++) {
		struct follower *follower = &daemon->followers[at];
		if (!follower->used)
			free_slot = free_slot ? free_slot : follower;
		else if (memcmp(&follower->peer, &item->peer, sizeof item->peer) == 0)
			return follower;
		/* The same principal over a new connection takes its own place. */
		else if (!more && principal_name_equal(&follower->name, &item->actor.name) &&
		         item->actor.role == ROLE_SERVICE)
			free_slot = follower;
	}
	return more ? NULL : free_slot;
}

static bool cursor_known(struct daemon *daemon, const Tasheem__Common__V1__Follow *follow)
{
	struct row row;
	uint64_t after = follow->after_sequence;
	if (after == 0)
		return true;
	return after <= daemon->head_sequence && follow->hash.len == DIGEST_BYTES &&
	       row_at(daemon, after, &row) &&
	       memcmp(row.hash, follow->hash.data, DIGEST_BYTES) == 0;
}

static enum bus_sent send_rows(struct daemon *daemon, const struct peer *peer,
                               Tasheem__Common__V1__Rows *rows)
{
	Tasheem__Common__V1__Reply reply = TASHEEM__COMMON__V1__REPLY__INIT;
	rows->stream = (char *)(uintptr_t)daemon->service->name;
	rows->head_sequence = daemon->head_sequence;
	reply.rows = rows;
	return bus_send(daemon->bus, peer, wire_encode(&daemon->batch.arena, &reply.base));
}

static void follow_start(struct daemon *daemon, const struct item *item,
                         const Tasheem__Common__V1__Follow *follow, struct follower *follower)
{
	if (!cursor_known(daemon, follow)) {
		Tasheem__Common__V1__Rows rows = TASHEEM__COMMON__V1__ROWS__INIT;
		rows.forked = true;
		log_error(
		        "feed.forked",
		        "principal=%s sequence=%" PRIu64 " head=%" PRIu64
		        " effect=\"the follower stops\" action=\"journals do not belong together; "
		        "restore the set\"",
		        item->actor.name.text, follow->after_sequence, daemon->head_sequence);
		if (send_rows(daemon, &item->peer, &rows) != BUS_SENT)
			daemon->count.dropped++;
		return;
	}
	if (!follower->used || !principal_name_equal(&follower->name, &item->actor.name))
		log_info("feed.follower", "principal=%s after=%" PRIu64 " head=%" PRIu64,
		         item->actor.name.text, follow->after_sequence, daemon->head_sequence);
	*follower = (struct follower){
	        .used = true,
	        .peer = item->peer,
	        .name = item->actor.name,
	        .sent_sequence = follow->after_sequence,
	        .credit_bytes = (int64_t)follow->credit_bytes,
	};
}

void feed_follow(struct daemon *daemon, const struct item *item)
{
	const uint64_t most = 64u << 20;
	const Tasheem__Common__V1__Follow *follow =
	        WIRE_DECODE(&daemon->batch.arena, Tasheem__Common__V1__Follow,
	                    tasheem__common__v1__follow, item->payload);
	if (!follow || follow->credit_bytes > most) {
		batch_refuse_item(&daemon->batch, item, CODE_INVALID, REASON_MALFORMED, "follow");
		return;
	}
	if (daemon->disk_full) {
		batch_refuse_item(&daemon->batch, item, CODE_UNAVAILABLE, REASON_DISK_FULL,
		                  "follow");
		return;
	}
	struct follower *follower = follower_slot(daemon, item, follow->more);
	if (!follower)
		batch_refuse_item(&daemon->batch, item, CODE_OVERLOADED, REASON_TABLE_FULL,
		                  "followers");
	else if (!follow->more)
		follow_start(daemon, item, follow, follower);
	else if (follower->credit_bytes <= (int64_t)most)
		follower->credit_bytes += (int64_t)follow->credit_bytes;
}

static Tasheem__Common__V1__Row *row_message(struct arena *arena, const struct row *row)
{
	Tasheem__Common__V1__Row *message = ARENA_NEW(arena, Tasheem__Common__V1__Row);
	uint8_t *copy = arena_take(arena, row->body.size + 2 * DIGEST_BYTES);
	memcpy(copy, row->previous_hash, DIGEST_BYTES);
	memcpy(copy + DIGEST_BYTES, row->hash, DIGEST_BYTES);
	memcpy(copy + 2 * DIGEST_BYTES, row->body.data, row->body.size);
	tasheem__common__v1__row__init(message);
	message->first_sequence = row->first_sequence;
	message->count = row->count;
	message->time_ms = row->time_ms;
	message->previous_hash = (ProtobufCBinaryData){DIGEST_BYTES, copy};
	message->hash = (ProtobufCBinaryData){DIGEST_BYTES, copy + DIGEST_BYTES};
	message->body = (ProtobufCBinaryData){row->body.size, copy + 2 * DIGEST_BYTES};
	return message;
}

/* One message of rows, at most a chunk and not beyond the credit (but for one row). */
static bool follower_chunk(struct daemon *daemon, struct follower *follower)
{
	enum { MAX_ROWS = 256 };
	Tasheem__Common__V1__Row *messages[MAX_ROWS];
	Tasheem__Common__V1__Rows rows = TASHEEM__COMMON__V1__ROWS__INIT;
	struct row row;
	size_t bytes = 0;
	uint64_t at = follower->sent_sequence;
	while (at < daemon->head_sequence && rows.n_rows < MAX_ROWS && bytes < FOLLOW_CHUNK_BYTES &&
	       (int64_t)bytes < follower->credit_bytes && row_at(daemon, at + 1, &row)) {
		if (rows.n_rows && bytes + row.body.size > REPLY_MAX_BYTES)
			break;
		messages[rows.n_rows++] = row_message(&daemon->batch.arena, &row);
		bytes += row.body.size;
		at = row.first_sequence + row.count - 1;
	}
	rows.rows = messages;
	enum bus_sent sent = send_rows(daemon, &follower->peer, &rows);
	if (sent == BUS_GONE)
		follower->used = false;
	if (sent != BUS_SENT)
		return false;
	follower->sent_sequence = at;
	follower->credit_bytes -= (int64_t)bytes;
	follower->sent_ms = clock_monotonic_ms();
	return rows.n_rows > 0;
}

static bool follower_behind(const struct daemon *daemon, const struct follower *follower)
{
	return follower->used && follower->credit_bytes > 0 &&
	       follower->sent_sequence < daemon->head_sequence;
}

void feed_watch(struct daemon *daemon, const struct item *item)
{
	const Tasheem__Common__V1__Watch *watch =
	        WIRE_DECODE(&daemon->batch.arena, Tasheem__Common__V1__Watch,
	                    tasheem__common__v1__watch, item->payload);
	if (!watch) {
		batch_refuse_item(&daemon->batch, item, CODE_INVALID, REASON_MALFORMED, "watch");
		return;
	}
	struct watcher *slot = NULL;
	for (int at = 0; at < MAX_WATCHERS; at++) {
		struct watcher *watcher = &daemon->watchers[at];
		if (watcher->used && memcmp(&watcher->peer, &item->peer, sizeof item->peer) == 0)
			slot = watcher;
		else if (!watcher->used && !slot)
			slot = watcher;
	}
	if (!slot) {
		batch_refuse_item(&daemon->batch, item, CODE_OVERLOADED, REASON_TABLE_FULL,
		                  "watchers");
		return;
	}
	uint64_t after = watch->after_sequence;
	/* Asked again by one that is watching: it goes on, nothing in between is lost. */
	if (!after && slot->used)
		after = slot->sent_sequence;
	*slot = (struct watcher){true, item->peer, item->actor.name,
	                         after && after < daemon->head_sequence ? after
	                                                                : daemon->head_sequence};
	batch_reply(&daemon->batch, item, (struct bytes){NULL, 0});
}

static Tasheem__Common__V1__Record *watched_record(struct daemon *daemon,
                                                   const struct principal *principal,
                                                   const struct record *record)
{
	struct arena *arena = &daemon->batch.arena;
	bool all = principal->role != ROLE_PUBLISHER && principal->role != ROLE_SUPPLIER;
	Tasheem__Common__V1__Record *message = ARENA_NEW(arena, Tasheem__Common__V1__Record);
	tasheem__common__v1__record__init(message);
	message->events = ARENA_ARRAY(arena, Tasheem__Common__V1__Event *, record->event_count);
	for (uint32_t at = 0; at < record->event_count; at++) {
		if (!all && !story_names_party(daemon, principal, &record->events[at]))
			continue;
		Tasheem__Common__V1__Event *event = ARENA_NEW(arena, Tasheem__Common__V1__Event);
		tasheem__common__v1__event__init(event);
		event->kind = record->events[at].kind;
		event->payload = (ProtobufCBinaryData){
		        record->events[at].payload.size,
		        (uint8_t *)(uintptr_t)record->events[at].payload.data};
		message->events[message->n_events++] = event;
	}
	if (!message->n_events)
		return NULL;
	message->sequence = record->sequence;
	message->time_ms = record->time_ms;
	message->correlation_id = (char *)(uintptr_t)record->correlation_id;
	return message;
}

static size_t watch_row(struct daemon *daemon, const struct principal *principal,
                        const struct row *row, Tasheem__Common__V1__Watched *watched)
{
	struct arena *arena = &daemon->batch.arena;
	struct row copied = *row;
	uint8_t *copy = arena_take(arena, row->body.size);
	memcpy(copy, row->body.data, row->body.size);
	copied.body.data = copy;
	const struct record *records = row_decode(arena, &copied);
	watched->n_records = 0;
	watched->records = ARENA_ARRAY(arena, Tasheem__Common__V1__Record *, row->count);
	for (uint32_t at = 0; records && at < row->count; at++) {
		Tasheem__Common__V1__Record *message =
		        watched_record(daemon, principal, &records[at]);
		if (message)
			watched->records[watched->n_records++] = message;
	}
	return watched->n_records;
}

static void watcher_rows(struct daemon *daemon, struct watcher *watcher,
                         const struct principal *principal)
{
	struct row row;
	for (int turn = 0; turn < WATCH_ROWS_A_TURN; turn++) {
		if (watcher->sent_sequence >= daemon->head_sequence ||
		    !row_at(daemon, watcher->sent_sequence + 1, &row))
			return;
		Tasheem__Common__V1__Watched watched = TASHEEM__COMMON__V1__WATCHED__INIT;
		Tasheem__Common__V1__Reply reply = TASHEEM__COMMON__V1__REPLY__INIT;
		watched.stream = (char *)(uintptr_t)daemon->service->name;
		watched.through_sequence = row.first_sequence + row.count - 1;
		reply.watched = &watched;
		bool last = watched.through_sequence == daemon->head_sequence;
		if (watch_row(daemon, principal, &row, &watched) || last) {
			struct bytes frame = wire_encode(&daemon->batch.arena, &reply.base);
			enum bus_sent sent = bus_send(daemon->bus, &watcher->peer, frame);
			watcher->used = sent != BUS_GONE;
			if (sent != BUS_SENT)
				return;
		}
		watcher->sent_sequence = watched.through_sequence;
	}
}

bool feed_turn(struct daemon *daemon)
{
	bool behind = false;
	int64_t now_ms = clock_monotonic_ms();
	for (int at = 0; at < MAX_FOLLOWERS; at++) {
		struct follower *follower = &daemon->followers[at];
		bool flows = true;
		for (int chunk = 0;
		     flows && chunk < CHUNKS_A_TURN && follower_behind(daemon, follower); chunk++)
			flows = follower_chunk(daemon, follower);
		if (follower->used && now_ms - follower->sent_ms >= HEARTBEAT_MS)
			follower_chunk(daemon, follower);
		behind |= flows && follower_behind(daemon, follower);
	}
	for (int at = 0; at < MAX_WATCHERS; at++) {
		struct watcher *watcher = &daemon->watchers[at];
		const struct principal *principal =
		        watcher->used ? authorise_by_name(daemon->authorise, &watcher->name) : NULL;
		if (principal && !principal->revoked)
			watcher_rows(daemon, watcher, principal);
		else
			watcher->used = false;
		behind |= watcher->used && watcher->sent_sequence < daemon->head_sequence;
	}
	return behind;
}
