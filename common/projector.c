/* The projector's thread: connects, shows, waits, and what it does when Redis fails.
 *
 *   absent, lost, slow, …   close; wait 100 ms to 5 s, doubling, with jitter; open anew
 *   cursor not ours         take Redis's word if the journal holds it, else rebuild
 *   refused inside EXEC     delete the cursor, then as above: a rebuild sets it right
 *   journal unreadable      stop showing, say so once; the daemon goes on
 *
 * The thread is niced: deciding goes before showing. */
#include "common/projector_private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"

enum {
	CONNECT_TIMEOUT_MS = 500,
	COMMAND_TIMEOUT_MS = 1000,
	WAIT_FIRST_MS = 100,
	WAIT_MOST_MS = 5000,
	PROBE_MS = 1000,
	DRAIN_MS = 1000,
	NICE = 10,
};

static const size_t arena_bytes = (size_t)1 << 28;

static bool stopping(struct projector *self)
{
	return self->stop;
}

/* ---- waiting ---- */

/* Until the time has passed, or the thread is to stop; with `notified` also until the
 * journal has grown. */
static void wait_for(struct projector *self, int32_t time_ms, bool notified)
{
	int64_t until_ms = projector_clock_ms() + time_ms;
	uint64_t count;
	while (!stopping(self)) {
		/* Said before the look at the head, so that no notice falls in between. */
		self->sleeping = notified;
		if (notified && self->head > self->sequence)
			break;
		int64_t left_ms = until_ms - projector_clock_ms();
		struct pollfd wake = {.fd = self->wake, .events = POLLIN};
		if (left_ms <= 0 || poll(&wake, 1, (int)left_ms) == 0)
			break;
		if (read(self->wake, &count, sizeof count) < 0 && errno != EAGAIN)
			break;
	}
	self->sleeping = false;
}

/* Half to one and a half times the wait, so that daemons do not come back together. */
static void wait_back_off(struct projector *self)
{
	self->jitter = self->jitter * 1664525U + 1013904223U;
	int32_t wait_ms = self->wait_ms / 2 + (int32_t)(self->jitter >> 8) % self->wait_ms;
	self->wait_ms = self->wait_ms < WAIT_MOST_MS / 2 ? 2 * self->wait_ms : WAIT_MOST_MS;
	wait_for(self, wait_ms, false);
}

/* ---- reactions ---- */

static void fault_tell(struct projector *self, enum redis_fault fault, const char *words)
{
	static const char *const events[] = {
	        [REDIS_NONE] = "projector.redis.up",
	        [REDIS_ABSENT] = "projector.redis.absent",
	        [REDIS_LOST] = "projector.redis.lost",
	        [REDIS_SLOW] = "projector.redis.slow",
	        [REDIS_NOAUTH] = "projector.redis.noauth",
	        [REDIS_NOPERM] = "projector.redis.noperm",
	        [REDIS_FULL] = "projector.redis.full",
	        [REDIS_READONLY] = "projector.redis.readonly",
	        [REDIS_LOADING] = "projector.redis.loading",
	        [REDIS_WRONG_TYPE] = "projector.redis.wrong_type",
	        [REDIS_REFUSED] = "projector.redis.refused",
	};
	self->up = false;
	if (self->told == fault)
		return;
	self->told = fault;
	log_warn(events[fault],
	         "what=%s stream=%s redis=%s cause=%s shown=%" PRIu64
	         " effect=\"Redis lags; decisions go on\" action=%s",
	         log_quote(redis_fault_what(fault)), self->options.stream,
	         log_quote(self->options.redis), log_quote(words), self->sequence,
	         log_quote(redis_fault_action(fault)));
}

static void fault_tell_up(struct projector *self)
{
	self->wait_ms = WAIT_FIRST_MS;
	self->shown = self->sequence;
	if (self->up)
		return;
	self->up = true;
	self->told = REDIS_NONE;
	log_info("projector.redis.up", "stream=%s redis=%s shown=%" PRIu64, self->options.stream,
	         log_quote(self->options.redis), self->sequence);
}

static void disconnect(struct projector *self)
{
	redis_close(self->redis);
	self->redis = NULL;
}

static enum step connect_and_position(struct projector *self)
{
	struct redis_options options = {
	        .address = self->options.redis,
	        .user = self->options.redis_user,
	        .password = self->options.redis_password,
	        .connect_timeout_ms = CONNECT_TIMEOUT_MS,
	        .command_timeout_ms = COMMAND_TIMEOUT_MS,
	};
	enum redis_fault fault;
	char words[256];
	self->redis = redis_open(&options, &fault, words, sizeof words);
	if (self->redis == NULL) {
		fault_tell(self, fault, words);
		wait_back_off(self);
		return STEP_FAULT;
	}
	return STEP_LOST;
}

