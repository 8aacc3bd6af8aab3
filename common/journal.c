/* The journal on SQLite.
 *
 * Files beside each other, all of mode 0600:
 *
 *   FILE          an SQLite 3 database, pages of 16 KiB, application_id 0x5473686d ("Tshm"),
 *                 user_version 1 (the version of what follows), write-ahead logging
 *   FILE-wal      its write-ahead log; a commit is durable once it is synced there
 *   FILE-shm      its index, rebuilt at will
 *   FILE.lock     held with flock by the one writer; text: its process id
 *   FILE.ballast  4 MiB of nothing, given up when opening finds no room
 *
 *   TABLE stream(name TEXT)       one row: membership, quota or matching
 *   TABLE row(first_sequence INTEGER PRIMARY KEY, count INTEGER, time_ms INTEGER,
 *             previous_hash BLOB, hash BLOB, body BLOB)
 *
 * One row is one commit of `count` records with the sequences first_sequence,
 * first_sequence + 1, …; the next row begins where it ends, the first at 1. `body` is a
 * serialised tasheem.common.v1.RowBody. `hash` is what row_hash() gives: BLAKE2b-256 over
 * first_sequence, count, time_ms, previous_hash and body; `previous_hash` is the hash of
 * the row before, 32 zeros in the first. Rows are only ever added.
 *
 * A commit is a single INSERT statement, or several between BEGIN and COMMIT. A thread with a
 * connection of its own copies the log into the database (PASSIVE) whenever it has grown by 8 MiB;
 * under steady writing it never quite catches up, so past 64 MiB the writer itself ends the log
 * (RESTART) between two batches, when little is left to copy. Reading fetches up to 256 KiB of rows
 * by one short statement into memory, so that no reader ever pins the log. */
#include "common/journal_private.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"

bool journal_fail(struct journal *journal, const char *format, ...)
{
	int used = snprintf(journal->error, sizeof journal->error, "journal %s: ", journal->path);
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(journal->error + used, sizeof journal->error - (size_t)used, format, arguments);
	va_end(arguments);
	return false;
}

bool journal_fail_sqlite(struct journal *journal, const char *doing)
{
	int code = sqlite3_extended_errcode(journal->db);
	int system = sqlite3_system_errno(journal->db);
	return journal_fail(journal, "%s after sequence %llu failed: %s (SQLite %d%s%s)", doing,
	                    (unsigned long long)journal->head, sqlite3_errmsg(journal->db), code,
	                    system != 0 ? ", " : "", system != 0 ? strerror(system) : "");
}

bool journal_prepare(struct journal *journal, sqlite3_stmt **statement, const char *sql)
{
	if (sqlite3_prepare_v3(journal->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) ==
	    SQLITE_OK)
		return true;
	return journal_fail_sqlite(journal, sql);
}

