/* Wall, monotonic and simulated time; see clock.h. */
#include "clock.h"

#include <stdio.h>
#include <time.h>

enum { SUSPECT_MS = 60 * 1000, OFFSET_CHECK_MS = 20, DOUBT_MS = 7 * 24 * 3600 * 1000 };

static int64_t read_ms(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

/* Counts sleeping machines too: a resumed one has not jumped. */
static int64_t difference_ms(void)
{
	return read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
}

static bool far(int64_t one_ms, int64_t other_ms, int64_t limit_ms)
{
	return one_ms - other_ms > limit_ms || other_ms - one_ms > limit_ms;
}

static void read_offset(struct clock *clock)
{
	FILE *file = fopen(clock->offset_path, "re");
	long long offset;
	if (!file)
		return;
	if (fscanf(file, "%lld", &offset) == 1)
		clock->offset_ms = offset;
	fclose(file);
}

void clock_open(struct clock *clock, const char *offset_path)
{
	*clock = (struct clock){.trusted_difference_ms = difference_ms()};
	if (offset_path && *offset_path) {
		clock->offset_path = offset_path;
		read_offset(clock);
	}
}

int64_t clock_now_ms(struct clock *clock)
{
	int64_t monotonic_ms = clock_monotonic_ms();
	if (clock->offset_path && monotonic_ms - clock->offset_checked_ms >= OFFSET_CHECK_MS) {
		clock->offset_checked_ms = monotonic_ms;
		read_offset(clock);
	}
	int64_t wall_ms = read_ms(CLOCK_REALTIME) + clock->offset_ms;
	if (clock->doubted_from_ms) {
		clock->suspect = far(wall_ms, clock->doubted_from_ms, DOUBT_MS);
		if (!clock->suspect)
			clock_accept(clock);
		return wall_ms;
	}
	int64_t departed_ms = difference_ms() - clock->trusted_difference_ms;
	clock->suspect = far(departed_ms, 0, SUSPECT_MS);
	return clock->suspect ? wall_ms - departed_ms : wall_ms;
}

void clock_doubt(struct clock *clock, int64_t newest_record_ms)
{
	if (!clock->offset_path && newest_record_ms &&
	    far(clock_now_ms(clock), newest_record_ms, DOUBT_MS))
		clock->doubted_from_ms = newest_record_ms;
}

bool clock_simulated(const struct clock *clock)
{
	return clock->offset_path != NULL;
}

void clock_accept(struct clock *clock)
{
	clock->trusted_difference_ms = difference_ms();
	clock->doubted_from_ms = 0;
	clock->suspect = false;
}
