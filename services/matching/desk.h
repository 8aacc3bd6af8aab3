/* The desk between matching and its solvers: which draws are being solved, who has
 * which problem, what has come back. Volatile: a crash loses time, never correctness,
 * since every problem is made again from the state and every solution is verified.
 *
 * A solver says SOLVER_READY and is parked; it gets one task for that. A task that is
 * not answered in time goes to another solver as well; the first proven answer counts.
 *
 * Step of a draw:  WAITS (for a solver) → SENT → … one round per pass … → PUBLISHES →
 * gone when ROUND_CHANGED PUBLISHED is journaled. STUCK: a table is full; an operator
 * must raise TASHEEM_CAPACITY and restart. */
#ifndef TASHEEM_MATCHING_DESK_H
#define TASHEEM_MATCHING_DESK_H

#include "services/matching/draw.h"

enum { DESK_WORKS = 16, DESK_SOLVERS = 64, DESK_MAX_CHUNKS = 256 };

enum desk_step { DESK_WAITS, DESK_SENT, DESK_PUBLISHES, DESK_STUCK };

/* Messages of the passes so far (messages_problem.c). */
struct pass_messages;

struct work {
	bool used;
	struct round_id round_id;
	enum desk_step step;
	/* Life of the draw. */
	struct arena arena;
	struct draw *draw;
	struct pass_messages *passes;
	/* The pass at work. */
	struct bytes problem;
	uint8_t task_id[DIGEST_SHORT_BYTES];
	struct peer solver;
	int64_t deadline_ms;
	/* Not sent again before this, after a rejected solution. */
	int64_t not_before_ms;
	/* The solution that is coming in, from this peer. */
	struct peer sender;
	uint32_t next_part, part_count;
	uint8_t *solution;
	size_t solution_size;
	/* What is to be published: the bundle in chunks, then the events. */
	struct bytes bundle;
	uint32_t next_chunk, chunk_count, next_event;
	struct publication publication;
};

struct desk {
	struct work works[DESK_WORKS];
	/* Parked solvers, the one heard of last at the end. */
	struct idle {
		struct peer peer;
		int64_t heard_ms;
	} idle[DESK_SOLVERS];
	uint32_t idle_count;
	uint32_t used;
};

struct desk *desk_open(void);
void desk_close(struct desk *desk);
/* When desk_due must be called, ms; 0 for at once. */
int64_t desk_deadline(const struct matching_state *state);
/* One step: a draw begun, a problem sent, a record published. */
void desk_due(struct matching_state *state, struct batch *batch);
void desk_ready(struct matching_state *state, const struct batch *batch, const struct peer *peer);
/* Takes a part in; the verdict is the answer. */
void desk_part(struct matching_state *state, const struct batch *batch, const struct item *item,
               const struct solution_part *part, struct verdict *verdict);

/* messages_problem.c: what crosses the desk. */
struct pass_messages *passes_open(struct arena *arena);
/* The problem of the pass at work, serialised; kept for the bundle. */
struct bytes passes_problem(struct arena *arena, struct pass_messages *passes,
                            const struct draw *draw);
/* Decodes and verifies; kept for the bundle when proven. False with NOT_PROVEN or MALFORMED in
 * the verdict, its value the number of the rule. `scratch` is the verifier's. */
bool passes_prove(struct work *work, struct bytes solution, struct arena *scratch,
                  struct draw_result *result, struct verdict *verdict);
struct bytes passes_bundle(struct arena *arena, const struct pass_messages *passes,
                           const struct draw *draw);

#endif
