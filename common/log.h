/* Log lines: logfmt on stdout, UTC milliseconds, fixed order
 * `ts level svc event …`. Event codes are dotted and stable; all of them are
 * listed in deploy/log-events.md (a lint check compares). A thread with a bounded ring
 * writes; above 1,000 lines a second per event lines are counted, not written.
 * Values are escaped: one event is one line, always.
 *
 *   log_info("quota.request.accepted", "request=%s buyer=%s kg=%" PRId64, …)
 *
 * The event is a literal. The text after it is logfmt made by the caller; %s values go through
 * log_quote() when they may hold blanks or come from outside. An error says what
 * happened (what=), its effect (effect=) and what to do (action=). */
#ifndef TASHEEM_LOG_H
#define TASHEEM_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Starts the thread. `now` may be simulated later by log_clock(). */
void log_open(const char *service, bool json);
/* Writes what is left and stops the thread. */
void log_close(void);
/* The offset of a simulated clock, ms. */
void log_clock(int64_t offset_ms);
void log_write(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);
/* Whether a line of this event would be written now: saves the caller the making of a line that
 * would only be counted. When false it has been counted as suppressed. */
bool log_wanted(const char *event);
/* The text in quotes if it needs them, control and bidi characters escaped; one of eight
 * buffers of the calling thread in turn. */
const char *log_quote(const char *text);

#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

#endif
