/* The table of commands and the way from argv to one of its rows. */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/ctl/call.h"
#include "services/ctl/show.h"

const char *const ctl_service_names[SERVICE_COUNT] = {"membership", "quota", "matching"};

#define O(id) OPTION_BIT(id)
#define REQUEST_OPTIONS                                                                            \
	(O(BUYER) | O(REQUEST) | O(GRADE) | O(KG) | O(MINIMUM_KG) | O(MAX_PRICE) | O(MAX_LANDED) | \
	 O(LICENCE) | O(LINE) | O(FROM) | O(TO) | O(EXPECT))
#define OFFER_OPTIONS                                                                              \
	(O(SUPPLIER) | O(GRADE) | O(KG) | O(BASE_KG) | O(MINIMUM_KG) | O(PRICE) | O(CLASS) |       \
	 O(SETTLEMENT) | O(DAY) | O(FROM) | O(TO))
#define WHATIF_OPTIONS (O(POLICY) | O(ROUNDING) | O(RESERVE))
#define DEMO_OPTIONS (O(DATA) | O(KEYS) | O(AT))

const uint64_t ctl_common_options = O(JSON) | O(LANG) | O(AS) | O(PRINCIPALS) | O(MEMBERSHIP) |
                                    O(QUOTA) | O(MATCHING) | O(REDIS) | O(JOURNALS) |
                                    O(CLOCK_FILE) | O(TIMEOUT) | O(HELP) | O(VERSION);

const struct command ctl_commands[] = {
        {"import", "", import_run, HELP_IMPORT, 1, CTL_MAX_WORDS, O(ALL_OR_NOTHING) | O(SUPPLIER)},
        {"registry", "list", registry_list, HELP_REGISTRY_LIST, 1, 2, 0},
        {"membership", "suspend", member_change, HELP_MEMBER_CHANGE, 2, 2, O(REASON)},
        {"membership", "resume", member_change, HELP_MEMBER_CHANGE, 2, 2, O(REASON)},
        {"membership", "end", member_change, HELP_MEMBER_CHANGE, 2, 2, O(REASON)},
        {"supplier", "register", supplier_register, HELP_SUPPLIER_REGISTER, 3, 3, 0},
        {"supplier", "list", supplier_list, HELP_SUPPLIER_LIST, 0, 0, 0},
        {"request", "file", request_file, HELP_REQUEST_FILE, 0, 1, REQUEST_OPTIONS},
        {"request", "show", request_show, HELP_REQUEST_SHOW, 1, 1, O(BUYER)},
        {"request", "list", request_list, HELP_REQUEST_LIST, 0, 0, O(BUYER) | O(FAMILY) | O(ROUND)},
        {"request", "amend", request_amend, HELP_REQUEST_AMEND, 0, 1, REQUEST_OPTIONS},
        {"request", "cancel", request_cancel, HELP_REQUEST_CANCEL, 1, 1, O(BUYER) | O(EXPECT)},
        {"ceiling", "show", ceiling_show, HELP_CEILING_SHOW, 0, 2, O(MONTH)},
        {"ceiling", "why", ceiling_why, HELP_CEILING_WHY, 2, 2, O(MONTH)},
        {"regime", "check", regime_check, HELP_REGIME_CHECK, 1, 1, 0},
        {"regime", "approve", regime_approve, HELP_REGIME_APPROVE, 1, 1, 0},
        {"regime", "show", regime_show, HELP_REGIME_SHOW, 0, 1, O(DAY)},
        {"offer", "publish", offer_publish, HELP_OFFER_PUBLISH, 1, 1, OFFER_OPTIONS},
        {"offer", "withdraw", offer_withdraw, HELP_OFFER_WITHDRAW, 1, 1, O(REASON)},
        {"offer", "list", offer_list, HELP_OFFER_LIST, 0, 1, O(FAMILY) | O(SUPPLIER)},
        {"round", "plan", round_plan, HELP_ROUND_PLAN, 2, 2, O(SESSION) | O(CLOSES)},
        {"round", "close", round_close, HELP_ROUND_CLOSE, 1, 1, 0},
        {"round", "void", round_void, HELP_ROUND_VOID, 1, 1, O(REASON)},
        {"round", "show", round_show, HELP_ROUND_SHOW, 0, 1, O(SESSION)},
        {"round", "verify", round_verify, HELP_ROUND_VERIFY, 1, 1, O(DRAW) | O(SAVE)},
        {"round", "rehearse", round_rehearse, HELP_ROUND_REHEARSE, 0, CTL_MAX_WORDS,
         O(ROUND) | WHATIF_OPTIONS},
        {"round", "simulate", round_simulate, HELP_ROUND_SIMULATE, 0, 0,
         O(FAMILY) | WHATIF_OPTIONS},
        {"allocation", "list", allocation_list, HELP_ALLOCATION_LIST, 0, 0,
         O(ROUND) | O(BUYER) | O(REQUEST)},
        {"allocation", "accept", allocation_accept, HELP_ALLOCATION_ACCEPT, 1, 1, 0},
        {"allocation", "decline", allocation_decline, HELP_ALLOCATION_DECLINE, 1, 1, 0},
        {"allocation", "paid", allocation_paid, HELP_ALLOCATION_PAID, 1, 1, O(RIAL) | O(VALUE)},
        {"allocation", "delivered", allocation_delivered, HELP_ALLOCATION_DELIVERED, 1, 1, O(KG)},
        {"mandate", "grant", mandate_grant, HELP_MANDATE_GRANT, 2, 2, O(KIND) | O(UNTIL)},
        {"mandate", "revoke", mandate_revoke, HELP_MANDATE_REVOKE, 2, 2, 0},
        {"mandate", "list", mandate_list, HELP_MANDATE_LIST, 0, 1, 0},
        {"distribution", "show", distribution_show, HELP_DISTRIBUTION_SHOW, 1, 1, 0},
        {"distribution", "confirm", distribution_confirm, HELP_DISTRIBUTION_CONFIRM, 1, 1,
         O(PARTY) | O(LICENCE) | O(KG)},
        {"why", "", why_run, HELP_WHY, 1, 2, O(BUYER) | O(MONTH)},
        {"trace", "", trace_run, HELP_TRACE, 1, 1, O(BUYER)},
        {"watch", "", watch_run, HELP_WATCH, 0, 0, O(AFTER) | O(COUNT)},
        {"journal", "verify", chain_verify, HELP_JOURNAL_VERIFY, 0, CTL_MAX_WORDS, 0},
        {"journal", "show", chain_show, HELP_JOURNAL_SHOW, 1, 1, O(AFTER) | O(COUNT)},
        {"journal", "backup", chain_backup, HELP_JOURNAL_BACKUP, 1, 1, 0},
        {"journal", "restore", chain_restore, HELP_JOURNAL_RESTORE, 1, 1, 0},
        {"key", "new", key_new, HELP_KEY_NEW, 1, 1, O(ROLE) | O(PARTY) | O(REGISTER) | O(DIR)},
        {"key", "show", key_show, HELP_KEY_SHOW, 0, 1, 0},
        {"key", "revoke", key_revoke, HELP_KEY_REVOKE, 1, 1, 0},
        {"health", "", health_run, HELP_HEALTH, 0, 1, O(WAIT)},
        {"redis", "verify", redis_verify, HELP_REDIS_VERIFY, 0, 0, 0},
        {"demo", "", demo_run, HELP_DEMO, 0, 0, DEMO_OPTIONS},
        {"demo", "clock", demo_clock, HELP_DEMO_CLOCK, 0, 0, O(AT)},
        {"completion", "", completion_run, HELP_COMPLETION, 0, CTL_MAX_WORDS, 0},
        {"help", "", help_run, HELP_HELP, 0, 2, 0},
        {0},
};

