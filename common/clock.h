/* The daemon's only look at a clock. Time is wall time plus the offset of
 * TASHEEM_CLOCK_FILE (demo and tests live days in seconds); it is held against
 * monotonic time, so that a jump of more than a minute is noticed.
 *
 * This header is a seam: the simulator links its own implementation. */
#ifndef TASHEEM_CLOCK_H
#define TASHEEM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock {
	const char *offset_path;
	int64_t offset_ms;
	int64_t offset_checked_ms;
	/* wall - monotonic when last trusted. */
	int64_t trusted_difference_ms;
	bool suspect;
};

/* offset_path is empty or NULL for wall time. */
void clock_open(struct clock *clock, const char *offset_path);
/* ms since 1970 UTC, with the offset. */
int64_t clock_now_ms(struct clock *clock);
/* Never goes back, for time-outs. */
int64_t clock_monotonic_ms(void);
bool clock_simulated(const struct clock *clock);
/* An operator says that the wall time is right. */
void clock_accept(struct clock *clock);

#endif
