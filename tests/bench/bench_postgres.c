/* PostgreSQL 15 with synchronous commit, the request decided in SQL. One connection in
 * pipeline mode; requests under way go in groups as arrays, half the depth each (or
 * `batch`, if that is more), so that one group runs while the other is gathered, and one
 * transaction per group: the fastest way we know to use it. */
#include "tests/bench/bench_requests.h"

#include <libpq-fe.h>
#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/check.h"

enum { GROUP_MOST = 8192, CONNECT_TRIES = 3000 };

static const char schema[] =
        "CREATE TABLE licence(buyer text PRIMARY KEY, state text NOT NULL, grade text NOT NULL,"
        " until int NOT NULL);"
        "CREATE TABLE ceiling(buyer text PRIMARY KEY, ceiling bigint NOT NULL,"
        " reserved bigint NOT NULL) WITH (fillfactor = 50);"
        "CREATE TABLE request(buyer text, id text, grade text NOT NULL, quantity bigint NOT NULL,"
        " minimum bigint NOT NULL, price bigint NOT NULL, state text NOT NULL, version int NOT "
        "NULL,"
        " PRIMARY KEY (buyer, id));"
        "INSERT INTO licence SELECT lpad(i::text, 10, '0'), 'valid', 'HDPE', 14200101"
        " FROM generate_series(0, 999) i;"
        "INSERT INTO ceiling SELECT lpad(i::text, 10, '0'), 1000000000000, 0"
        " FROM generate_series(0, 999) i;"
        "ANALYZE;"
        /* All of them, or an exception: the driver never sends what must be refused. */
        "CREATE FUNCTION file(buyers text[], ids text[], of_grade text, kg bigint) RETURNS int"
        " LANGUAGE plpgsql AS $$ DECLARE stored int; reserved_rows int; wanted int; BEGIN"
        " INSERT INTO request SELECT r.b, r.i, of_grade, kg, 0, 900000, 'open', 1"
        "  FROM unnest(buyers, ids) AS r(b, i) JOIN licence l ON l.buyer = r.b"
        "  WHERE l.state = 'valid' AND l.grade = of_grade AND l.until >= 14050902 AND kg % 1000 = 0"
        "  ON CONFLICT DO NOTHING;"
        " GET DIAGNOSTICS stored = ROW_COUNT;"
        " IF stored <> cardinality(ids) THEN RAISE EXCEPTION 'refused'; END IF;"
        " WITH asked AS (SELECT b, count(*) * kg AS sum FROM unnest(buyers) AS b GROUP BY b),"
        "  done AS (UPDATE ceiling c SET reserved = c.reserved + asked.sum FROM asked"
        "   WHERE c.buyer = asked.b AND c.reserved + asked.sum <= c.ceiling RETURNING 1)"
        " SELECT (SELECT count(*) FROM done), (SELECT count(*) FROM asked) INTO reserved_rows, "
        "wanted;"
        " IF reserved_rows <> wanted THEN RAISE EXCEPTION 'ceiling exceeded'; END IF;"
        " RETURN stored; END $$;";

/* A group under way. */
struct group {
	uint32_t count;
};

struct postgres {
	char directory[PATH_BYTES];
	pid_t process;
	PGconn *connection;
	struct meter meter;
	uint64_t base;
	/* Groups sent and not answered, oldest first, in a ring. */
	struct group groups[4096];
	uint64_t group_first, group_end;
	char buyers[GROUP_MOST * 12], ids[GROUP_MOST * 14];
};

static const char *program(const char *name)
{
	static char paths[2][PATH_BYTES];
	char *path = paths[name[0] == 'i'];
	snprintf(path, PATH_BYTES, "/usr/lib/postgresql/15/bin/%s", name);
	if (access(path, X_OK) != 0)
		die("%s is missing; make bench-requests installs postgresql-15 as root", path);
	return path;
}

/* Servers refuse to run as root: then as user postgres. */
static size_t as_user(char **arguments)
{
	if (geteuid() != 0)
		return 0;
	static char *const prefix[] = {"setpriv", "--reuid=postgres", "--regid=postgres",
	                               "--init-groups"};
	memcpy(arguments, prefix, sizeof prefix);
	return sizeof prefix / sizeof prefix[0];
}

