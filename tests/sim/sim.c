/* Random lives: SEED= (the first, 1) SEEDS= (how many, 20) HOURS= (of each, 240; mixed:
 * most are short, every 10th lasts four days, every 64th ten) JOBS= (processes, 1).
 *
 * A life is a province, a bad network and daemons that crash at commits, with
 * the auditor looking at every record. Every six hours every journal is replayed and
 * held against the living state. In the end the weather clears, every client
 * repeats what was never answered, and then everything must have an outcome, every
 * outcome that was told must be in a journal, once and in the same words, and what
 * Redis would show must not depend on where a projector began again.
 * From MARKED_SEEDS lives on, a mark that was never hit (marks.h) is a failure too.
 * PLANT=lost_row and PLANT=left_out put in a bug that must be found.
 * One seed is one life: a failure is found again by its SEED. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/life.h"
#include "tests/sim/marks.h"
#include "tests/sim/memory_redis.h"
#include "tests/sim/promises.h"
#include "tests/sim/scenario.h"
#include "tests/sim/shown.h"

enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, REPLAY_MS = 6 * HOUR_MS };
enum { MARKED_SEEDS = 200, MAX_JOBS = 64, LOUD_SEEDS = 200 };

/* Shared by the processes. */
struct crowd {
	struct marks marks;
	/* The next life, as its place behind the first seed. */
	atomic_ullong next;
	atomic_uint passed, failed;
	atomic_ullong commands, crashes;
	/* What each process lives; 0: nothing. */
	uint64_t seed[MAX_JOBS];
};

static struct crowd *crowd;
static uint64_t first_seed;
static int64_t seeds, hours;

/* 1404-09-03 09:00 in Tehran. */
static const int64_t start_ms = 1763962200000;

static int64_t option(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	return text && *text ? atoll(text) : otherwise;
}

/* The province, registered in good weather. */
static bool settle_province(struct life *life, char failure[1024])
{
	struct scenario *scenario = calloc(1, sizeof *scenario);
	CHECK(scenario && arena_open(&scenario->arena, (size_t)256 << 20));
	scenario->world = &life->world;
	scenario->solver = life->solver;
	bool good = scenario_settle(scenario) &&
	            scenario_run(scenario, "tests/scenarios/worlds/province.txt");
	if (!good)
		snprintf(failure, 1024, "%s", scenario->failure);
	attempts_close(&scenario->attempts);
	arena_close(&scenario->arena);
	free(scenario);
	/* From now on answers go to this life's own clients. */
	for (uint32_t i = 0; i < life->world.client_count; i++)
		if (life->world.clients[i].receive == client_receive_answers)
			life->world.clients[i].context = &life->attempts;
	return good;
}

static bool replays_equal(struct life *life, char failure[1024])
{
	for (int i = 0; i < NODE_COUNT; i++) {
		uint8_t living[DIGEST_BYTES];
		uint8_t replayed[DIGEST_BYTES];
		if (!life->world.nodes[i].daemon)
			continue;
		world_digest(&life->world, i, living);
		world_replay_digest(&life->world, i, replayed);
		if (memcmp(living, replayed, DIGEST_BYTES) != 0) {
			snprintf(failure, 1024, "%s: replay differs from the living state",
			         life->world.nodes[i].core->service.name);
			return false;
		}
	}
	return true;
}

static bool holds(struct life *life, char failure[1024])
{
	const char *complaint = books_complaint(life->books);
	if (complaint || marks_broken())
		snprintf(failure, 1024, "%s", complaint ? complaint : marks_broken());
	else if (life->attempts.broken)
		snprintf(failure, 1024, "a recorded outcome was told in other words");
	return failure[0] == '\0';
}

static void maybe_crash(struct life *life)
{
	struct world *world = &life->world;
	if (world_random(world, 40) != 0)
		return;
	int node = (int)world_random(world, NODE_COUNT);
	if (!world->nodes[node].daemon)
		return;
	uint32_t how = world_random(world, 3);
	SOMETIMES(crash_idle, how == 0);
	SOMETIMES(crash_while_a_round_is_solved, how == 0 && life->solving);
	if (how == 0)
		world_crash(world, node);
	else
		world->nodes[node].plan = how == 1 ? CRASH_BEFORE_APPEND : CRASH_AFTER_APPEND;
}

static bool is_open(struct life *life, const struct attempt *attempt)
{
	arena_reset(&life->arena);
	const Tasheem__Common__V1__Answer *answer = client_answer(&life->arena, attempt);
	return !answer || answer->code == TASHEEM__COMMON__V1__CODE__CODE_UNAVAILABLE ||
	       answer->code == TASHEEM__COMMON__V1__CODE__CODE_OVERLOADED;
}

