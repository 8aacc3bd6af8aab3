/* Can any bytes hurt a daemon? A life of the simulated world begins with a
 * province that already has requests, offers and a round; the input says what its
 * peers send it: well-formed items with any payload, frames of any bytes,
 * repeats, the passing of time, crashes. Then everything must have settled, every
 * journal must replay to the living state, and the auditor of the public record
 * must have nothing to complain of.
 *
 * Input: a run of steps, each an op byte (step = op % 8, WHO and WHERE from the rest):
 *   0-3  kind u16, size u16, payload     an item of an envelope of its own
 *   4    size u16, bytes                 a frame
 *   5    minutes u16                     time passes
 *   6    -                               the daemon WHERE crashes
 *   7    -                               the frame before, once more
 *
 * Built beside libFuzzer for make fuzz, and with FUZZ_CORPUS=DIR to write the
 * commands of the scenarios as its first corpus. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/books.h"
#include "tests/sim/scenario.h"

static const int64_t start_ms = 1763962200000;
static const char *const who[] = {"operator", "authority", "clearing", "auditor",
                                  "solver",   "coop",      "jam",      "buyer8",
                                  "buyer9",   "unit1",     "broker",   "quota"};
enum { WHO_COUNT = sizeof who / sizeof *who, MAX_STEPS = 64 };

struct input {
	const uint8_t *data;
	size_t size;
};

static uint32_t take(struct input *input, int bytes)
{
	uint32_t value = 0;
	for (int at = 0; at < bytes; at++) {
		if (input->size) {
			value |= (uint32_t)*input->data << (8 * at);
			input->data++;
			input->size--;
		}
	}
	return value;
}

static struct bytes take_bytes(struct input *input, size_t size)
{
	struct bytes bytes = {input->data, size < input->size ? size : input->size};
	input->data += bytes.size;
	input->size -= bytes.size;
	return bytes;
}

/* What every life begins with, made once by a scenario. */
static struct store prelude[NODE_COUNT];
static int64_t prelude_ms;

static void store_copy(struct store *to, const struct store *from)
{
	to->rows = calloc(from->count + 1, sizeof *to->rows);
	CHECK(to->rows);
	to->count = from->count;
	to->room = from->count + 1;
	for (uint32_t at = 0; at < from->count; at++) {
		uint8_t *body = malloc(from->rows[at].body.size + 1);
		CHECK(body);
		memcpy(body, from->rows[at].body.data, from->rows[at].body.size);
		to->rows[at] = from->rows[at];
		to->rows[at].body.data = body;
	}
}

static void prelude_make(const char *path)
{
	static struct world world;
	struct scenario *scenario = calloc(1, sizeof *scenario);
	CHECK(scenario && sodium_init() >= 0 && arena_open(&scenario->arena, (size_t)256 << 20));
	world_open(&world, start_ms, 1);
	scenario->world = &world;
	scenario->solver = solver_peer_open(&world);
	if (!scenario_settle(scenario) || !scenario_run(scenario, path)) {
		fprintf(stderr, "%s:%d: %s\n", path, scenario->line, scenario->failure);
		abort();
	}
	for (int node = 0; node < NODE_COUNT; node++)
		store_copy(&prelude[node], &world.nodes[node].store);
	prelude_ms = world.now_ms;
	solver_peer_close(scenario->solver);
	world_close(&world);
	attempts_close(&scenario->attempts);
	arena_close(&scenario->arena);
	free(scenario);
}

static void life_begin(struct world *world, struct books *books)
{
	world_open(world, prelude_ms, 1);
	world->observe = books_observe;
	world->observer = books;
	for (int node = 0; node < NODE_COUNT; node++) {
		store_copy(&world->nodes[node].store, &prelude[node]);
		world_crash(world, node);
	}
	CHECK(world_settle(world));
}

static void step(struct world *world, struct attempts *attempts, struct input *input)
{
	uint32_t op = take(input, 1), what = op % 8;
	int from = world_client(world, who[op / 8 % WHO_COUNT]);
	if (what < 4) {
		uint32_t kind = take(input, 2), size = take(input, 2);
		int to = kind >= 100 && kind < 400 ? (int)(kind / 100 - 1)
		                                   : (int)(op / 8 % NODE_COUNT);
		const struct letter letter = {.from = from,
		                              .to = to,
		                              .id = client_id(world, world->now_ms),
		                              .kind = kind,
		                              .payload = take_bytes(input, size)};
		client_attempt(world, attempts, &letter);
	} else if (what == 4) {
		uint32_t size = take(input, 2);
		world_send(world, from, (int)(op / 8 % NODE_COUNT), false, take_bytes(input, size));
	} else if (what == 5) {
		CHECK(world_pass(world, (int64_t)(take(input, 2) % 20000) * 60000));
	} else if (what == 6) {
		world_crash(world, (int)(op / 8 % NODE_COUNT));
	} else if (attempts->count) {
		client_repeat(world, &attempts->list[attempts->count - 1]);
	}
	CHECK(world_settle(world));
}

static void check(struct world *world, struct books *books)
{
	const char *complaint = books_complaint(books);
	if (complaint) {
		fprintf(stderr, "the books: %s\n", complaint);
		abort();
	}
	for (int node = 0; node < NODE_COUNT; node++) {
		uint8_t living[DIGEST_BYTES], replayed[DIGEST_BYTES];
		world_digest(world, node, living);
		world_replay_digest(world, node, replayed);
		CHECK(memcmp(living, replayed, DIGEST_BYTES) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world world;
	struct input input = {data, size};
	struct attempts attempts = {0};
	struct books *books = books_open();
	if (!prelude_ms)
		prelude_make("tests/fuzz/province.txt");
	life_begin(&world, books);
	for (int at = 0; at < MAX_STEPS && input.size; at++)
		step(&world, &attempts, &input);
	check(&world, books);
	world_close(&world);
	attempts_close(&attempts);
	books_close(books);
	return 0;
}
