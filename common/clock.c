/* Wall, monotonic and simulated time; see clock.h. */
#include "clock.h"

#include <stdio.h>
#include <time.h>

enum { SUSPECT_MS = 60 * 1000, OFFSET_CHECK_MS = 20 };

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
	int64_t departed_ms = difference_ms() - clock->trusted_difference_ms;
	clock->suspect = departed_ms > SUSPECT_MS || departed_ms < -SUSPECT_MS;
	return read_ms(CLOCK_REALTIME) + clock->offset_ms;
}

bool clock_simulated(const struct clock *clock)
{
	return clock->offset_path != NULL;
}

void clock_accept(struct clock *clock)
{
	clock->trusted_difference_ms = difference_ms();
	clock->suspect = false;
}
