/* Opening a journal: its files, the one writer's lock, the ballast, the format. */
#include "common/journal_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/log.h"

static bool path_beside(const struct journal *journal, const char *suffix, char out[PATH_SIZE])
{
	return snprintf(out, PATH_SIZE, "%s%s", journal->path, suffix) < PATH_SIZE;
}

static bool lock_take(struct journal *journal)
{
	char path[PATH_SIZE], holder[32] = "";
	if (!path_beside(journal, ".lock", path))
		return journal_fail(journal, "the path is too long");
	journal->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (journal->lock < 0)
		return journal_fail(journal, "%s cannot be opened: %s", path, strerror(errno));
	if (flock(journal->lock, LOCK_EX | LOCK_NB) != 0) {
		ssize_t size = pread(journal->lock, holder, sizeof holder - 1, 0);
		holder[size > 0 ? size : 0] = '\0';
		holder[strcspn(holder, "\n")] = '\0';
		return journal_fail(
		        journal, "another daemon (process %s) is writing it; stop that one first",
		        holder[0] != '\0' ? holder : "unknown");
	}
	int size = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
	/* The id is a courtesy to whom it keeps out; the lock holds without it. */
	if (ftruncate(journal->lock, 0) != 0 || pwrite(journal->lock, holder, (size_t)size, 0) < 0)
		log_warn("journal.lock.unmarked",
		         "what=\"process id not written\" file=%s cause=%s "
		         "effect=\"a second daemon cannot name this one\" action=\"free disk "
		         "space\"",
		         log_quote(path), log_quote(strerror(errno)));
	return true;
}

/* True when there was one to give up. */
static bool ballast_drop(const struct journal *journal)
{
	char path[PATH_SIZE];
	if (!path_beside(journal, ".ballast", path) || unlink(path) != 0)
		return false;
	log_warn("journal.ballast.given_up",
	         "what=\"the disk is full, the reserve file was deleted\" file=%s bytes=%d "
	         "effect=\"the journal opens for reading\" action=\"free disk space\"",
	         log_quote(path), BALLAST_BYTES);
	return true;
}

static void ballast_make(const struct journal *journal)
{
	char path[PATH_SIZE];
	if (!path_beside(journal, ".ballast", path) ||
	    journal_disk_free_bytes(journal) < 4 * (uint64_t)BALLAST_BYTES)
		return;
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return;
	if (posix_fallocate(file, 0, BALLAST_BYTES) != 0)
		unlink(path);
	close(file);
}

uint64_t journal_disk_free_bytes(const struct journal *journal)
{
	struct statvfs facts;
	/* By the open lock file where there is one: the path may have gone. */
	if (journal->lock > 0 ? fstatvfs(journal->lock, &facts) != 0
	                      : statvfs(journal->path, &facts) != 0)
		return 0;
	return (uint64_t)facts.f_bavail * facts.f_frsize;
}