static void postgres_start(struct postgres *self)
{
	static char data[PATH_BYTES + 8], socket_option[PATH_BYTES + 40];
	char *arguments[24];
	directory_make(self->directory);
	const struct passwd *user = getpwnam("postgres");
	if (geteuid() == 0 &&
	    (user == NULL || chown(self->directory, user->pw_uid, user->pw_gid) != 0))
		die("there is no user postgres");
	snprintf(data, sizeof data, "%s/data", self->directory);
	snprintf(socket_option, sizeof socket_option, "unix_socket_directories=%s",
	         self->directory);
	char *initialise[] = {(char *)(uintptr_t)program("initdb"),
	                      "-D",
	                      data,
	                      "-A",
	                      "trust",
	                      "-U",
	                      "bench",
	                      "-E",
	                      "UTF8",
	                      "--locale=C",
	                      NULL};
	memcpy(arguments + as_user(arguments), initialise, sizeof initialise);
	pid_t process = process_start(self->directory, "initdb", arguments, NULL);
	while (process_runs(process))
		poll(NULL, 0, 20);
	char *serve[] = {(char *)(uintptr_t)program("postgres"),
	                 "-D",
	                 data,
	                 "-c",
	                 socket_option,
	                 "-c",
	                 "listen_addresses=",
	                 "-c",
	                 "shared_buffers=512MB",
	                 "-c",
	                 "max_wal_size=4GB",
	                 "-c",
	                 "jit=off",
	                 NULL};
	memcpy(arguments + as_user(arguments), serve, sizeof serve);
	self->process = process_start(self->directory, "postgres", arguments, NULL);
}

static void postgres_connect(struct postgres *self)
{
	char where[PATH_BYTES + 64];
	snprintf(where, sizeof where, "host=%s user=bench dbname=postgres", self->directory);
	for (int i = 0; i < CONNECT_TRIES && process_runs(self->process); i++) {
		self->connection = PQconnectdb(where);
		if (PQstatus(self->connection) == CONNECTION_OK)
			return;
		PQfinish(self->connection);
		poll(NULL, 0, 10);
	}
	die("postgres did not start");
}

static void postgres_prepare(struct postgres *self)
{
	static const char statement[] = "SELECT file($1::text[], $2::text[], 'HDPE', 1000)";
	PGresult *result = PQexec(self->connection, schema);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die("postgres: %s", PQerrorMessage(self->connection));
	PQclear(result);
	result = PQprepare(self->connection, "file", statement, 2, NULL);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		die("postgres: %s", PQerrorMessage(self->connection));
	PQclear(result);
	if (PQenterPipelineMode(self->connection) != 1)
		die("postgres: no pipeline mode");
}

static void group_send(struct postgres *self, uint32_t count)
{
	char *buyer = self->buyers, *id = self->ids;
	for (uint32_t i = 0; i < count; i++) {
		unsigned long long number = self->base + meter_sent(&self->meter);
		char before = i == 0 ? '{' : ',';
		buyer += sprintf(buyer, "%c%010u", before, (unsigned)(number % BUYERS));
		id += sprintf(id, "%cR%011llu", before, number);
	}
	strcpy(buyer, "}");
	strcpy(id, "}");
	const char *values[] = {self->buyers, self->ids};
	if (PQsendQueryPrepared(self->connection, "file", 2, values, NULL, NULL, 0) != 1 ||
	    PQpipelineSync(self->connection) != 1)
		die("postgres: %s", PQerrorMessage(self->connection));
	self->groups[self->group_end++ % 4096].count = count;
}

/* One group's answer: a result, its end, and the sync. */
static void group_take(struct postgres *self)
{
	PGresult *result = PQgetResult(self->connection);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		die("postgres: %s", PQerrorMessage(self->connection));
	PQclear(result);
	PQclear(PQgetResult(self->connection));
	result = PQgetResult(self->connection);
	if (PQresultStatus(result) != PGRES_PIPELINE_SYNC)
		die("postgres: %s", PQerrorMessage(self->connection));
	PQclear(result);
	uint32_t count = self->groups[self->group_first++ % 4096].count;
	for (uint32_t i = 0; i < count; i++)
		meter_done(&self->meter, self->meter.done);
}

static void postgres_run(struct postgres *self, const struct run *run)
{
	struct run grouped = *run;
	if (run->depth / 2 > run->batch)
		grouped.batch = run->depth / 2;
	if (grouped.batch > GROUP_MOST)
		grouped.batch = GROUP_MOST;
	meter_begin(&self->meter, run, process_cpu_s(self->process));
	do {
		while (meter_may_send(&self->meter, &grouped))
			group_send(self, grouped.batch);
		PQflush(self->connection);
		if (self->meter.done < self->meter.sent)
			group_take(self);
	} while (self->meter.done < self->meter.sent || meter_may_send(&self->meter, &grouped));
	self->base += self->meter.sent;
	meter_end(&self->meter, run, "postgres", process_cpu_s(self->process));
}

void bench_postgres(const struct run *runs, size_t count)
{
	struct postgres *self = calloc(1, sizeof *self);
	CHECK(self != NULL);
	postgres_start(self);
	postgres_connect(self);
	postgres_prepare(self);
	for (size_t i = 0; i < count; i++)
		postgres_run(self, &runs[i]);
	PQfinish(self->connection);
	process_stop(self->process);
	free(self);
}