static const struct {
	const char *name;
	const char *argument;
	const char *variable;
} option_rows[OPTIONS_END] = {
#define X(id, name, argument, variable) {name, argument, variable},
        OPTION_LIST(X)
#undef X
};

const char *ctl_option_name(enum option_id id)
{
	return option_rows[id].name;
}

const char *ctl_option_argument(enum option_id id)
{
	return option_rows[id].argument;
}

/* argp's keys below 256 would be short options. */
enum { KEY_BASE = 1000 };

/* Everything typed, before the command is known. */
struct typed {
	struct ctl *ctl;
	uint64_t given;
};

static error_t take_typed(int key, char *argument, struct argp_state *state)
{
	struct typed *typed = state->input;
	struct ctl *ctl = typed->ctl;
	int option = key - KEY_BASE;
	if (key == ARGP_KEY_ARG) {
		if (ctl->word_count == CTL_MAX_WORDS)
			ctl_misuse(ctl, TEXT_TOO_MANY_WORDS, argument);
		ctl->words[ctl->word_count++] = argument;
		return 0;
	}
	if (option < 0 || option >= OPTIONS_END)
		return ARGP_ERR_UNKNOWN;
	typed->given |= UINT64_C(1) << option;
	ctl->option[option] = argument ? argument : "yes";
	if (option == OPTION_LINE && ctl->line_count < CTL_MAX_LINES)
		ctl->lines[ctl->line_count++] = argument;
	else if (option == OPTION_LINE)
		ctl_misuse(ctl, TEXT_TOO_MANY_WORDS, "--line");
	if (option == OPTION_KIND && ctl->kind_count < 16)
		ctl->kinds[ctl->kind_count++] = argument;
	return 0;
}

static uint64_t parse_typed(struct ctl *ctl, int argc, char **argv)
{
	struct argp_option options[OPTIONS_END + 1] = {0};
	for (int at = 0; at < OPTIONS_END; at++) {
		options[at].name = option_rows[at].name;
		options[at].key = KEY_BASE + at;
		options[at].arg = option_rows[at].argument;
		options[at].doc = "";
	}
	struct argp argp = {.options = options, .parser = take_typed};
	struct typed typed = {ctl, 0};
	/* Help is ours: argp counts bytes, and it exits with 64. */
	argp_err_exit_status = CTL_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &typed))
		exit(CTL_USAGE);
	return typed.given;
}

