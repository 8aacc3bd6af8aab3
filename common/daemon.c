/* Opening, waiting and closing; see daemon.h for the turn. */
#include "daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

#include "daemon_internal.h"
#include "log.h"

#ifndef TASHEEM_VERSION
#define TASHEEM_VERSION "unknown"
#endif

enum {
	EXIT_CONFIG = 78,
	TICK_MS = 200,
	SIMULATED_TICK_MS = 25,
	DISK_CHECK_MS = 1000,
	LEAST_DESCRIPTORS = 4096,
};
static const size_t arena_bytes = 4ull << 30;

static _Noreturn void wrong(const struct daemon *daemon, const char *what, const char *action)
{
	log_error("daemon.cannot_start", "what=%s effect=\"%s does not run\" action=%s",
	          log_quote(what), daemon->service->name, log_quote(action));
	log_close();
	exit(EXIT_CONFIG);
}

static void open_signals(struct daemon *daemon)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	/* Before any thread starts, so that all of them inherit it. */
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	daemon->signal_descriptor = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	CHECK(daemon->signal_descriptor >= 0);
}

/* At its file limit libzmq burns a core. */
static void raise_descriptors(const struct daemon *daemon)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= LEAST_DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < LEAST_DESCRIPTORS ? limit.rlim_max : LEAST_DESCRIPTORS;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < LEAST_DESCRIPTORS)
		log_warn("daemon.few_descriptors",
		         "limit=%ju effect=\"%s serves fewer connections\" "
		         "action=\"raise nofile to %d\"",
		         (uintmax_t)limit.rlim_cur, daemon->service->name, LEAST_DESCRIPTORS);
}

static void open_journal(struct daemon *daemon)
{
	char error[512];
	const char *path = daemon->config.journal;
	if (!*path)
		wrong(daemon, "TASHEEM_JOURNAL is not set", "name the journal's file");
	bool synced = strcmp(daemon->config.sync, "off") != 0;
	daemon->journal =
	        journal_open(path, daemon->service->name,
	                     synced ? JOURNAL_WRITE : JOURNAL_WRITE_UNSYNCED, error, sizeof error);
	if (!daemon->journal)
		wrong(daemon, error, "one daemon per journal; see the runbook");
	daemon->reader =
	        journal_open(path, daemon->service->name, JOURNAL_READ, error, sizeof error);
	if (!daemon->reader)
		wrong(daemon, error, "check the file's owner and mode");
	daemon->head_sequence = journal_head(daemon->journal);
	daemon->last_time_ms = journal_head_time_ms(daemon->journal);
}

struct daemon *daemon_open(const struct service *service, int argc, char **argv)
{
	struct daemon *daemon = calloc(1, sizeof *daemon);
	CHECK(daemon && sodium_init() >= 0);
	daemon->service = service;
	config_load(&daemon->config, service->name, argc, argv);
	daemon->started_ms = clock_monotonic_ms();
	open_signals(daemon);
	clock_open(&daemon->clock, daemon->config.clock_file);
	log_open(service->name, strcmp(daemon->config.log_format, "json") == 0);
	log_clock(daemon->clock.offset_ms);
	daemon->disk_reserve_bytes = (uint64_t)config_int(
	        "TASHEEM_DISK_RESERVE", daemon->config.disk_reserve, 0, INT64_MAX);
	uint32_t capacity =
	        (uint32_t)config_int("TASHEEM_CAPACITY", daemon->config.capacity, 1024, 1 << 28);
	raise_descriptors(daemon);
	open_journal(daemon);
	log_info("daemon.starting",
	         "version=%s journal=%s records=%" PRIu64 " durability=%s clock=%s pid=%d",
	         TASHEEM_VERSION, log_quote(daemon->config.journal), daemon->head_sequence,
	         strcmp(daemon->config.sync, "off") ? "full" : "off",
	         clock_simulated(&daemon->clock) ? "simulated" : "wall", getpid());
	CHECK(arena_open(&daemon->batch.arena, arena_bytes));
	CHECK(dedup_open(&daemon->dedup, capacity < 1 << 24 ? 16 * capacity : capacity));
	source_open(daemon);
	return daemon;
}

const struct config *daemon_config(const struct daemon *daemon)
{
	return &daemon->config;
}

static void replay_take(struct daemon *daemon, const struct record *record)
{
	enum { PROGRESS = 1000000 };
	if (record->has_message_id)
		dedup_add(&daemon->dedup, record);
	if (!stream_name_empty(&record->cursor.stream))
		source_advance(daemon, &record->cursor);
	if (++daemon->replayed % PROGRESS == 0)
		log_info("journal.replaying", "records=%" PRIu64 " of=%" PRIu64, daemon->replayed,
		         daemon->head_sequence);
}

