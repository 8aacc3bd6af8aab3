/* Log lines as logfmt or JSON, and the quoting that keeps one event one line.
 *
 * logfmt: `key=value` separated by blanks; a value with blanks, quotes, equal signs or
 * nothing in it stands in double quotes, where \" \\ \n \t \r are escapes. Control
 * characters, ESC, C1 controls, characters that turn the direction of text (bidi) and
 * bytes that are not UTF-8 never appear: they become \xNN and \uNNNN. JSON: the same pairs
 * as members, a word without `=` as a member whose value is empty. */
#include "common/log_text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/log.h"

enum { QUOTE_BUFFERS = 8, QUOTE_SIZE = 512, ESCAPE_SIZE = 8 };

/* Where text is put; room for the end of the line is kept by the owner's `size`. */
struct sink {
	char *out;
	size_t size, used;
};

static bool put(struct sink *sink, const char *bytes, size_t size)
{
	if (sink->used + size > sink->size)
		return false;
	memcpy(sink->out + sink->used, bytes, size);
	sink->used += size;
	return true;
}

static bool put_text(struct sink *sink, const char *text)
{
	return put(sink, text, strlen(text));
}

/* Length of the character at `text` and its number; -1 as number for a byte that begins
 * no UTF-8. */
static size_t character_at(const char *text, int32_t *number)
{
	const unsigned char *at = (const unsigned char *)text;
	static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = at[0] < 0x80   ? 1
	                : at[0] < 0xc2 ? 0
	                : at[0] < 0xe0 ? 2
	                : at[0] < 0xf0 ? 3
	                : at[0] < 0xf5 ? 4
	                               : 0;
	*number = length == 0 ? -1 : length == 1 ? at[0] : at[0] & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			*number = -1;
			return 1;
		}
		*number = *number << 6 | (at[i] & 0x3f);
	}
	if (length == 0 || *number < least[length] || *number > 0x10ffff ||
	    (*number >= 0xd800 && *number < 0xe000))
		*number = -1;
	return *number < 0 ? 1 : length;
}

static bool character_hidden(int32_t number)
{
	return number < 0x20 || (number >= 0x7f && number < 0xa0) || number == 0x61c ||
	       number == 0x200e || number == 0x200f || (number >= 0x2028 && number <= 0x202e) ||
	       (number >= 0x2066 && number <= 0x2069) || number == 0xfeff;
}

/* The escape of a character that must not appear, empty for all others. */
static void escape_of(const char *text, int32_t number, char out[ESCAPE_SIZE])
{
	out[0] = '\0';
	if (number < 0)
		snprintf(out, ESCAPE_SIZE, "\\x%02x", (unsigned char)*text);
	else if (number == '\n' || number == '\t' || number == '\r')
		snprintf(out, ESCAPE_SIZE, "\\%c",
		         number == '\n'   ? 'n'
		         : number == '\t' ? 't'
		                          : 'r');
	else if (character_hidden(number) && number < 0x100)
		snprintf(out, ESCAPE_SIZE, "\\x%02x", (unsigned)number);
	else if (character_hidden(number))
		snprintf(out, ESCAPE_SIZE, "\\u%04x", (unsigned)number & 0xffffU);
}

/* Copies what may appear, escapes the rest; with `quoted` also quotes and backslashes. */
static bool put_clean(struct sink *sink, const char *text, bool quoted)
{
	while (*text != '\0') {
		int32_t number;
		char escape[ESCAPE_SIZE];
		size_t length = character_at(text, &number);
		escape_of(text, number, escape);
		if (quoted && (number == '"' || number == '\\'))
			snprintf(escape, sizeof escape, "\\%c", (char)number);
		if (!(escape[0] != '\0' ? put_text(sink, escape) : put(sink, text, length)))
			return false;
		text += length;
	}
	return true;
}

static bool quotes_needed(const char *text)
{
	if (*text == '\0')
		return true;
	while (*text != '\0') {
		int32_t number;
		size_t length = character_at(text, &number);
		if (number == ' ' || number == '"' || number == '=' || number == '\\' ||
		    character_hidden(number) || number == 0xa0)
			return true;
		text += length;
	}
	return false;
}

