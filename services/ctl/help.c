/* --help and completion, from the table of commands and the catalogue. */
#include <stdio.h>
#include <string.h>

#include "services/ctl/ctl.h"
#include "services/ctl/show.h"

static void put_option(struct ctl *ctl, enum option_id id)
{
	char left[64];
	const char *argument = ctl_option_argument(id);
	snprintf(left, sizeof left, "--%s%s%s", ctl_option_name(id), argument ? " " : "",
	         argument ? argument : "");
	printf("  %-26s %s\n", left, catalogue_option(ctl->language, ctl_option_name(id)));
}

static void put_options(struct ctl *ctl, uint64_t options)
{
	for (int at = 0; at < OPTIONS_END; at++)
		if (options >> at & 1)
			put_option(ctl, (enum option_id)at);
}

static void put_command(struct ctl *ctl, const struct command *command)
{
	printf("tasheem %s%s%s %s\n\n%s\n", command->noun, *command->verb ? " " : "", command->verb,
	       catalogue_help_words(command->help),
	       catalogue_help_text(ctl->language, command->help));
	if (command->options) {
		printf("\n%s\n", catalogue_text(ctl->language, TEXT_OPTIONS));
		put_options(ctl, command->options);
	}
	printf("\n%s\n", catalogue_text(ctl->language, TEXT_COMMON_OPTIONS));
	put_options(ctl, ctl_common_options);
	printf("\n%s\n%s", catalogue_text(ctl->language, TEXT_EXAMPLES),
	       catalogue_help_examples(command->help));
	printf("\n%s\n", catalogue_text(ctl->language, TEXT_EXIT_CODES));
}

int help_run(struct ctl *ctl)
{
	const char *noun = ctl->word_count ? ctl->words[0] : NULL;
	const char *verb = ctl->word_count > 1 ? ctl->words[1] : NULL;
	size_t shown = 0;
	if (!noun)
		printf("%s\n\n", catalogue_text(ctl->language, TEXT_USAGE));
	for (const struct command *row = ctl_commands; row->noun; row++) {
		bool match =
		        noun && !strcmp(row->noun, noun) && (!verb || !strcmp(row->verb, verb));
		if (match && shown++)
			printf("\n");
		if (match)
			put_command(ctl, row);
		if (!noun)
			printf("  %-12s %-10s %s\n", row->noun, row->verb,
			       catalogue_help_text(ctl->language, row->help));
	}
	if (!noun)
		printf("\n%s\n", catalogue_text(ctl->language, TEXT_EXIT_CODES));
	if (noun && !shown)
		ctl_misuse(ctl, TEXT_UNKNOWN_COMMAND, noun);
	return CTL_OK;
}

static void offer_word(const char *candidate, const char *begun)
{
	if (*candidate && !strncmp(candidate, begun, strlen(begun)))
		printf("%s\n", candidate);
}

static void complete_options(const struct command *command, const char *begun)
{
	for (int at = 0; at < OPTIONS_END; at++) {
		char name[40];
		uint64_t options = ctl_common_options | (command ? command->options : 0);
		snprintf(name, sizeof name, "--%s", ctl_option_name((enum option_id)at));
		if (options >> at & 1)
			offer_word(name, begun);
	}
}

/* tasheem completion WORD…: candidates for the last word, one a line, for
 * completion.bash. Words before it that begin with - are passed over. */
int completion_run(struct ctl *ctl)
{
	const char *words[3] = {"", "", ""};
	size_t count = 0;
	const struct command *exact = NULL;
	const char *begun = ctl->word_count ? ctl->words[ctl->word_count - 1] : "";
	for (size_t at = 0; at + 1 < ctl->word_count && count < 3; at++)
		if (ctl->words[at][0] != '-')
			words[count++] = ctl->words[at];
	const char *previous = "";
	for (const struct command *row = ctl_commands; row->noun; row++) {
		if (count == 0 && begun[0] != '-' && strcmp(previous, row->noun) != 0)
			offer_word(row->noun, begun);
		if (count == 1 && begun[0] != '-' && !strcmp(row->noun, words[0]))
			offer_word(row->verb, begun);
		if (count && !strcmp(row->noun, words[0]) &&
		    (!*row->verb || !strcmp(row->verb, words[1])))
			exact = row;
		previous = row->noun;
	}
	if (begun[0] == '-')
		complete_options(exact, begun);
	return CTL_OK;
}
