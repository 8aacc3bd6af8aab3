/* What decide is asked, what it says, what apply takes: commands, events, outcomes, the
 * rules by name, and the division of kilograms. */
#ifndef TASHEEM_MATCHING_DECIDE_H
#define TASHEEM_MATCHING_DECIDE_H

#include "services/matching/matching.h"

/* Commands, decoded and ranged. */
struct round_plan {
	struct round_id round_id;
	struct session_id session_id;
	struct family_name family;
	int64_t closes_ms;
};
struct allocation_paid {
	struct allocation_id allocation_id;
	int64_t paid_rial, value_ms;
};
struct distribution_confirm {
	struct allocation_id allocation_id;
	struct party_id party_id;
	struct licence_id licence_id;
	int64_t received_kg;
};
struct solution_part {
	uint8_t task_id[DIGEST_SHORT_BYTES];
	uint32_t index, count;
	struct bytes chunk;
};
struct command {
	uint32_t kind;
	/* Whom it acts for; empty for kinds without a party. */
	struct party_id party_id;
	struct supplier supplier;
	struct offer offer;
	struct round_plan plan;
	struct round_id round_id;
	char reason[MATCHING_REASON_SIZE];
	struct allocation_id allocation_id;
	struct allocation_paid paid;
	int64_t delivered_kg;
	struct distribution_confirm confirm;
	struct solution_part solution;
};

/* Events, as apply takes them and messages_event.c carries them. */
struct book {
	struct round_id round_id;
	uint32_t count;
	uint8_t digest[DIGEST_BYTES];
};
/* A learned regime with its lists. */
struct regime_lists {
	struct regime regime;
	struct rule *rules;
	struct grade *grades;
	struct substitute *substitutes;
	struct freight *freights;
	int32_t *holidays;
};
struct event {
	uint32_t kind;
	union {
		struct supplier supplier;
		struct offer offer;
		struct round round;
		struct allocation allocation;
		struct share share;
		struct bundle_part bundle;
		struct request request;
		struct regime_lists regime;
		struct book book;
		struct principal principal;
		struct mandate mandate;
	};
	/* Of an allocation, part_count; of a request, line_count. */
	struct part *parts;
	struct line *lines;
};

/* What decide says. */
struct outcome {
	struct arena *arena;
	int64_t now_ms;
	struct verdict verdict;
	/* They move when one more is added. */
	struct event *events;
	uint32_t count, room, capacity;
	/* What the events will take in a record, about. */
	size_t bytes;
};
/* Whether one more large event should wait for the next record; room for the round's own
 * event is always left. */
bool outcome_full(const struct outcome *outcome);
void outcome_begin(struct outcome *outcome, struct arena *arena, int64_t now_ms);
struct event *outcome_event(struct outcome *outcome, uint32_t kind);
/* Copies of rows as events, to be changed by the caller. */
struct offer *outcome_offer(struct outcome *outcome, const struct offer *offer);
struct round *outcome_round(struct outcome *outcome, const struct round *round);
/* The event, for its parts (a copy) too. */
struct event *outcome_allocation(struct outcome *outcome, const struct matching_state *state,
                                 const struct allocation *allocation);

/* The rules. decide_command covers all commands but SOLUTION_PART. */
void decide_command(const struct matching_state *state, const struct command *command,
                    struct outcome *outcome);
void decide_supplier_register(const struct matching_state *state, const struct supplier *supplier,
                              struct outcome *outcome);
void decide_offer_publish(const struct matching_state *state, const struct offer *offer,
                          struct outcome *outcome);
void decide_offer_withdraw(const struct matching_state *state, const struct offer_id *offer_id,
                           struct outcome *outcome);
void decide_round_plan(const struct matching_state *state, const struct round_plan *plan,
                       struct outcome *outcome);
void decide_round_close(const struct matching_state *state, const struct round_id *round_id,
                        struct outcome *outcome);
void decide_round_void(const struct matching_state *state, const struct round_id *round_id,
                       const char *reason, struct outcome *outcome);
void decide_allocation_accept(const struct matching_state *state, const struct allocation_id *id,
                              struct outcome *outcome);
void decide_allocation_decline(const struct matching_state *state, const struct allocation_id *id,
                               struct outcome *outcome);
void decide_allocation_paid(const struct matching_state *state, const struct allocation_paid *paid,
                            struct outcome *outcome);
void decide_allocation_delivered(const struct matching_state *state, const struct allocation_id *id,
                                 int64_t delivered_kg, struct outcome *outcome);
void decide_distribution_confirm(const struct matching_state *state,
                                 const struct distribution_confirm *confirm,
                                 struct outcome *outcome);
/* What the round's timer brings. CODE_CONFLICT when quota's book is not what was learned of it:
 * the daemon must stop. */
void decide_round_tick(const struct matching_state *state, const struct round *round,
                       struct outcome *outcome);
/* Events of a void that are still to come, as many as fit. */
void decide_void_rest(const struct matching_state *state, const struct round *round,
                      struct outcome *outcome);

/* What they mean (apply.c). `time_ms` is the record's. */
void matching_apply(struct matching_state *state, const struct event *event, int64_t time_ms);
/* Before the events of a clock record: the first due timer is done. The round it was about,
 * NULL when none was due. */
struct round *matching_apply_clock(struct matching_state *state, int64_t time_ms);
/* After them: the round's timer anew. */
void matching_reschedule(struct matching_state *state, struct round *round, int64_t time_ms);

/* decide_distribution.c: kilograms among lines. */
struct portion {
	/* Least and most it may get, weight at least 1. */
	int64_t floor_kg, cap_kg, weight_kg;
	/* Order of remainders: lower first. */
	uint8_t tie[DIGEST_SHORT_BYTES];
	int64_t share_kg;
};
/* Fills share_kg so that they sum to total_kg and stand at one level K: floor(clamp(K * weight,
 * floor, cap)), the remaining kilograms to the largest remainders, then by tie. total_kg lies
 * between the sums of floors and caps. At most MATCHING_MAX_LINES portions. */
void distribution_level(struct portion *portions, uint32_t count, int64_t total_kg);
/* In proportion to cap_kg, largest remainder, then by tie; floors and weights do not count. */
void distribution_pro_rata(struct portion *portions, uint32_t count, int64_t total_kg);
/* BLAKE2b-128(seed | round_id | 0 | family | 0 | who): the public lottery. */
void distribution_tie(const struct round *round, const char *who, uint8_t tie[DIGEST_SHORT_BYTES]);

#endif
