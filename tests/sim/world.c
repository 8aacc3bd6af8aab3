/* Time, network and processes of the simulated world. */
#include "tests/sim/world.h"

#include <stdlib.h>
#include <string.h>

#include "common/daemon_internal.h"
#include "common/projector.h"
#include "common/wire.h"
#include "tests/sim/marks.h"
#include "tests/sim/memory_redis.h"

enum { SETTLE_ROUNDS = 20000, SIM_DUE_LIMIT = 1000 };
static const size_t sim_arena_bytes = (size_t)1 << 30;

static struct world *current;

int64_t world_now(void)
{
	return current->now_ms;
}

/* splitmix64. */
uint32_t world_random(struct world *world, uint32_t limit)
{
	uint64_t mixed = world->random += 0x9e3779b97f4a7c15U;
	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
	return (uint32_t)((mixed ^ (mixed >> 31)) % limit);
}

void world_key(const char *name, char out[KEY_TEXT_SIZE])
{
	size_t size = strlen(name);
	memset(out, '0', KEY_TEXT_SIZE - 1);
	for (size_t i = 0; i < size; i++)
		out[i] = name[i] == '_' ? '+' : name[i];
	out[KEY_TEXT_SIZE - 1] = '\0';
}

int world_node_of(const char *name)
{
	static const char *const names[NODE_COUNT] = {"membership", "quota", "matching"};
	for (int i = 0; i < NODE_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

static void put_fixed(struct authorise *authorise, const char *name, enum role role)
{
	struct principal principal;
	memset(&principal, 0, sizeof principal);
	CHECK(principal_name_set(&principal.name, name));
	world_key(name, principal.key.text);
	principal.role = role;
	principal.fixed = true;
	authorise_put_principal(authorise, &principal);
}

static void put_fixed_principals(struct authorise *authorise)
{
	put_fixed(authorise, "operator", ROLE_OPERATOR);
	put_fixed(authorise, "authority", ROLE_AUTHORITY);
	put_fixed(authorise, "clearing", ROLE_CLEARING);
	put_fixed(authorise, "auditor", ROLE_AUDITOR);
	put_fixed(authorise, "solver", ROLE_SOLVER);
	put_fixed(authorise, "membership", ROLE_SERVICE);
	put_fixed(authorise, "quota", ROLE_SERVICE);
	put_fixed(authorise, "matching", ROLE_SERVICE);
}

/* Applies every record of the journal; the daemon's own bookkeeping only when there is one. */
static void replay(const struct node *node, void *state, struct daemon *daemon)
{
	struct arena arena;
	CHECK(arena_open(&arena, sim_arena_bytes));
	for (uint32_t i = 0; i < node->store.count; i++) {
		arena_reset(&arena);
		const struct row *row = &node->store.rows[i];
		const struct record *records = row_decode(&arena, row);
		CHECK(records);
		for (uint32_t j = 0; j < row->count; j++) {
			if (daemon && records[j].has_message_id)
				dedup_add(&daemon->dedup, &records[j]);
			if (daemon && !stream_name_empty(&records[j].cursor.stream))
				source_advance(daemon, &records[j].cursor);
			bool left_out = node->world->plant == PLANT_LEFT_OUT &&
			                records[j].sequence % 37 == 0;
			if (!left_out)
				node->core->apply_record(state, &records[j]);
		}
	}
	arena_close(&arena);
}

static void node_start(struct node *node)
{
	struct daemon *daemon = calloc(1, sizeof *daemon);
	CHECK(daemon);
	node->daemon = daemon;
	daemon->service = &node->core->service;
	daemon->started_ms = world_now();
	clock_open(&daemon->clock, "virtual");
	daemon->journal = memory_journal_open(node, true);
	daemon->reader = memory_journal_open(node, false);
	daemon->head_sequence = journal_head(daemon->journal);
	daemon->last_time_ms = journal_head_time_ms(daemon->journal);
	CHECK(arena_open(&daemon->batch.arena, sim_arena_bytes));
	CHECK(dedup_open(&daemon->dedup, SIM_CAPACITY));
	source_open(daemon);
	/* So that the first silence is long over. */
	for (uint32_t i = 0; i < daemon->source_count; i++)
		daemon->sources[i].heard_ms = daemon->sources[i].asked_ms = INT64_MIN / 4;
	/* A stream that this world does not have is empty. */
	for (uint32_t i = 0; i < daemon->source_count; i++)
		if (!node->world->nodes[world_node_of(daemon->sources[i].stream.text)].core)
			daemon->sources[i].caught_up_once = true;
	node->state = node->core->open(SIM_CAPACITY);
	replay(node, node->state, daemon);
	daemon->authorise = node->core->authorise(node->state);
	put_fixed_principals(daemon->authorise);
	daemon->bus = (struct bus *)node;
	daemon->projector = (struct projector *)node;
	projector_notify(daemon->projector, daemon->head_sequence);
	batch_begin(&daemon->batch, daemon);
}

static void drop_inbox(struct node *node)
{
	while (node->first) {
		struct frame *next = node->first->next;
		free(node->first);
		node->first = next;
	}
	node->last = NULL;
	free(node->reading);
	node->reading = NULL;
}

static void node_stop(struct node *node)
{
	struct daemon *daemon = node->daemon;
	if (!daemon)
		return;
	node->core->close(node->state);
	journal_close(daemon->journal);
	journal_close(daemon->reader);
	dedup_close(&daemon->dedup);
	arena_close(&daemon->batch.arena);
	free(daemon);
	node->daemon = NULL;
	node->state = NULL;
	drop_inbox(node);
}

static void forget_rows(struct node *node, uint32_t rows)
{
	while (rows-- > 0 && node->store.count > 0) {
		struct row *newest = &node->store.rows[--node->store.count];
		free((void *)(uintptr_t)newest->body.data);
	}
	if (node->observed > node->store.count)
		node->observed = node->store.count;
}

void world_crash(struct world *world, int number)
{
	struct node *node = &world->nodes[number];
	if (node->plan_commit == 0 || node->plan_commit == node->commits)
		node->plan = CRASH_NONE;
	node->crashes++;
	node_stop(node);
	if (world->plant == PLANT_LOST_ROW)
		forget_rows(node, 1);
	node_start(node);
}

void world_stop(struct world *world, int number)
{
	node_stop(&world->nodes[number]);
}

void world_start(struct world *world, int number)
{
	if (!world->nodes[number].daemon)
		node_start(&world->nodes[number]);
}

void world_lose(struct world *world, int number, uint32_t rows)
{
	node_stop(&world->nodes[number]);
	forget_rows(&world->nodes[number], rows);
	node_start(&world->nodes[number]);
}

void world_open(struct world *world, int64_t now_ms, uint64_t seed)
{
	static const struct core *const cores[NODE_COUNT] = {&core_membership, &core_quota,
	                                                     &core_matching};
	memset(world, 0, sizeof *world);
	current = world;
	world->now_ms = now_ms;
	world->random = seed;
	CHECK(arena_open(&world->observing, sim_arena_bytes));
	for (int i = 0; i < NODE_COUNT; i++) {
		world->nodes[i].world = world;
		world->nodes[i].number = i;
		world->nodes[i].core = cores[i];
		world->nodes[i].redis = memory_redis_open();
	}
	for (int i = 0; i < NODE_COUNT; i++)
		if (cores[i])
			node_start(&world->nodes[i]);
}

void world_close(struct world *world)
{
	for (int i = 0; i < NODE_COUNT; i++) {
		struct node *node = &world->nodes[i];
		node_stop(node);
		for (uint32_t j = 0; j < node->store.count; j++)
			free((void *)(uintptr_t)node->store.rows[j].body.data);
		free(node->store.rows);
		memory_redis_close(node->redis);
	}
	while (world->queue) {
		struct frame *next = world->queue->next;
		free(world->queue);
		world->queue = next;
	}
	arena_close(&world->observing);
}

int world_client(struct world *world, const char *name)
{
	for (uint32_t i = 0; i < world->client_count; i++)
		if (strcmp(world->clients[i].name.text, name) == 0)
			return FIRST_CLIENT + (int)i;
	CHECK(world->client_count < MAX_CLIENTS);
	struct client *client = &world->clients[world->client_count];
	memset(client, 0, sizeof *client);
	CHECK(principal_name_set(&client->name, name));
	return FIRST_CLIENT + (int)world->client_count++;
}

struct client *world_client_at(struct world *world, int address)
{
	CHECK(address >= FIRST_CLIENT && address < FIRST_CLIENT + (int)world->client_count);
	return &world->clients[address - FIRST_CLIENT];
}

static void fly(struct world *world, struct frame *frame)
{
	struct frame **at = &world->queue;
	while (*at && ((*at)->due_ms < frame->due_ms ||
	               ((*at)->due_ms == frame->due_ms && (*at)->order < frame->order)))
		at = &(*at)->next;
	frame->next = *at;
	*at = frame;
}

void world_send(struct world *world, int from, int to, bool of_source, struct bytes bytes)
{
	const struct weather *weather = &world->weather;
	uint32_t copies = 1;
	world->frames++;
	if (weather->loss && world_random(world, 1000) < weather->loss)
		copies = 0;
	else if (weather->repetition && world_random(world, 1000) < weather->repetition)
		copies = 2;
	world->lost += copies == 0;
	SOMETIMES(frame_lost, copies == 0);
	SOMETIMES(frame_doubled, copies == 2);
	for (uint32_t i = 0; i < copies; i++) {
		struct frame *frame = malloc(sizeof *frame + bytes.size);
		CHECK(frame);
		*frame = (struct frame){.due_ms = world->now_ms,
		                        .order = world->order++,
		                        .from = from,
		                        .to = to,
		                        .of_source = of_source,
		                        .size = bytes.size};
		if (weather->delay_ms)
			frame->due_ms += world_random(world, (uint32_t)weather->delay_ms + 1);
		memcpy(frame->data, bytes.data, bytes.size);
		fly(world, frame);
	}
}

static void arrive(struct world *world, struct frame *frame)
{
	if (frame->to >= FIRST_CLIENT) {
		struct client *client = world_client_at(world, frame->to);
		if (client->receive)
			client->receive(world, client, frame->from,
			                (struct bytes){frame->data, frame->size});
		free(frame);
		return;
	}
	struct node *node = &world->nodes[frame->to];
	frame->next = NULL;
	if (!node->daemon) {
		free(frame);
		return;
	}
	if (node->last)
		node->last->next = frame;
	else
		node->first = frame;
	node->last = frame;
}

static bool deliver(struct world *world)
{
	bool any = false;
	while (world->queue && world->queue->due_ms <= world->now_ms) {
		struct frame *frame = world->queue;
		world->queue = frame->next;
		arrive(world, frame);
		any = true;
	}
	return any;
}

/* As daemon_due(): a suspect clock does not exist here. */
static bool may_be_due(struct node *node)
{
	const char *because;
	struct daemon *daemon = node->daemon;
	return node->core->deadline(node->state) <= daemon->batch.now_ms &&
	       daemon->batch.due++ < SIM_DUE_LIMIT && daemon_ready(daemon, &because);
}

static void take_turn(struct node *node)
{
	struct daemon *daemon = node->daemon;
	feed_turn(daemon);
	source_turn(daemon);
	batch_begin(&daemon->batch, daemon);
	const struct item *item;
	while ((item = daemon_next(daemon)))
		node->core->take(node->state, &daemon->batch, item);
	while (may_be_due(node))
		node->core->due(node->state, &daemon->batch);
	batch_commit(&daemon->batch);
}

static void observe(struct world *world, struct node *node)
{
	if (!world->observe)
		return;
	for (; node->observed < node->store.count; node->observed++) {
		const struct row *row = &node->store.rows[node->observed];
		ALWAYS(node->observed == 0 || row->time_ms >= row[-1].time_ms,
		       "time in a journal runs backwards");
		arena_reset(&world->observing);
		const struct record *records = row_decode(&world->observing, row);
		CHECK(records);
		for (uint32_t i = 0; i < row->count; i++)
			world->observe(world->observer, node->core->service.name, &records[i]);
	}
}

/* True when the node has something to do, or did something. */
static bool turn(struct world *world, struct node *node)
{
	uint64_t sent = world->frames;
	uint32_t rows = node->store.count;
	bool waiting = node->first != NULL;
	/* The state before the crash is gone with the process; only the node survives. */
	if (setjmp(node->crash) == 0) {
		node->taking_turn = true;
		take_turn(node);
	} else {
		node->taking_turn = false;
		world_crash(world, node->number);
	}
	node->taking_turn = false;
	observe(world, node);
	return waiting || node->store.count != rows || world->frames != sent;
}

bool world_step(struct world *world)
{
	bool any = deliver(world);
	for (int i = 0; i < NODE_COUNT; i++)
		if (world->nodes[i].daemon)
			any |= turn(world, &world->nodes[i]);
	return any;
}

bool world_settle(struct world *world)
{
	for (int round = 0; round < SETTLE_ROUNDS; round++)
		if (!world_step(world))
			return true;
	return false;
}

int64_t world_next_ms(const struct world *world)
{
	int64_t next_ms = world->queue ? world->queue->due_ms : INT64_MAX;
	for (int i = 0; i < NODE_COUNT; i++) {
		const struct node *node = &world->nodes[i];
		const char *because;
		if (!node->daemon || !daemon_ready(node->daemon, &because))
			continue;
		int64_t deadline_ms = node->core->deadline(node->state);
		next_ms = deadline_ms < next_ms ? deadline_ms : next_ms;
	}
	return next_ms;
}

bool world_pass(struct world *world, int64_t ms)
{
	int64_t until_ms = world->now_ms + ms;
	while (world->now_ms < until_ms) {
		int64_t next_ms = world_next_ms(world);
		/* A deadline that its node may not act on yet must not hold time. */
		if (next_ms <= world->now_ms)
			next_ms = world->now_ms + 1000;
		world->now_ms = next_ms < until_ms ? next_ms : until_ms;
		if (!world_settle(world))
			return false;
	}
	return true;
}

void world_digest(const struct world *world, int number, uint8_t out[DIGEST_BYTES])
{
	world->nodes[number].core->digest(world->nodes[number].state, out);
}

void world_replay_digest(const struct world *world, int number, uint8_t out[DIGEST_BYTES])
{
	const struct node *node = &world->nodes[number];
	void *state = node->core->open(SIM_CAPACITY);
	replay(node, state, NULL);
	put_fixed_principals(node->core->authorise(state));
	node->core->digest(state, out);
	node->core->close(state);
}
