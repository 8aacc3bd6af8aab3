/* A small world for daemons: virtual time, a network that may lose, repeat and
 * delay, journals in memory, and processes that can crash. The daemons' cores,
 * codec, intake, batch order, feeds and follows are the real ones; only
 * sockets, disk and clock are of this world.
 *
 * There is one world at a time (world_now() is what the daemons' clock reads).
 *
 * A turn of a node is a daemon's turn: feeds, items, due timers, commit. A crash
 * may be planned at the next commit, before or after its row is durable; it
 * takes the process' memory and every frame that waits for it. A node that
 * crashed comes back at once, from its journal. */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <setjmp.h>

#include "tests/sim/core.h"

enum { NODE_MEMBERSHIP, NODE_QUOTA, NODE_MATCHING, NODE_COUNT };
enum { MAX_CLIENTS = 64, FIRST_CLIENT = NODE_COUNT, SIM_CAPACITY = 16384, SIM_SLOWNESS = 10 };

/* Bugs put in on purpose, for the checkers to find: a disk that loses the newest row in a
 * crash, a replay that leaves out every 37th record. */
enum plant { PLANT_NONE, PLANT_LOST_ROW, PLANT_LEFT_OUT };

enum crash_plan { CRASH_NONE, CRASH_BEFORE_APPEND, CRASH_AFTER_APPEND };

struct frame {
	struct frame *next;
	int64_t due_ms;
	uint64_t order;
	int from, to;
	/* From a daemon we follow, over our own connection to it. */
	bool of_source;
	size_t size;
	uint8_t data[];
};

/* Rows as they lie on a disk that never fails. */
struct store {
	struct row *rows;
	uint32_t count, room;
};

struct world;

struct node {
	struct world *world;
	const struct core *core;
	int number;
	struct daemon *daemon;
	void *state;
	struct store store;
	struct memory_redis *redis;
	/* Frames that arrived and wait for the turn. */
	struct frame *first, *last;
	/* The frame whose bytes the daemon is reading. */
	struct frame *reading;
	enum crash_plan plan;
	/* Commits so far, and the one at which the plan is to be carried out; 0: the next. */
	uint32_t commits, plan_commit;
	jmp_buf crash;
	bool taking_turn;
	uint32_t crashes;
	/* Rows that observers have seen. */
	uint32_t observed;
};

struct client {
	struct principal_name name;
	/* Frames for this client; NULL for one that listens to nobody. */
	void (*receive)(struct world *world, struct client *client, int from, struct bytes bytes);
	void *context;
	/* Events that its watches have shown it. */
	uint64_t watched;
};

/* Permille of frames lost and repeated; longest delay. */
struct weather {
	uint32_t loss, repetition;
	int64_t delay_ms;
};

struct world {
	int64_t now_ms;
	uint64_t random;
	uint64_t order;
	struct weather weather;
	enum plant plant;
	struct node nodes[NODE_COUNT];
	uint32_t client_count;
	struct client clients[MAX_CLIENTS];
	/* In flight, in the order in which they will arrive. */
	struct frame *queue;
	/* Called once for every committed record, in order. */
	void (*observe)(void *context, const char *stream, const struct record *record);
	void *observer;
	/* For what observers see; reset at every row. */
	struct arena observing;
	uint64_t frames, lost;
};

/* Principals of the fixed file: operator, authority, clearing, auditor, solver and the
 * daemons themselves. */
void world_open(struct world *world, int64_t now_ms, uint64_t seed);
void world_close(struct world *world);
int64_t world_now(void);
/* Uniform below `limit`. */
uint32_t world_random(struct world *world, uint32_t limit);
/* The CURVE key of a name: 40 characters. */
void world_key(const char *name, char out[KEY_TEXT_SIZE]);
/* The client of this name, made if new; its number as an address. */
int world_client(struct world *world, const char *name);
struct client *world_client_at(struct world *world, int address);
/* A frame on its way; subject to the weather. */
void world_send(struct world *world, int from, int to, bool of_source, struct bytes bytes);
/* Delivers what is due and lets every node take a turn. True when anything happened. */
bool world_step(struct world *world);
/* Steps until nothing happens any more at this instant. False when that does not end. */
bool world_settle(struct world *world);
/* The earliest instant at which something is to happen: an arrival or a deadline. */
int64_t world_next_ms(const struct world *world);
/* Lets time pass, with everything that falls due on the way. */
bool world_pass(struct world *world, int64_t ms);
/* The process dies now and starts again from its journal. */
void world_crash(struct world *world, int node);
void world_stop(struct world *world, int node);
void world_start(struct world *world, int node);
/* The newest rows of its journal are gone; it starts from what is left. */
void world_lose(struct world *world, int node, uint32_t rows);
/* Digest of the living state, and of one that is replayed from the journal. */
void world_digest(const struct world *world, int node, uint8_t out[DIGEST_BYTES]);
void world_replay_digest(const struct world *world, int node, uint8_t out[DIGEST_BYTES]);
/* -1 for unknown names. */
int world_node_of(const char *name);

/* memory_journal.c */
struct journal *memory_journal_open(struct node *node, bool writer);

#endif
