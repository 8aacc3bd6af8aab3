/* The records of a daemon's journal, one after the other: from the file DIR/NAME.sqlite
 * when --journals names a folder, otherwise by asking the daemon (roles operator, auditor). */
#ifndef TASHEEM_CTL_STREAM_H
#define TASHEEM_CTL_STREAM_H

#include "common/journal.h"
#include "common/record.h"
#include "services/ctl/call.h"

/* Of a daemon at most so many records, the newest, are asked for. */
enum { STREAM_PAGE = 200, STREAM_MAX_ASKED = 20000 };

struct stream {
	struct session *session;
	enum ctl_service service;
	struct journal *journal;
	/* The next sequence, and the last there is. */
	uint64_t next;
	uint64_t head;
	/* What was read and not yet given. */
	const struct record *records;
	uint32_t count;
	uint32_t at;
	const struct record *page[STREAM_PAGE];
	bool failed;
};

/* Path of a daemon's journal below --journals, NULL without the option or the file. */
const char *stream_path(struct ctl *ctl, enum ctl_service service);
/* Begins behind `after`; false after a sentence on stderr, ctl->status set. */
bool stream_open(struct session *session, enum ctl_service service, uint64_t after,
                 struct stream *stream);
/* NULL at the end, or with `failed` set after a sentence. In ctl's arena. */
const struct record *stream_next(struct stream *stream);
void stream_close(struct stream *stream);

/* A record as JSON: sequence, time_ms, principal, kind, correlation_id, cursor, events, answer. */
json_t *stream_record_json(struct ctl *ctl, const char *name, const struct record *record);
/* An event as {"event": "request_changed", …its fields}. */
json_t *stream_event_json(struct ctl *ctl, const struct wire_event *event);
/* The answer of a record, NULL when it has none. */
const Tasheem__Common__V1__Answer *stream_answer(struct ctl *ctl, const struct record *record);
/* A line for people: instant, stream, sequence, principal, what happened. */
void stream_tell(struct ctl *ctl, const json_t *record);

#endif
