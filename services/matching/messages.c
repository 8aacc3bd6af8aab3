/* An item from the bus, decided; a record, applied. Live and replayed records take the
 * same path, but for the clock's. */
#include "services/matching/messages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "services/matching/desk.h"

void matching_stop(const char *event, const char *what, const char *action)
{
	enum { EXIT_SOFTWARE = 70 };
	log_error(event, "what=%s effect=\"the daemon stops\" action=%s", log_quote(what),
	          log_quote(action));
	log_close();
	exit(EXIT_SOFTWARE);
}

/* The party a command acts for, from the command or from what it names. */
static void find_party(const struct matching_state *state, struct command *command)
{
	const char *party = NULL;
	const struct offer *offer = offer_find(&state->offers, &command->offer.offer_id);
	const struct allocation *allocation =
	        allocation_find(&state->allocations, &command->allocation_id);
	if (command->kind == OFFER_PUBLISH)
		party = command->offer.supplier_id.text;
	else if (command->kind == OFFER_WITHDRAW && offer)
		party = offer->supplier_id.text;
	else if (command->kind == DELIVER_ALLOCATION && allocation)
		party = allocation->supplier_id.text;
	else if ((command->kind == ALLOCATION_ACCEPT || command->kind == ALLOCATION_DECLINE) &&
	         allocation)
		party = allocation->buyer_id.text;
	if (party)
		CHECK(party_id_set(&command->party_id, party));
}

/* An unknown offer or allocation belongs to nobody: denied, like somebody else's. */
static bool authorised(const struct matching_state *state, const struct item *item,
                       struct command *command, int64_t now_ms)
{
	find_party(state, command);
	const struct principal *principal = authorise_by_name(&state->authorise, &item->actor.name);
	return principal && !principal->revoked &&
	       authorise_party(&state->authorise, principal, &command->party_id, item->kind,
	                       now_ms);
}

static struct wire_event *encode_events(struct arena *arena, const struct event *events,
                                        uint32_t count)
{
	struct wire_event *wire = ARENA_ARRAY(arena, struct wire_event, count + 1);
	for (uint32_t at = 0; at < count; at++)
		wire[at] = matching_event_encode(arena, &events[at]);
	return wire;
}

static void decide_and_record(struct matching_state *state, struct batch *batch,
                              const struct item *item, const struct command *command)
{
	struct arena *arena = batch_arena(batch);
	struct outcome outcome;
	outcome_begin(&outcome, arena, batch_now_ms(batch));
	decide_command(state, command, &outcome);
	bool accepted = outcome.verdict.code == CODE_ACCEPTED;
	if (!(accepted && outcome.count) && outcome.verdict.code != CODE_REFUSED) {
		batch_answer(batch, item, &outcome.verdict);
		return;
	}
	uint32_t count = accepted ? outcome.count : 0;
	struct wire_event *events = encode_events(arena, outcome.events, count);
	matching_apply_record(state, batch_record(batch, item, &outcome.verdict, events, count));
}

static void take_command(struct matching_state *state, struct batch *batch, const struct item *item)
{
	struct arena *arena = batch_arena(batch);
	struct command *command = ARENA_NEW(arena, struct command);
	struct verdict verdict;
	memset(&verdict, 0, sizeof verdict);
	if (!matching_command_decode(arena, item->kind, item->payload, command, &verdict)) {
		batch_answer(batch, item, &verdict);
		return;
	}
	if (!authorised(state, item, command, batch_now_ms(batch))) {
		verdict_add(&verdict, CODE_DENIED, REASON_NOT_AUTHORISED, item->actor.name.text, 0,
		            0);
		batch_answer(batch, item, &verdict);
		return;
	}
	if (item->kind != SOLUTION_PART) {
		decide_and_record(state, batch, item, command);
		return;
	}
	desk_part(state, batch, item, &command->solution, &verdict);
	batch_answer(batch, item, &verdict);
}

static void take_read(struct matching_state *state, struct batch *batch, const struct item *item)
{
	struct bytes reply = {NULL, 0};
	struct verdict verdict;
	memset(&verdict, 0, sizeof verdict);
	verdict.code = CODE_ACCEPTED;
	if (item->kind == SOLVER_READY) {
		if (!authorise_role(item->actor.role, item->kind)) {
			verdict_add(&verdict, CODE_DENIED, REASON_NOT_AUTHORISED,
			            item->actor.name.text, 0, 0);
			batch_answer(batch, item, &verdict);
			return;
		}
		desk_ready(state, batch, &item->peer);
		batch_reply(batch, item, reply);
		return;
	}
	if (matching_read(state, batch, item, &reply, &verdict))
		batch_reply(batch, item, reply);
	else
		batch_answer(batch, item, &verdict);
}

