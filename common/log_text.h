/* The text of a log line: pure, so that it can be tested without a thread. */
#ifndef TASHEEM_LOG_TEXT_H
#define TASHEEM_LOG_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct log_line {
	int64_t time_ms;
	const char *level;
	const char *service;
	const char *event;
	/* logfmt pairs. */
	const char *text;
};

/* One line with its newline; what does not fit is cut, the newline never. The size. */
size_t log_text_logfmt(char *out, size_t out_size, const struct log_line *line);
/* The same as one JSON object; every value a string. */
size_t log_text_json(char *out, size_t out_size, const struct log_line *line);

#endif
