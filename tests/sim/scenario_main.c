/* Runs scenarios: build/release/tests/sim/scenario FILE …; a line per run, then
 * `N passed, N failed`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/books.h"
#include "tests/sim/scenario.h"

/* 1404-09-03 09:00 in Tehran. */
static const int64_t start_ms = 1763962200000;

/* A crash of one daemon at one of its commits; none when the plan is none. */
struct one_crash {
	int node;
	uint32_t commit;
	enum crash_plan plan;
};

static bool run(const char *path, bool crashing, struct one_crash *crash, char failure[2048])
{
	static struct world world;
	struct books *books = books_open();
	struct scenario *scenario = calloc(1, sizeof *scenario);
	CHECK(scenario && arena_open(&scenario->arena, (size_t)256 << 20));
	world_open(&world, start_ms, 1);
	world.observe = books_observe;
	world.observer = books;
	world.nodes[crash->node].plan = crash->plan;
	world.nodes[crash->node].plan_commit = crash->commit;
	scenario->world = &world;
	scenario->crashing = crashing;
	scenario->complaint = books_complaint;
	scenario->complainer = books;
	scenario->solver = solver_peer_open(&world);
	bool good = scenario_settle(scenario) && scenario_run(scenario, path) &&
	            scenario_replay_equal(scenario);
	bool planned = crash->plan != CRASH_NONE;
	if (good && planned && world.nodes[crash->node].crashes == 0) {
		good = scenario_fail(scenario, "the planned crash did not happen");
		scenario->file = path;
	}
	if (!good)
		snprintf(failure, 2048, "%s:%d: %s", scenario->file ? scenario->file : path,
		         scenario->line, scenario->failure);
	/* How many commits there were. */
	crash->commit = world.nodes[crash->node].commits;
	solver_peer_close(scenario->solver);
	world_close(&world);
	attempts_close(&scenario->attempts);
	arena_close(&scenario->arena);
	free(scenario);
	books_close(books);
	return good;
}

/* a_file_name.txt → a file name */
static void sentence(const char *path, char out[256])
{
	const char *base = strrchr(path, '/');
	snprintf(out, 256, "%s", base ? base + 1 : path);
	char *end = strstr(out, ".txt");
	if (end)
		*end = '\0';
	for (char *at = out; *at; at++)
		if (*at == '_')
			*at = ' ';
}

struct tally {
	int passed, failed;
};

static void tell(struct tally *tally, bool good, const char *name, const char *failure)
{
	tally->passed += good;
	tally->failed += !good;
	printf("%s %d - %s\n", good ? "ok" : "not ok", tally->passed + tally->failed, name);
	if (!good)
		printf("  %s\n", failure);
	fflush(stdout);
}

static void run_twice(struct tally *tally, const char *path)
{
	char name[320];
	for (int crashing = 0; crashing < 2; crashing++) {
		char failure[2048] = "";
		struct one_crash none = {0, 0, CRASH_NONE};
		sentence(path, name);
		if (crashing)
			strcat(name, " (crashing at every line)");
		bool good = run(path, crashing == 1, &none, failure);
		tell(tally, good, name, failure);
	}
}

/* Every commit of every daemon, before and after it is durable: one result per daemon. */
static void run_every_commit(struct tally *tally, const char *path)
{
	static const char *const names[NODE_COUNT] = {"membership", "quota", "matching"};
	for (int node = 0; node < NODE_COUNT; node++) {
		char name[320];
		char told[400];
		char failure[2048] = "";
		struct one_crash crash = {node, 0, CRASH_NONE};
		bool good = run(path, false, &crash, failure);
		uint32_t commits = crash.commit;
		for (uint32_t at = 1; good && at <= 2 * commits; at++) {
			crash = (struct one_crash){node, (at + 1) / 2,
			                           at % 2 ? CRASH_BEFORE_APPEND
			                                  : CRASH_AFTER_APPEND};
			good = run(path, false, &crash, failure);
			if (!good)
				fprintf(stderr, "%s %s commit %u\n", names[node],
				        at % 2 ? "before" : "after", (at + 1) / 2);
		}
		sentence(path, name);
		snprintf(told, sizeof told, "%s (%s crashing at each of its %u commits)", name,
		         names[node], commits);
		tell(tally, good, told, failure);
	}
}

int main(int argc, char **argv)
{
	struct tally tally = {0, 0};
	bool every_commit = argc > 1 && strcmp(argv[1], "--every-commit") == 0;
	CHECK(sodium_init() >= 0);
	for (int i = every_commit ? 2 : 1; i < argc; i++)
		if (every_commit)
			run_every_commit(&tally, argv[i]);
		else
			run_twice(&tally, argv[i]);
	printf("%d passed, %d failed\n", tally.passed, tally.failed);
	return tally.failed ? 1 : 0;
}
