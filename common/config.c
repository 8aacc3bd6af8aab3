/* Configuration from environment and flags; see config.h. */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef TASHEEM_VERSION
#define TASHEEM_VERSION "unknown"
#endif

extern char **environ;

enum { EXIT_CONFIG = 78 };

static const struct option_row {
	const char *variable;
	const char *flag;
	const char *default_value;
	const char *help;
	size_t offset;
} options[] = {
#define X(variable, field, default_value, help)                                                    \
	{"TASHEEM_" #variable, #field, default_value, help, offsetof(struct config, field)},
        CONFIG_LIST(X)
#undef X
};
_Static_assert(sizeof options / sizeof *options == CONFIG_OPTIONS, "CONFIG_OPTIONS");

static const char **value_of(struct config *config, const struct option_row *option)
{
	return (const char **)(void *)((char *)config + option->offset);
}

static _Noreturn void wrong(const char *program, const char *what, const char *about)
{
	fprintf(stderr, "%s: %s: %s; see %s --help\n", program, what, about, program);
	exit(EXIT_CONFIG);
}

static const struct option_row *find_variable(const char *name, size_t size)
{
	for (size_t at = 0; at < CONFIG_OPTIONS; at++)
		if (strlen(options[at].variable) == size &&
		    memcmp(options[at].variable, name, size) == 0)
			return &options[at];
	return NULL;
}

/* "--redis-user" names the field redis_user. */
static const struct option_row *find_flag(const char *flag, size_t size)
{
	for (size_t at = 0; at < CONFIG_OPTIONS; at++) {
		const char *name = options[at].flag;
		size_t same = 0;
		while (same < size && name[same] &&
		       (flag[same] == name[same] || (flag[same] == '-' && name[same] == '_')))
			same++;
		if (same == size && !name[same])
			return &options[at];
	}
	return NULL;
}

static void print_help(const char *program)
{
	printf("Usage: %s [--OPTION=VALUE]...\nTasheem %s. Every option is an environment variable "
	       "too; "
	       "a flag wins.\n\n",
	       program, TASHEEM_VERSION);
	for (size_t at = 0; at < CONFIG_OPTIONS; at++) {
		char flag[64];
		size_t size = 0;
		for (const char *from = options[at].flag; *from && size < sizeof flag - 1; from++)
			flag[size++] = *from == '_' ? '-' : *from;
		flag[size] = '\0';
		printf("  --%-20s %-28s %s%s%s%s\n", flag, options[at].variable, options[at].help,
		       *options[at].default_value ? " (default " : "", options[at].default_value,
		       *options[at].default_value ? ")" : "");
	}
	printf("\n  --print-config         show every value and where it came from\n"
	       "  --version, --help\n\nExit status: 0 clean stop, 78 wrong configuration, 70 a "
	       "stream "
	       "cannot be followed,\n74 the journal failed, 134 an internal check failed.\n");
}

static void load_environment(struct config *config, const char *program,
                             const char *origin[CONFIG_OPTIONS])
{
	for (char **entry = environ; *entry; entry++) {
		const char *equals = strchr(*entry, '=');
		if (strncmp(*entry, "TASHEEM_", 8) != 0 || !equals)
			continue;
		const struct option_row *option = find_variable(*entry, (size_t)(equals - *entry));
		if (!option)
			wrong(program, *entry, "unknown variable");
		*value_of(config, option) = equals + 1;
		origin[option - options] = "environment";
	}
}

static void load_flags(struct config *config, char **argv, const char *origin[CONFIG_OPTIONS],
                       bool *print)
{
	for (int at = 1; argv[at]; at++) {
		const char *flag = argv[at];
		if (strcmp(flag, "--help") == 0) {
			print_help(argv[0]);
			exit(0);
		}
		if (strcmp(flag, "--version") == 0) {
			printf("%s\n", TASHEEM_VERSION);
			exit(0);
		}
		if (strcmp(flag, "--print-config") == 0) {
			*print = true;
			continue;
		}
		const char *equals = strchr(flag, '=');
		if (strncmp(flag, "--", 2) != 0 || !equals)
			wrong(argv[0], flag, "flags are --option=value");
		const struct option_row *option = find_flag(flag + 2, (size_t)(equals - flag - 2));
		if (!option)
			wrong(argv[0], flag, "unknown option");
		*value_of(config, option) = equals + 1;
		origin[option - options] = "flag";
	}
}

void config_load(struct config *config, const char *program, int argc, char **argv)
{
	const char *origin[CONFIG_OPTIONS];
	bool print = false;
	(void)argc;
	for (size_t at = 0; at < CONFIG_OPTIONS; at++) {
		*value_of(config, &options[at]) = options[at].default_value;
		origin[at] = "default";
	}
	load_environment(config, program, origin);
	load_flags(config, argv, origin, &print);
	if (!print)
		return;
	for (size_t at = 0; at < CONFIG_OPTIONS; at++)
		printf("%s=%s  # %s\n", options[at].variable, *value_of(config, &options[at]),
		       origin[at]);
	exit(0);
}

int64_t config_int(const char *variable, const char *text, int64_t low, int64_t high)
{
	char *end;
	long long value = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || value < low || value > high) {
		fprintf(stderr, "%s=%s: a whole number from %lld to %lld is needed\n", variable,
		        text, (long long)low, (long long)high);
		exit(EXIT_CONFIG);
	}
	return value;
}

bool config_secret(const char *path, char *out, size_t out_size, char *error, size_t error_size)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		snprintf(error, error_size, "cannot open %s: %s", path, strerror(errno));
		return false;
	}
	bool good = fgets(out, (int)out_size, file) != NULL;
	fclose(file);
	if (!good)
		snprintf(error, error_size, "%s is empty", path);
	else
		out[strcspn(out, "\r\n")] = '\0';
	return good;
}