/* Clients are patient: they ask again for what was not answered. */
static void ask_again(struct life *life)
{
	enum { RECENT = 40 };
	uint32_t count = life->attempts.count;
	for (uint32_t i = count > RECENT ? count - RECENT : 0; i < count; i++)
		if (is_open(life, &life->attempts.list[i]))
			client_repeat(&life->world, &life->attempts.list[i]);
}

/* A few deeds and some time; now and then a night. */
static bool live_on(struct life *life, char failure[1024])
{
	struct world *world = &life->world;
	uint32_t deeds = world_random(world, 4);
	for (uint32_t i = 0; i < deeds; i++)
		life_act(life);
	ask_again(life);
	maybe_crash(life);
	if (world_random(world, 30) == 0)
		memory_redis_trouble(world, &world->nodes[world_random(world, NODE_COUNT)]);
	solver_peer_ready(life->solver);
	bool night = world_random(world, 200) == 0;
	int64_t ms = 1 + world_random(world, night ? 12 * HOUR_MS : 20 * MINUTE_MS);
	if (!world_pass(world, ms))
		snprintf(failure, 1024, "the daemons do not come to rest");
	return failure[0] == '\0' && holds(life, failure);
}

/* Whoever got no answer asks again until there is one. */
static bool all_answered(struct life *life, char failure[1024])
{
	memset(&life->world.weather, 0, sizeof life->world.weather);
	for (int i = 0; i < NODE_COUNT; i++)
		life->world.nodes[i].plan = CRASH_NONE;
	for (int tries = 0; tries < 5; tries++) {
		if (!world_pass(&life->world, 5000 * SIM_SLOWNESS)) {
			snprintf(failure, 1024, "the daemons do not come to rest");
			return false;
		}
		uint32_t open = 0;
		for (uint32_t i = 0; i < life->attempts.count; i++)
			if (is_open(life, &life->attempts.list[i])) {
				client_repeat(&life->world, &life->attempts.list[i]);
				open++;
			}
		if (open == 0)
			return true;
	}
	snprintf(failure, 1024, "commands stay without an answer");
	return false;
}

/* What every daemon's Redis holds after all its troubles. */
static json_t *redis_holds(struct world *world)
{
	json_t *all = json_object();
	for (int i = 0; i < NODE_COUNT; i++)
		json_object_update(all, (json_t *)(uintptr_t)memory_redis_settle(&world->nodes[i]));
	return all;
}

/* Shown again from any earlier place, Redis holds the same; every key has its owner. */
static bool shown_right(struct life *life, char failure[1024])
{
	json_t *held = redis_holds(&life->world);
	json_t *once = shown_of(&life->world, false);
	json_t *again = shown_of(&life->world, true);
	const char *stranger = shown_stranger(&life->world);
	if (!json_equal(once, again))
		snprintf(failure, 1024, "showing records again changes what is shown");
	else if (!json_equal(once, held))
		snprintf(failure, 1024, "Redis is not what the journals show");
	else if (stranger)
		snprintf(failure, 1024, "%s belongs to no family of its daemon", stranger);
	json_decref(once);
	json_decref(again);
	json_decref(held);
	return failure[0] == '\0';
}

/* A short life comes by many beginnings, a long one by the ends of rounds. */
static int64_t hours_of(uint64_t seed)
{
	if (hours > 0)
		return hours;
	return seed % 64 == 0 ? 240 : seed % 10 == 0 ? 96 : 3;
}

static void tell(const struct life *life, uint64_t seed, bool good)
{
	uint32_t crashes = 0;
	for (int i = 0; i < NODE_COUNT; i++)
		crashes += life->world.nodes[i].crashes;
	atomic_fetch_add(&crowd->commands, life->commands);
	atomic_fetch_add(&crowd->crashes, crashes);
	if (good && seeds > LOUD_SEEDS)
		return;
	printf("%s - seed %" PRIu64 ": %" PRId64 " h, %" PRIu64 " commands, %" PRIu64
	       " frames, %" PRIu64 " lost, %u crashes, %u allocations\n",
	       good ? "ok" : "not ok", seed, hours_of(seed), life->commands, life->world.frames,
	       life->world.lost, crashes, life->seen_count);
}

