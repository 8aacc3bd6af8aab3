/* common/journal.h over rows in memory. Durable is what is in the store; a
 * planned crash happens just before or just after that. */
#include <stdlib.h>
#include <string.h>

#include "common/journal.h"
#include "tests/sim/marks.h"
#include "tests/sim/world.h"

struct journal {
	struct node *node;
	bool writer;
	uint32_t at;
};

struct journal *memory_journal_open(struct node *node, bool writer)
{
	struct journal *journal = calloc(1, sizeof *journal);
	CHECK(journal);
	journal->node = node;
	journal->writer = writer;
	return journal;
}

void journal_close(struct journal *journal)
{
	free(journal);
}

const char *journal_error(const struct journal *journal)
{
	(void)journal;
	return "memory does not fail";
}

static const struct row *newest(const struct journal *journal)
{
	const struct store *store = &journal->node->store;
	return store->count ? &store->rows[store->count - 1] : NULL;
}

uint64_t journal_head(const struct journal *journal)
{
	const struct row *row = newest(journal);
	return row ? row->first_sequence + row->count - 1 : 0;
}

const uint8_t *journal_head_hash(const struct journal *journal)
{
	static const uint8_t zeros[DIGEST_BYTES];
	const struct row *row = newest(journal);
	return row ? row->hash : zeros;
}

int64_t journal_head_time_ms(const struct journal *journal)
{
	const struct row *row = newest(journal);
	return row ? row->time_ms : 0;
}

static void planned_crash(struct node *node, enum crash_plan plan)
{
	bool now = node->plan_commit == 0 || node->plan_commit == node->commits;
	if (node->plan != plan || !node->taking_turn || !now)
		return;
	node->plan = CRASH_NONE;
	SOMETIMES(crash_before_append, plan == CRASH_BEFORE_APPEND);
	SOMETIMES(crash_after_append, plan == CRASH_AFTER_APPEND);
	longjmp(node->crash, 1);
}

bool journal_append(struct journal *journal, struct row *row)
{
	struct store *store = &journal->node->store;
	CHECK(journal->writer && row->first_sequence == journal_head(journal) + 1);
	journal->node->commits++;
	planned_crash(journal->node, CRASH_BEFORE_APPEND);
	memcpy(row->previous_hash, journal_head_hash(journal), DIGEST_BYTES);
	row_hash(row, row->hash);
	if (store->count == store->room) {
		store->room = store->room ? 2 * store->room : 64;
		store->rows = realloc(store->rows, store->room * sizeof *store->rows);
		CHECK(store->rows);
	}
	struct row *kept = &store->rows[store->count];
	*kept = *row;
	uint8_t *body = malloc(row->body.size + 1);
	CHECK(body);
	memcpy(body, row->body.data, row->body.size);
	kept->body.data = body;
	store->count++;
	planned_crash(journal->node, CRASH_AFTER_APPEND);
	return true;
}

/* A crash between two rows leaves the first here: harsher than a transaction. */
bool journal_begin(struct journal *journal)
{
	(void)journal;
	return true;
}

bool journal_commit(struct journal *journal)
{
	(void)journal;
	return true;
}

bool journal_refresh(struct journal *journal)
{
	(void)journal;
	return true;
}

bool journal_seek(struct journal *journal, uint64_t sequence)
{
	const struct store *store = &journal->node->store;
	uint32_t low = 0;
	uint32_t high = store->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct row *row = &store->rows[middle];
		if (row->first_sequence + row->count - 1 < sequence)
			low = middle + 1;
		else
			high = middle;
	}
	journal->at = low;
	return true;
}

bool journal_next(struct journal *journal, struct row *row, bool *failed)
{
	const struct store *store = &journal->node->store;
	*failed = false;
	if (journal->at >= store->count)
		return false;
	*row = store->rows[journal->at++];
	return true;
}

void journal_maintain(struct journal *journal)
{
	(void)journal;
}

uint64_t journal_disk_free_bytes(const struct journal *journal)
{
	(void)journal;
	return UINT64_MAX;
}
