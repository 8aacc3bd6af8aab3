/* Memory of one batch: taken in order, given back all at once.
 *
 * The range is reserved once and touched only as far as it is used. Under the
 * address sanitizer every take is a malloc of its own, so that an overrun or a
 * use after the reset is seen. Not for threads. */
#ifndef TASHEEM_ARENA_H
#define TASHEEM_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"

struct arena {
	uint8_t *base;
	size_t capacity;
	size_t used;
	/* Highest use since the last trim. */
	size_t touched;
	/* Only under the address sanitizer: every take, newest first. */
	struct arena_take *takes;
};

/* Reserves `capacity` bytes of address space; false when the system has none. */
MUST_CHECK bool arena_open(struct arena *arena, size_t capacity);
void arena_close(struct arena *arena);
/* Everything taken is gone; the range stays. */
void arena_reset(struct arena *arena);
/* Gives back what a peak touched, so that it is not kept for ever; for idle moments, and only
 * while nothing is taken. */
void arena_trim(struct arena *arena);
/* Zeroed memory, aligned for any type; NULL when the arena is full. */
MUST_CHECK void *arena_try(struct arena *arena, size_t size);
/* The same for sizes that decide has bounded: being full is our mistake. */
void *arena_take(struct arena *arena, size_t size);
/* A NUL-terminated copy of formatted text. */
const char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type) ((type *)arena_take((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count)                                                            \
	((type *)arena_take((arena), sizeof(type) * (size_t)(count)))

#endif
