/* Look-ups in the catalogue's lists; see catalogue.h. */
#include "services/ctl/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "services/ctl/catalogue_fields.h"
#include "services/ctl/catalogue_options.h"
#include "services/ctl/catalogue_reasons.h"
#include "services/ctl/catalogue_words.h"

struct pair {
	const char *key;
	const char *text[2];
};

static const char *const texts[TEXT_COUNT][2] = {
#define X(name, fa, en) {fa, en},
        TEXT_LIST(X)
#undef X
};

static const struct {
	const char *words;
	const char *text[2];
	const char *examples;
} helps[HELP_COUNT] = {
#define X(name, words, fa, en, examples) {words, {fa, en}, examples},
        HELP_LIST(X)
#undef X
};

static const struct {
	enum reason_code code;
	const char *text[2];
	const char *remedy[2];
} reasons[] = {
#define X(name, fa, en, remedy_fa, remedy_en) {REASON_##name, {fa, en}, {remedy_fa, remedy_en}},
        REASON_TEXT_LIST(X)
#undef X
};

#define X(key, fa, en) {#key, {fa, en}},
static const struct pair fields[] = {FIELD_LIST(X)};
#undef X
#define X(key, fa, en) {key, {fa, en}},
static const struct pair words[] = {WORD_LIST(X)};
static const struct pair options[] = {OPTION_TEXT_LIST(X)};
#undef X

enum { COUNT_FIELDS = sizeof fields / sizeof *fields, COUNT_WORDS = sizeof words / sizeof *words };

static const char *pair_find(const struct pair *pairs, size_t count, const char *key,
                             enum language language)
{
	for (size_t at = 0; at < count; at++)
		if (!strcmp(pairs[at].key, key))
			return pairs[at].text[language];
	return NULL;
}

const char *catalogue_text(enum language language, enum text text)
{
	return texts[text][language];
}

void catalogue_fill(const char *pattern, const char *const *arguments, char *out, size_t out_size)
{
	size_t count = 0;
	size_t used = 0;
	while (arguments && arguments[count])
		count++;
	out[0] = '\0';
	for (const char *at = pattern; *at && used + 1 < out_size; at++) {
		bool hole = at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}';
		size_t number = hole ? (size_t)(at[1] - '0') : 0;
		if (!hole) {
			out[used++] = *at;
			out[used] = '\0';
			continue;
		}
		const char *value = number < count ? arguments[number] : "";
		int wrote = snprintf(out + used, out_size - used, "%s", value);
		used += wrote < 0 ? 0 : (size_t)wrote;
		used = used < out_size ? used : out_size - 1;
		at += 2;
	}
}

const char *catalogue_field(enum language language, const char *field)
{
	const char *found = pair_find(fields, COUNT_FIELDS, field, language);
	return found ? found : field;
}

const char *catalogue_word(enum language language, const char *word)
{
	const char *found = pair_find(words, COUNT_WORDS, word, language);
	return found ? found : word;
}

const char *catalogue_option(enum language language, const char *option)
{
	const char *found = pair_find(options, sizeof options / sizeof *options, option, language);
	return found ? found : "";
}

const char *catalogue_reason(enum language language, enum reason_code code)
{
	for (size_t at = 0; at < sizeof reasons / sizeof *reasons; at++)
		if (reasons[at].code == code)
			return reasons[at].text[language];
	return reason_name(code);
}

const char *catalogue_remedy(enum language language, enum reason_code code)
{
	for (size_t at = 0; at < sizeof reasons / sizeof *reasons; at++)
		if (reasons[at].code == code)
			return reasons[at].remedy[language];
	return "";
}

const char *catalogue_help_words(enum help help)
{
	return helps[help].words;
}

const char *catalogue_help_text(enum language language, enum help help)
{
	return helps[help].text[language];
}

const char *catalogue_help_examples(enum help help)
{
	return helps[help].examples;
}
