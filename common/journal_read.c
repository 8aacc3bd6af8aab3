/* Reading a journal: fetched in runs, every hash and link verified. */
#include "common/journal_private.h"

#include <stdlib.h>
#include <string.h>

bool journal_row_of(struct journal *journal, sqlite3_stmt *statement, struct row *row)
{
	row->first_sequence = (uint64_t)sqlite3_column_int64(statement, 0);
	row->count = (uint32_t)sqlite3_column_int64(statement, 1);
	row->time_ms = sqlite3_column_int64(statement, 2);
	const void *hash = sqlite3_column_blob(statement, 3);
	const void *previous = sqlite3_column_blob(statement, 4);
	if (sqlite3_column_bytes(statement, 3) != DIGEST_BYTES ||
	    sqlite3_column_bytes(statement, 4) != DIGEST_BYTES || hash == NULL || previous == NULL)
		return journal_fail(
		        journal, "the row at sequence %llu has no hash; restore it from a backup",
		        (unsigned long long)row->first_sequence);
	memcpy(row->hash, hash, DIGEST_BYTES);
	memcpy(row->previous_hash, previous, DIGEST_BYTES);
	row->body = (struct bytes){0};
	return true;
}

bool journal_row_verify(struct journal *journal, const struct row *row)
{
	uint8_t hash[DIGEST_BYTES];
	row_hash(row, hash);
	if (memcmp(hash, row->hash, DIGEST_BYTES) == 0)
		return true;
	return journal_fail(journal,
	                    "the row at sequence %llu does not have the hash of its content: the "
	                    "file was altered or the disk is failing; restore it from a backup",
	                    (unsigned long long)row->first_sequence);
}

static bool buffer_room(struct journal *journal, size_t adding)
{
	size_t need = journal->buffer_used + adding;
	if (need <= journal->buffer_size)
		return true;
	size_t size = need > 2 * FETCH_BYTES ? need : 2 * FETCH_BYTES;
	uint8_t *buffer = realloc(journal->buffer, size);
	if (buffer == NULL)
		return journal_fail(journal, "no memory for a row of %zu bytes", adding);
	journal->buffer = buffer;
	journal->buffer_size = size;
	return true;
}

static bool fetch_row(struct journal *journal)
{
	struct fetched *fetched = &journal->fetched[journal->fetched_count];
	if (!journal_row_of(journal, journal->fetch, &fetched->row))
		return false;
	const void *body = sqlite3_column_blob(journal->fetch, 5);
	size_t size = (size_t)sqlite3_column_bytes(journal->fetch, 5);
	if (!buffer_room(journal, size))
		return false;
	if (size > 0)
		memcpy(journal->buffer + journal->buffer_used, body, size);
	fetched->offset = journal->buffer_used;
	fetched->row.body.size = size;
	journal->buffer_used += size;
	journal->fetched_count++;
	return true;
}

/* Rows from next_sequence on; none at the end. */
static bool fetch_more(struct journal *journal)
{
	journal->fetched_count = journal->fetched_at = 0;
	journal->buffer_used = 0;
	sqlite3_bind_int64(journal->fetch, 1, (sqlite3_int64)journal->next_sequence);
	int code = SQLITE_ROW;
	bool good = true;
	while (good && journal->fetched_count < FETCH_ROWS && journal->buffer_used < FETCH_BYTES &&
	       (code = sqlite3_step(journal->fetch)) == SQLITE_ROW)
		good = fetch_row(journal);
	if (good && code != SQLITE_ROW && code != SQLITE_DONE)
		good = journal_fail_sqlite(journal, "reading rows");
	sqlite3_reset(journal->fetch);
	return good;
}

bool journal_seek(struct journal *journal, uint64_t sequence)
{
	sqlite3_stmt *find = NULL;
	journal->fetched_count = journal->fetched_at = 0;
	journal->next_sequence = 1;
	memset(journal->next_hash, 0, DIGEST_BYTES);
	if (!journal_prepare(journal, &find,
	                     "SELECT first_sequence, count, time_ms, hash, previous_hash FROM row "
	                     "WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1"))
		return false;
	sqlite3_bind_int64(find, 1, (sqlite3_int64)sequence);
	int code = sqlite3_step(find);
	struct row row;
	bool good = code == SQLITE_DONE || code == SQLITE_ROW;
	if (!good)
		journal_fail_sqlite(journal, "seeking a row");
	if (code == SQLITE_ROW && (good = journal_row_of(journal, find, &row))) {
		bool past = sequence >= row.first_sequence + row.count;
		journal->next_sequence = past ? row.first_sequence + row.count : row.first_sequence;
		memcpy(journal->next_hash, past ? row.hash : row.previous_hash, DIGEST_BYTES);
	}
	sqlite3_finalize(find);
	return good;
}

bool journal_next(struct journal *journal, struct row *row, bool *failed)
{
	*failed = false;
	if (journal->fetched_at == journal->fetched_count && !fetch_more(journal)) {
		*failed = true;
		return false;
	}
	if (journal->fetched_at == journal->fetched_count)
		return false;
	const struct fetched *fetched = &journal->fetched[journal->fetched_at++];
	*row = fetched->row;
	row->body.data = journal->buffer + fetched->offset;
	*failed = true;
	if (row->first_sequence != journal->next_sequence || row->count == 0)
		return journal_fail(
		        journal,
		        "sequence %llu is missing: the next row begins at %llu; restore "
		        "it from a backup",
		        (unsigned long long)journal->next_sequence,
		        (unsigned long long)row->first_sequence);
	if (memcmp(row->previous_hash, journal->next_hash, DIGEST_BYTES) != 0)
		return journal_fail(
		        journal,
		        "the row at sequence %llu does not follow the row before it: the "
		        "file was altered; restore it from a backup",
		        (unsigned long long)row->first_sequence);
	if (!journal_row_verify(journal, row))
		return false;
	*failed = false;
	journal->next_sequence += row->count;
	memcpy(journal->next_hash, row->hash, DIGEST_BYTES);
	return true;
}

bool journal_verify(struct journal *journal, uint64_t *rows, uint64_t *records)
{
	struct row row;
	bool failed;
	*rows = *records = 0;
	if (!journal_log_check(journal) || !journal_seek(journal, 1) || !journal_refresh(journal))
		return false;
	while (journal_next(journal, &row, &failed)) {
		*rows += 1;
		*records += row.count;
	}
	return !failed;
}