static bool execute(struct journal *journal, const char *sql)
{
	if (sqlite3_exec(journal->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return journal_fail_sqlite(journal, sql);
}

static void sqlite_settle(void)
{
	/* No process-wide memory statistics: they put a lock around every allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

/* The one integer a statement answers, or -1. */
static int64_t ask_int(struct journal *journal, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = -1;
	if (journal_prepare(journal, &statement, sql) && sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

#define ROW_TABLE                                                                                  \
	"CREATE TABLE row(first_sequence INTEGER PRIMARY KEY, count INTEGER NOT NULL,"             \
	" time_ms INTEGER NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL,"              \
	" body BLOB NOT NULL)"

static bool format_create(struct journal *journal)
{
	char sql[512];
	snprintf(sql, sizeof sql,
	         "BEGIN IMMEDIATE;"
	         "CREATE TABLE stream(name TEXT NOT NULL);"
	         "INSERT INTO stream VALUES('%s');" ROW_TABLE ";"
	         "PRAGMA application_id=%d;"
	         "PRAGMA user_version=%d;"
	         "COMMIT",
	         journal->stream, APPLICATION_ID, FORMAT_VERSION);
	return execute(journal, sql);
}

static bool format_check(struct journal *journal)
{
	int64_t version = ask_int(journal, "PRAGMA user_version");
	if (version < 0)
		return journal_fail_sqlite(journal, "reading the format version");
	if (version == 0 && ask_int(journal, "SELECT count(*) FROM sqlite_master") == 0) {
		if (journal->access != JOURNAL_READ)
			return format_create(journal);
		return journal_fail(journal, "it is empty: no daemon has written it yet");
	}
	if (ask_int(journal, "PRAGMA application_id") != APPLICATION_ID)
		return journal_fail(journal, "it is an SQLite file, but not a journal");
	if (version != FORMAT_VERSION)
		return journal_fail(journal,
		                    "it has format %lld, this program knows format %d; use the "
		                    "version that wrote it",
		                    (long long)version, FORMAT_VERSION);
	char sql[128];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM stream WHERE name='%s'", journal->stream);
	if (ask_int(journal, sql) != 1)
		return journal_fail(journal, "it belongs to another stream than %s",
		                    journal->stream);
	/* One altered letter of PRIMARY KEY makes it a column without numbers: no row is found. */
	if (ask_int(journal, "SELECT count(*) FROM sqlite_master WHERE name='row' AND "
	                     "sql='" ROW_TABLE "'") != 1)
		return journal_fail(journal, "the definition of its table was altered: the file "
		                             "is damaged; restore it from a backup");
	return true;
}

/* A new file is ours alone. An existing one is never opened by hand: closing any descriptor
 * of a file drops all locks that this process, in other connections, holds on it. */
static bool file_make(struct journal *journal, int *flags)
{
	*flags = SQLITE_OPEN_READWRITE;
	if (journal->access == JOURNAL_READ) {
		if (access(journal->path, F_OK) != 0)
			return journal_fail(journal, "it cannot be opened: %s", strerror(errno));
		if (access(journal->path, W_OK) != 0)
			*flags = SQLITE_OPEN_READONLY;
		return true;
	}
	int file = open(journal->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0 && errno != EEXIST)
		return journal_fail(journal, "it cannot be created: %s", strerror(errno));
	if (file >= 0)
		close(file);
	return true;
}

static bool connection_open(struct journal *journal)
{
	bool writing = journal->access != JOURNAL_READ;
	int flags;
	if (!file_make(journal, &flags))
		return false;
	if (sqlite3_open_v2(journal->path, &journal->db, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return journal_fail_sqlite(journal, "opening");
	sqlite3_busy_timeout(journal->db, BUSY_MS);
	sqlite3_extended_result_codes(journal->db, 1);
	if (!writing) {
		sqlite3_db_config(journal->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		/* Reading runs through the file once: what was read is not asked again. */
		return execute(journal, "PRAGMA query_only=1;PRAGMA cache_size=-256") &&
		       format_check(journal);
	}
	char sql[160];
	snprintf(sql, sizeof sql,
	         "PRAGMA page_size=%d;PRAGMA journal_mode=WAL;PRAGMA synchronous=%s;"
	         "PRAGMA wal_autocheckpoint=0;PRAGMA cell_size_check=1",
	         PAGE_BYTES, journal->access == JOURNAL_WRITE ? "FULL" : "OFF");
	return execute(journal, sql) && format_check(journal);
}

bool journal_pages_check(struct journal *journal)
{
	sqlite3_stmt *check = NULL;
	char found[160] = "no answer";
	if (ask_int(journal, "PRAGMA page_count") > CHECK_BYTES / PAGE_BYTES)
		return true;
	if (!journal_prepare(journal, &check, "PRAGMA quick_check(1)"))
		return false;
	if (sqlite3_step(check) == SQLITE_ROW)
		snprintf(found, sizeof found, "%s", (const char *)sqlite3_column_text(check, 0));
	sqlite3_finalize(check);
	found[strcspn(found, "\n")] = '\0';
	return strcmp(found, "ok") == 0 ||
	       journal_fail(journal,
	                    "its pages are damaged (%s): the file was altered or the disk is "
	                    "failing; restore it from a backup",
	                    found);
}

static bool statements_prepare(struct journal *journal)
{
	if (!journal_prepare(journal, &journal->head_read,
	                     "SELECT first_sequence, count, time_ms, hash, previous_hash, body "
	                     "FROM row ORDER BY first_sequence DESC LIMIT 1") ||
	    !journal_prepare(journal, &journal->fetch,
	                     "SELECT first_sequence, count, time_ms, hash, previous_hash, body "
	                     "FROM row WHERE first_sequence >= ? ORDER BY first_sequence"))
		return false;
	return journal->access == JOURNAL_READ ||
	       (journal_prepare(journal, &journal->append, "INSERT INTO row VALUES(?,?,?,?,?,?)") &&
	        journal_prepare(journal, &journal->begin, "BEGIN IMMEDIATE") &&
	        journal_prepare(journal, &journal->commit, "COMMIT"));
}

/* Whether the body is read and its hash verified is up to the caller: a refresh needs the
 * numbers only. */
static bool head_load(struct journal *journal, bool verify)
{
	struct row row;
	bool good = true;
	int code = sqlite3_step(journal->head_read);
	if (code == SQLITE_ROW) {
		good = journal_row_of(journal, journal->head_read, &row);
		if (good && verify) {
			row.body.data = sqlite3_column_blob(journal->head_read, 5);
			row.body.size = (size_t)sqlite3_column_bytes(journal->head_read, 5);
			good = journal_row_verify(journal, &row);
		}
		if (good) {
			journal->head = row.first_sequence + row.count - 1;
			journal->head_time_ms = row.time_ms;
			memcpy(journal->head_hash, row.hash, DIGEST_BYTES);
		}
	} else if (code != SQLITE_DONE) {
		good = journal_fail_sqlite(journal, "reading the newest row");
	}
	sqlite3_reset(journal->head_read);
	return good;
}

static bool open_once(struct journal *journal)
{
	/* A reader meets a damaged newest row when it comes to it: what is before stays readable.
	 */
	return connection_open(journal) && statements_prepare(journal) &&
	       head_load(journal, journal->access != JOURNAL_READ);
}

static void connection_close(struct journal *journal)
{
	sqlite3_finalize(journal->append);
	sqlite3_finalize(journal->begin);
	sqlite3_finalize(journal->commit);
	sqlite3_finalize(journal->head_read);
	sqlite3_finalize(journal->fetch);
	sqlite3_close(journal->db);
	journal->append = journal->begin = journal->commit = NULL;
	journal->head_read = journal->fetch = NULL;
	journal->db = NULL;
}

static int log_grown(void *argument, sqlite3 *db, const char *name, int pages)
{
	(void)db, (void)name;
	((struct journal *)argument)->log_pages = pages;
	return SQLITE_OK;
}

static bool open_for_writing(struct journal *journal)
{
	/* Before SQLite sees the log: it would end it at the damage. */
	if (!lock_take(journal) || !journal_log_check(journal))
		return false;
	if (!open_once(journal)) {
		/* Nothing else helps a journal that cannot even make its index file. */
		uint64_t room = journal_disk_free_bytes(journal);
		connection_close(journal);
		if (room >= BALLAST_BYTES || !ballast_drop(journal) || !open_once(journal))
			return false;
	}
	if (!journal_pages_check(journal))
		return false;
	sqlite3_wal_hook(journal->db, log_grown, journal);
	ballast_make(journal);
	return journal_checkpointer_start(journal);
}

struct journal *journal_open(const char *path, const char *stream, enum journal_access access,
                             char *error, size_t error_size)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, sqlite_settle);
	struct journal *journal = calloc(1, sizeof *journal);
	CHECK(journal != NULL);
	CHECK(strlen(stream) < sizeof journal->stream && strchr(stream, '\'') == NULL);
	journal->lock = -1;
	journal->access = access;
	journal->next_sequence = 1;
	strcpy(journal->stream, stream);
	bool good = snprintf(journal->path, sizeof journal->path, "%s", path) < PATH_SIZE - 16;
	if (!good)
		journal_fail(journal, "the path is too long");
	else
		good = access == JOURNAL_READ ? open_once(journal) : open_for_writing(journal);
	if (good)
		return journal;
	snprintf(error, error_size, "%s", journal->error);
	journal_close(journal);
	return NULL;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	journal_checkpointer_stop(journal);
	connection_close(journal);
	/* The lock file stays: removing it would let two writers hold two of them. */
	if (journal->lock >= 0)
		close(journal->lock);
	free(journal->buffer);
	free(journal);
}

const char *journal_error(const struct journal *journal)
{
	return journal->error;
}

uint64_t journal_head(const struct journal *journal)
{
	return journal->head;
}

const uint8_t *journal_head_hash(const struct journal *journal)
{
	return journal->head_hash;
}

int64_t journal_head_time_ms(const struct journal *journal)
{
	return journal->head_time_ms;
}

bool journal_refresh(struct journal *journal)
{
	return head_load(journal, false);
}
