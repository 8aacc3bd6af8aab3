/* tasheem, the command for operators and publishers.
 *
 *   tasheem NOUN VERB [WORDS] [OPTIONS]
 *
 * main.c holds the table of commands: one row per command, {noun, verb, function,
 * help, options}. A command builds protobuf messages, hands them to call.h, turns what
 * comes back into JSON by message.h (one shape for programs and people alike) and shows it
 * by show.h: `--json` prints it, otherwise a table or prose from catalogue.h.
 *
 * Data go to stdout, talk goes to stderr. Exit codes are enum ctl_exit. */
#ifndef TASHEEM_CTL_H
#define TASHEEM_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "services/ctl/catalogue.h"

enum ctl_exit {
	CTL_OK = 0,
	/* A verification failed, or a difference was found. */
	CTL_DIFFERENT = 1,
	CTL_USAGE = 2,
	/* Of many rows some were refused. */
	CTL_SOME_REFUSED = 3,
	CTL_REFUSED = 4,
	CTL_DENIED = 5,
	CTL_CONFLICT = 6,
	/* Overloaded or unavailable, after all retries. */
	CTL_UNAVAILABLE = 7,
	/* Nobody answered in time. */
	CTL_UNREACHABLE = 8,
	CTL_INTERNAL = 70,
};

enum ctl_service { SERVICE_MEMBERSHIP, SERVICE_QUOTA, SERVICE_MATCHING, SERVICE_COUNT };
extern const char *const ctl_service_names[SERVICE_COUNT];

/* Option, its name, what follows it (NULL: nothing), its environment variable (NULL: none). */
/* clang-format off */
#define OPTION_LIST(X) \
	X(JSON, "json", NULL, NULL) \
	X(LANG, "lang", "fa|en", "TASHEEM_LANG") \
	X(AS, "as", "FILE", "TASHEEM_SECRET_KEY_FILE") \
	X(PRINCIPALS, "principals", "FILE", "TASHEEM_PRINCIPALS_FILE") \
	X(MEMBERSHIP, "membership", "ENDPOINT", "TASHEEM_MEMBERSHIP") \
	X(QUOTA, "quota", "ENDPOINT", "TASHEEM_QUOTA") \
	X(MATCHING, "matching", "ENDPOINT", "TASHEEM_MATCHING") \
	X(REDIS, "redis", "ADDRESS", "TASHEEM_REDIS") \
	X(JOURNALS, "journals", "DIR", "TASHEEM_JOURNALS") \
	X(CLOCK_FILE, "clock-file", "FILE", "TASHEEM_CLOCK_FILE") \
	X(TIMEOUT, "timeout", "SECONDS", NULL) \
	X(HELP, "help", NULL, NULL) \
	X(VERSION, "version", NULL, NULL) \
	X(ALL_OR_NOTHING, "all-or-nothing", NULL, NULL) \
	X(BUYER, "buyer", "PARTY", NULL) \
	X(REQUEST, "request", "ID", NULL) \
	X(GRADE, "grade", "GRADE", NULL) \
	X(KG, "kg", "KG", NULL) \
	X(MINIMUM_KG, "minimum-kg", "KG", NULL) \
	X(BASE_KG, "base-kg", "KG", NULL) \
	X(PRICE, "price", "RIAL", NULL) \
	X(MAX_PRICE, "max-price", "RIAL", NULL) \
	X(MAX_LANDED, "max-landed", "RIAL", NULL) \
	X(LICENCE, "licence", "ID", NULL) \
	X(LINE, "line", "PARTY:LICENCE:KG", NULL) \
	X(FROM, "from", "DAY", NULL) \
	X(TO, "to", "DAY", NULL) \
	X(EXPECT, "expect", "VERSION", NULL) \
	X(FAMILY, "family", "FAMILY", NULL) \
	X(ROUND, "round", "ID", NULL) \
	X(SESSION, "session", "ID", NULL) \
	X(SUPPLIER, "supplier", "ID", NULL) \
	X(CLASS, "class", "all|small_units", NULL) \
	X(SETTLEMENT, "settlement", "cash|credit", NULL) \
	X(DAY, "day", "DAY", NULL) \
	X(MONTH, "month", "MONTH", NULL) \
	X(CLOSES, "closes", "\"DAY HH:MM\"", NULL) \
	X(REASON, "reason", "TEXT", NULL) \
	X(DRAW, "draw", "N", NULL) \
	X(SAVE, "save", "FILE", NULL) \
	X(RIAL, "rial", "RIAL", NULL) \
	X(VALUE, "value", "\"DAY HH:MM\"", NULL) \
	X(PARTY, "party", "PARTY", NULL) \
	X(KIND, "kind", "NUMBER", NULL) \
	X(UNTIL, "until", "\"DAY HH:MM\"", NULL) \
	X(ROLE, "role", "ROLE", NULL) \
	X(REGISTER, "register", NULL, NULL) \
	X(DIR, "dir", "DIR", NULL) \
	X(WAIT, "wait", "SECONDS", NULL) \
	X(AFTER, "after", "SEQUENCE", NULL) \
	X(COUNT, "count", "N", NULL) \
	X(AT, "at", "\"DAY HH:MM\"", NULL) \
	X(DATA, "data", "DIR", NULL) \
	X(KEYS, "keys", "DIR", NULL) \
	X(POLICY, "policy", "POLICY", NULL) \
	X(ROUNDING, "rounding", "ROUNDING", NULL) \
	X(RESERVE, "reserve", "PERCENT", NULL)
