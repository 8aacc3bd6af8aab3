/* An item from the bus, decided; a record, applied. Live and replayed records
 * take the same path. */
#include "services/membership/membership.h"

#include <string.h>

/* Mandates are a party's own business, everything else the registry's. */
static bool authorised(const struct membership_state *state, const struct item *item,
                       const struct command *command, int64_t now_ms)
{
	struct party_id party;
	memset(&party, 0, sizeof party);
	if (command->kind == MANDATE_GRANT || command->kind == MANDATE_REVOKE)
		party = command->mandate.key.party_id;
	const struct principal *principal = authorise_by_name(&state->authorise, &item->actor.name);
	return principal && !principal->revoked &&
	       authorise_party(&state->authorise, principal, &party, item->kind, now_ms);
}

static void deny(struct batch *batch, const struct item *item, const struct command *command)
{
	struct verdict verdict = {.code = CODE_DENIED};
	bool mandate = command->kind == MANDATE_GRANT || command->kind == MANDATE_REVOKE;
	verdict_add(&verdict, CODE_DENIED, REASON_NOT_AUTHORISED,
	            mandate ? command->mandate.key.party_id.text : item->actor.name.text, 0, 0);
	batch_answer(batch, item, &verdict);
}

static void record_outcome(struct membership_state *state, struct batch *batch,
                           const struct item *item, const struct outcome *outcome)
{
	struct arena *arena = batch_arena(batch);
	struct wire_event *events = ARENA_ARRAY(arena, struct wire_event, outcome->event_count);
	for (uint32_t i = 0; i < outcome->event_count; i++)
		events[i] = membership_event_encode(arena, &outcome->events[i]);
	const struct record *record =
	        batch_record(batch, item, &outcome->verdict, events, outcome->event_count);
	membership_apply_record(state, record);
}

static void take_command(struct membership_state *state, struct batch *batch,
                         const struct item *item)
{
	struct arena *arena = batch_arena(batch);
	struct command *command = ARENA_NEW(arena, struct command);
	struct outcome outcome;
	memset(&outcome, 0, sizeof outcome);
	if (!membership_command_decode(arena, item->kind, item->payload, command,
	                               &outcome.verdict)) {
		batch_answer(batch, item, &outcome.verdict);
		return;
	}
	struct decide_context context = {item->actor, batch_now_ms(batch)};
	if (!authorised(state, item, command, context.now_ms)) {
		deny(batch, item, command);
		return;
	}
	membership_decide(state, arena, command, &context, &outcome);
	bool accepted = outcome.verdict.code == CODE_ACCEPTED;
	if ((accepted && outcome.event_count) || outcome.verdict.code == CODE_REFUSED)
		record_outcome(state, batch, item, &outcome);
	else
		batch_answer(batch, item, &outcome.verdict);
}

static void take_read(const struct membership_state *state, struct batch *batch,
                      const struct item *item)
{
	struct bytes reply;
	struct verdict verdict;
	if (membership_read(state, batch_arena(batch), item->payload, &reply, &verdict))
		batch_reply(batch, item, reply);
	else
		batch_answer(batch, item, &verdict);
}

void membership_take(struct membership_state *state, struct batch *batch, const struct item *item)
{
	switch (item->type) {
	case ITEM_COMMAND:
		take_command(state, batch, item);
		return;
	case ITEM_READ:
		take_read(state, batch, item);
		return;
	case ITEM_RECORD:
		break;
	}
	/* The registry follows nobody. */
	CHECK(false);
}

int64_t membership_deadline(const struct membership_state *state)
{
	(void)state;
	return INT64_MAX;
}

void membership_due(struct membership_state *state, struct batch *batch)
{
	(void)state;
	(void)batch;
}

void membership_apply_record(struct membership_state *state, const struct record *record)
{
	struct event event;
	for (uint32_t i = 0; i < record->event_count; i++) {
		arena_reset(&state->scratch);
		membership_event_decode(&state->scratch, &record->events[i], &event);
		membership_apply(state, &event);
	}
}
