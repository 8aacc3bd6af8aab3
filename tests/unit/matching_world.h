/* A small market for tests of matching: commands, records and timers go through
 * matching_take and matching_due as in the daemon, over a batch that keeps the records in
 * memory. Tasks are solved by the real solver. Every record is kept as it would be
 * journaled; world_crash() makes a new state from them alone. */
#ifndef TESTS_UNIT_MATCHING_WORLD_H
#define TESTS_UNIT_MATCHING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/calendar.h"
#include "common/wire.h"
#include "services/matching/desk.h"
#include "services/matching/messages.h"
#include "services/matching/verify.h"
#include "services/solver/solver.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/quota/v1/quota.pb-c.h"

#define MATCHING(type) Tasheem__Matching__V1__##type
#define QUOTA(type) Tasheem__Quota__V1__##type

enum { WORLD_TASKS = 32 };

/* What the daemon's batch is in production. */
struct batch {
	struct arena arena;
	int64_t now_ms;
	uint64_t sequence;
	/* The last answer. */
	struct verdict verdict;
	struct bytes reply;
	/* Records as journaled. */
	struct record *records;
	uint32_t record_count, record_room;
	/* Tasks sent, to whom. */
	struct task {
		struct peer peer;
		uint8_t id[DIGEST_SHORT_BYTES];
		struct bytes problem;
	} tasks[WORLD_TASKS];
	uint32_t task_count;
};

struct world {
	struct matching_state state;
	struct batch batch;
	uint8_t secret[DIGEST_BYTES];
	/* Records of quota so far; the book that is being filled. */
	uint64_t quota_sequence;
	uint32_t capacity;
	uint32_t random;
};

struct arena *batch_arena(struct batch *batch)
{
	return &batch->arena;
}

int64_t batch_now_ms(const struct batch *batch)
{
	return batch->now_ms;
}

uint64_t batch_next_sequence(const struct batch *batch)
{
	return batch->sequence + 1;
}

static inline struct bytes world_copy(struct bytes bytes)
{
	uint8_t *copy = malloc(bytes.size + 1);
	if (bytes.size)
		memcpy(copy, bytes.data, bytes.size);
	return (struct bytes){copy, bytes.size};
}

static inline const struct record *world_record(struct batch *batch, const char *principal,
                                                const struct wire_event *events, uint32_t count)
{
	size_t bytes = 0;
	if (batch->record_count == batch->record_room) {
		batch->record_room = batch->record_room ? 2 * batch->record_room : 64;
		batch->records =
		        realloc(batch->records, batch->record_room * sizeof *batch->records);
	}
	struct record *record = &batch->records[batch->record_count++];
	memset(record, 0, sizeof *record);
	record->sequence = ++batch->sequence;
	record->time_ms = batch->now_ms;
	assert_true(principal_name_set(&record->principal, principal));
	struct wire_event *copies = calloc(count + 1, sizeof *copies);
	for (uint32_t at = 0; at < count; at++) {
		copies[at] = (struct wire_event){events[at].kind, world_copy(events[at].payload)};
		bytes += events[at].payload.size;
	}
	record->events = copies;
	record->event_count = count;
	assert_true(count <= 1000 && bytes <= 512 * 1024);
	return record;
}

const struct record *batch_record(struct batch *batch, const struct item *item,
                                  const struct verdict *verdict, const struct wire_event *events,
                                  uint32_t count)
{
	batch->verdict = *verdict;
	return world_record(batch, item->actor.name.text, events, count);
}

void batch_answer(struct batch *batch, const struct item *item, const struct verdict *verdict)
{
	(void)item;
	batch->verdict = *verdict;
}

void batch_reply(struct batch *batch, const struct item *item, struct bytes body)
{
	(void)item;
	memset(&batch->verdict, 0, sizeof batch->verdict);
	batch->verdict.code = CODE_ACCEPTED;
	batch->reply = body;
}

const struct record *batch_follow(struct batch *batch, const struct item *item,
                                  const struct wire_event *events, uint32_t count)
{
	return world_record(batch, item->stream.text, events, count);
}

