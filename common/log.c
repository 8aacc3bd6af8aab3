/* Log lines, written by a thread.
 *
 * A caller formats its line into memory of its own thread and copies it into a ring of
 * 1 MiB; the log thread writes the ring to standard output. A full ring (standard output
 * is a pipe that nobody reads) loses lines and counts them; the daemon never waits. Every
 * event may write 1,000 lines a second, what is above is counted and told once the second
 * is over (log.suppressed). Before log_open() lines go to standard error at once. */
#include "common/log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/log_text.h"

enum {
	RING_BYTES = 1 << 20,
	LINE_BYTES = 8192,
	/* A pipe with room takes this much without blocking. */
	PIPE_CHUNK_BYTES = 4096,
	FILE_CHUNK_BYTES = 65536,
	EVENT_SLOTS = 512,
	LINES_PER_SECOND = 1000,
	TICK_MS = 250,
	CLOSE_PATIENCE_MS = 1000,
};

/* How often an event was written in the current second. */
struct event_count {
	const char *_Atomic event;
	_Atomic int64_t second;
	_Atomic uint32_t lines;
	_Atomic uint64_t suppressed;
};

static struct {
	char service[32];
	bool json;
	bool open;
	_Atomic int64_t offset_ms;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool stop;
	/* Bytes ever put in and ever taken out. */
	uint64_t head, tail;
	uint64_t lost;
	char ring[RING_BYTES];
	struct event_count events[EVENT_SLOTS];
} log_state = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static int64_t clock_ms(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* The event's slot, by its text; NULL when there are more events than slots. */
static struct event_count *event_slot_find(const char *event)
{
	uint32_t hash = 2166136261U;
	for (const char *at = event; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	for (uint32_t step = 0; step < EVENT_SLOTS; step++) {
		struct event_count *slot = &log_state.events[(hash + step) % EVENT_SLOTS];
		const char *seen = atomic_load_explicit(&slot->event, memory_order_acquire);
		if (seen == NULL && atomic_compare_exchange_strong(&slot->event, &seen, event))
			return slot;
		if (strcmp(seen, event) == 0)
			return slot;
	}
	return NULL;
}

/* The same, by its address first: events are literals, and asked for a million times. */
static struct event_count *event_slot(const char *event)
{
	enum { KNOWN = 64 };
	static _Thread_local struct {
		const char *event;
		struct event_count *slot;
	} known[KNOWN];
	size_t at = ((uintptr_t)event >> 3) % KNOWN;
	if (known[at].event != event) {
		known[at].slot = event_slot_find(event);
		known[at].event = event;
	}
	return known[at].slot;
}

static bool event_may_write(const char *event)
{
	struct event_count *slot = event_slot(event);
	if (slot == NULL)
		return true;
	int64_t second = clock_ms(CLOCK_MONOTONIC_COARSE) / 1000;
	int64_t seen = atomic_load_explicit(&slot->second, memory_order_relaxed);
	if (seen != second && atomic_compare_exchange_strong(&slot->second, &seen, second))
		atomic_store(&slot->lines, 0);
	if (atomic_fetch_add_explicit(&slot->lines, 1, memory_order_relaxed) < LINES_PER_SECOND)
		return true;
	atomic_fetch_add_explicit(&slot->suppressed, 1, memory_order_relaxed);
	return false;
}

bool log_wanted(const char *event)
{
	struct event_count *slot = event_slot(event);
	int64_t second = clock_ms(CLOCK_MONOTONIC_COARSE) / 1000;
	if (slot == NULL || atomic_load_explicit(&slot->second, memory_order_relaxed) != second ||
	    atomic_load_explicit(&slot->lines, memory_order_relaxed) < LINES_PER_SECOND)
		return true;
	atomic_fetch_add_explicit(&slot->suppressed, 1, memory_order_relaxed);
	return false;
}

static size_t line_make(char out[LINE_BYTES], enum log_level level, const char *event,
                        const char *text)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	struct log_line line = {
	        .time_ms = clock_ms(CLOCK_REALTIME) + atomic_load(&log_state.offset_ms),
	        .level = names[level],
	        .service = log_state.service[0] != '\0' ? log_state.service : "-",
	        .event = event,
	        .text = text,
	};
	return log_state.json ? log_text_json(out, LINE_BYTES, &line)
	                      : log_text_logfmt(out, LINE_BYTES, &line);
}

static void ring_put(const char *line, size_t size)
{
	pthread_mutex_lock(&log_state.mutex);
	if (log_state.head - log_state.tail + size > RING_BYTES) {
		log_state.lost++;
	} else {
		size_t at = log_state.head % RING_BYTES;
		size_t first = size < RING_BYTES - at ? size : RING_BYTES - at;
		memcpy(log_state.ring + at, line, first);
		memcpy(log_state.ring, line + first, size - first);
		if (log_state.head == log_state.tail)
			pthread_cond_signal(&log_state.wake);
		log_state.head += size;
	}
	pthread_mutex_unlock(&log_state.mutex);
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
	static _Thread_local char text[LINE_BYTES], line[LINE_BYTES];
	if (level == LOG_DEBUG || !event_may_write(event))
		return;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	size_t size = line_make(line, level, event, text);
	if (log_state.open)
		ring_put(line, size);
	else if (write(STDERR_FILENO, line, size) < 0)
		log_state.lost++;
}

void log_clock(int64_t offset_ms)
{
	atomic_store(&log_state.offset_ms, offset_ms);
}

/* ---- the thread ---- */

/* Lines about lines: counted in the second that is over, and lost. */
static void counts_tell(void)
{
	int64_t second = clock_ms(CLOCK_MONOTONIC_COARSE) / 1000;
	char text[256], line[LINE_BYTES];
	for (uint32_t i = 0; i < EVENT_SLOTS; i++) {
		struct event_count *slot = &log_state.events[i];
		if (atomic_load(&slot->suppressed) == 0 ||
		    (atomic_load(&slot->second) == second && !log_state.stop))
			continue;
		snprintf(text, sizeof text,
		         "what=\"lines above %d a second were counted, not written\" of=%s "
		         "count=%llu",
		         LINES_PER_SECOND, atomic_load(&slot->event),
		         (unsigned long long)atomic_exchange(&slot->suppressed, 0));
		ring_put(line, line_make(line, LOG_INFO, "log.suppressed", text));
	}
	pthread_mutex_lock(&log_state.mutex);
	uint64_t lost = log_state.lost;
	bool room = log_state.head - log_state.tail < RING_BYTES / 2;
	if (room)
		log_state.lost = 0;
	pthread_mutex_unlock(&log_state.mutex);
	if (lost == 0 || !room)
		return;
	snprintf(text, sizeof text,
	         "what=\"standard output was too slow\" count=%llu effect=\"lines are missing\" "
	         "action=\"read the log faster\"",
	         (unsigned long long)lost);
	ring_put(line, line_make(line, LOG_WARN, "log.lost", text));
}

/* Writes the next run of the ring; false when standard output takes nothing now. */
static bool ring_write(size_t chunk)
{
	pthread_mutex_lock(&log_state.mutex);
	size_t at = log_state.tail % RING_BYTES;
	uint64_t waiting = log_state.head - log_state.tail;
	pthread_mutex_unlock(&log_state.mutex);
	size_t size = waiting < RING_BYTES - at ? (size_t)waiting : RING_BYTES - at;
	struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
	if (poll(&output, 1, TICK_MS) <= 0)
		return false;
	ssize_t wrote = write(STDOUT_FILENO, log_state.ring + at, size < chunk ? size : chunk);
	if (wrote < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	/* Nobody is there any more: what waits is given up. */
	if (wrote < 0)
		wrote = (ssize_t)size;
	pthread_mutex_lock(&log_state.mutex);
	log_state.tail += (uint64_t)wrote;
	pthread_mutex_unlock(&log_state.mutex);
	return true;
}

static bool ring_wait(void)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += TICK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&log_state.mutex);
	if (log_state.head == log_state.tail && !log_state.stop)
		pthread_cond_timedwait(&log_state.wake, &log_state.mutex, &until);
	bool waiting = log_state.head != log_state.tail;
	pthread_mutex_unlock(&log_state.mutex);
	return waiting;
}

