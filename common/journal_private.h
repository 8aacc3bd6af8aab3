/* The journal's insides, shared by journal.c (writing, checkpoints), journal_open.c
 * (files, lock, format) and journal_read.c. The format is told in journal.c. */
#ifndef TASHEEM_JOURNAL_PRIVATE_H
#define TASHEEM_JOURNAL_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "common/check.h"
#include "common/journal.h"

enum {
	PAGE_BYTES = 16384,
	APPLICATION_ID = 0x5473686d,
	FORMAT_VERSION = 1,
	BALLAST_BYTES = 4 << 20,
	PASSIVE_BYTES = 8 << 20,
	RESTART_BYTES = 64 << 20,
	FETCH_BYTES = 256 << 10,
	FETCH_ROWS = 512,
	/* Files up to this size are looked through page by page when they are opened or verified.
	 */
	CHECK_BYTES = 64 << 20,
	BUSY_MS = 2000,
	PATH_SIZE = 1024,
	ERROR_SIZE = 512,
};

struct checkpointer {
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool running, wanted, busy, stop;
	sqlite3 *db;
};

/* A fetched row; its body lies at `offset` of the buffer. */
struct fetched {
	struct row row;
	size_t offset;
};

struct journal {
	char path[PATH_SIZE];
	char stream[64];
	char error[ERROR_SIZE];
	enum journal_access access;
	int lock;
	sqlite3 *db;
	sqlite3_stmt *append, *begin, *commit, *head_read, *fetch;
	uint64_t head;
	uint8_t head_hash[DIGEST_BYTES];
	int64_t head_time_ms;
	/* Pages in the write-ahead log, and how many when a checkpoint was last asked for. */
	int log_pages, asked_pages;
	/* The log is long enough to be ended once that checkpoint is done. */
	bool restart_due;
	struct checkpointer checkpointer;
	/* Reading: sequence and previous hash that the next row must have. */
	uint64_t next_sequence;
	uint8_t next_hash[DIGEST_BYTES];
	struct fetched fetched[FETCH_ROWS];
	uint32_t fetched_count, fetched_at;
	uint8_t *buffer;
	size_t buffer_used, buffer_size;
};

/* Put the sentence for journal_error() together; always false. */
bool journal_fail(struct journal *journal, const char *format, ...) PRINTF_LIKE(2, 3);
bool journal_fail_sqlite(struct journal *journal, const char *doing);
MUST_CHECK bool journal_prepare(struct journal *journal, sqlite3_stmt **statement, const char *sql);
/* Whether SQLite finds its pages sound: an altered number of rows in the last of them takes the
 * newest ones away and leaves a whole chain behind. True, unseen, above CHECK_BYTES. */
MUST_CHECK bool journal_pages_check(struct journal *journal);
/* The thread for PASSIVE checkpoints. */
MUST_CHECK bool journal_checkpointer_start(struct journal *journal);
void journal_checkpointer_stop(struct journal *journal);
/* The row of a statement's current result (first_sequence, count, time_ms, hash,
 * previous_hash, …) without its body. */
MUST_CHECK bool journal_row_of(struct journal *journal, sqlite3_stmt *statement, struct row *row);
/* Whether the row has the hash of its content. */
MUST_CHECK bool journal_row_verify(struct journal *journal, const struct row *row);

#endif
