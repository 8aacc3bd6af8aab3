/* Who lives in a simulated life and what they do at random. */
#ifndef TESTS_SIM_LIFE_H
#define TESTS_SIM_LIFE_H

#include <jansson.h>

#include "tests/sim/books.h"
#include "tests/sim/client.h"

enum { MAX_OPEN = 512 };

/* An allocation that was seen in the public record. */
struct seen {
	char allocation[40], buyer[16], supplier[16];
	int state;
	int64_t quantity_kg, price_rial_per_kg;
	/* Of its parts: who must confirm what. */
	uint32_t part_count;
	struct {
		char party[16], licence[16];
		int64_t quantity_kg;
	} parts[8];
};

struct life {
	struct world world;
	struct attempts attempts;
	struct solver_peer *solver;
	struct books *books;
	struct arena arena, seeing;
	/* How far each daemon said it had followed: by its number and its source's. */
	uint64_t cursors[NODE_COUNT][NODE_COUNT];
	/* The round heard of last is at the solvers. */
	bool solving;
	/* Nobody looks after allocations: they expire. */
	bool idle_buyers;
	uint32_t requests, offers, rounds;
	uint32_t seen_count;
	struct seen seen[MAX_OPEN];
	uint64_t commands;
};

/* The auditor's observer, which also remembers allocations. */
void life_observe(void *life, const char *stream, const struct record *record);
/* What a record and, at the end, the answers tell of the marks (life_marks.c). */
void life_mark(struct life *life, const char *stream, const struct record *record);
void life_mark_answers(struct life *life);
/* One thing somebody does. */
void life_act(struct life *life);

#endif
