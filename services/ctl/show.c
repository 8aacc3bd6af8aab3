/* Numbers, words, sentences; see show.h. */
#include "services/ctl/show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "common/calendar.h"
#include "common/checked.h"

enum { SENTENCE_SIZE = 4096, DAY_MS = 86400000 };

/* First strong isolate would guess; ids and numbers are left to right by decision. */
static const char isolate_begin[] = "\xe2\x81\xa6";
static const char isolate_end[] = "\xe2\x81\xa9";

const char *show_fill(struct ctl *ctl, enum text text, const char *const *arguments)
{
	char out[SENTENCE_SIZE];
	catalogue_fill(catalogue_text(ctl->language, text), arguments, out, sizeof out);
	return arena_format(&ctl->arena, "%s", out);
}

void show_talk(struct ctl *ctl, enum text text, const char *const *arguments)
{
	if (!ctl->quiet)
		fprintf(stderr, "%s\n", show_fill(ctl, text, arguments));
}

void show_tell(struct ctl *ctl, enum text text, const char *const *arguments)
{
	printf("%s\n", show_fill(ctl, text, arguments));
}

const char *show_digits(struct ctl *ctl, const char *text)
{
	if (ctl->language != LANGUAGE_FA)
		return text;
	char out[256];
	size_t used = 0;
	for (const char *at = text; *at && used + 3 < sizeof out; at++) {
		bool digit = *at >= '0' && *at <= '9';
		if (digit) {
			/* U+06F0 + digit. */
			out[used++] = (char)0xdb;
			out[used++] = (char)(0xb0 + (*at - '0'));
		} else {
			out[used++] = *at;
		}
	}
	out[used] = '\0';
	return arena_format(&ctl->arena, "%s", out);
}

static const char *isolated(struct ctl *ctl, const char *text)
{
	if (!ctl->terminal || ctl->language != LANGUAGE_FA || !*text)
		return text;
	return arena_format(&ctl->arena, "%s%s%s", isolate_begin, text, isolate_end);
}

const char *show_id(struct ctl *ctl, const char *id)
{
	return isolated(ctl, id ? id : "");
}

const char *show_number(struct ctl *ctl, int64_t number)
{
	const char *mark = ctl->language == LANGUAGE_FA ? "\xd9\xac" : ",";
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char digits[32];
	char out[80] = "";
	size_t used = 0;
	int size = snprintf(digits, sizeof digits, "%" PRIu64, rest);
	if (number < 0)
		out[used++] = '-';
	for (int at = 0; at < size; at++) {
		if (at && (size - at) % 3 == 0)
			used += (size_t)snprintf(out + used, sizeof out - used, "%s", mark);
		out[used++] = digits[at];
		out[used] = '\0';
	}
	return isolated(ctl, show_digits(ctl, arena_format(&ctl->arena, "%s", out)));
}

const char *show_instant(struct ctl *ctl, int64_t time_ms)
{
	int32_t day = time_ms > 0 ? calendar_day_of(time_ms) : 0;
	if (!day)
		return "";
	int64_t minutes = (time_ms - calendar_day_start_ms(day)) / 60000;
	char text[16];
	calendar_day_text(day, text);
	const char *whole = arena_format(&ctl->arena, "%s %02d:%02d", text, (int)(minutes / 60),
	                                 (int)(minutes % 60));
	return isolated(ctl, show_digits(ctl, whole));
}

const char *show_fraction(struct ctl *ctl, int64_t numerator, int64_t denominator)
{
	enum { PLACES = 4, SCALE = 10000 };
	int64_t scaled;
	char text[40];
	if (denominator == 0)
		return "—";
	if (!checked_scale(numerator, SCALE, denominator, &scaled))
		return "?";
	int size = snprintf(text, sizeof text, "%" PRId64 ".%0*d", scaled / SCALE, PLACES,
	                    (int)(scaled % SCALE));
	/* At least one place. */
	while (size > 3 && text[size - 1] == '0' && text[size - 2] != '.')
		text[--size] = '\0';
	return isolated(ctl, show_digits(ctl, arena_format(&ctl->arena, "%s", text)));
}

const char *show_word(struct ctl *ctl, const char *word)
{
	return catalogue_word(ctl->language, word ? word : "");
}

size_t show_width(const char *text)
{
	size_t width = 0;
	utf8proc_int32_t point;
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
	while (*at) {
		utf8proc_ssize_t used = utf8proc_iterate(at, -1, &point);
		if (used <= 0)
			return width;
		int cells = utf8proc_charwidth(point);
		width += cells > 0 ? (size_t)cells : 0;
		at += used;
	}
	return width;
}

static bool name_ends(const char *name, const char *end)
{
	size_t size = strlen(name);
	size_t end_size = strlen(end);
	return size >= end_size && !strcmp(name + size - end_size, end);
}

static bool is_day(const char *field)
{
	return name_ends(field, "_jalali") || name_ends(field, "month") || name_ends(field, "_on");
}

/* Ratios are pairs; other lists of numbers are shown as such, lists of nouns by their size. */
static const char *list_value(struct ctl *ctl, const char *field, const json_t *value)
{
	static const char *const ratios[] = {"multiplier", "cooperative_multiplier",
	                                     "consumption_coefficient"};
	size_t count = json_array_size(value);
	const char *text = "";
	for (size_t at = 0; at < sizeof ratios / sizeof *ratios; at++)
		if (!strcmp(field, ratios[at]) && count == 2)
			return show_fraction(ctl, json_integer_value(json_array_get(value, 0)),
			                     json_integer_value(json_array_get(value, 1)));
	if (count && !json_is_integer(json_array_get(value, 0)))
		return show_number(ctl, (int64_t)count);
	for (size_t at = 0; at < count; at++)
		text = arena_format(
		        &ctl->arena, "%s%s%s", text, at ? " " : "",
		        show_number(ctl, json_integer_value(json_array_get(value, at))));
	return text;
}

const char *show_value(struct ctl *ctl, const char *field, const json_t *value)
{
	if (json_is_array(value))
		return list_value(ctl, field, value);
	if (json_is_boolean(value))
		return show_word(ctl, json_is_true(value) ? "yes" : "no");
	if (json_is_integer(value) && name_ends(field, "_ms"))
		return show_instant(ctl, json_integer_value(value));
	if (json_is_integer(value))
		return show_number(ctl, json_integer_value(value));
	const char *text = json_is_string(value) ? json_string_value(value) : "";
	if (is_day(field))
		return isolated(ctl, show_digits(ctl, text));
	const char *word = show_word(ctl, text);
	if (word != text || (unsigned char)text[0] >= 0x80)
		return word;
	return show_id(ctl, text);
}

const char *json_text(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));
	return text ? text : "";
}

int64_t json_number(const json_t *object, const char *field)
{
	return (int64_t)json_integer_value(json_object_get(object, field));
}
