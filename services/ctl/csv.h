/* A strict reader of RFC 4180 CSV: UTF-8, comma, fields optionally in double quotes ("" is a
 * quote inside), lines end with LF or CRLF, a BOM at the start is skipped. Reads from
 * memory; fields are copies, NUL-terminated, good until the next record. */
#ifndef TASHEEM_CTL_CSV_H
#define TASHEEM_CTL_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/check.h"

enum { CSV_MAX_FIELDS = 32, CSV_MAX_RECORD = 16384 };

enum csv_error {
	CSV_NONE,
	/* A quote inside an unquoted field, or text after a closing quote. */
	CSV_QUOTE,
	/* The text ends inside quotes. */
	CSV_UNCLOSED,
	CSV_TOO_MANY_FIELDS,
	CSV_TOO_LONG,
	/* A NUL or another control character. */
	CSV_CONTROL,
};

struct csv {
	const char *text;
	size_t size;
	size_t at;
	/* Line the last record began on, from 1, and the line we are on. */
	uint32_t line;
	uint32_t next_line;
	uint32_t count;
	const char *fields[CSV_MAX_FIELDS];
	enum csv_error error;
	char record[CSV_MAX_RECORD];
};

void csv_begin(struct csv *csv, const char *text, size_t size);
/* The next record that is not an empty line; false at the end. A broken record is returned
 * with `error` set and the reader goes on behind its line. */
MUST_CHECK bool csv_next(struct csv *csv);

#endif
