/* What a daemon sees of the outside, replaced: the clock by the world's time,
 * the log by silence (SIM_LOG=1 sends it to stderr). */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "tests/sim/world.h"

void clock_open(struct clock *clock, const char *offset_path)
{
	*clock = (struct clock){.offset_path = offset_path};
}

int64_t clock_now_ms(struct clock *clock)
{
	(void)clock;
	return world_now();
}

/* Time-outs run slower than the clock, so that a quiet day is not all heartbeats. */
int64_t clock_monotonic_ms(void)
{
	return world_now() / SIM_SLOWNESS;
}

bool clock_simulated(const struct clock *clock)
{
	(void)clock;
	return true;
}

void clock_accept(struct clock *clock)
{
	clock->suspect = false;
}

bool log_wanted(const char *event)
{
	(void)event;
	return getenv("SIM_LOG") != NULL;
}

void log_write(enum log_level level, const char *event, const char *format, ...)
{
	if (!getenv("SIM_LOG"))
		return;
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "[%d] %s ", (int)level, event);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

void log_clock(int64_t offset_ms)
{
	(void)offset_ms;
}

void log_open(const char *service, bool json)
{
	(void)service;
	(void)json;
}

void log_close(void)
{
}