static bool stop_asked(void)
{
	pthread_mutex_lock(&log_state.mutex);
	bool stop = log_state.stop;
	pthread_mutex_unlock(&log_state.mutex);
	return stop;
}

static void *log_run(void *argument)
{
	(void)argument;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	struct stat facts;
	bool file = fstat(STDOUT_FILENO, &facts) == 0 && S_ISREG(facts.st_mode);
	size_t chunk = file ? FILE_CHUNK_BYTES : PIPE_CHUNK_BYTES;
	int64_t told_ms = clock_ms(CLOCK_MONOTONIC);
	while (!stop_asked()) {
		if (ring_wait())
			ring_write(chunk);
		if (clock_ms(CLOCK_MONOTONIC) - told_ms >= TICK_MS) {
			counts_tell();
			told_ms = clock_ms(CLOCK_MONOTONIC);
		}
	}
	counts_tell();
	int64_t patience_ms = clock_ms(CLOCK_MONOTONIC) + CLOSE_PATIENCE_MS;
	while (ring_wait() && clock_ms(CLOCK_MONOTONIC) < patience_ms)
		ring_write(chunk);
	return NULL;
}

void log_open(const char *service, bool json)
{
	static bool at_exit;
	CHECK(!log_state.open);
	snprintf(log_state.service, sizeof log_state.service, "%s", service);
	log_state.json = json;
	log_state.stop = false;
	CHECK(pthread_create(&log_state.thread, NULL, log_run, NULL) == 0);
	log_state.open = true;
	/* exit() from anywhere still writes the line that says why. */
	if (!at_exit)
		at_exit = atexit(log_close) == 0;
}

void log_close(void)
{
	if (!log_state.open)
		return;
	pthread_mutex_lock(&log_state.mutex);
	log_state.stop = true;
	pthread_cond_signal(&log_state.wake);
	pthread_mutex_unlock(&log_state.mutex);
	pthread_join(log_state.thread, NULL);
	log_state.open = false;
}
