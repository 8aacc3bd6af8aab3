/* Peers of the simulated world: publishers who send commands and keep the
 * answers, and an honest solver. */
#ifndef TESTS_SIM_CLIENT_H
#define TESTS_SIM_CLIENT_H

#include "tasheem/common/v1/common.pb-c.h"
#include "tests/sim/world.h"

/* One attempt at one command: its frame, and the answers it got. */
struct attempt {
	struct message_id id;
	int from, to;
	uint32_t kind;
	uint8_t *frame;
	size_t frame_size;
	/* The newest answer, serialised; NULL before. */
	uint8_t *answer;
	size_t answer_size;
	uint32_t answers;
};

struct attempts {
	struct attempt *list;
	uint32_t count, room;
	/* Some frames are answered without an id: malformed envelopes. */
	struct attempt stray;
	/* Set when a recorded outcome was later told in other words. */
	bool broken;
};

/* What goes into an envelope of one item. */
struct letter {
	int from, to;
	struct message_id id;
	uint32_t kind;
	struct bytes payload;
	/* 0: none. */
	int64_t deadline_ms;
	/* NULL: none. */
	const char *required_stream;
	uint64_t required_sequence;
	/* More of the same item, beyond the first. */
	uint32_t copies;
};

struct solver_peer;

void attempts_close(struct attempts *attempts);
/* A UUIDv7 of this instant, unique in this world. */
struct message_id client_id(struct world *world, int64_t time_ms);
/* Sends the letter; the attempt's number. */
uint32_t client_attempt(struct world *world, struct attempts *attempts,
                        const struct letter *letter);
/* Sends an attempt's frame again. */
void client_repeat(struct world *world, const struct attempt *attempt);
/* The answer, decoded in the arena; NULL when there is none. */
const Tasheem__Common__V1__Answer *client_answer(struct arena *arena,
                                                 const struct attempt *attempt);
/* Takes in frames for a client whose context is a struct attempts. */
void client_receive_answers(struct world *world, struct client *client, int from,
                            struct bytes bytes);

/* An honest solver that is free. */
struct solver_peer *solver_peer_open(struct world *world);
void solver_peer_close(struct solver_peer *peer);
/* From now on one of so many solutions is spoilt by a bit. */
void solver_peer_lie(struct solver_peer *peer, uint32_t one_in);
/* Says once more that it is free. */
void solver_peer_ready(struct solver_peer *peer);

#endif