const struct record *batch_clock(struct batch *batch, const struct wire_event *events,
                                 uint32_t count)
{
	return world_record(batch, "clock", events, count);
}

bool batch_task(struct batch *batch, const struct peer *peer,
                const uint8_t task_id[DIGEST_SHORT_BYTES], struct bytes problem)
{
	assert_true(batch->task_count < WORLD_TASKS);
	struct task *task = &batch->tasks[batch->task_count++];
	task->peer = *peer;
	memcpy(task->id, task_id, DIGEST_SHORT_BYTES);
	task->problem = world_copy(problem);
	return true;
}

static inline uint32_t world_random(struct world *world, uint32_t below)
{
	world->random = world->random * 1664525u + 1013904223u;
	return (world->random >> 8) % below;
}

/* Keys are of the fixed principals: the operator, clearing, a solver, a supplier per S…, and a
 * broker whose mandates the test gives. */
static inline void world_principal(struct world *world, const char *name, enum role role,
                                   const char *party)
{
	struct principal principal;
	memset(&principal, 0, sizeof principal);
	assert_true(principal_name_set(&principal.name, name));
	memset(principal.key.text, 'a', KEY_TEXT_SIZE - 1);
	memcpy(principal.key.text, name, strlen(name));
	principal.role = role;
	assert_true(party_id_set(&principal.party_id, party));
	principal.fixed = true;
	authorise_put_principal(&world->state.authorise, &principal);
}

static inline void world_open_state(struct world *world)
{
	assert_true(matching_open(&world->state, world->capacity));
	matching_set_secret(&world->state, world->secret);
	world_principal(world, "operator", ROLE_OPERATOR, "");
	world_principal(world, "clearing", ROLE_CLEARING, "");
	world_principal(world, "solver", ROLE_SOLVER, "");
	world_principal(world, "auditor", ROLE_AUDITOR, "");
	world_principal(world, "seller1", ROLE_SUPPLIER, "S1");
	world_principal(world, "seller2", ROLE_SUPPLIER, "S2");
	world_principal(world, "buyer1", ROLE_PUBLISHER, "B01");
	world_principal(world, "buyer2", ROLE_PUBLISHER, "B02");
}

static inline void world_open(struct world *world, uint32_t random)
{
	memset(world, 0, sizeof *world);
	world->random = random;
	world->capacity = 4096;
	memset(world->secret, 7, sizeof world->secret);
	assert_true(arena_open(&world->batch.arena, (size_t)1 << 30));
	world->batch.now_ms = calendar_day_start_ms(14040902) + 10 * 3600 * 1000;
	world_open_state(world);
}

static inline void world_digest(const struct world *world, uint8_t out[DIGEST_BYTES])
{
	matching_digest(&world->state, out);
}

/* The daemon dies and comes back: its state is what the records say. */
static inline void world_crash(struct world *world)
{
	uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES];
	world_digest(world, before);
	matching_close(&world->state);
	world->capacity += 1024;
	world_open_state(world);
	for (uint32_t at = 0; at < world->batch.record_count; at++)
		matching_apply_record(&world->state, &world->batch.records[at]);
	world_digest(world, after);
	assert_memory_equal(before, after, DIGEST_BYTES);
	for (uint32_t at = 0; at < world->batch.task_count; at++)
		free((void *)(uintptr_t)world->batch.tasks[at].problem.data);
	world->batch.task_count = 0;
}

static inline void world_close(struct world *world)
{
	world_crash(world);
	matching_close(&world->state);
	for (uint32_t at = 0; at < world->batch.record_count; at++) {
		struct record *record = &world->batch.records[at];
		for (uint32_t i = 0; i < record->event_count; i++)
			free((void *)(uintptr_t)record->events[i].payload.data);
		free((void *)(uintptr_t)record->events);
	}
	free(world->batch.records);
	arena_close(&world->batch.arena);
}

