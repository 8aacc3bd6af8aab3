/* Text as people type it: utf8proc knows Unicode, this knows what Persian
 * registries fold. Apart from identifiers.c so that the checks stay pure. */
#include "identifiers.h"

#include <string.h>
#include <utf8proc.h>

enum { MAX_CHARACTERS = 1024 };

static bool is_bidi_control(int32_t character)
{
	return character == 0x061C || character == 0x200E || character == 0x200F ||
	       (character >= 0x202A && character <= 0x202E) ||
	       (character >= 0x2066 && character <= 0x2069);
}

static bool is_zero_width(int32_t character)
{
	return character == 0x200B || character == 0x200C || character == 0x200D ||
	       character == 0x2060 || character == 0xFEFF;
}

static bool is_control(int32_t character)
{
	return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0x2028 ||
	       character == 0x2029;
}

static int32_t fold(int32_t character)
{
	if (character >= 0x06F0 && character <= 0x06F9)
		return character - 0x06F0 + '0';
	if (character >= 0x0660 && character <= 0x0669)
		return character - 0x0660 + '0';
	if (character == 0x064A)
		return 0x06CC;
	if (character == 0x0643)
		return 0x06A9;
	return character;
}

static bool is_blank(int32_t character)
{
	return character == ' ' || character == 0xA0 || character == 0x3000;
}

/* Folds in place; the new count, or -1 at a control character. */
static ptrdiff_t fold_all(int32_t *characters, ptrdiff_t count, bool keep_joiner)
{
	ptrdiff_t kept = 0;
	for (ptrdiff_t i = 0; i < count; i++) {
		int32_t character = characters[i];
		if (is_control(character))
			return -1;
		bool joiner = character == 0x200C && keep_joiner;
		if (is_bidi_control(character) || (is_zero_width(character) && !joiner))
			continue;
		if (kept == 0 && is_blank(character))
			continue;
		characters[kept++] = fold(character);
	}
	while (kept > 0 && is_blank(characters[kept - 1]))
		kept--;
	return kept;
}

static const utf8proc_option_t composing = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

/* The composed characters of a text, -1 when it is no UTF-8 or has too many. */
static ptrdiff_t compose(const char *text, int32_t *buffer)
{
	utf8proc_ssize_t count =
	        utf8proc_decompose((const uint8_t *)text, (utf8proc_ssize_t)strlen(text), buffer,
	                           MAX_CHARACTERS, composing);
	if (count < 0 || count > MAX_CHARACTERS)
		return -1;
	return utf8proc_normalize_utf32(buffer, count, composing);
}

/* Composed, folded, and composed again: marks that stood apart by what was dropped meet now. */
static bool normalise(const char *text, bool keep_joiner, char *out, size_t out_size)
{
	/* Room for the NUL that reencode writes. */
	int32_t first[MAX_CHARACTERS + 1], second[MAX_CHARACTERS + 1];
	ptrdiff_t count = compose(text, first);
	if (count >= 0)
		count = fold_all(first, count, keep_joiner);
	if (count < 0 || utf8proc_reencode(first, count, UTF8PROC_STABLE) < 0)
		return false;
	count = compose((const char *)first, second);
	if (count < 0)
		return false;
	count = utf8proc_reencode(second, count, UTF8PROC_STABLE);
	if (count < 0 || (size_t)count >= out_size)
		return false;
	memcpy(out, second, (size_t)count);
	out[count] = '\0';
	return true;
}

bool identifier_normalise(const char *text, char *out, size_t out_size)
{
	return normalise(text, false, out, out_size);
}

bool identifier_normalise_name(const char *text, char *out, size_t out_size)
{
	return normalise(text, true, out, out_size);
}

bool identifier_is_clean_text(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(text);
	while (left > 0) {
		int32_t character;
		utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &character);
		if (used < 1 || is_control(character) || is_bidi_control(character))
			return false;
		bytes += used;
		left -= used;
	}
	return true;
}
