/* The inside of a daemon, shared by the files that make up its turn:
 *   daemon.c   opening, waiting, closing          intake.c   frames to items
 *   batch.c    staging, and the order of a commit source.c   streams we follow
 *   feed.c     followers and watchers of ours     health.c   the health answer
 *   story.c    what a record says in the log */
#ifndef TASHEEM_DAEMON_INTERNAL_H
#define TASHEEM_DAEMON_INTERNAL_H

#include "bus.h"
#include "clock.h"
#include "daemon.h"
#include "dedup.h"
#include "journal.h"
#include "projector.h"

#include "tasheem/common/v1/common.pb-c.h"

enum {
	BATCH_MAX_ITEMS = 1024,
	BATCH_MAX_DUE = 1000,
	BATCH_MAX_ARENA = 256 << 20,
	MAX_FOLLOWERS = 16,
	MAX_WATCHERS = 256,
	MAX_GAUGES = 48,
	/* Rows a follower may send before it needs more credit, and one message of them. */
	FOLLOW_CREDIT_BYTES = 8 << 20,
	FOLLOW_CHUNK_BYTES = 512 << 10,
	REPLY_MAX_BYTES = 900 << 10,
};

/* An answer that waits for the commit. */
struct staged_answer {
	struct peer peer;
	struct bytes bytes;
	struct staged_answer *next;
};

/* A part of a problem that waits for the commit. */
struct staged_task {
	struct peer peer;
	struct bytes frame;
	struct staged_task *next;
};

struct batch {
	struct daemon *daemon;
	struct arena arena;
	int64_t now_ms;
	uint64_t first_sequence;
	uint32_t record_count;
	uint32_t record_room;
	struct record *records;
	struct staged_answer *first_answer, *last_answer;
	struct staged_task *first_task, *last_task;
	uint32_t items;
	uint32_t due;
};

/* A stream we follow. */
struct source {
	struct stream_name stream;
	uint64_t sequence;
	uint8_t hash[DIGEST_BYTES];
	/* Newest sequence the source has told of; known once it answered. */
	uint64_t head_sequence;
	bool heard;
	bool caught_up_once;
	bool forked;
	/* Rows were skipped: to be asked again from where we are. */
	bool gap;
	int64_t heard_ms;
	int64_t asked_ms;
	/* Bytes taken in since credit was last given. */
	uint64_t taken_bytes;
};

/* Someone who follows us. */
struct follower {
	bool used;
	struct peer peer;
	struct principal_name name;
	uint64_t sent_sequence;
	int64_t credit_bytes;
	int64_t sent_ms;
};

struct watcher {
	bool used;
	struct peer peer;
	struct principal_name name;
	uint64_t sent_sequence;
};

struct daemon {
	const struct service *service;
	struct config config;
	struct clock clock;
	struct journal *journal;
	/* Reads for followers, watchers and repeated answers. */
	struct journal *reader;
	/* Of the state when it was last taken: at the end of replay. */
	uint8_t state_digest[DIGEST_BYTES];
	/* The row of the commit just made, until the next batch begins: who is up to date needs no
	 * reading. count 0 for none. */
	struct row last_row;
	struct bus *bus;
	struct projector *projector;
	struct authorise *authorise;
	struct principal local;
	struct dedup dedup;
	struct batch batch;
	uint64_t head_sequence;
	int64_t last_time_ms;
	int64_t started_ms;
	uint32_t source_count;
	struct source sources[BUS_MAX_SOURCES];
	struct follower followers[MAX_FOLLOWERS];
	struct watcher watchers[MAX_WATCHERS];
	/* Replay. */
	struct row replay_row;
	const struct record *replay_records;
	uint32_t replay_at;
	uint64_t replayed;
	/* Intake: the frame in work. */
	const Tasheem__Common__V1__Envelope *envelope;
	size_t envelope_at;
	struct peer envelope_peer;
	const struct principal *envelope_principal;
	const Tasheem__Common__V1__Rows *rows;
	uint32_t rows_source;
	size_t rows_at;
	const struct record *row_records;
	struct row row;
	uint32_t row_record_at;
	struct item item;
	/* World. */
	int signal_descriptor;
	bool stopping;
	bool disk_full;
	bool clock_warned;
	int64_t disk_checked_ms;
	uint64_t disk_free_bytes;
	uint64_t disk_reserve_bytes;
	struct counters {
		uint64_t frames, malformed, accepted, refused, invalid, denied, conflict,
		        overloaded, unavailable, repeated, dropped, commits;
	} count;
	uint32_t gauge_count;
	struct gauge {
		const char *name;
		int64_t value;
	} gauges[MAX_GAUGES];
};

/* batch.c */
void batch_begin(struct batch *batch, struct daemon *daemon);
/* A serialised answer, as it was given before. */
void batch_repeat(struct batch *batch, const struct item *item, struct bytes answer);
void batch_refuse_item(struct batch *batch, const struct item *item, enum code code,
                       enum reason_code reason, const char *subject);
/* Commit, answers, feeds, in this order; the only place that lets anything out. */
void batch_commit(struct batch *batch);

/* source.c */
void source_open(struct daemon *daemon);
/* Asks sources that are silent, gives credit to those that were read. */
void source_turn(struct daemon *daemon);
/* Takes a frame of a source: rows become the daemon's rows in work. */
void source_frame(struct daemon *daemon, uint32_t source, struct bytes bytes);
/* The next record of the rows in work as an item; NULL when they are done. */
const struct item *source_next(struct daemon *daemon);
bool source_all_caught_up(const struct daemon *daemon);
struct source *source_find(struct daemon *daemon, const char *stream);
/* A journaled cursor. */
void source_advance(struct daemon *daemon, const struct cursor *cursor);

/* feed.c */
void feed_follow(struct daemon *daemon, const struct item *item);
void feed_watch(struct daemon *daemon, const struct item *item);
/* Rows to followers and records to watchers, as far as credit and queues allow. True when
 * there is more to send. */
bool feed_turn(struct daemon *daemon);
/* The answer of a record from batch or journal; false when it cannot be read. */
MUST_CHECK bool feed_find_record(struct daemon *daemon, uint64_t sequence, struct record *record);

/* health.c */
struct bytes health_body(struct daemon *daemon, struct arena *arena);
bool daemon_ready(const struct daemon *daemon, const char **because);

/* story.c */
void story_tell(struct daemon *daemon, const struct record *record);
/* Names without prefix, lower case: "request_file"; "?" for strangers. */
const char *story_kind_name(struct arena *arena, uint32_t kind);
/* Whether the event names one of the principal's own or mandated parties. */
bool story_names_party(struct daemon *daemon, const struct principal *principal,
                       const struct wire_event *event);

#endif
