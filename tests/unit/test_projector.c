/* Redis shows what the journal says, whatever is done to Redis: a private redis-server on
 * a unix socket is killed, flushed, filled, locked and written to by others.
 * links: libcommon libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/journal.h"
#include "common/projection_check.h"
#include "common/projector.h"
#include "common/redis.h"

enum { PATIENCE_MS = 15000, NOUNS = 50 };

static char directory[64], journal_path[96], socket_path[96];
static pid_t server;
static struct journal *journal;
static struct projector *projector;
static char error[512];

/* ---- a stream of its own: event kind is the noun's number, payload its amount ---- */

static void show(struct view *view, const struct record *record)
{
	for (uint32_t i = 0; i < record->event_count; i++) {
		const struct wire_event *event = &record->events[i];
		char id[16], notice[64];
		snprintf(id, sizeof id, "n%u", event->kind);
		view_hash(view, "tasheem:noun:%s", id);
		view_int(view, "size", (int64_t)event->payload.size);
		view_text(view, "text", "%.*s", (int)event->payload.size,
		          (const char *)event->payload.data);
		if (record->sequence % 3 == 0)
			view_set_remove(view, id, "tasheem:index:nouns");
		else
			view_set_add(view, id, "tasheem:index:nouns");
		snprintf(notice, sizeof notice, "%" PRIu64 " noun %s changed", record->sequence,
		         id);
		view_publish(view, notice, "tasheem:events:quota");
	}
}

static const char *const families[] = {"tasheem:noun:*", "tasheem:index:nouns", NULL};

static void commit(uint32_t records, uint32_t events, size_t size)
{
	struct arena arena;
	assert_true(arena_open(&arena, (size_t)1 << 28));
	uint64_t first = journal_head(journal) + 1;
	struct record *list = ARENA_ARRAY(&arena, struct record, records);
	char *payload = arena_take(&arena, size);
	memset(payload, 'a' + (int)(first % 26), size);
	for (uint32_t i = 0; i < records; i++) {
		struct wire_event *event = ARENA_ARRAY(&arena, struct wire_event, events);
		for (uint32_t j = 0; j < events; j++)
			event[j] = (struct wire_event){(uint32_t)((first + i + j) % NOUNS),
			                               {(uint8_t *)payload, size}};
		list[i] = (struct record){.sequence = first + i,
		                          .time_ms = 1,
		                          .correlation_id = "",
		                          .traceparent = "",
		                          .event_count = events,
		                          .events = event};
		assert_true(principal_name_set(&list[i].principal, "test"));
	}
	struct row row = {.first_sequence = first, .count = records, .time_ms = 1};
	row.body = row_encode(&arena, list, records);
	assert_true(journal_append(journal, &row));
	arena_close(&arena);
	if (projector != NULL)
		projector_notify(projector, journal_head(journal));
}

/* ---- a Redis of its own ---- */

static struct redis *connected(void)
{
	struct redis_options options = {
	        .address = socket_path, .connect_timeout_ms = 1000, .command_timeout_ms = 5000};
	enum redis_fault fault;
	for (int i = 0; i < 500; i++) {
		struct redis *redis = redis_open(&options, &fault, error, sizeof error);
		if (redis != NULL)
			return redis;
		poll(NULL, 0, 10);
	}
	fail_msg("redis-server did not come up: %s", error);
	return NULL;
}

/* Words separated by blanks; the reply as text or number, for assertions. */
static long long redis_do(const char *command)
{
	char words[256];
	const char *arguments[16];
	size_t count = 0;
	snprintf(words, sizeof words, "%s", command);
	for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
		arguments[count++] = word;
	struct redis *redis = connected();
	redisReply *reply = redis_call(redis, count, arguments);
	long long value = reply == NULL                       ? -1
	                  : reply->type == REDIS_REPLY_ERROR  ? -2
	                  : reply->type == REDIS_REPLY_STRING ? atoll(reply->str)
	                                                      : reply->integer;
	freeReplyObject(reply);
	redis_close(redis);
	return value;
}

static void redis_begin(const char *option, const char *value)
{
	server = fork();
	if (server == 0) {
		char log[128];
		snprintf(log, sizeof log, "%s/redis.log", directory);
		execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket_path,
		       "--dir", directory, "--save", "", "--logfile", log, "--daemonize", "no",
		       option, value, (char *)NULL);
		_exit(127);
	}
	redis_close(connected());
}

static void redis_kill(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	unlink(socket_path);
	server = 0;
}

