/* Sending commands and keeping answers. */
#include "tests/sim/client.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire.h"

static const size_t client_arena_bytes = (size_t)64 << 20;

void attempts_close(struct attempts *attempts)
{
	for (uint32_t i = 0; i < attempts->count; i++) {
		free(attempts->list[i].frame);
		free(attempts->list[i].answer);
	}
	free(attempts->list);
	free(attempts->stray.answer);
	memset(attempts, 0, sizeof *attempts);
}

struct message_id client_id(struct world *world, int64_t time_ms)
{
	struct message_id id;
	for (size_t i = 0; i < sizeof id.bytes; i++)
		id.bytes[i] = (uint8_t)world_random(world, 256);
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)time_ms >> (40 - 8 * i));
	id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
	id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
	return id;
}

static struct attempt *attempt_new(struct attempts *attempts)
{
	if (attempts->count == attempts->room) {
		attempts->room = attempts->room ? 2 * attempts->room : 64;
		attempts->list = realloc(attempts->list, attempts->room * sizeof *attempts->list);
		CHECK(attempts->list);
	}
	struct attempt *attempt = &attempts->list[attempts->count++];
	memset(attempt, 0, sizeof *attempt);
	return attempt;
}

static struct bytes envelope_of(struct arena *arena, const struct letter *letter)
{
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT;
	Tasheem__Common__V1__Requirement required = TASHEEM__COMMON__V1__REQUIREMENT__INIT;
	Tasheem__Common__V1__Requirement *requirements = &required;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	item.id = (ProtobufCBinaryData){MESSAGE_ID_BYTES, (uint8_t *)(uintptr_t)letter->id.bytes};
	item.kind = letter->kind;
	item.payload = (ProtobufCBinaryData){letter->payload.size,
	                                     (uint8_t *)(uintptr_t)letter->payload.data};
	envelope.n_items = 1 + letter->copies;
	envelope.items = ARENA_ARRAY(arena, Tasheem__Common__V1__Item *, envelope.n_items);
	for (size_t i = 0; i < envelope.n_items; i++)
		envelope.items[i] = &item;
	envelope.deadline_ms = letter->deadline_ms;
	if (letter->required_stream) {
		required.stream = (char *)(uintptr_t)letter->required_stream;
		required.sequence = letter->required_sequence;
		envelope.requirements = &requirements;
		envelope.n_requirements = 1;
	}
	return wire_encode(arena, &envelope.base);
}

uint32_t client_attempt(struct world *world, struct attempts *attempts, const struct letter *letter)
{
	struct arena arena;
	CHECK(arena_open(&arena, client_arena_bytes));
	struct bytes frame = envelope_of(&arena, letter);
	struct attempt *attempt = attempt_new(attempts);
	attempt->id = letter->id;
	attempt->from = letter->from;
	attempt->to = letter->to;
	attempt->kind = letter->kind;
	attempt->frame = malloc(frame.size + 1);
	CHECK(attempt->frame);
	memcpy(attempt->frame, frame.data, frame.size);
	attempt->frame_size = frame.size;
	arena_close(&arena);
	client_repeat(world, attempt);
	return attempts->count - 1;
}

void client_repeat(struct world *world, const struct attempt *attempt)
{
	world_send(world, attempt->from, attempt->to, false,
	           (struct bytes){attempt->frame, attempt->frame_size});
}

const Tasheem__Common__V1__Answer *client_answer(struct arena *arena, const struct attempt *attempt)
{
	if (!attempt->answer)
		return NULL;
	return WIRE_DECODE(arena, Tasheem__Common__V1__Answer, tasheem__common__v1__answer,
	                   ((struct bytes){attempt->answer, attempt->answer_size}));
}

static struct attempt *attempt_of(struct attempts *attempts, const ProtobufCBinaryData *id)
{
	for (uint32_t i = attempts->count; i-- > 0;)
		if (id->len == MESSAGE_ID_BYTES &&
		    memcmp(attempts->list[i].id.bytes, id->data, MESSAGE_ID_BYTES) == 0)
			return &attempts->list[i];
	return &attempts->stray;
}

/* A recorded outcome is repeated byte for byte. */
static bool is_recorded(struct arena *arena, const struct attempt *attempt)
{
	const Tasheem__Common__V1__Answer *answer = client_answer(arena, attempt);
	return answer && answer->sequence > 0;
}

/* What was not recorded may be said at any time, and arrive late: wait, denied, stale. A second
 * recorded outcome in other words, or a conflict with oneself, never. */
static bool contradicts(const struct attempt *attempt, struct bytes answer,
                        const Tasheem__Common__V1__Answer *told)
{
	for (size_t i = 0; i < told->n_reasons; i++)
		if (told->reasons[i]->code ==
		    TASHEEM__COMMON__V1__REASON_CODE__REASON_CODE_ID_CONFLICT)
			return true;
	return told->sequence > 0 && (answer.size != attempt->answer_size ||
	                              memcmp(answer.data, attempt->answer, answer.size) != 0);
}

static void keep_answer(struct attempts *attempts, const Tasheem__Common__V1__Answer *told,
                        struct arena *arena)
{
	struct attempt *attempt = attempt_of(attempts, &told->id);
	struct bytes answer = wire_encode(arena, &told->base);
	attempt->answers++;
	if (attempt != &attempts->stray && is_recorded(arena, attempt)) {
		attempts->broken |= contradicts(attempt, answer, told);
		return;
	}
	free(attempt->answer);
	attempt->answer = malloc(answer.size + 1);
	CHECK(attempt->answer);
	memcpy(attempt->answer, answer.data, answer.size);
	attempt->answer_size = answer.size;
}

void client_receive_answers(struct world *world, struct client *client, int from,
                            struct bytes bytes)
{
	(void)world;
	(void)from;
	struct arena arena;
	CHECK(arena_open(&arena, client_arena_bytes));
	const Tasheem__Common__V1__Reply *reply =
	        WIRE_DECODE(&arena, Tasheem__Common__V1__Reply, tasheem__common__v1__reply, bytes);
	CHECK(reply);
	for (size_t i = 0; i < reply->n_answers; i++)
		keep_answer(client->context, reply->answers[i], &arena);
	for (size_t i = 0; reply->watched && i < reply->watched->n_records; i++)
		client->watched += reply->watched->records[i]->n_events;
	arena_close(&arena);
}