static const struct command *find_command(struct ctl *ctl)
{
	const char *noun = ctl->word_count ? ctl->words[0] : "help";
	const char *verb = ctl->word_count > 1 ? ctl->words[1] : "";
	const struct command *alone = NULL;
	for (const struct command *row = ctl_commands; row->noun; row++) {
		if (strcmp(row->noun, noun) != 0)
			continue;
		if (*row->verb && !strcmp(row->verb, verb)) {
			ctl->word_count -= 2;
			memmove(ctl->words, ctl->words + 2, ctl->word_count * sizeof *ctl->words);
			return row;
		}
		alone = *row->verb ? alone : row;
	}
	if (alone && ctl->word_count) {
		ctl->word_count--;
		memmove(ctl->words, ctl->words + 1, ctl->word_count * sizeof *ctl->words);
	}
	return alone;
}

/* A noun alone, or with a strange verb: its help, or the verbs it has. */
static int unknown_command(struct ctl *ctl)
{
	const char *noun = ctl->words[0];
	const char *verbs = "";
	for (const struct command *row = ctl_commands; row->noun; row++)
		if (!strcmp(row->noun, noun))
			verbs = arena_format(&ctl->arena, "%s %s", verbs, row->verb);
	if (!*verbs)
		ctl_misuse(ctl, TEXT_UNKNOWN_COMMAND, noun);
	if (ctl->option[OPTION_HELP]) {
		ctl->word_count = 1;
		return help_run(ctl);
	}
	TALK(ctl, TEXT_VERBS, noun, verbs);
	return CTL_USAGE;
}

static void take_environment(struct ctl *ctl)
{
	for (int at = 0; at < OPTIONS_END; at++) {
		const char *variable = option_rows[at].variable;
		const char *value = variable ? getenv(variable) : NULL;
		if (!ctl->option[at] && value && *value)
			ctl->option[at] = value;
	}
	/* The clients' clock reads the environment; a flag overrides it. */
	if (ctl->option[OPTION_CLOCK_FILE])
		setenv("TASHEEM_CLOCK_FILE", ctl->option[OPTION_CLOCK_FILE], 1);
	const char *language = ctl->option[OPTION_LANG];
	if (language && strcmp(language, "fa") != 0 && strcmp(language, "en") != 0)
		ctl_misuse(ctl, TEXT_BAD_OPTION, "--lang");
	ctl->language = language && !strcmp(language, "en") ? LANGUAGE_EN : LANGUAGE_FA;
	ctl->json = ctl->option[OPTION_JSON] != NULL;
	ctl->patience_ms = 1000 * ctl_number(ctl, OPTION_TIMEOUT, 15);
}

static int run_command(struct ctl *ctl, const struct command *command, uint64_t given)
{
	uint64_t wrong = given & ~(ctl_common_options | command->options);
	if (ctl->option[OPTION_HELP] && command->run == help_run)
		return help_run(ctl);
	if (ctl->option[OPTION_HELP]) {
		ctl->words[0] = command->noun;
		ctl->words[1] = command->verb;
		ctl->word_count = *command->verb ? 2 : 1;
		return help_run(ctl);
	}
	for (int at = 0; at < OPTIONS_END; at++)
		if (wrong >> at & 1)
			ctl_misuse(ctl, TEXT_WRONG_OPTION, option_rows[at].name);
	if (ctl->word_count < command->least || ctl->word_count > command->most)
		ctl_misuse(ctl, TEXT_WRONG_WORDS, catalogue_help_words(command->help));
	ctl->verb = command->verb;
	return command->run(ctl);
}

int main(int argc, char **argv)
{
	static struct ctl ctl;
	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	ctl.terminal = isatty(STDOUT_FILENO);
	ctl.talk_terminal = isatty(STDERR_FILENO);
	if (!arena_open(&ctl.arena, (size_t)8 << 30))
		return CTL_INTERNAL;
	/* What bash completion hands over are somebody's half-typed words, not our options. */
	bool completing = argc > 1 && !strcmp(argv[1], "completion");
	uint64_t given = 0;
	for (int at = 1; completing && at < argc && ctl.word_count < CTL_MAX_WORDS; at++)
		ctl.words[ctl.word_count++] = argv[at];
	if (!completing)
		given = parse_typed(&ctl, argc, argv);
	take_environment(&ctl);
	if (ctl.option[OPTION_VERSION]) {
		printf("tasheem %s\n", TASHEEM_VERSION);
		return CTL_OK;
	}
	const struct command *command = find_command(&ctl);
	if (!command)
		return unknown_command(&ctl);
	int status = run_command(&ctl, command, given);
	if (ctl.session)
		call_session_close(ctl.session);
	/* A reader that has had enough (head, less) is no failure. */
	if (fflush(stdout) != 0 && errno != EPIPE)
		status = CTL_INTERNAL;
	return status;
}