const char *log_quote(const char *text)
{
	static _Thread_local char buffers[QUOTE_BUFFERS][QUOTE_SIZE];
	static _Thread_local unsigned turn;
	static const char cut[] = "…";
	char *out = buffers[turn++ % QUOTE_BUFFERS];
	struct sink sink = {.out = out, .size = QUOTE_SIZE - sizeof cut - 2};
	bool quoted = quotes_needed(text);
	if (quoted)
		put(&sink, "\"", 1);
	bool whole = put_clean(&sink, text, quoted);
	sink.size = QUOTE_SIZE - 1;
	if (!whole)
		put_text(&sink, cut);
	if (quoted)
		put(&sink, "\"", 1);
	out[sink.used] = '\0';
	return out;
}

static void put_time(struct sink *sink, int64_t time_ms)
{
	char text[64], day[32];
	struct tm parts;
	time_t seconds = (time_t)(time_ms / 1000);
	gmtime_r(&seconds, &parts);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text, sizeof text, "%s.%03dZ", day, (int)(time_ms % 1000));
	put_text(sink, text);
}

size_t log_text_logfmt(char *out, size_t out_size, const struct log_line *line)
{
	struct sink sink = {.out = out, .size = out_size - 1};
	put_text(&sink, "ts=");
	put_time(&sink, line->time_ms);
	const char *const words[] = {
	        " level=", line->level, " svc=", line->service, " event=", line->event};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		put_text(&sink, words[i]);
	if (line->text[0] != '\0')
		put_text(&sink, " ");
	put_clean(&sink, line->text, false);
	out[sink.used] = '\n';
	return sink.used + 1;
}

/* ---- JSON ---- */

static bool put_member(struct sink *sink, const char *key, const char *value)
{
	size_t before = sink->used;
	if (put_text(sink, sink->used > 1 ? ",\"" : "\"") && put_clean(sink, key, true) &&
	    put_text(sink, "\":\"") && put_clean(sink, value, true) && put_text(sink, "\""))
		return true;
	/* Half a member would not be JSON. */
	sink->used = before;
	return false;
}

/* JSON knows no \xNN: the escapes of logfmt stay as text, with their backslash escaped. */
static void text_escape(char *out, size_t out_size, const char *text)
{
	struct sink sink = {.out = out, .size = out_size - 1};
	put_clean(&sink, text, false);
	out[sink.used] = '\0';
}

/* Takes `key=value` off the text; the value unquoted, in place. False at the end. */
static bool pair_take(char **text, char **key, char **value)
{
	char *at = *text + strspn(*text, " ");
	if (*at == '\0')
		return false;
	*key = at;
	at += strcspn(at, "= ");
	bool has_value = *at == '=';
	if (*at != '\0')
		*at++ = '\0';
	*value = at;
	if (!has_value) {
		*value = at + strlen(at);
	} else if (*at == '"') {
		char *to = at++;
		for (; *at != '\0' && *at != '"'; at++) {
			if (*at == '\\' && (at[1] == '"' || at[1] == '\\'))
				at++;
			*to++ = *at;
		}
		if (*at == '"')
			at++;
		*to = '\0';
	} else {
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
	}
	*text = at;
	return true;
}

size_t log_text_json(char *out, size_t out_size, const struct log_line *line)
{
	static _Thread_local char text[8192];
	char time[32] = "", *at = text, *key, *value;
	struct sink stamp = {.out = time, .size = sizeof time - 1};
	struct sink sink = {.out = out, .size = out_size - 2};
	put_time(&stamp, line->time_ms);
	put_text(&sink, "{");
	put_member(&sink, "ts", time);
	put_member(&sink, "level", line->level);
	put_member(&sink, "svc", line->service);
	put_member(&sink, "event", line->event);
	text_escape(text, sizeof text, line->text);
	while (pair_take(&at, &key, &value))
		put_member(&sink, key, value);
	sink.size = out_size;
	put_text(&sink, "}\n");
	return sink.used;
}
