/* The one place with human prose: every sentence, heading and word the command says, in
 * Persian and English.
 *
 *   catalogue_texts.h    sentences, {0} {1} … are filled in by the caller
 *   catalogue_reasons.h  refusal codes: what is wrong, and the remedy; {0} subject, {1} the
 *                        number that failed, {2} the limit
 *   catalogue_fields.h   headings of fields, by their proto names
 *   catalogue_words.h    words of enums, by their lower-case names
 *   catalogue_options.h  options
 *   catalogue_help.h     what each command does, its words and examples */
#ifndef TASHEEM_CTL_CATALOGUE_H
#define TASHEEM_CTL_CATALOGUE_H

#include <stddef.h>

#include "common/verdict.h"

enum language { LANGUAGE_FA, LANGUAGE_EN };

#include "services/ctl/catalogue_help.h"
#include "services/ctl/catalogue_texts.h"

enum text {
#define X(name, fa, en) TEXT_##name,
	TEXT_LIST(X)
#undef X
	        TEXT_COUNT
};

enum help {
#define X(name, words, fa, en, examples) HELP_##name,
	HELP_LIST(X)
#undef X
	        HELP_COUNT
};

/* The sentence with its placeholders. */
const char *catalogue_text(enum language language, enum text text);
/* Fills {0} … {9} from `arguments` (ended by NULL) into out; cut to fit. */
void catalogue_fill(const char *pattern, const char *const *arguments, char *out, size_t out_size);
/* Heading of a field by its proto name; the name itself when there is none. */
const char *catalogue_field(enum language language, const char *field);
/* Word of an enum value by its lower-case name; the name itself when there is none. */
const char *catalogue_word(enum language language, const char *word);
/* What is wrong, and what to do about it ("" when nothing can be said). */
const char *catalogue_reason(enum language language, enum reason_code code);
const char *catalogue_remedy(enum language language, enum reason_code code);
/* The words after the verb, one sentence, and lines of examples. */
const char *catalogue_help_words(enum help help);
const char *catalogue_help_text(enum language language, enum help help);
const char *catalogue_help_examples(enum help help);
/* What an option does, by its name. */
const char *catalogue_option(enum language language, const char *option);

#endif
