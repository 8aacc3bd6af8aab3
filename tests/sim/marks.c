/* Counts; see marks.h. */
#include "tests/sim/marks.h"

#include <stddef.h>

static struct marks *counted;
static const char *broken;

void marks_open(struct marks *marks)
{
	counted = marks;
}

void marks_hit(enum mark mark)
{
	if (counted)
		atomic_fetch_add_explicit(&counted->hits[mark], 1, memory_order_relaxed);
}

void marks_begin(void)
{
	broken = NULL;
}

void marks_break(const char *sentence)
{
	if (!broken)
		broken = sentence;
}

const char *marks_broken(void)
{
	return broken;
}

const char *mark_name(enum mark mark)
{
#define MARK_TEXT(name) #name,
	static const char *const names[MARK_COUNT] = {MARKS(MARK_TEXT)};
#undef MARK_TEXT
	return names[mark];
}
