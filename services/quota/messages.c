/* The turn of one item, one deadline, one record: decode, authorise, decide, record,
 * apply. What is decided live is applied as it was decided; replay decodes the same
 * events and goes through the same apply. */
#include "services/quota/messages.h"

static void record_outcome(struct quota_state *state, struct batch *batch, const struct item *item,
                           const struct quota_outcome *outcome)
{
	struct arena *arena = batch_arena(batch);
	struct wire_event *wires = ARENA_ARRAY(arena, struct wire_event, outcome->count);
	for (uint32_t at = 0; at < outcome->count; at++)
		wires[at] = quota_event_encode(state, arena, &outcome->events[at]);
	const struct record *record =
	        item ? batch_record(batch, item, &outcome->verdict, wires, outcome->count)
	             : batch_clock(batch, wires, outcome->count);
	for (uint32_t at = 0; at < outcome->count; at++)
		quota_apply(state, &outcome->events[at], record->sequence, record->time_ms);
}

/* Refusals and what changed something are recorded; everything else only answered. */
static void finish(struct quota_state *state, struct batch *batch, const struct item *item,
                   const struct quota_outcome *outcome)
{
	if (outcome->count > 0 || outcome->verdict.code == CODE_REFUSED)
		record_outcome(state, batch, item, outcome);
	else
		batch_answer(batch, item, &outcome->verdict);
}

static void verdict_begin(struct verdict *verdict)
{
	verdict->code = CODE_ACCEPTED;
	verdict->reason_count = verdict->balance_count = 0;
	verdict->version = verdict->retry_after_ms = 0;
}

static bool authorised(const struct quota_state *state, struct batch *batch,
                       const struct item *item, const struct party_id *party,
                       struct verdict *verdict)
{
	const struct principal *principal = authorise_by_name(&state->authorise, &item->actor.name);
	if (principal && !principal->revoked &&
	    authorise_party(&state->authorise, principal, party, item->kind, batch_now_ms(batch)))
		return true;
	verdict_add(verdict, CODE_DENIED, REASON_NOT_AUTHORISED, party->text, 0, 0);
	return false;
}

static struct quota_moment moment_of(struct batch *batch)
{
	return (struct quota_moment){batch_arena(batch), batch_now_ms(batch),
	                             batch_next_sequence(batch)};
}

static void take_request(struct quota_state *state, struct batch *batch, const struct item *item)
{
	struct ask_request ask;
	struct quota_outcome outcome;
	struct quota_moment moment = moment_of(batch);
	bool right = false;
	verdict_begin(&outcome.verdict);
	ask.expected_version = 0;
	if (item->kind == QUOTA_REQUEST_FILE)
		right = quota_ask_file(moment.arena, item->payload, &ask, &outcome.verdict);
	else if (item->kind == QUOTA_REQUEST_AMEND)
		right = quota_ask_amend(moment.arena, item->payload, &ask, &outcome.verdict);
	else
		right = quota_ask_cancel(moment.arena, item->payload, &ask, &outcome.verdict);
	if (!right || !authorised(state, batch, item, &ask.key.buyer_id, &outcome.verdict)) {
		batch_answer(batch, item, &outcome.verdict);
		return;
	}
	if (item->kind == QUOTA_REQUEST_FILE)
		quota_decide_file(state, &ask, &moment, &outcome);
	else if (item->kind == QUOTA_REQUEST_AMEND)
		quota_decide_amend(state, &ask, &moment, &outcome);
	else
		quota_decide_cancel(state, &ask, &moment, &outcome);
	finish(state, batch, item, &outcome);
}

static void take_purchase(struct quota_state *state, struct batch *batch, const struct item *item)
{
	struct ask_purchase ask;
	struct quota_outcome outcome;
	struct quota_moment moment = moment_of(batch);
	verdict_begin(&outcome.verdict);
	if (!quota_ask_purchase(moment.arena, item->payload, &ask, &outcome.verdict)) {
		batch_answer(batch, item, &outcome.verdict);
		return;
	}
	quota_decide_purchase(state, &ask, &moment, &outcome);
	finish(state, batch, item, &outcome);
}

static void take_regime(struct quota_state *state, struct batch *batch, const struct item *item)
{
	struct quota_outcome outcome;
	struct quota_moment moment = moment_of(batch);
	struct draft_regime *draft = ARENA_NEW(moment.arena, struct draft_regime);
	verdict_begin(&outcome.verdict);
	if (!quota_ask_regime(moment.arena, item->payload, draft, &outcome.verdict)) {
		batch_answer(batch, item, &outcome.verdict);
		return;
	}
	draft->approved_ms = moment.now_ms;
	draft->approved_by = item->actor.name;
	quota_decide_regime(state, draft, &moment, &outcome);
	finish(state, batch, item, &outcome);
}

