/* The batch: everything between two commits, and the one order of things.
 *
 * A service is handed items one by one. For each it decides, records, applies:
 *
 *   command  batch_record(batch, item, &verdict, events, n)   then apply the events
 *            or batch_answer(batch, item, &verdict) for what leaves no trace
 *            (invalid, denied, conflict, overloaded, unavailable)
 *   read     batch_reply(batch, item, body)
 *   record   (a followed stream's) batch_follow(batch, item, events, n), n may be 0
 *   due      batch_clock(batch, events, n)
 *
 * Nothing leaves before the commit: batch_commit() appends the row, then sends
 * the answers, then feeds followers and watchers. */
#ifndef TASHEEM_BATCH_H
#define TASHEEM_BATCH_H

#include "arena.h"
#include "authorise.h"
#include "bytes.h"
#include "record.h"
#include "verdict.h"

enum item_type { ITEM_COMMAND, ITEM_READ, ITEM_RECORD };

/* Who asks. Role and party as they are now. */
struct actor {
	struct principal_name name;
	enum role role;
	struct party_id party_id;
};

/* Where an answer goes; opaque to services. */
struct peer {
	/* 0 curve, 1 local. */
	uint8_t socket;
	uint8_t size;
	uint8_t routing_id[8];
};

struct item {
	enum item_type type;
	/* ITEM_COMMAND, ITEM_READ: */
	struct peer peer;
	struct actor actor;
	struct message_id id;
	uint8_t body_hash[DIGEST_SHORT_BYTES];
	uint32_t kind;
	struct bytes payload;
	const char *correlation_id;
	const char *traceparent;
	/* ITEM_RECORD: */
	struct stream_name stream;
	const struct record *record;
	uint8_t row_hash[DIGEST_BYTES];
	/* The last record of what arrived: its cursor is recorded even without events. */
	bool last;
};

struct batch;

/* Scratch memory, gone after the commit. */
struct arena *batch_arena(struct batch *batch);
/* The one time of this batch, ms. */
int64_t batch_now_ms(const struct batch *batch);
/* The sequence the next batch_record/follow/clock will have: events may carry it. */
uint64_t batch_next_sequence(const struct batch *batch);

/* Stages the record and the answer; returns the record as it will be journaled (for
 * apply). Payloads are borrowed until the commit: let them come from batch_arena(). */
const struct record *batch_record(struct batch *batch, const struct item *item,
                                  const struct verdict *verdict, const struct wire_event *events,
                                  uint32_t count);
/* An answer without a record; also for accepted repeats that change nothing. */
void batch_answer(struct batch *batch, const struct item *item, const struct verdict *verdict);
/* A read's answer; the body is a serialised reply message. */
void batch_reply(struct batch *batch, const struct item *item, struct bytes body);
const struct record *batch_follow(struct batch *batch, const struct item *item,
                                  const struct wire_event *events, uint32_t count);
const struct record *batch_clock(struct batch *batch, const struct wire_event *events,
                                 uint32_t count);
/* Sends a solver its work after the commit, in parts. False when the peer's outbox is full
 * or the peer is gone. */
MUST_CHECK bool batch_task(struct batch *batch, const struct peer *peer,
                           const uint8_t task_id[DIGEST_SHORT_BYTES], struct bytes problem);

#endif