static void *checkpointer_run(void *argument)
{
	struct checkpointer *self = argument;
	sigset_t all;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	pthread_mutex_lock(&self->mutex);
	while (!self->stop) {
		if (!self->wanted) {
			pthread_cond_wait(&self->wake, &self->mutex);
			continue;
		}
		self->wanted = false;
		self->busy = true;
		pthread_mutex_unlock(&self->mutex);
		/* A failure costs nothing now: the log keeps what was not copied, and the
		 * writer's own RESTART reports it. */
		sqlite3_wal_checkpoint_v2(self->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
		pthread_mutex_lock(&self->mutex);
		self->busy = false;
		pthread_cond_broadcast(&self->wake);
	}
	pthread_mutex_unlock(&self->mutex);
	return NULL;
}

bool journal_checkpointer_start(struct journal *journal)
{
	struct checkpointer *self = &journal->checkpointer;
	if (sqlite3_open_v2(journal->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
	                    NULL) != SQLITE_OK)
		return journal_fail(journal, "a second connection was refused: %s",
		                    sqlite3_errmsg(self->db));
	/* A connection that has never read does not know that there is a log to copy. */
	sqlite3_exec(self->db, "SELECT count(*) FROM stream", NULL, NULL, NULL);
	if (journal->access == JOURNAL_WRITE_UNSYNCED)
		sqlite3_exec(self->db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	pthread_mutex_init(&self->mutex, NULL);
	pthread_cond_init(&self->wake, NULL);
	if (pthread_create(&self->thread, NULL, checkpointer_run, self) != 0)
		return journal_fail(journal, "no thread for checkpoints: %s", strerror(errno));
	self->running = true;
	return true;
}

void journal_checkpointer_stop(struct journal *journal)
{
	struct checkpointer *self = &journal->checkpointer;
	if (self->running) {
		pthread_mutex_lock(&self->mutex);
		self->stop = true;
		pthread_cond_broadcast(&self->wake);
		pthread_mutex_unlock(&self->mutex);
		pthread_join(self->thread, NULL);
		pthread_cond_destroy(&self->wake);
		pthread_mutex_destroy(&self->mutex);
		self->running = false;
	}
	sqlite3_close(self->db);
	self->db = NULL;
}

static void checkpointer_ask(struct checkpointer *self)
{
	pthread_mutex_lock(&self->mutex);
	self->wanted = true;
	pthread_cond_broadcast(&self->wake);
	pthread_mutex_unlock(&self->mutex);
}

/* Whether no other checkpoint runs; waits for that if it must. */
static bool checkpointer_idle(struct checkpointer *self, bool wait)
{
	pthread_mutex_lock(&self->mutex);
	while (wait && (self->busy || self->wanted))
		pthread_cond_wait(&self->wake, &self->mutex);
	bool idle = !self->busy && !self->wanted;
	pthread_mutex_unlock(&self->mutex);
	return idle;
}

/* The writer ends the log itself, right after the thread has copied: little is left then. */
static void restart_log(struct journal *journal)
{
	if (!checkpointer_idle(&journal->checkpointer,
	                       journal->log_pages > 2 * RESTART_BYTES / PAGE_BYTES))
		return;
	journal->restart_due = false;
	int code =
	        sqlite3_wal_checkpoint_v2(journal->db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	if (code == SQLITE_OK)
		journal->log_pages = journal->asked_pages = 0;
	else
		log_warn("journal.checkpoint.late",
		         "what=\"the write-ahead log could not be ended\" cause=%s log_bytes=%lld "
		         "effect=\"it grows and reading slows down\" "
		         "action=\"end long readers of the journal file\"",
		         log_quote(sqlite3_errmsg(journal->db)),
		         (long long)journal->log_pages * PAGE_BYTES);
}

void journal_maintain(struct journal *journal)
{
	/* The log begins anew when everything in it was copied. */
	if (journal->log_pages < journal->asked_pages) {
		journal->asked_pages = 0;
		journal->restart_due = false;
	}
	if (journal->restart_due)
		restart_log(journal);
	if (journal->log_pages - journal->asked_pages < PASSIVE_BYTES / PAGE_BYTES)
		return;
	journal->asked_pages = journal->log_pages;
	journal->restart_due = journal->log_pages >= RESTART_BYTES / PAGE_BYTES;
	checkpointer_ask(&journal->checkpointer);
}

static bool transaction(struct journal *journal, sqlite3_stmt *statement, const char *doing)
{
	bool good = sqlite3_step(statement) == SQLITE_DONE;
	if (!good)
		journal_fail_sqlite(journal, doing);
	sqlite3_reset(statement);
	return good;
}

bool journal_begin(struct journal *journal)
{
	CHECK(journal->begin != NULL);
	return transaction(journal, journal->begin, "beginning a commit");
}

bool journal_commit(struct journal *journal)
{
	CHECK(journal->commit != NULL);
	return transaction(journal, journal->commit, "making rows durable");
}

bool journal_append(struct journal *journal, struct row *row)
{
	CHECK(journal->append != NULL);
	CHECK(row->first_sequence == journal->head + 1 && row->count > 0);
	memcpy(row->previous_hash, journal->head_hash, DIGEST_BYTES);
	row_hash(row, row->hash);
	sqlite3_stmt *append = journal->append;
	sqlite3_bind_int64(append, 1, (sqlite3_int64)row->first_sequence);
	sqlite3_bind_int64(append, 2, row->count);
	sqlite3_bind_int64(append, 3, row->time_ms);
	sqlite3_bind_blob(append, 4, row->previous_hash, DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(append, 5, row->hash, DIGEST_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob64(append, 6, row->body.data, row->body.size, SQLITE_STATIC);
	bool good = sqlite3_step(append) == SQLITE_DONE;
	if (!good)
		journal_fail_sqlite(journal, "writing the row");
	sqlite3_reset(append);
	if (!good)
		return false;
	journal->head = row->first_sequence + row->count - 1;
	journal->head_time_ms = row->time_ms;
	memcpy(journal->head_hash, row->hash, DIGEST_BYTES);
	return true;
}