const struct record *daemon_replay(struct daemon *daemon)
{
	if (!daemon->replayed && !journal_seek(daemon->reader, 1))
		wrong(daemon, journal_error(daemon->reader), "tasheem journal verify");
	if (daemon->replay_at == daemon->replay_row.count) {
		bool failed = false;
		arena_reset(&daemon->batch.arena);
		if (!journal_next(daemon->reader, &daemon->replay_row, &failed)) {
			if (failed)
				wrong(daemon, journal_error(daemon->reader),
				      "restore from backup: tasheem journal restore");
			return NULL;
		}
		daemon->replay_records = row_decode(&daemon->batch.arena, &daemon->replay_row);
		daemon->replay_at = 0;
		if (!daemon->replay_records)
			wrong(daemon, "a journaled row does not decode", "tasheem journal verify");
	}
	const struct record *record = &daemon->replay_records[daemon->replay_at++];
	replay_take(daemon, record);
	return record;
}

static const char *source_endpoint(const struct daemon *daemon, const char *stream)
{
	if (strcmp(stream, "membership") == 0)
		return daemon->config.membership;
	return strcmp(stream, "quota") == 0 ? daemon->config.quota : daemon->config.matching;
}

static void bus_sources(struct daemon *daemon, struct bus_options *options)
{
	for (uint32_t at = 0; at < daemon->source_count; at++) {
		struct bus_source *source = &options->sources[at];
		struct principal_name name;
		char what[160];
		source->stream = daemon->sources[at].stream.text;
		source->endpoint = source_endpoint(daemon, source->stream);
		CHECK(principal_name_set(&name, source->stream));
		const struct principal *principal = authorise_by_name(daemon->authorise, &name);
		if (!*source->endpoint || !principal) {
			snprintf(what, sizeof what, "no endpoint or no key for the stream %s",
			         source->stream);
			wrong(daemon, what,
			      "set its TASHEEM_… endpoint and list its key in "
			      "TASHEEM_PRINCIPALS_FILE");
		}
		source->key = principal->key;
	}
	options->source_count = daemon->source_count;
}

static void open_bus(struct daemon *daemon)
{
	char error[512];
	struct bus_options options = {
	        .name = daemon->service->name,
	        .endpoints = daemon->config.endpoint,
	        .local_endpoint = daemon->config.local_endpoint,
	        .wake_descriptor = daemon->signal_descriptor,
	};
	if (!*daemon->config.endpoint)
		wrong(daemon, "TASHEEM_ENDPOINT is not set", "for example tcp://127.0.0.1:7001");
	if (!config_secret(daemon->config.secret_key_file, options.secret_key,
	                   sizeof options.secret_key, error, sizeof error))
		wrong(daemon, error, "TASHEEM_SECRET_KEY_FILE: make one with `tasheem key new`");
	if (!principal_name_set(&daemon->local.name, daemon->config.local_principal))
		wrong(daemon, "TASHEEM_LOCAL_PRINCIPAL is too long", "31 characters at most");
	bus_sources(daemon, &options);
	daemon->bus = bus_open(&options, daemon->authorise, error, sizeof error);
	sodium_memzero(options.secret_key, sizeof options.secret_key);
	if (!daemon->bus)
		wrong(daemon, error, "check endpoints and keys; is the port taken?");
}

static void open_projector(struct daemon *daemon)
{
	if (!*daemon->config.redis)
		return;
	static char password[256];
	char error[512];
	if (*daemon->config.redis_password_file &&
	    !config_secret(daemon->config.redis_password_file, password, sizeof password, error,
	                   sizeof error))
		wrong(daemon, error, "TASHEEM_REDIS_PASSWORD_FILE");
	struct projector_options options = {
	        .journal_path = daemon->config.journal,
	        .stream = daemon->service->name,
	        .redis = daemon->config.redis,
	        .redis_user = daemon->config.redis_user,
	        .redis_password = password,
	        .view = daemon->service->view,
	        .families = daemon->service->families,
	};
	daemon->projector = projector_start(&options);
	if (!daemon->projector)
		wrong(daemon, "the projector cannot start", "check TASHEEM_REDIS");
	projector_notify(daemon->projector, daemon->head_sequence);
}

void daemon_start(struct daemon *daemon, struct authorise *authorise)
{
	char error[512];
	daemon->authorise = authorise;
	if (*daemon->config.principals_file &&
	    !authorise_load(authorise, daemon->config.principals_file, error, sizeof error))
		wrong(daemon, error, "TASHEEM_PRINCIPALS_FILE");
	clock_doubt(&daemon->clock, daemon->last_time_ms);
	open_bus(daemon);
	open_projector(daemon);
	log_info("daemon.recovered", "records=%" PRIu64 " head=%" PRIu64 " ms=%" PRId64,
	         daemon->replayed, daemon->head_sequence,
	         clock_monotonic_ms() - daemon->started_ms);
	log_info("daemon.listening", "endpoint=%s local=%s redis=%s ready=%s",
	         log_quote(daemon->config.endpoint), log_quote(daemon->config.local_endpoint),
	         log_quote(daemon->config.redis),
	         source_all_caught_up(daemon) ? "yes" : "catching_up");
	batch_begin(&daemon->batch, daemon);
}

