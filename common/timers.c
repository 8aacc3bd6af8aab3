/* A binary heap in reserved address space: capacity costs nothing until used. */
#include "timers.h"

#include <string.h>
#include <sys/mman.h>

bool timers_open(struct timers *timers, uint32_t capacity)
{
	memset(timers, 0, sizeof *timers);
	if (capacity == 0)
		return true;
	void *range = mmap(NULL, (size_t)capacity * sizeof(struct timer), PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (range == MAP_FAILED)
		return false;
	/* A page at a time: a heap touched once must not cost 2 MiB. */
	(void)madvise(range, (size_t)capacity * sizeof(struct timer), MADV_NOHUGEPAGE);
	timers->heap = range;
	timers->capacity = capacity;
	return true;
}

void timers_close(struct timers *timers)
{
	if (timers->heap)
		munmap(timers->heap, (size_t)timers->capacity * sizeof(struct timer));
	memset(timers, 0, sizeof *timers);
}

bool timers_room(const struct timers *timers, uint32_t adding)
{
	return adding <= timers->capacity - timers->count;
}

static bool timer_before(const struct timer *left, const struct timer *right)
{
	if (left->due_ms != right->due_ms)
		return left->due_ms < right->due_ms;
	if (left->kind != right->kind)
		return left->kind < right->kind;
	return memcmp(left->id, right->id, sizeof left->id) < 0;
}

static void heap_swap(struct timers *timers, uint32_t left, uint32_t right)
{
	struct timer kept = timers->heap[left];
	timers->heap[left] = timers->heap[right];
	timers->heap[right] = kept;
}

static void heap_rise(struct timers *timers, uint32_t at)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;
		if (!timer_before(&timers->heap[at], &timers->heap[parent]))
			return;
		heap_swap(timers, at, parent);
		at = parent;
	}
}

static void heap_sink(struct timers *timers, uint32_t at)
{
	for (;;) {
		uint32_t child = 2 * at + 1;
		if (child >= timers->count)
			return;
		if (child + 1 < timers->count &&
		    timer_before(&timers->heap[child + 1], &timers->heap[child]))
			child++;
		if (!timer_before(&timers->heap[child], &timers->heap[at]))
			return;
		heap_swap(timers, at, child);
		at = child;
	}
}

void timers_add(struct timers *timers, int64_t due_ms, uint32_t kind, const char *id)
{
	CHECK(timers_room(timers, 1));
	struct timer *timer = &timers->heap[timers->count];
	size_t size = strlen(id);
	CHECK(size < sizeof timer->id);
	memset(timer, 0, sizeof *timer);
	timer->due_ms = due_ms;
	timer->kind = kind;
	memcpy(timer->id, id, size);
	timers->count++;
	heap_rise(timers, timers->count - 1);
}

void timers_cancel(struct timers *timers, uint32_t kind, const char *id)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < timers->count; i++) {
		const struct timer *timer = &timers->heap[i];
		if (timer->kind == kind && strcmp(timer->id, id) == 0)
			continue;
		if (kept != i)
			timers->heap[kept] = *timer;
		kept++;
	}
	if (kept == timers->count)
		return;
	timers->count = kept;
	for (uint32_t i = kept / 2; i > 0; i--)
		heap_sink(timers, i - 1);
}

const struct timer *timers_first(const struct timers *timers)
{
	return timers->count ? &timers->heap[0] : NULL;
}

int64_t timers_deadline(const struct timers *timers)
{
	return timers->count ? timers->heap[0].due_ms : INT64_MAX;
}
