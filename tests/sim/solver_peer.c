/* An honest solver in the simulated world: parts in, parts out. */
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "services/solver/solver.h"
#include "tasheem/matching/v1/matching.pb-c.h"
#include "tasheem/solver/v1/solver.pb-c.h"
#include "tests/sim/client.h"
#include "tests/sim/marks.h"

enum { SOLVER_READY = 354, SOLUTION_PART = 320, CHUNK_BYTES = 512 << 10, MAX_PARTS = 64 };

struct solver_peer {
	struct world *world;
	int address;
	/* 0: honest. */
	uint32_t lies;
	struct attempts sent;
	uint8_t task_id[DIGEST_SHORT_BYTES];
	uint32_t part_count, parts_seen;
	struct bytes parts[MAX_PARTS];
};

static void forget(struct solver_peer *peer)
{
	for (uint32_t i = 0; i < MAX_PARTS; i++)
		free((void *)(uintptr_t)peer->parts[i].data);
	memset(peer->parts, 0, sizeof peer->parts);
	peer->part_count = peer->parts_seen = 0;
}

static void send_item(struct solver_peer *peer, uint32_t kind, struct bytes payload)
{
	struct letter letter = {.from = peer->address,
	                        .to = NODE_MATCHING,
	                        .id = client_id(peer->world, peer->world->now_ms),
	                        .kind = kind,
	                        .payload = payload};
	attempts_close(&peer->sent);
	client_attempt(peer->world, &peer->sent, &letter);
}

void solver_peer_ready(struct solver_peer *peer)
{
	send_item(peer, SOLVER_READY, (struct bytes){NULL, 0});
}

static void send_solution(struct solver_peer *peer, struct arena *arena, struct bytes answer)
{
	uint32_t count = (uint32_t)((answer.size + CHUNK_BYTES - 1) / CHUNK_BYTES);
	for (uint32_t i = 0; i < count; i++) {
		size_t first = (size_t)i * CHUNK_BYTES;
		size_t left = answer.size - first;
		Tasheem__Matching__V1__SolutionPart part =
		        TASHEEM__MATCHING__V1__SOLUTION_PART__INIT;
		part.task_id = (ProtobufCBinaryData){DIGEST_SHORT_BYTES, peer->task_id};
		part.index = i;
		part.count = count;
		part.chunk.len = left < CHUNK_BYTES ? left : CHUNK_BYTES;
		part.chunk.data = (uint8_t *)(uintptr_t)answer.data + first;
		send_item(peer, SOLUTION_PART, wire_encode(arena, &part.base));
	}
}

void solver_peer_lie(struct solver_peer *peer, uint32_t one_in)
{
	peer->lies = one_in;
}

/* Lots more for the first who gets any: consistent in itself, but more than is offered. */
static void overdraw(struct arena *arena, struct bytes *answer)
{
	enum { MORE = 50 };
	const Tasheem__Solver__V1__Solution *solution = WIRE_DECODE(
	        arena, Tasheem__Solver__V1__Solution, tasheem__solver__v1__solution, *answer);
	if (!solution || solution->n_flow_lots == 0)
		return;
	solution->flow_lots[0] += MORE;
	for (size_t i = 0; i < solution->n_awards; i++)
		if (solution->awards[i] > 0) {
			solution->awards[i] += MORE;
			break;
		}
	*answer = wire_encode(arena, &solution->base);
	SOMETIMES(solution_with_lots_too_many, true);
}

/* What the verifier must not take: more than there is, or the solution with a bit turned. */
static void spoil(struct solver_peer *peer, struct arena *arena, struct bytes *answer)
{
	if (!peer->lies || answer->size == 0 || world_random(peer->world, peer->lies) != 0)
		return;
	if (world_random(peer->world, 2) == 0) {
		overdraw(arena, answer);
		return;
	}
	SOMETIMES(solution_with_a_bit_turned, true);
	uint8_t *copy = arena_take(arena, answer->size);
	memcpy(copy, answer->data, answer->size);
	uint32_t bit = world_random(peer->world, (uint32_t)answer->size * 8);
	copy[bit / 8] ^= (uint8_t)(1U << (bit % 8));
	answer->data = copy;
}

static void solve(struct solver_peer *peer)
{
	struct arena arena;
	CHECK(arena_open(&arena, (size_t)1 << 30));
	size_t size = 0;
	for (uint32_t i = 0; i < peer->part_count; i++)
		size += peer->parts[i].size;
	uint8_t *whole = arena_take(&arena, size + 1);
	size_t at = 0;
	for (uint32_t i = 0; i < peer->part_count; i++) {
		memcpy(whole + at, peer->parts[i].data, peer->parts[i].size);
		at += peer->parts[i].size;
	}
	struct bytes answer;
	struct solver_failure failure;
	if (messages_solve(&arena, (struct bytes){whole, size}, &answer, &failure)) {
		spoil(peer, &arena, &answer);
		send_solution(peer, &arena, answer);
	}
	arena_close(&arena);
	forget(peer);
	solver_peer_ready(peer);
}

static void take_part(struct solver_peer *peer, const Tasheem__Common__V1__TaskPart *part)
{
	if (part->task_id.len != DIGEST_SHORT_BYTES || part->count > MAX_PARTS ||
	    part->index >= part->count)
		return;
	if (memcmp(part->task_id.data, peer->task_id, DIGEST_SHORT_BYTES) != 0) {
		forget(peer);
		memcpy(peer->task_id, part->task_id.data, DIGEST_SHORT_BYTES);
	}
	struct bytes *kept = &peer->parts[part->index];
	peer->part_count = part->count;
	if (kept->data)
		return;
	uint8_t *copy = malloc(part->chunk.len + 1);
	CHECK(copy);
	memcpy(copy, part->chunk.data, part->chunk.len);
	*kept = (struct bytes){copy, part->chunk.len};
	peer->parts_seen++;
	if (peer->parts_seen == peer->part_count)
		solve(peer);
}

static void receive(struct world *world, struct client *client, int from, struct bytes bytes)
{
	(void)world;
	(void)from;
	struct arena arena;
	CHECK(arena_open(&arena, (size_t)64 << 20));
	const Tasheem__Common__V1__Reply *reply =
	        WIRE_DECODE(&arena, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, bytes);
	CHECK(reply);
	if (reply->task)
		take_part(client->context, reply->task);
	arena_close(&arena);
}

struct solver_peer *solver_peer_open(struct world *world)
{
	struct solver_peer *peer = calloc(1, sizeof *peer);
	CHECK(peer);
	peer->world = world;
	peer->address = world_client(world, "solver");
	struct client *client = world_client_at(world, peer->address);
	client->receive = receive;
	client->context = peer;
	return peer;
}

void solver_peer_close(struct solver_peer *peer)
{
	forget(peer);
	attempts_close(&peer->sent);
	free(peer);
}
