/* The projector's insides: projector.c has the thread and its reactions,
 * projector_show.c the cursor, the transactions and the rebuild. */
#ifndef TASHEEM_PROJECTOR_PRIVATE_H
#define TASHEEM_PROJECTOR_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "common/journal.h"
#include "common/projector.h"
#include "common/redis.h"

enum { TRANSACTION_WRITES = 1000, TRANSACTION_BYTES = 1 << 20, CURSOR_KEY_SIZE = 64 };

struct projector {
	struct projector_options options;
	char cursor_key[CURSOR_KEY_SIZE];
	pthread_t thread;
	/* Wakes the thread: an eventfd. */
	int wake;
	_Atomic bool stop, sleeping, up;
	_Atomic uint64_t head, shown;

	/* From here on the thread's own. */
	struct journal *journal;
	struct redis *redis;
	/* What Redis's cursor must say. */
	uint64_t sequence;
	uint8_t hash[DIGEST_BYTES];
	/* The row being shown, its records, and the next of them. */
	struct arena row_arena;
	struct row row;
	const struct record *records;
	uint32_t record_at;
	/* The record being shown and its writes that have not gone out. */
	struct arena view_arena;
	struct view view;
	const struct view_write *pending;
	/* Notices up to here are old news: they were published, or belong to a rebuild. */
	uint64_t silent_through;
	/* Set while a rebuild is under way: when it began, and where it ends. */
	int64_t rebuild_began_ms;
	uint64_t rebuild_through;
	/* For the log: the last fault told, and how long to wait after the next. */
	enum redis_fault told;
	int32_t wait_ms;
	uint32_t jitter;
};

/* How a step of the thread ended. */
enum step {
	STEP_DONE,
	/* There is nothing more in the journal. */
	STEP_IDLE,
	/* The cursor is not what it must be: projector_position() again. */
	STEP_LOST,
	/* A write was refused inside a transaction: its cursor lies, delete it. */
	STEP_TORN,
	/* Redis failed: close, wait, open anew. */
	STEP_FAULT,
	/* The journal cannot be read: nothing more can be shown. */
	STEP_BROKEN,
};

int64_t projector_clock_ms(void);
/* Begins where Redis's cursor says; a rebuild when the journal does not hold that. */
enum step projector_position(struct projector *projector, enum redis_fault *fault);
/* Asks whether the cursor still is what it must be. */
enum step projector_probe(struct projector *projector, enum redis_fault *fault);
/* Shows the next transaction's worth. */
enum step projector_show(struct projector *projector, enum redis_fault *fault);

#endif