/* ---- */

static struct projector_options options_of(void)
{
	return (struct projector_options){
	        .journal_path = journal_path,
	        .stream = "quota",
	        .redis = socket_path,
	        .view = show,
	        .families = families,
	};
}

static void begin(void)
{
	struct projector_options options = options_of();
	projector = projector_start(&options);
	projector_notify(projector, journal_head(journal));
}

static void end(void)
{
	projector_stop(projector);
	projector = NULL;
}

static int64_t clock_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until Redis equals the journal at its head. */
static void assert_shown(void)
{
	struct projector_options options = options_of();
	struct projection_report report = {0};
	int64_t until_ms = clock_ms() + PATIENCE_MS;
	do {
		if (projection_check(&options, 1000, &report, error, sizeof error) &&
		    projection_equal(&report))
			return;
		poll(NULL, 0, 20);
	} while (clock_ms() < until_ms);
	fail_msg("%s: %s; at %" PRIu64 " of %" PRIu64 ", missing %" PRIu64 " different %" PRIu64
	         " extra %" PRIu64 "; %s",
	         report.first_key, report.first_difference, report.sequence, report.head,
	         report.missing, report.different, report.extra, error);
}

static void assert_status(bool wanted)
{
	uint64_t sequence;
	bool up = !wanted;
	for (int64_t until_ms = clock_ms() + PATIENCE_MS; clock_ms() < until_ms; poll(NULL, 0, 5)) {
		projector_status(projector, &sequence, &up);
		if (up == wanted)
			return;
	}
	fail_msg("up is %d", up);
}

/* Down, and down again after some back-offs. */
static void assert_stays_down(void)
{
	uint64_t sequence;
	bool up;
	for (int i = 0; i < 50; i++) {
		projector_status(projector, &sequence, &up);
		assert_false(up);
		poll(NULL, 0, 10);
	}
}

static int setup(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/tasheem-projector-XXXXXX");
	if (mkdtemp(directory) == NULL)
		return -1;
	snprintf(journal_path, sizeof journal_path, "%s/quota.journal", directory);
	snprintf(socket_path, sizeof socket_path, "%s/redis", directory);
	journal = journal_open(journal_path, "quota", JOURNAL_WRITE_UNSYNCED, error, sizeof error);
	return journal == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	char command[128];
	projector_stop(projector);
	projector = NULL;
	journal_close(journal);
	if (server != 0)
		redis_kill();
	snprintf(command, sizeof command, "rm -rf %s", directory);
	return system(command);
}

/* ---- tests ---- */

static void test_shows_the_past_and_the_present(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	for (int i = 0; i < 50; i++)
		commit(20, 2, 100);
	begin();
	assert_shown();
	for (int i = 0; i < 50; i++)
		commit(1, 1, 10);
	commit(5, 0, 0);
	assert_shown();
	uint64_t sequence;
	bool up;
	assert_status(true);
	projector_status(projector, &sequence, &up);
	assert_int_equal(redis_do("HGET tasheem:cursor:quota sequence"), 1055);
}

static void test_large_records_are_split(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	begin();
	commit(1, 3000, 10);
	commit(3, 10, 400000);
	commit(1, 1, 10);
	assert_shown();
}

static void test_resumes_without_a_rebuild(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(100, 1, 10);
	begin();
	assert_shown();
	end();
	/* A rebuild would delete it. */
	assert_int_equal(redis_do("HSET tasheem:noun:n1 mark 7"), 1);
	commit(7, 0, 0);
	begin();
	for (int i = 0; i < 500 && redis_do("HGET tasheem:cursor:quota sequence") != 107; i++)
		poll(NULL, 0, 10);
	assert_int_equal(redis_do("HGET tasheem:noun:n1 mark"), 7);
}

static void test_resumes_inside_a_row(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	/* One row, more writes than a transaction takes. */
	commit(900, 2, 10);
	begin();
	assert_shown();
}

static void test_absent_at_start(void **state)
{
	(void)state;
	commit(100, 1, 10);
	begin();
	assert_status(false);
	commit(10, 1, 10);
	redis_begin("--appendonly", "no");
	assert_shown();
	assert_status(true);
}

static void test_killed_and_started_empty(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	begin();
	for (int life = 0; life < 3; life++) {
		commit(200, 2, 50);
		redis_kill();
		commit(200, 2, 50);
		assert_status(false);
		redis_begin("--appendonly", "no");
		commit(10, 2, 50);
		assert_shown();
	}
}

