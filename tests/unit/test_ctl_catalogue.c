/* The catalogue is whole: every refusal, sentence and command in both languages, with the
 * same holes.
 * links: services/ctl/catalogue.c common/verdict.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/ctl/ctl.h"

/* Which of {0} … {9} a sentence has, as bits. */
static unsigned holes(const char *text)
{
	unsigned bits = 0;
	for (const char *at = text; *at; at++)
		if (at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}')
			bits |= 1u << (at[1] - '0');
	return bits;
}

static void every_reason_has_prose(void **state)
{
	(void)state;
#define X(name, number)                                                                            \
	assert_string_not_equal(catalogue_reason(LANGUAGE_FA, REASON_##name), #name);              \
	assert_string_not_equal(catalogue_reason(LANGUAGE_EN, REASON_##name), #name);              \
	assert_int_equal(holes(catalogue_reason(LANGUAGE_FA, REASON_##name)),                      \
	                 holes(catalogue_reason(LANGUAGE_EN, REASON_##name)));                     \
	assert_int_equal(*catalogue_remedy(LANGUAGE_FA, REASON_##name) == '\0',                    \
	                 *catalogue_remedy(LANGUAGE_EN, REASON_##name) == '\0');
	REASON_LIST(X)
#undef X
}

static void every_sentence_has_the_same_holes(void **state)
{
	(void)state;
	for (int at = 0; at < TEXT_COUNT; at++) {
		const char *persian = catalogue_text(LANGUAGE_FA, (enum text)at);
		const char *english = catalogue_text(LANGUAGE_EN, (enum text)at);
		assert_true(*persian && *english);
		assert_int_equal(holes(persian), holes(english));
	}
}

static void every_command_has_help_and_an_example(void **state)
{
	(void)state;
	for (int at = 0; at < HELP_COUNT; at++) {
		assert_true(*catalogue_help_text(LANGUAGE_FA, (enum help)at));
		assert_true(*catalogue_help_text(LANGUAGE_EN, (enum help)at));
		const char *examples = catalogue_help_examples((enum help)at);
		assert_int_equal(examples[strlen(examples) - 1], '\n');
	}
}

static void every_option_is_explained(void **state)
{
	(void)state;
#define X(id, name, argument, variable)                                                            \
	assert_true(*catalogue_option(LANGUAGE_FA, name));                                         \
	assert_true(*catalogue_option(LANGUAGE_EN, name));
	OPTION_LIST(X)
#undef X
}

static void filling(void **state)
{
	(void)state;
	char out[16];
	const char *const values[] = {"one", "two", NULL};
	catalogue_fill("{1}-{0}-{2}.", values, out, sizeof out);
	assert_string_equal(out, "two-one-.");
	catalogue_fill("{0}{0}{0}{0}{0}{0}{0}", values, out, sizeof out);
	assert_string_equal(out, "oneoneoneoneone");
	catalogue_fill("{x} {", NULL, out, sizeof out);
	assert_string_equal(out, "{x} {");
}

static void strangers_are_shown_as_they_are(void **state)
{
	(void)state;
	assert_string_equal(catalogue_field(LANGUAGE_FA, "no_such_field"), "no_such_field");
	assert_string_equal(catalogue_word(LANGUAGE_EN, "no_such_word"), "no_such_word");
	assert_string_equal(catalogue_option(LANGUAGE_EN, "no-such-option"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_reason_has_prose),
	        cmocka_unit_test(every_sentence_has_the_same_holes),
	        cmocka_unit_test(every_command_has_help_and_an_example),
	        cmocka_unit_test(every_option_is_explained),
	        cmocka_unit_test(filling),
	        cmocka_unit_test(strangers_are_shown_as_they_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
