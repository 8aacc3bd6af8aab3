/* Runs scenarios: build/release/tests/sim/scenario FILE …; a line per run, then
 * `N passed, N failed`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/books.h"
#include "tests/sim/scenario.h"

/* 1404-09-03 09:00 in Tehran. */
static const int64_t start_ms = 1763962200000;

static bool run(const char *path, bool crashing, char failure[2048])
{
	static struct world world;
	struct books *books = books_open();
	struct scenario *scenario = calloc(1, sizeof *scenario);
	CHECK(scenario && arena_open(&scenario->arena, (size_t)256 << 20));
	world_open(&world, start_ms, 1);
	world.observe = books_observe;
	world.observer = books;
	scenario->world = &world;
	scenario->crashing = crashing;
	scenario->complaint = books_complaint;
	scenario->complainer = books;
	scenario->solver = solver_peer_open(&world);
	bool good = scenario_settle(scenario) && scenario_run(scenario, path) &&
	            scenario_replay_equal(scenario);
	if (!good)
		snprintf(failure, 2048, "%s:%d: %s", scenario->file ? scenario->file : path,
		         scenario->line, scenario->failure);
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

int main(int argc, char **argv)
{
	int passed = 0;
	int failed = 0;
	CHECK(sodium_init() >= 0);
	for (int i = 1; i < argc; i++) {
		char name[256];
		sentence(argv[i], name);
		for (int crashing = 0; crashing < 2; crashing++) {
			char failure[2048] = "";
			bool good = run(argv[i], crashing == 1, failure);
			passed += good;
			failed += !good;
			printf("%s %d - %s%s\n", good ? "ok" : "not ok", passed + failed, name,
			       crashing ? " (crashing at every line)" : "");
			if (!good)
				printf("  %s\n", failure);
			fflush(stdout);
		}
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed ? 1 : 0;
}