static void take_command(struct quota_state *state, struct batch *batch, const struct item *item)
{
	switch (item->kind) {
	case QUOTA_REQUEST_FILE:
	case QUOTA_REQUEST_AMEND:
	case QUOTA_REQUEST_CANCEL:
		take_request(state, batch, item);
		return;
	case QUOTA_PURCHASE_RECORD:
		take_purchase(state, batch, item);
		return;
	case QUOTA_REGIME_APPROVE:
		take_regime(state, batch, item);
		return;
	default:
		break;
	}
	struct verdict verdict;
	verdict_begin(&verdict);
	verdict_add(&verdict, CODE_INVALID, REASON_UNKNOWN_KIND, "kind", item->kind, 0);
	batch_answer(batch, item, &verdict);
}

void quota_take(struct quota_state *state, struct batch *batch, const struct item *item)
{
	quota_epoch_refresh(state, batch_now_ms(batch));
	switch (item->type) {
	case ITEM_COMMAND:
		take_command(state, batch, item);
		return;
	case ITEM_READ:
		quota_read(state, batch, item);
		return;
	case ITEM_RECORD:
		quota_follow(state, batch, item);
		return;
	}
}

int64_t quota_deadline(const struct quota_state *state)
{
	bool busy = state->first_work || state->first_dirty || state->sweep < state->licences.count;
	return busy && state->regimes.count ? state->rest_until_ms : state->epoch.until_ms;
}

static void due_work(struct quota_state *state, struct batch *batch)
{
	struct quota_outcome outcome;
	struct quota_moment moment = moment_of(batch);
	quota_decide_work(state, &moment, &outcome);
	CHECK(outcome.count > 0);
	record_outcome(state, batch, NULL, &outcome);
}

/* The next licences to look at: the dirty ones; when there are none, the sweep over all. */
static uint32_t licences_waiting(const struct quota_state *state, uint32_t *licences, uint32_t most)
{
	uint32_t count = 0;
	for (quota_link link = state->first_dirty; link && count < most;) {
		licences[count++] = link - 1;
		link = quota_licence_at(state, link - 1)->next_dirty;
	}
	bool sweeping = count == 0;
	for (uint32_t at = state->sweep; sweeping && at < state->licences.count && count < most;
	     at++)
		licences[count++] = at;
	return count;
}

static void licences_seen(struct quota_state *state, uint32_t count)
{
	for (; count > 0 && state->first_dirty; count--) {
		struct quota_licence *licence = quota_licence_at(state, state->first_dirty - 1);
		licence->dirty = false;
		state->first_dirty = licence->next_dirty;
		if (!state->first_dirty)
			state->last_dirty = 0;
	}
	state->sweep += count;
}

static void due_ceilings(struct quota_state *state, struct batch *batch)
{
	enum { MOST = 1024 };
	uint32_t licences[MOST];
	struct quota_outcome outcome;
	struct quota_moment moment = moment_of(batch);
	struct quota_sweep sweep = {licences, licences_waiting(state, licences, MOST), 0};
	quota_decide_ceilings(state, &moment, &sweep, &outcome);
	licences_seen(state, sweep.done);
	if (outcome.count > 0)
		record_outcome(state, batch, NULL, &outcome);
}

void quota_due(struct quota_state *state, struct batch *batch)
{
	/* One part per batch, so that requests come between: ms. */
	enum { REST_AFTER_WORK = 1, REST_AFTER_CEILINGS = 5 };
	int64_t now_ms = batch_now_ms(batch);
	quota_epoch_refresh(state, now_ms);
	if (state->first_work) {
		due_work(state, batch);
		state->rest_until_ms = now_ms + REST_AFTER_WORK;
		return;
	}
	due_ceilings(state, batch);
	state->rest_until_ms = now_ms + REST_AFTER_CEILINGS;
}

void quota_apply_record(struct quota_state *state, const struct record *record)
{
	for (uint32_t at = 0; at < record->event_count; at++) {
		arena_reset(&state->scratch);
		const struct quota_event *event =
		        quota_event_decode(state, &state->scratch, &record->events[at]);
		quota_apply(state, event, record->sequence, record->time_ms);
	}
}