/* clang-format on */

enum option_id {
#define X(id, name, argument, variable) OPTION_##id,
	OPTION_LIST(X)
#undef X
	        OPTIONS_END
};
#define OPTION_BIT(id) (UINT64_C(1) << OPTION_##id)

/* A request has at most 200 lines; --line and --kind may be repeated. */
enum { CTL_MAX_LINES = 200, CTL_MAX_WORDS = 64 };

struct session;

struct ctl {
	enum language language;
	bool json;
	/* stdout, stderr are terminals: isolates and colours, progress bars. */
	bool terminal;
	bool talk_terminal;
	/* Says nothing on stderr: while waiting for what may fail for a while. */
	bool quiet;
	/* As given; NULL when neither flag nor environment says it. */
	const char *option[OPTIONS_END];
	const char *lines[CTL_MAX_LINES];
	size_t line_count;
	const char *kinds[16];
	size_t kind_count;
	/* The verb of the command, and what follows it, as typed. */
	const char *verb;
	const char *words[CTL_MAX_WORDS];
	size_t word_count;
	struct arena arena;
	/* Talks with the key of --as; opened by ctl_session(). */
	struct session *session;
	/* The newest sequence of each stream an answer named: later calls to other daemons
	 * require it, so that an operator reads what he wrote. */
	uint64_t seen[SERVICE_COUNT];
	int64_t patience_ms;
	/* The exit status of the last failure. */
	int status;
};

struct command {
	const char *noun;
	/* "" when the noun alone is the command. */
	const char *verb;
	int (*run)(struct ctl *ctl);
	enum help help;
	/* Fewest and most words after the verb. */
	size_t least;
	size_t most;
	uint64_t options;
};

/* The table, ended by a row without noun. */
extern const struct command ctl_commands[];
const char *ctl_option_name(enum option_id id);
const char *ctl_option_argument(enum option_id id);
/* Options every command takes. */
extern const uint64_t ctl_common_options;

/* The word or option with Persian digits and letters folded; NULL when absent. A text
 * that cannot be folded ends the program with CTL_USAGE. */
const char *ctl_fold(struct ctl *ctl, const char *typed);
const char *ctl_word(struct ctl *ctl, size_t number);
const char *ctl_option(struct ctl *ctl, enum option_id id);
/* The option, or CTL_USAGE and its name. */
const char *ctl_need(struct ctl *ctl, enum option_id id);
/* A whole number >= 0; absent gives `otherwise`; anything else ends with CTL_USAGE. */
int64_t ctl_number(struct ctl *ctl, enum option_id id, int64_t otherwise);
/* A day (yyyymmdd), a month (yyyymm), an instant ("1404-09-03 12:00" of Tehran, ms). */
int32_t ctl_day(struct ctl *ctl, enum option_id id);
int32_t ctl_month(struct ctl *ctl, enum option_id id);
int64_t ctl_instant(struct ctl *ctl, enum option_id id, int64_t otherwise);
/* 0 when the text is none. */
int64_t ctl_instant_parse(const char *text);
/* Wall time plus the offset of TASHEEM_CLOCK_FILE. */
int64_t ctl_now_ms(const struct ctl *ctl);
/* The session of --as; ends the program when there is no usable key. */
struct session *ctl_session(struct ctl *ctl);
/* Prints and ends with CTL_USAGE. */
_Noreturn void ctl_misuse(struct ctl *ctl, enum text text, const char *detail);

/* clang-format off */
#define COMMAND_LIST(X) \
	X(import_run) \
	X(supplier_register) \
	X(supplier_list) \
	X(request_file) \
	X(request_show) \
	X(request_list) \
	X(request_amend) \
	X(request_cancel) \
	X(ceiling_show) \
	X(ceiling_why) X(regime_check) X(regime_approve) X(regime_show) X(offer_publish) X( \
	        offer_withdraw) X(offer_list) X(round_plan) X(round_close) X(round_void) \
	        X(round_show) X(round_verify) X(allocation_list) X(allocation_accept) X( \
	                allocation_decline) X(allocation_paid) X(allocation_delivered) \
	                X(mandate_grant) X(mandate_revoke) X(mandate_list) X(distribution_show) X( \
	                        distribution_confirm) X(why_run) X(trace_run) X(watch_run) \
	                        X(chain_verify) X(chain_show) X(chain_backup) X(chain_restore) \
	                                X(key_new) X(key_show) X(key_revoke) X(health_run) \
	                                        X(redis_verify) X(demo_run) X(demo_clock) \
	                                                X(completion_run) X(help_run) \
	                                                        X(registry_list) X(member_change) \
	X(round_rehearse) X(round_simulate)
/* clang-format on */
#define X(name) int name(struct ctl *ctl);
COMMAND_LIST(X)
#undef X

#endif