static void take_signals(struct daemon *daemon)
{
	struct signalfd_siginfo info;
	while (read(daemon->signal_descriptor, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGUSR1) {
			clock_accept(&daemon->clock);
			log_warn("clock.accepted", "by=operator effect=\"timers run again\"");
		} else if (!daemon->stopping) {
			daemon->stopping = true;
			log_info("daemon.stopping",
			         "signal=%u effect=\"no new work; what was taken is "
			         "finished\"",
			         info.ssi_signo);
		}
	}
}

static void check_disk(struct daemon *daemon, int64_t now_ms)
{
	if (daemon->disk_checked_ms && now_ms - daemon->disk_checked_ms < DISK_CHECK_MS)
		return;
	daemon->disk_checked_ms = now_ms;
	daemon->disk_free_bytes = journal_disk_free_bytes(daemon->journal);
	bool full = daemon->disk_free_bytes < daemon->disk_reserve_bytes;
	if (full && !daemon->disk_full)
		log_error("disk.full",
		          "free_bytes=%" PRIu64 " reserve_bytes=%" PRIu64
		          " effect=\"writes and follows are refused, reads go on\" action=\"free "
		          "space; it "
		          "resumes by itself\"",
		          daemon->disk_free_bytes, daemon->disk_reserve_bytes);
	else if (!full && daemon->disk_full)
		log_info("disk.resumed", "free_bytes=%" PRIu64, daemon->disk_free_bytes);
	daemon->disk_full = full;
	bus_pause_sources(daemon->bus, full);
}

static void check_clock(struct daemon *daemon)
{
	if (daemon->clock.suspect == daemon->clock_warned)
		return;
	daemon->clock_warned = daemon->clock.suspect;
	if (daemon->clock.suspect)
		log_error("clock.suspect",
		          "effect=\"deadlines wait; requests go on\" action=\"correct the "
		          "clock, or accept it with SIGUSR1\"");
	else
		log_info("clock.agrees", "effect=\"deadlines run again\"");
}

bool daemon_wait(struct daemon *daemon, int64_t deadline_ms)
{
	if (daemon->stopping)
		return false;
	bool behind = feed_turn(daemon);
	source_turn(daemon);
	journal_maintain(daemon->journal);
	int64_t wait_ms = clock_simulated(&daemon->clock) ? SIMULATED_TICK_MS : TICK_MS;
	int64_t now_ms = clock_now_ms(&daemon->clock);
	const char *because;
	if (deadline_ms < now_ms + wait_ms && !daemon->clock.suspect &&
	    daemon_ready(daemon, &because))
		wait_ms = deadline_ms > now_ms ? deadline_ms - now_ms : 0;
	bool idle = daemon->batch.items == 0 && !behind;
	bus_wait(daemon->bus, behind ? 0 : wait_ms);
	take_signals(daemon);
	check_disk(daemon, clock_monotonic_ms());
	if (idle) {
		arena_reset(&daemon->batch.arena);
		arena_trim(&daemon->batch.arena);
	}
	batch_begin(&daemon->batch, daemon);
	check_clock(daemon);
	log_clock(daemon->clock.offset_ms);
	return true;
}

struct batch *daemon_batch(struct daemon *daemon)
{
	return &daemon->batch;
}

bool daemon_due(struct daemon *daemon, int64_t deadline_ms)
{
	const char *because;
	struct batch *batch = &daemon->batch;
	if (deadline_ms > batch->now_ms || batch->due >= BATCH_MAX_DUE || daemon->clock.suspect ||
	    !daemon_ready(daemon, &because))
		return false;
	batch->due++;
	return true;
}

void daemon_commit(struct daemon *daemon)
{
	batch_commit(&daemon->batch);
}

static void free_all(struct daemon *daemon)
{
	bus_close(daemon->bus);
	journal_close(daemon->reader);
	journal_close(daemon->journal);
	dedup_close(&daemon->dedup);
	arena_close(&daemon->batch.arena);
	close(daemon->signal_descriptor);
	free(daemon);
}

bool daemon_tells_state(const struct daemon *daemon)
{
	return strcmp(daemon->config.state_digest, "on") == 0;
}

void daemon_state(struct daemon *daemon, const uint8_t digest[DIGEST_BYTES])
{
	char text[2 * DIGEST_BYTES + 1];
	memcpy(daemon->state_digest, digest, DIGEST_BYTES);
	sodium_bin2hex(text, sizeof text, digest, DIGEST_BYTES);
	log_info("daemon.state", "head=%" PRIu64 " digest=%s", daemon->head_sequence, text);
}

int daemon_close(struct daemon *daemon)
{
	feed_turn(daemon);
	if (daemon->projector)
		projector_stop(daemon->projector);
	log_info("daemon.stopped",
	         "head=%" PRIu64 " commits=%" PRIu64 " accepted=%" PRIu64 " refused=%" PRIu64,
	         daemon->head_sequence, daemon->count.commits, daemon->count.accepted,
	         daemon->count.refused);
	free_all(daemon);
	log_close();
	return 0;
}
