/* Bump allocation in a reserved range; see arena.h. */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_EMULATE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_EMULATE 1
#endif
#endif

enum { ALIGNMENT = 16 };

struct arena_take {
	struct arena_take *older;
	max_align_t memory[];
};

bool arena_open(struct arena *arena, size_t capacity)
{
	*arena = (struct arena){.capacity = capacity};
#ifndef ARENA_EMULATE
	void *range = mmap(NULL, capacity, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (range == MAP_FAILED)
		return false;
	arena->base = range;
#endif
	return true;
}

void arena_close(struct arena *arena)
{
	arena_reset(arena);
	if (arena->base)
		munmap(arena->base, arena->capacity);
	*arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
	if (arena->used > arena->touched)
		arena->touched = arena->used;
	while (arena->takes) {
		struct arena_take *take = arena->takes;
		arena->takes = take->older;
		free(take);
	}
	arena->used = 0;
}

void arena_trim(struct arena *arena)
{
	enum { KEEP = 4 << 20 };
	if (arena->base && arena->used == 0 && arena->touched > KEEP) {
		madvise(arena->base + KEEP, arena->touched - KEEP, MADV_DONTNEED);
		arena->touched = KEEP;
	}
}

void *arena_try(struct arena *arena, size_t size)
{
	if (size > arena->capacity)
		return NULL;
	size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (rounded > arena->capacity - arena->used)
		return NULL;
	arena->used += rounded;
#ifdef ARENA_EMULATE
	struct arena_take *take = calloc(1, sizeof *take + size);
	CHECK(take);
	take->older = arena->takes;
	arena->takes = take;
	return take->memory;
#else
	return memset(arena->base + arena->used - rounded, 0, rounded);
#endif
}

void *arena_take(struct arena *arena, size_t size)
{
	void *memory = arena_try(arena, size);
	CHECK(memory);
	return memory;
}

const char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int size = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	CHECK(size >= 0);
	char *text = arena_take(arena, (size_t)size + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)size + 1, format, arguments);
	va_end(arguments);
	return text;
}
