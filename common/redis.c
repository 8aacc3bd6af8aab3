/* hiredis, with timeouts, authentication and faults by name. */
#include "common/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

struct redis {
	redisContext *context;
	char error[256];
};

static const struct {
	const char *name, *what, *action;
} faults[] = {
#define X(name, text, what, action) {text, what, action},
        REDIS_FAULT_LIST(X)
#undef X
};

const char *redis_fault_name(enum redis_fault fault)
{
	return faults[fault].name;
}

const char *redis_fault_what(enum redis_fault fault)
{
	return faults[fault].what;
}

const char *redis_fault_action(enum redis_fault fault)
{
	return faults[fault].action;
}

const char *redis_error(const struct redis *redis)
{
	return redis->error;
}

static struct timeval duration(int32_t time_ms)
{
	return (struct timeval){.tv_sec = time_ms / 1000, .tv_usec = time_ms % 1000 * 1000};
}

static redisContext *connect_to(const struct redis_options *options)
{
	struct timeval timeout = duration(options->connect_timeout_ms);
	const char *colon = strrchr(options->address, ':');
	char host[256];
	if (options->address[0] == '/' || colon == NULL)
		return redisConnectUnixWithTimeout(options->address, timeout);
	snprintf(host, sizeof host, "%.*s", (int)(colon - options->address), options->address);
	return redisConnectWithTimeout(host, atoi(colon + 1), timeout);
}

static enum redis_fault authenticate(struct redis *redis, const struct redis_options *options)
{
	if (options->password == NULL || options->password[0] == '\0')
		return REDIS_NONE;
	const char *with_user[] = {"AUTH", options->user, options->password};
	const char *without[] = {"AUTH", options->password};
	bool user = options->user != NULL && options->user[0] != '\0';
	redisReply *reply = user ? redis_call(redis, 3, with_user) : redis_call(redis, 2, without);
	enum redis_fault fault = redis_fault_of(redis, reply);
	freeReplyObject(reply);
	return fault;
}

struct redis *redis_open(const struct redis_options *options, enum redis_fault *fault, char *error,
                         size_t error_size)
{
	struct redis *redis = calloc(1, sizeof *redis);
	CHECK(redis != NULL);
	redis->context = connect_to(options);
	if (redis->context == NULL || redis->context->err != 0) {
		*fault = REDIS_ABSENT;
		snprintf(redis->error, sizeof redis->error, "%s",
		         redis->context != NULL ? redis->context->errstr : "no memory");
	} else {
		redisSetTimeout(redis->context, duration(options->command_timeout_ms));
		*fault = authenticate(redis, options);
	}
	if (*fault == REDIS_NONE)
		return redis;
	snprintf(error, error_size, "%s", redis->error);
	redis_close(redis);
	return NULL;
}

void redis_close(struct redis *redis)
{
	if (redis == NULL)
		return;
	if (redis->context != NULL)
		redisFree(redis->context);
	free(redis);
}

void redis_append(struct redis *redis, size_t count, const char *const *arguments,
                  const size_t *sizes)
{
	/* hiredis 0.14 declares its arguments without const and does not change them. A
	 * failure is kept in the context and seen by the next reply. */
	redisAppendCommandArgv(redis->context, (int)count, (const char **)(uintptr_t)arguments,
	                       sizes);
}

redisReply *redis_reply(struct redis *redis)
{
	void *reply = NULL;
	if (redis->context->err != 0 || redisGetReply(redis->context, &reply) != REDIS_OK)
		return NULL;
	return reply;
}

redisReply *redis_call(struct redis *redis, size_t count, const char *const *arguments)
{
	redis_append(redis, count, arguments, NULL);
	return redis_reply(redis);
}

static enum redis_fault fault_of_words(const char *words)
{
	static const struct {
		const char *begin;
		enum redis_fault fault;
	} known[] = {
	        {"NOAUTH", REDIS_NOAUTH},       {"WRONGPASS", REDIS_NOAUTH},
	        {"ERR AUTH", REDIS_NOAUTH},     {"ERR invalid password", REDIS_NOAUTH},
	        {"NOPERM", REDIS_NOPERM},       {"OOM", REDIS_FULL},
	        {"MISCONF", REDIS_FULL},        {"READONLY", REDIS_READONLY},
	        {"LOADING", REDIS_LOADING},     {"BUSY", REDIS_SLOW},
	        {"MASTERDOWN", REDIS_LOADING},  {"WRONGTYPE", REDIS_WRONG_TYPE},
	        {"ERR max number", REDIS_FULL},
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(words, known[i].begin, strlen(known[i].begin)) == 0)
			return known[i].fault;
	return REDIS_REFUSED;
}

enum redis_fault redis_fault_of(struct redis *redis, const redisReply *reply)
{
	if (reply == NULL) {
		const redisContext *context = redis->context;
		snprintf(redis->error, sizeof redis->error, "%s", context->errstr);
		/* A timeout shows as an I/O error with EAGAIN. */
		bool slow = context->err == REDIS_ERR_IO &&
		            strstr(context->errstr, "temporarily unavailable") != NULL;
		return slow ? REDIS_SLOW : REDIS_LOST;
	}
	if (reply->type != REDIS_REPLY_ERROR)
		return REDIS_NONE;
	/* EXECABORT only repeats that a command before was refused: its words say more. */
	if (strncmp(reply->str, "EXECABORT", 9) != 0 || redis->error[0] == '\0')
		snprintf(redis->error, sizeof redis->error, "%s", reply->str);
	return fault_of_words(reply->str);
}
