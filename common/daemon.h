/* A daemon's turn, as a library: the service owns the loop, this owns sockets,
 * journal, answers, followers and the projector. A service's main.c reads
 *
 *   daemon_open(&daemon, &service)                    configuration, keys, journal, log
 *   while ((record = daemon_replay(&daemon)))         the past
 *           X_apply_record(&state, record)
 *   if (daemon_tells_state(&daemon)) daemon_state(&daemon, digest)
 *   daemon_start(&daemon, &state.authorise)           sockets, follows, projector, ready line
 *   while (daemon_wait(&daemon, X_deadline(&state))) {
 *           while ((item = daemon_next(&daemon)))     every item of every frame that waits
 *                   X_take(&state, &daemon.batch, item)
 *           while (daemon_due(&daemon, X_deadline(&state)))
 *                   X_due(&state, &daemon.batch)
 *           daemon_commit(&daemon)                    commit, then answers, rows, log lines
 *   }
 *   if (daemon_tells_state(&daemon)) daemon_state(&daemon, digest)
 *   return daemon_close(&daemon)
 *
 * daemon_next() answers by itself whatever needs no service: malformed frames,
 * strangers, roles the table denies, stale and repeated ids, follow, watch,
 * health. What it returns is the service's to decide. */
#ifndef TASHEEM_DAEMON_H
#define TASHEEM_DAEMON_H

#include "authorise.h"
#include "batch.h"
#include "config.h"
#include "digest.h"
#include "record.h"
#include "view.h"

/* What a service is, once, in its main.c. */
struct service {
	const char *name;
	/* Names of the streams it follows, NULL-terminated, at most 3. */
	const char *sources[4];
	/* record → Redis writes; pure. */
	void (*view)(struct view *view, const struct record *record);
	/* Redis key families it owns: "tasheem:request:*", …, NULL-terminated. */
	const char *const *families;
};

struct daemon;

/* Reads the environment and flags, opens log and journal. Exits the process
 * itself for --help, --version, --print-config (0) and wrong configuration (78). */
struct daemon *daemon_open(const struct service *service, int argc, char **argv);
const struct config *daemon_config(const struct daemon *daemon);
/* The next record of the journal, NULL at the end. Lives until the next call. */
const struct record *daemon_replay(struct daemon *daemon);
/* The state's authorisation and digest are read, never written, from here on. */
void daemon_start(struct daemon *daemon, struct authorise *authorise);
/* Waits for frames, the deadline or a signal. False when it is time to stop. */
MUST_CHECK bool daemon_wait(struct daemon *daemon, int64_t deadline_ms);
struct batch *daemon_batch(struct daemon *daemon);
const struct item *daemon_next(struct daemon *daemon);
/* Whether the clock may decide one more due timer in this batch. */
MUST_CHECK bool daemon_due(struct daemon *daemon, int64_t deadline_ms);
void daemon_commit(struct daemon *daemon);
/* The digest of the state as replayed (before daemon_start) and as left (before
 * daemon_close): logged and shown by health, so that a restart can be held against
 * the life before it. Only when TASHEEM_STATE_DIGEST is on: a large state takes seconds. */
bool daemon_tells_state(const struct daemon *daemon);
void daemon_state(struct daemon *daemon, const uint8_t digest[DIGEST_BYTES]);
/* Health shows these; called before a health answer is built. */
void daemon_gauge(struct daemon *daemon, const char *name, int64_t value);
/* Drains and closes; the exit status. */
int daemon_close(struct daemon *daemon);

#endif