static void cursor_delete(struct projector *self)
{
	const char *drop[] = {"DEL", self->cursor_key};
	redisReply *reply = redis_call(self->redis, 2, drop);
	freeReplyObject(reply);
}

/* What a step asks for; the next step. */
static enum step react(struct projector *self, enum step step, enum redis_fault fault)
{
	switch (step) {
	case STEP_DONE:
	case STEP_IDLE:
		fault_tell_up(self);
		return step;
	case STEP_TORN:
		fault_tell(self, fault, redis_error(self->redis));
		cursor_delete(self);
		disconnect(self);
		/* A rebuild that meets the same key again must not follow at once. */
		self->wait_ms = WAIT_MOST_MS;
		wait_back_off(self);
		return STEP_FAULT;
	case STEP_FAULT:
		fault_tell(self, fault, redis_error(self->redis));
		disconnect(self);
		wait_back_off(self);
		return step;
	case STEP_LOST:
	case STEP_BROKEN:
		break;
	}
	return step;
}

/* One step after `last`. */
static enum step step_take(struct projector *self, enum step last)
{
	enum redis_fault fault = REDIS_NONE;
	enum step step = STEP_BROKEN;
	switch (last) {
	case STEP_FAULT:
	case STEP_TORN:
		return connect_and_position(self);
	case STEP_LOST:
		/* A fresh connection, or somebody else's cursor: where are we? */
		step = projector_position(self, &fault);
		break;
	case STEP_IDLE:
		wait_for(self, PROBE_MS, true);
		step = self->head > self->sequence ? STEP_DONE : projector_probe(self, &fault);
		if (step == STEP_DONE)
			step = projector_show(self, &fault);
		break;
	case STEP_DONE:
		step = projector_show(self, &fault);
		break;
	case STEP_BROKEN:
		self->up = false;
		wait_for(self, PROBE_MS, false);
		break;
	}
	return react(self, step, fault);
}

/* What is left when stopping, if Redis takes it. */
static void drain(struct projector *self, enum step step)
{
	enum redis_fault fault;
	int64_t until_ms = projector_clock_ms() + DRAIN_MS;
	while (self->redis != NULL && (step == STEP_DONE || step == STEP_IDLE) &&
	       projector_clock_ms() < until_ms) {
		step = projector_show(self, &fault);
		if (step == STEP_IDLE)
			break;
	}
	if (step == STEP_IDLE)
		self->shown = self->sequence;
}

static void *projector_run(void *argument)
{
	struct projector *self = argument;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	/* Of this thread alone: Linux nices threads. */
	setpriority(PRIO_PROCESS, 0, NICE);
	char error[512];
	self->journal = journal_open(self->options.journal_path, self->options.stream, JOURNAL_READ,
	                             error, sizeof error);
	enum step step = STEP_FAULT;
	if (self->journal == NULL) {
		log_error("projector.journal.unreadable",
		          "what=\"the journal cannot be opened for showing\" stream=%s cause=%s "
		          "effect=\"Redis stays as it is; the daemon goes on\" "
		          "action=\"tasheem journal verify\"",
		          self->options.stream, log_quote(error));
		step = STEP_BROKEN;
	}
	while (!stopping(self))
		step = step_take(self, step);
	drain(self, step);
	disconnect(self);
	journal_close(self->journal);
	return NULL;
}

/* ---- the daemon's side ---- */

struct projector *projector_start(const struct projector_options *options)
{
	struct projector *self = calloc(1, sizeof *self);
	CHECK(self != NULL);
	self->options = *options;
	snprintf(self->cursor_key, sizeof self->cursor_key, "tasheem:cursor:%s", options->stream);
	self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	CHECK(self->wake >= 0);
	self->wait_ms = WAIT_FIRST_MS;
	self->jitter = (uint32_t)projector_clock_ms() ^ (uint32_t)getpid();
	CHECK(arena_open(&self->row_arena, arena_bytes));
	CHECK(arena_open(&self->view_arena, arena_bytes));
	CHECK(pthread_create(&self->thread, NULL, projector_run, self) == 0);
	return self;
}

static void wake(struct projector *self)
{
	uint64_t one = 1;
	/* It can only fail by being woken 2^64 times already. */
	ssize_t wrote = write(self->wake, &one, sizeof one);
	(void)wrote;
}

void projector_notify(struct projector *self, uint64_t head_sequence)
{
	self->head = head_sequence;
	bool asleep = true;
	if (atomic_compare_exchange_strong(&self->sleeping, &asleep, false))
		wake(self);
}

void projector_status(struct projector *self, uint64_t *sequence, bool *up)
{
	*sequence = self->shown;
	*up = self->up;
}

void projector_stop(struct projector *self)
{
	if (self == NULL)
		return;
	self->stop = true;
	wake(self);
	pthread_join(self->thread, NULL);
	close(self->wake);
	arena_close(&self->row_arena);
	arena_close(&self->view_arena);
	free(self);
}
