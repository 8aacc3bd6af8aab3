/* Files of lines, lines of words. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/scenario.h"

/* Blanks part words; "…" keeps them together and is dropped. Counts words, -1 when too many. */
static int split_words(char *line, char **words)
{
	int count = 0;
	char *out = line;
	char *at = line;
	while (*at) {
		while (*at == ' ' || *at == '\t')
			at++;
		if (!*at || *at == '#')
			break;
		if (count == MAX_WORDS)
			return -1;
		words[count++] = out;
		for (bool quoted = false; *at && (quoted || (*at != ' ' && *at != '\t')); at++) {
			if (*at == '"')
				quoted = !quoted;
			else
				*out++ = *at;
		}
		if (*at)
			at++;
		*out++ = '\0';
	}
	return count;
}

/* The next logical line; its first physical line's number in *number. */
static bool read_line(FILE *file, char line[LINE_SIZE], int *number, int *read)
{
	size_t size = 0;
	line[0] = '\0';
	for (;;) {
		int first = fgetc(file);
		if (first == EOF)
			return size > 0;
		ungetc(first, file);
		if (size > 0 && first != ' ' && first != '\t')
			return true;
		if (!fgets(line + size, (int)(LINE_SIZE - size), file))
			return size > 0;
		(*read)++;
		if (size == 0)
			*number = *read;
		size_t added = strcspn(line + size, "\r\n");
		/* Empty lines and comments are lines of their own. */
		if (size == 0 && (added == 0 || line[0] == '#')) {
			line[0] = '\0';
			continue;
		}
		if (size > 0 && line[size + strspn(line + size, " \t")] == '#')
			added = 0;
		size += added;
		line[size] = '\0';
		if (size + 2 >= LINE_SIZE)
			return true;
	}
}

/* Followers of a daemon that crashed ask again within a second of theirs. */
static bool heal(struct scenario *scenario)
{
	uint32_t crashes = 0;
	for (int i = 0; i < NODE_COUNT; i++)
		crashes += scenario->world->nodes[i].crashes;
	if (crashes == scenario->crashes)
		return true;
	scenario->crashes = crashes;
	if (!world_pass(scenario->world, SCENARIO_RECOVER_MS))
		return scenario_fail(scenario, "no rest after a crash");
	return scenario_settle(scenario);
}

static bool after_line(struct scenario *scenario)
{
	if (!scenario->crashing)
		return heal(scenario);
	for (int i = 0; i < NODE_COUNT; i++)
		if (scenario->world->nodes[i].daemon &&
		    scenario->world->nodes[i].plan == CRASH_NONE)
			world_crash(scenario->world, i);
	if (!world_pass(scenario->world, SCENARIO_RECOVER_MS))
		return scenario_fail(scenario, "no rest after a crash");
	return scenario_settle(scenario);
}

static bool run_words(struct scenario *scenario, char **words, int count)
{
	if (strcmp(words[0], "use") == 0 && count == 2) {
		char path[256];
		snprintf(path, sizeof path, "tests/scenarios/worlds/%s.txt", words[1]);
		bool crashing = scenario->crashing;
		/* What a scenario starts from is not what it is about. */
		scenario->crashing = false;
		bool good = scenario_run(scenario, path);
		scenario->crashing = crashing;
		return good && after_line(scenario);
	}
	return scenario_line(scenario, words, count) && after_line(scenario);
}

bool scenario_run(struct scenario *scenario, const char *path)
{
	static _Thread_local char lines[4][LINE_SIZE];
	static _Thread_local int depth;
	char *words[MAX_WORDS];
	FILE *file = fopen(path, "r");
	if (!file || depth >= 4)
		return scenario_fail(scenario, "cannot read %s", path);
	char *line = lines[depth++];
	bool good = true;
	int read = 0;
	int number = 0;
	while (good && read_line(file, line, &number, &read)) {
		int count = split_words(line, words);
		if (count == 0)
			continue;
		good = count > 0 ? run_words(scenario, words, count)
		                 : scenario_fail(scenario, "too many words");
		if (!good && !scenario->file) {
			scenario->file = path;
			scenario->line = number;
		}
	}
	depth--;
	fclose(file);
	return good;
}
