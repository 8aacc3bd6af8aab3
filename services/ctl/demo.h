/* The demo: a whole province's week, driven from outside by the same commands people use.
 *
 *   demo.c         the order of the week, clock, waiting
 *   demo_setup.c   keys, registry, regime, purchases, ceilings, requests, offers
 *   demo_round.c   rounds, draws, answers, payments, deliveries, distribution
 *   demo_report.c  the summary
 *
 * Who answers, pays and confirms is decided by a hash of the allocation's id, so that two runs
 * over the same data and keys tell the same story. */
#ifndef TASHEEM_CTL_DEMO_H
#define TASHEEM_CTL_DEMO_H

#include "services/ctl/call.h"
#include "services/ctl/import.h"

enum { DEMO_MAX_SUPPLIERS = 64, DEMO_WAIT_MS = 40000 };
#define DEMO_SESSION "1404-09-03"
/* Whose lots the demo distributes. */
#define DEMO_COOPERATIVE "10335214790"

struct demo {
	struct ctl *ctl;
	const char *data;
	const char *keys;
	int64_t started_ms;
	struct session *operator;
	struct session *authority;
	struct session *clearing;
	/* The buyers' broker: one key with a mandate of everyone. */
	struct session *broker;
	size_t supplier_count;
	struct session *suppliers[DEMO_MAX_SUPPLIERS];
	const char *supplier_ids[DEMO_MAX_SUPPLIERS];
	struct import_file *requests;
	struct import_file *offers;
	/* Names of the regime's families. */
	json_t *families;
	/* RoundChanged as first published, by family; draws already verified, by round. */
	json_t *published;
	json_t *verified;
	/* Allocations left alone on purpose. */
	json_t *ignored;
	size_t bundles;
	bool all_verified;
	int64_t allocations;
	int64_t members;
};

/* A step of the week, on stderr, with the seconds since the start. */
#define DEMO_STEP(demo, text, ...)                                                                 \
	demo_step((demo), show_fill((demo)->ctl, (text), (const char *const[]){__VA_ARGS__, NULL}))
void demo_step(struct demo *demo, const char *sentence);
/* Sets the simulated clock forward to this instant and waits until all daemons live there. */
bool demo_clock_to(struct demo *demo, int64_t time_ms);
/* A little wait for the next look; listens meanwhile. */
void demo_pause(struct demo *demo);
/* 0 to 99 by an allocation's id and what is asked about it. */
unsigned demo_chance(const char *id, const char *about);

bool demo_setup(struct demo *demo);
bool demo_market(struct demo *demo);
bool demo_rounds(struct demo *demo);
bool demo_deliver(struct demo *demo);
/* RoundChanged of the session; allocations and shares of all its rounds. */
json_t *demo_read_rounds(struct demo *demo);
json_t *demo_read_allocations(struct demo *demo);
/* The summary and the JSON line; the exit status. */
int demo_report(struct demo *demo);

#endif