static bool has_room(const struct matching_state *state, const struct record *source)
{
	enum { MOST_OF_A_REGIME = 4096 };
	uint32_t adding = source->event_count;
	return table_room(&state->requests, adding) && table_room(&state->regimes, 1) &&
	       authorise_room(&state->authorise) &&
	       range_room(&state->lines, (uint64_t)adding * MATCHING_MAX_LINES) &&
	       range_room(&state->substitutes, MOST_OF_A_REGIME) &&
	       range_room(&state->grades, MOST_OF_A_REGIME);
}

/* Whether what was learned concerns matching: a book of a round it knows. */
static bool concerns(const struct matching_state *state, struct arena *arena,
                     const struct wire_event *learned)
{
	if (learned->kind != BOOK_LEARNED)
		return true;
	struct event event;
	matching_event_decode(arena, learned, &event);
	return round_find(&state->rounds, &event.book.round_id) != NULL;
}

static void take_record(struct matching_state *state, struct batch *batch, const struct item *item)
{
	struct arena *arena = batch_arena(batch);
	const struct record *source = item->record;
	struct wire_event *events = ARENA_ARRAY(arena, struct wire_event, source->event_count + 1);
	uint32_t count = 0;
	for (uint32_t at = 0; at < source->event_count; at++) {
		struct wire_event learned;
		if (matching_learn(arena, &item->stream, &source->events[at], &learned) &&
		    concerns(state, arena, &learned))
			events[count++] = learned;
	}
	if (count == 0 && !item->last)
		return;
	if (count && !has_room(state, source))
		matching_stop("matching.follow.full", "a table is full",
		              "raise TASHEEM_CAPACITY and restart");
	matching_apply_record(state, batch_follow(batch, item, events, count));
}

void matching_take(struct matching_state *state, struct batch *batch, const struct item *item)
{
	switch (item->type) {
	case ITEM_COMMAND:
		take_command(state, batch, item);
		return;
	case ITEM_READ:
		take_read(state, batch, item);
		return;
	case ITEM_RECORD:
		take_record(state, batch, item);
		return;
	}
}

int64_t matching_deadline(const struct matching_state *state)
{
	int64_t timers_ms = timers_deadline(&state->timers), desk_ms = desk_deadline(state);
	return timers_ms < desk_ms ? timers_ms : desk_ms;
}

/* The events are applied as they were decided: decoding twenty thousand of a published round
 * again costs more than making them. */
void matching_record_clock(struct matching_state *state, struct batch *batch,
                           const struct event *events, uint32_t count)
{
	struct wire_event *wire = encode_events(batch_arena(batch), events, count);
	int64_t time_ms = batch_clock(batch, wire, count)->time_ms;
	struct round *round = matching_apply_clock(state, time_ms);
	for (uint32_t at = 0; at < count; at++)
		matching_apply(state, &events[at], time_ms);
	if (round)
		matching_reschedule(state, round, time_ms);
}

void matching_due(struct matching_state *state, struct batch *batch)
{
	const struct timer *timer = timers_first(&state->timers);
	if (!timer || timer->due_ms > batch_now_ms(batch)) {
		desk_due(state, batch);
		return;
	}
	struct round_id round_id;
	struct outcome outcome;
	CHECK(round_id_set(&round_id, timer->id));
	const struct round *round = round_find(&state->rounds, &round_id);
	CHECK(round != NULL);
	outcome_begin(&outcome, batch_arena(batch), batch_now_ms(batch));
	decide_round_tick(state, round, &outcome);
	if (outcome.verdict.code == CODE_CONFLICT)
		matching_stop("matching.round.unfreezable",
		              outcome.verdict.reasons[0].code == REASON_NOT_PROVEN
		                      ? "the secret key is not the one the round was planned with"
		                      : "quota's book is not what was learned of it",
		              "restore the key, or compare the journals of quota and matching");
	matching_record_clock(state, batch, outcome.events, outcome.count);
}

void matching_apply_record(struct matching_state *state, const struct record *record)
{
	struct round *round = NULL;
	struct event event;
	if (strcmp(record->principal.text, "clock") == 0)
		round = matching_apply_clock(state, record->time_ms);
	for (uint32_t at = 0; at < record->event_count; at++) {
		arena_reset(&state->scratch);
		matching_event_decode(&state->scratch, &record->events[at], &event);
		matching_apply(state, &event, record->time_ms);
	}
	if (round)
		matching_reschedule(state, round, record->time_ms);
}
