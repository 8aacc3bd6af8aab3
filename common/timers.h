/* Deadlines of a state: a binary heap ordered by (due, kind, id), so that equal
 * instants fall in one order everywhere. Part of the state: filled and emptied
 * by apply, read by the main loop. A timer that no longer applies is cancelled
 * or, when it falls due, decided to have no effect. */
#ifndef TASHEEM_TIMERS_H
#define TASHEEM_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"

struct timer {
	int64_t due_ms;
	/* A number of the service's own timer kinds. */
	uint32_t kind;
	/* What it is about, an id in text, zero-padded. */
	char id[44];
};

struct timers {
	struct timer *heap;
	uint32_t count;
	uint32_t capacity;
};

MUST_CHECK bool timers_open(struct timers *timers, uint32_t capacity);
void timers_close(struct timers *timers);
bool timers_room(const struct timers *timers, uint32_t adding);
void timers_add(struct timers *timers, int64_t due_ms, uint32_t kind, const char *id);
/* Removes every timer of this kind and id. */
void timers_cancel(struct timers *timers, uint32_t kind, const char *id);
/* The earliest, or NULL. */
const struct timer *timers_first(const struct timers *timers);
/* INT64_MAX when there is none. */
int64_t timers_deadline(const struct timers *timers);

#endif
