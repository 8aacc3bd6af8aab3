/* The projector: shows a daemon's journal in Redis.
 *
 * One thread per daemon follows the journal by a reading connection of its own, turns
 * each record into writes by the service's view function and sends them in transactions
 * of at most 1,000 writes and 1 MiB. Its position is in Redis itself, in the hash
 * tasheem:cursor:{stream}, changed by the same transaction:
 *
 *   sequence  the last record shown      hash  of the row that holds it, hex
 *
 * A cursor that is missing, ahead of the journal, or has another hash means that Redis
 * was flushed, restored or written by someone else: the daemon's families are deleted
 * and shown anew from the first record. A record that becomes more than one transaction
 * moves the cursor with its last; the writes are absolute, so repeating is harmless.
 *
 * Redis may be absent, slow, full, read-only or wrong at any time: each has a log event
 * (projector.redis.*), a back-off with jitter, and no effect on the daemon. */
#ifndef TASHEEM_PROJECTOR_H
#define TASHEEM_PROJECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/record.h"
#include "common/view.h"

struct projector;

struct projector_options {
	/* Texts are borrowed for the life of the projector. */
	const char *journal_path;
	const char *stream;
	/* host:port or the path of a unix socket. */
	const char *redis;
	/* NULL or empty for none. */
	const char *redis_user;
	const char *redis_password;
	void (*view)(struct view *view, const struct record *record);
	/* Patterns of the keys this daemon owns, NULL-terminated: "tasheem:request:*", … */
	const char *const *families;
};

/* Starts the thread; the journal exists. Never NULL. */
struct projector *projector_start(const struct projector_options *options);
/* Says that the journal has grown to this sequence; cheap, from the main thread. */
void projector_notify(struct projector *projector, uint64_t head_sequence);
/* How far Redis shows the stream, and whether it answers. */
void projector_status(struct projector *projector, uint64_t *sequence, bool *up);
/* Shows what is left for at most a second, then stops the thread: at most 2 s in all. */
void projector_stop(struct projector *projector);

#endif
