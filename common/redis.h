/* A connection to Redis that says plainly what went wrong.
 *
 * hiredis leaves a context dead after any error, and reconnecting loses timeouts and
 * AUTH: so after a fault the owner closes, waits and opens anew. Not for threads. */
#ifndef TASHEEM_REDIS_H
#define TASHEEM_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/check.h"

struct redis;

struct redis_options {
	/* host:port or the path of a unix socket. */
	const char *address;
	/* NULL or empty for none. */
	const char *user;
	const char *password;
	int32_t connect_timeout_ms;
	int32_t command_timeout_ms;
};

/* What went wrong, by the operator's reaction to it. */
#define REDIS_FAULT_LIST(X)                                                                        \
	X(NONE, "none", "", "")                                                                    \
	X(ABSENT, "absent", "Redis cannot be reached", "start Redis, check TASHEEM_REDIS")         \
	X(LOST, "lost", "the connection to Redis broke", "look whether Redis was stopped")         \
	X(SLOW, "slow", "Redis did not answer in time", "look at its load and disk")               \
	X(NOAUTH, "noauth", "Redis refused the user or password",                                  \
	  "check TASHEEM_REDIS_USER and the password file")                                        \
	X(NOPERM, "noperm", "the Redis user may not do this",                                      \
	  "compare its ACL with deploy/redis-keys.md")                                             \
	X(FULL, "full", "Redis is out of memory", "raise maxmemory or free keys")                  \
	X(READONLY, "readonly", "this Redis is a read-only replica",                               \
	  "point TASHEEM_REDIS to the primary")                                                    \
	X(LOADING, "loading", "Redis is loading its data", "wait")                                 \
	X(WRONG_TYPE, "wrong_type", "a key holds a value of another type",                         \
	  "find who else writes keys of tasheem")                                                  \
	X(REFUSED, "refused", "Redis refused a command", "read the cause")

enum redis_fault {
#define X(name, text, what, action) REDIS_##name,
	REDIS_FAULT_LIST(X)
#undef X
};

/* Connects and authenticates. NULL with the fault, and Redis's words in `error`. */
MUST_CHECK struct redis *redis_open(const struct redis_options *options, enum redis_fault *fault,
                                    char *error, size_t error_size);
void redis_close(struct redis *redis);
/* Puts a command into the pipeline. */
void redis_append(struct redis *redis, size_t count, const char *const *arguments,
                  const size_t *sizes);
/* The next reply of the pipeline, to be freed with freeReplyObject(); NULL when the
 * connection is dead. Error replies are replies. */
MUST_CHECK redisReply *redis_reply(struct redis *redis);
/* Append and reply in one, for words without blanks in them (no formats). */
MUST_CHECK redisReply *redis_call(struct redis *redis, size_t count, const char *const *arguments);
/* What a reply (NULL for a dead connection) says; the words go to redis_error(). */
enum redis_fault redis_fault_of(struct redis *redis, const redisReply *reply);
const char *redis_error(const struct redis *redis);
const char *redis_fault_name(enum redis_fault fault);
const char *redis_fault_what(enum redis_fault fault);
const char *redis_fault_action(enum redis_fault fault);

#endif