static bool live(uint64_t seed, char failure[1024])
{
	static struct life life;
	memset(&life, 0, sizeof life);
	marks_begin();
	life.idle_buyers = seed % 20 == 0;
	CHECK(arena_open(&life.arena, (size_t)64 << 20));
	CHECK(arena_open(&life.seeing, (size_t)64 << 20));
	life.books = books_open();
	world_open(&life.world, start_ms, seed);
	life.world.observe = life_observe;
	life.world.observer = &life;
	life.solver = solver_peer_open(&life.world);
	bool good = settle_province(&life, failure);
	const char *plant = getenv("PLANT");
	if (plant && strcmp(plant, "lost_row") == 0)
		life.world.plant = PLANT_LOST_ROW;
	if (plant && strcmp(plant, "left_out") == 0)
		life.world.plant = PLANT_LEFT_OUT;
	solver_peer_lie(life.solver, 4);
	life.world.weather = (struct weather){10 + (uint32_t)(seed % 30), 20, 3000};
	int64_t end_ms = life.world.now_ms + hours_of(seed) * HOUR_MS;
	int64_t replay_ms = life.world.now_ms + REPLAY_MS;
	while (good && life.world.now_ms < end_ms) {
		good = live_on(&life, failure);
		if (good && life.world.now_ms >= replay_ms) {
			good = replays_equal(&life, failure);
			replay_ms = life.world.now_ms + REPLAY_MS;
		}
	}
	good = good && all_answered(&life, failure) && holds(&life, failure) &&
	       replays_equal(&life, failure) &&
	       promises_kept(&life.world, &life.attempts, failure) && shown_right(&life, failure);
	life_mark_answers(&life);
	tell(&life, seed, good);
	solver_peer_close(life.solver);
	world_close(&life.world);
	attempts_close(&life.attempts);
	books_close(life.books);
	arena_close(&life.arena);
	arena_close(&life.seeing);
	return good;
}

/* Takes one life after the other. */
static void work(int job)
{
	for (;;) {
		uint64_t place = atomic_fetch_add(&crowd->next, 1);
		char failure[1024] = "";
		if (place >= (uint64_t)seeds)
			break;
		crowd->seed[job] = first_seed + place;
		bool good = live(first_seed + place, failure);
		crowd->seed[job] = 0;
		atomic_fetch_add(good ? &crowd->passed : &crowd->failed, 1);
		if (!good)
			printf("  %s\n", failure);
		fflush(stdout);
	}
}

static pid_t hire(int job)
{
	fflush(stdout);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		work(job);
		fflush(stdout);
		_exit(0);
	}
	return pid;
}

/* A process that a life ended counts as its failure; another takes its place. */
static void work_together(int jobs)
{
	pid_t pids[MAX_JOBS];
	int living = jobs;
	for (int job = 0; job < jobs; job++)
		pids[job] = hire(job);
	while (living > 0) {
		int status;
		pid_t pid = wait(&status);
		int job = 0;
		while (job < jobs && pids[job] != pid)
			job++;
		if (job == jobs)
			continue;
		if (status == 0) {
			living--;
			continue;
		}
		printf("not ok - seed %" PRIu64 " ended the process\n", crowd->seed[job]);
		atomic_fetch_add(&crowd->failed, 1);
		pids[job] = hire(job);
	}
}

/* Marks that no life came by. */
static void missing_tell(void)
{
	for (int mark = 0; mark < MARK_COUNT; mark++) {
		if (atomic_load(&crowd->marks.hits[mark]))
			continue;
		printf("%s - never seen: %s\n", seeds >= MARKED_SEEDS ? "not ok" : "note",
		       mark_name((enum mark)mark));
		if (seeds >= MARKED_SEEDS)
			atomic_fetch_add(&crowd->failed, 1);
	}
}

static void rate_tell(double seconds)
{
	int64_t lived = 0;
	for (int64_t i = 0; i < seeds; i++)
		lived += hours_of(first_seed + (uint64_t)i);
	printf("%" PRId64 " lives, %" PRId64 " simulated hours, %llu commands, %llu crashes in "
	       "%.1f s: %.1f lives and %.0f hours a second\n",
	       seeds, lived, atomic_load(&crowd->commands), atomic_load(&crowd->crashes), seconds,
	       (double)seeds / seconds, (double)lived / seconds);
}

int main(void)
{
	int64_t jobs = option("JOBS", 1);
	struct timespec from, to;
	first_seed = (uint64_t)option("SEED", 1);
	seeds = option("SEEDS", getenv("SEED") ? 1 : 20);
	hours = option("HOURS", 240);
	crowd = mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	             0);
	CHECK(crowd != MAP_FAILED && jobs >= 1 && jobs <= MAX_JOBS && sodium_init() >= 0);
	marks_open(&crowd->marks);
	clock_gettime(CLOCK_MONOTONIC, &from);
	if (jobs > 1)
		work_together((int)jobs);
	else
		work(0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	missing_tell();
	rate_tell((double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
	printf("%u passed, %u failed\n", crowd->passed, crowd->failed);
	return crowd->failed ? 1 : 0;
}
