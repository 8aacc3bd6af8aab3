/* RFC 4180 by a state machine over bytes; see csv.h. */
#include "services/ctl/csv.h"

#include <string.h>

void csv_begin(struct csv *csv, const char *text, size_t size)
{
	memset(csv, 0, sizeof *csv);
	csv->text = text;
	csv->size = size;
	csv->next_line = 1;
	if (size >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		csv->at = 3;
}

static int peek(const struct csv *csv)
{
	return csv->at < csv->size ? (unsigned char)csv->text[csv->at] : -1;
}

/* LF, CRLF or the end; steps over it. */
static bool take_line_end(struct csv *csv)
{
	bool crlf = peek(csv) == '\r' && csv->at + 1 < csv->size && csv->text[csv->at + 1] == '\n';
	if (peek(csv) != -1 && peek(csv) != '\n' && !crlf)
		return false;
	if (peek(csv) != -1)
		csv->at += crlf ? 2 : 1;
	csv->next_line++;
	return true;
}

static void skip_line(struct csv *csv)
{
	while (peek(csv) != -1 && peek(csv) != '\n')
		csv->at++;
	if (peek(csv) == '\n')
		csv->at++;
	csv->next_line++;
}

static bool put(struct csv *csv, size_t *used, int byte)
{
	if (*used + 2 > sizeof csv->record) {
		csv->error = CSV_TOO_LONG;
		return false;
	}
	csv->record[(*used)++] = (char)byte;
	return true;
}

static bool is_control(int byte)
{
	return (byte >= 0 && byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static bool take_quoted(struct csv *csv, size_t *used)
{
	csv->at++;
	for (;;) {
		int byte = peek(csv);
		if (byte == -1) {
			csv->error = CSV_UNCLOSED;
			return false;
		}
		csv->at++;
		if (byte == '"' && peek(csv) != '"')
			return true;
		if (byte == '"')
			csv->at++;
		if (byte == '\n')
			csv->next_line++;
		if (is_control(byte) && byte != '\n' && byte != '\r') {
			csv->error = CSV_CONTROL;
			return false;
		}
		if (!put(csv, used, byte))
			return false;
	}
}

static bool take_plain(struct csv *csv, size_t *used)
{
	for (;;) {
		int byte = peek(csv);
		if (byte == -1 || byte == ',' || byte == '\n' || byte == '\r')
			return true;
		if (byte == '"' || is_control(byte)) {
			csv->error = byte == '"' ? CSV_QUOTE : CSV_CONTROL;
			return false;
		}
		csv->at++;
		if (!put(csv, used, byte))
			return false;
	}
}

static bool take_field(struct csv *csv, size_t *used)
{
	if (csv->count == CSV_MAX_FIELDS) {
		csv->error = CSV_TOO_MANY_FIELDS;
		return false;
	}
	csv->fields[csv->count++] = csv->record + *used;
	bool taken = peek(csv) == '"' ? take_quoted(csv, used) : take_plain(csv, used);
	return taken && put(csv, used, '\0');
}

bool csv_next(struct csv *csv)
{
	size_t used = 0;
	csv->count = 0;
	csv->error = CSV_NONE;
	while (peek(csv) == '\n' ||
	       (peek(csv) == '\r' && csv->at + 1 < csv->size && csv->text[csv->at + 1] == '\n'))
		if (!take_line_end(csv))
			break;
	if (peek(csv) == -1)
		return false;
	csv->line = csv->next_line;
	while (take_field(csv, &used)) {
		if (take_line_end(csv))
			return true;
		if (peek(csv) != ',') {
			csv->error = CSV_QUOTE;
			break;
		}
		csv->at++;
	}
	skip_line(csv);
	return true;
}