/* Sends as this principal; the answer's code. */
static inline enum code world_send(struct world *world, const char *principal, uint32_t kind,
                                   const ProtobufCMessage *message)
{
	struct item item;
	struct principal_name name;
	memset(&item, 0, sizeof item);
	assert_true(principal_name_set(&name, principal));
	const struct principal *row = authorise_by_name(&world->state.authorise, &name);
	assert_non_null(row);
	item.type = (kind % 100) >= 50 ? ITEM_READ : ITEM_COMMAND;
	item.actor.name = name;
	item.actor.role = row->role;
	item.actor.party_id = row->party_id;
	item.peer.size = 5;
	memcpy(item.peer.routing_id, principal, strlen(principal) < 8 ? strlen(principal) : 8);
	item.kind = kind;
	item.correlation_id = "";
	item.traceparent = "";
	if (message)
		item.payload = wire_encode(&world->batch.arena, message);
	matching_take(&world->state, &world->batch, &item);
	return world->batch.verdict.code;
}

#define WORLD_SEND(world, principal, kind, message)                                                \
	world_send((world), (principal), (kind), &(message)->base)

/* Whether the last answer gave this reason. */
static inline bool world_reason(const struct world *world, enum reason_code reason)
{
	for (uint32_t at = 0; at < world->batch.verdict.reason_count; at++)
		if (world->batch.verdict.reasons[at].code == reason)
			return true;
	return false;
}

/* A record of another stream with one event. */
static inline void world_learn(struct world *world, const char *stream, uint32_t kind,
                               const ProtobufCMessage *message)
{
	struct item item;
	struct record record;
	struct wire_event event = {kind, wire_encode(&world->batch.arena, message)};
	memset(&item, 0, sizeof item);
	memset(&record, 0, sizeof record);
	record.sequence = ++world->quota_sequence;
	record.correlation_id = record.traceparent = "";
	record.events = &event;
	record.event_count = 1;
	item.type = ITEM_RECORD;
	assert_true(stream_name_set(&item.stream, stream));
	item.record = &record;
	item.last = true;
	matching_take(&world->state, &world->batch, &item);
}

/* One day's due work, and whatever solvers find; `steps` is for crashes in the middle: false
 * when there was more to do. */
static inline bool world_turn(struct world *world, uint32_t steps)
{
	struct batch *batch = &world->batch;
	while (steps > 0) {
		if (matching_deadline(&world->state) <= batch->now_ms) {
			matching_due(&world->state, batch);
			steps--;
			continue;
		}
		if (batch->task_count == 0)
			return true;
		struct task task = batch->tasks[--batch->task_count];
		struct arena arena;
		struct bytes answer;
		struct solver_failure failure;
		assert_true(arena_open(&arena, (size_t)1 << 30));
		assert_true(messages_solve(&arena, task.problem, &answer, &failure));
		MATCHING(SolutionPart) part = TASHEEM__MATCHING__V1__SOLUTION_PART__INIT;
		part.task_id = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, task.id};
		part.count = 1;
		part.chunk = (ProtobufCBinaryData){answer.size, (uint8_t *)(uintptr_t)answer.data};
		WORLD_SEND(world, "solver", SOLUTION_PART, &part);
		/* A task that was sent twice is no longer known the second time. */
		assert_true(batch->verdict.code == CODE_ACCEPTED ||
		            world_reason(world, REASON_NOT_FOUND));
		arena_close(&arena);
		free((void *)(uintptr_t)task.problem.data);
		world_send(world, "solver", SOLVER_READY, NULL);
	}
	return false;
}

static inline void world_settle(struct world *world)
{
	world_send(world, "solver", SOLVER_READY, NULL);
	assert_true(world_turn(world, 100000));
	arena_reset(&world->batch.arena);
}

/* To this instant, stopping at every deadline on the way. */
static inline void world_clock(struct world *world, int64_t time_ms)
{
	world_settle(world);
	while (matching_deadline(&world->state) <= time_ms) {
		int64_t due_ms = matching_deadline(&world->state);
		if (due_ms > world->batch.now_ms)
			world->batch.now_ms = due_ms;
		world_settle(world);
	}
	if (time_ms > world->batch.now_ms)
		world->batch.now_ms = time_ms;
}

#endif
