/* The daemon's only look at a clock. Time is wall time plus the offset of
 * TASHEEM_CLOCK_FILE (demo and tests live days in seconds); it is held against
 * monotonic time, so that a jump of more than a minute is noticed. From then on time is
 * what it would be without the jump, until the two agree or an operator accepts the wall:
 * a record ten years ahead would make every later id stale for ten years.
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
	/* Time of the newest record when the wall was over a week from it at start, else 0. */
	int64_t doubted_from_ms;
	bool suspect;
};

/* offset_path is empty or NULL for wall time. */
void clock_open(struct clock *clock, const char *offset_path);
/* ms since 1970 UTC, with the offset. */
int64_t clock_now_ms(struct clock *clock);
/* Never goes back, for time-outs. */
int64_t clock_monotonic_ms(void);
/* At start: the wall is doubted if it is over 7 days from the newest record. What comes in is
 * still dated by it, for nothing else is known. */
void clock_doubt(struct clock *clock, int64_t newest_record_ms);
bool clock_simulated(const struct clock *clock);
/* An operator says that the wall time is right. */
void clock_accept(struct clock *clock);

#endif
