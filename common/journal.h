/* The journal: an append-only chain of rows, each one commit of many records.
 *
 * Shape: SQLite file, WAL, synchronous=FULL, one row per commit:
 *   row(first_sequence INTEGER PRIMARY KEY, count, time_ms, previous_hash BLOB 32,
 *       hash BLOB 32, body BLOB)
 * A single writer holds a flock on FILE.lock; a second one is refused. Opening for
 * writing verifies the log and the newest row's hash; journal_verify() the whole chain.
 *
 * Errors: functions that can fail are MUST_CHECK bools; journal_error() has one
 * sentence for the operator: file, row, sequence, cause. After a failed append
 * the process must end: nobody was told, the restart replays the truth.
 *
 * This header is a seam: the simulator links its own implementation. */
#ifndef TASHEEM_JOURNAL_H
#define TASHEEM_JOURNAL_H

#include "arena.h"
#include "record.h"

struct journal;

/* JOURNAL_WRITE_UNSYNCED is JOURNAL_WRITE whose commits may be lost with the power:
 * for measurements only (TASHEEM_SYNC=off). */
enum journal_access { JOURNAL_WRITE, JOURNAL_READ, JOURNAL_WRITE_UNSYNCED };

/* NULL on failure, with the sentence in `error` (at least 256 bytes). JOURNAL_WRITE
 * creates the file (mode 0600) and takes the lock. JOURNAL_READ opens another
 * connection that sees every committed row; it never creates. */
MUST_CHECK struct journal *journal_open(const char *path, const char *stream,
                                        enum journal_access access, char *error, size_t error_size);
void journal_close(struct journal *journal);
const char *journal_error(const struct journal *journal);
/* The newest sequence, 0 when empty; its row's hash and time. */
uint64_t journal_head(const struct journal *journal);
const uint8_t *journal_head_hash(const struct journal *journal);
int64_t journal_head_time_ms(const struct journal *journal);
/* Durable when it returns true. Fills previous_hash and hash of `row`. The
 * sequence must follow the head. */
MUST_CHECK bool journal_append(struct journal *journal, struct row *row);
/* Rows appended between the two are one transaction, all or none, durable when
 * journal_commit returns true: for a batch that is too large for one row. */
MUST_CHECK bool journal_begin(struct journal *journal);
MUST_CHECK bool journal_commit(struct journal *journal);
/* Re-reads the head of a read connection. */
MUST_CHECK bool journal_refresh(struct journal *journal);
/* Positions reading at the row that holds `sequence` (or the end). */
MUST_CHECK bool journal_seek(struct journal *journal, uint64_t sequence);
/* The next row; its body lives until the next call on this journal. False at the
 * end or on an error; `*failed` tells which. Verifies hash and chain. */
MUST_CHECK bool journal_next(struct journal *journal, struct row *row, bool *failed);
/* Reads the whole chain from the first row; true when every row holds. */
MUST_CHECK bool journal_verify(struct journal *journal, uint64_t *rows, uint64_t *records);
/* Whether the write-ahead log beside the file is whole (SQLite passes over commits behind a
 * damaged frame without a word), and the pages of a file of up to 64 MiB. JOURNAL_WRITE
 * has asked when it opens. */
MUST_CHECK bool journal_log_check(struct journal *journal);
/* Housekeeping between two batches: WAL checkpoints as DESIGN 7 says. */
void journal_maintain(struct journal *journal);
/* Bytes free on the journal's file system; 0 when unknown. */
uint64_t journal_disk_free_bytes(const struct journal *journal);

#endif