static void test_flushed(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(200, 2, 50);
	begin();
	assert_shown();
	redis_do("FLUSHALL");
	/* Even without new records: seen within a second. */
	assert_shown();
	redis_do("FLUSHALL");
	commit(1, 1, 1);
	assert_shown();
}

static void test_foreign_cursors(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(200, 2, 50);
	begin();
	assert_shown();
	static const char *const acts[] = {
	        "HSET tasheem:cursor:quota sequence 100000",
	        "HSET tasheem:cursor:quota hash 00",
	        "HSET tasheem:cursor:quota sequence -1",
	        "HSET tasheem:cursor:quota sequence x",
	        "DEL tasheem:cursor:quota",
	        "SET tasheem:cursor:quota 5",
	};
	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
		assert_int_not_equal(redis_do("HSET tasheem:noun:n3 size 1"), -1);
		redis_do(acts[i]);
		commit(3, 1, 20);
		assert_shown();
	}
}

static void test_wrong_type(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(200, 2, 50);
	begin();
	assert_shown();
	redis_do("SET tasheem:noun:n5 nonsense");
	commit(NOUNS, 1, 20);
	assert_shown();
}

static void test_foreign_keys_untouched(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	redis_do("SET other 1");
	redis_do("SET tasheem:offer:1 2");
	redis_do("SET tasheem:nounous 3");
	redis_do("SET tasheem:noun:stale 4");
	redis_do("HSET tasheem:cursor:matching sequence 9");
	commit(20, 1, 5);
	begin();
	assert_shown();
	assert_int_equal(redis_do("GET other"), 1);
	assert_int_equal(redis_do("GET tasheem:offer:1"), 2);
	assert_int_equal(redis_do("GET tasheem:nounous"), 3);
	assert_int_equal(redis_do("EXISTS tasheem:noun:stale"), 0);
	assert_int_equal(redis_do("HGET tasheem:cursor:matching sequence"), 9);
}

static void test_full(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(20, 1, 5);
	begin();
	assert_shown();
	redis_do("CONFIG SET maxmemory 1");
	commit(20, 1, 5);
	assert_status(false);
	redis_do("CONFIG SET maxmemory 0");
	assert_shown();
	assert_status(true);
}

static void test_without_permission(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(20, 1, 5);
	begin();
	assert_shown();
	redis_do("ACL SETUSER default -hset");
	commit(20, 1, 5);
	assert_status(false);
	redis_do("ACL SETUSER default +hset");
	assert_shown();
}

static void test_wrong_password(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	redis_do("ACL SETUSER shower on >right ~* &* +@all");
	commit(20, 1, 5);
	struct projector_options options = options_of();
	options.redis_user = "shower";
	options.redis_password = "wrong";
	projector = projector_start(&options);
	assert_stays_down();
	end();
	options.redis_password = "right";
	projector = projector_start(&options);
	projector_notify(projector, journal_head(journal));
	assert_shown();
}

static void test_replica(void **state)
{
	(void)state;
	redis_begin("--replicaof", "127.0.0.1 1");
	commit(20, 1, 5);
	begin();
	assert_stays_down();
	redis_do("REPLICAOF NO ONE");
	assert_shown();
}

static void test_slow(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	commit(20, 1, 5);
	begin();
	assert_shown();
	kill(server, SIGSTOP);
	commit(20, 1, 5);
	assert_status(false);
	int64_t before_ms = clock_ms();
	end();
	assert_true(clock_ms() - before_ms < 2500);
	kill(server, SIGCONT);
	begin();
	assert_shown();
}

static void test_stop_drains(void **state)
{
	(void)state;
	redis_begin("--appendonly", "no");
	begin();
	assert_shown();
	commit(500, 2, 50);
	end();
	assert_int_equal(redis_do("HGET tasheem:cursor:quota sequence"), 500);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	        CASE(test_shows_the_past_and_the_present),
	        CASE(test_large_records_are_split),
	        CASE(test_resumes_without_a_rebuild),
	        CASE(test_resumes_inside_a_row),
	        CASE(test_absent_at_start),
	        CASE(test_killed_and_started_empty),
	        CASE(test_flushed),
	        CASE(test_foreign_cursors),
	        CASE(test_wrong_type),
	        CASE(test_foreign_keys_untouched),
	        CASE(test_full),
	        CASE(test_without_permission),
	        CASE(test_wrong_password),
	        CASE(test_replica),
	        CASE(test_slow),
	        CASE(test_stop_drains),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
