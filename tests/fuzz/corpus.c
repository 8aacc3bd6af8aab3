/* Writes the commands of scenarios as corpus files of fuzz_daemons: one file per
 * command, and one per scenario with all of its commands.
 *   corpus DIR SCENARIO …
 * Linked with --wrap=client_attempt, through which every command goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/scenario.h"

uint32_t __real_client_attempt(struct world *world, struct attempts *attempts,
                               const struct letter *letter);
uint32_t __wrap_client_attempt(struct world *world, struct attempts *attempts,
                               const struct letter *letter);

static const int64_t start_ms = 1763962200000;
static const char *const who[] = {"operator", "authority", "clearing", "auditor",
                                  "solver",   "coop",      "jam",      "buyer8",
                                  "buyer9",   "unit1",     "broker",   "quota"};
enum { WHO_COUNT = sizeof who / sizeof *who, MAX_SIZE = 4096 };

static const char *directory;
static uint32_t written;
static FILE *whole;

static void put(FILE *file, uint8_t op, uint32_t kind, struct bytes payload)
{
	const uint8_t head[] = {op, (uint8_t)kind, (uint8_t)(kind >> 8), (uint8_t)payload.size,
	                        (uint8_t)(payload.size >> 8)};
	fwrite(head, sizeof head, 1, file);
	fwrite(payload.data, 1, payload.size, file);
}

uint32_t __wrap_client_attempt(struct world *world, struct attempts *attempts,
                               const struct letter *letter)
{
	const char *name = world_client_at(world, letter->from)->name.text;
	for (uint8_t at = 0; at < WHO_COUNT; at++) {
		if (strcmp(who[at], name) != 0 || letter->payload.size > MAX_SIZE || !whole)
			continue;
		char path[512];
		snprintf(path, sizeof path, "%s/%05u", directory, written++);
		FILE *file = fopen(path, "wbe");
		CHECK(file);
		put(file, (uint8_t)(at * 8), letter->kind, letter->payload);
		fclose(file);
		put(whole, (uint8_t)(at * 8), letter->kind, letter->payload);
	}
	return __real_client_attempt(world, attempts, letter);
}

static void run(const char *path)
{
	static struct world world;
	char name[512];
	const char *base = strrchr(path, '/');
	struct scenario *scenario = calloc(1, sizeof *scenario);
	CHECK(scenario && arena_open(&scenario->arena, (size_t)256 << 20));
	snprintf(name, sizeof name, "%s/%s", directory, base ? base + 1 : path);
	whole = fopen(name, "wbe");
	CHECK(whole);
	world_open(&world, start_ms, 1);
	scenario->world = &world;
	scenario->solver = solver_peer_open(&world);
	if (!scenario_settle(scenario) || !scenario_run(scenario, path))
		fprintf(stderr, "%s:%d: %s\n", path, scenario->line, scenario->failure);
	fclose(whole);
	whole = NULL;
	solver_peer_close(scenario->solver);
	world_close(&world);
	attempts_close(&scenario->attempts);
	arena_close(&scenario->arena);
	free(scenario);
}

int main(int argc, char **argv)
{
	CHECK(argc > 2 && sodium_init() >= 0);
	directory = argv[1];
	for (int at = 2; at < argc; at++)
		run(argv[at]);
	return 0;
}
