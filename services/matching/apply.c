/* What events mean: the only writer of the state. Every event carries the noun as it
 * is after the change, so applying is copying, but for a round's ledger. */
#include "services/matching/decide.h"

#include <string.h>

/* While the clock's record about a round is applied, its timer waits for the end. */
enum { TICK_BUSY = -1 };

static bool undecided(uint32_t allocation_state)
{
	return allocation_state == ALLOCATION_PROVISIONAL || allocation_state == ALLOCATION_OPEN ||
	       allocation_state == ALLOCATION_ACCEPTED;
}

static bool paid(uint32_t allocation_state)
{
	return allocation_state == ALLOCATION_PAID || allocation_state == ALLOCATION_DELIVERED ||
	       allocation_state == ALLOCATION_DISTRIBUTED;
}

static void schedule(struct matching_state *state, struct round *round, int64_t due_ms)
{
	struct round_ledger *ledger = &round->ledger;
	if (ledger->tick_ms == due_ms)
		return;
	if (ledger->tick_ms > 0)
		timers_cancel(&state->timers, TIMER_ROUND, round->round_id.text);
	ledger->tick_ms = 0;
	if (due_ms == INT64_MAX)
		return;
	timers_add(&state->timers, due_ms, TIMER_ROUND, round->round_id.text);
	ledger->tick_ms = due_ms;
}

void matching_reschedule(struct matching_state *state, struct round *round, int64_t time_ms)
{
	if (round->ledger.tick_ms == TICK_BUSY)
		round->ledger.tick_ms = 0;
	schedule(state, round, round_next_due(state, round, time_ms));
}

struct round *matching_apply_clock(struct matching_state *state, int64_t time_ms)
{
	const struct timer *timer = timers_first(&state->timers);
	if (!timer || timer->due_ms > time_ms)
		return NULL;
	struct round_id round_id;
	CHECK(round_id_set(&round_id, timer->id));
	struct round *round = round_find(&state->rounds, &round_id);
	CHECK(round != NULL);
	timers_cancel(&state->timers, TIMER_ROUND, round_id.text);
	round->ledger.tick_ms = TICK_BUSY;
	return round;
}

static void apply_round(struct matching_state *state, const struct round *changed, int64_t time_ms)
{
	struct round *row = round_put(&state->rounds, &changed->round_id);
	struct round_ledger ledger = row->ledger;
	uint32_t before = row->state;
	*row = *changed;
	row->ledger = ledger;
	if (row->state == ROUND_SOLVING && before != ROUND_SOLVING) {
		state->solving++;
		row->ledger.draw_first = row->ledger.published + 1;
	}
	if (before == ROUND_SOLVING && row->state != ROUND_SOLVING)
		state->solving--;
	if (before == ROUND_SOLVING && row->state != ROUND_VOIDED)
		row->ledger.published = row->ledger.emitted;
	row->ledger.sharings += row->state == ROUND_PUBLISHED;
	if (row->ledger.tick_ms != TICK_BUSY)
		matching_reschedule(state, row, time_ms);
}

/* The number behind the last dot of an allocation's id. */
static uint32_t number_of(const struct allocation_id *id)
{
	uint32_t number = 0;
	for (const char *at = id->text; *at; at++)
		number = *at == '.' ? 0 : number * 10 + (uint32_t)(*at - '0');
	return number;
}

/* The round's timer after one of its allocations changed. */
static void notice_allocation(struct matching_state *state, struct round *round,
                              const struct allocation *row, int64_t time_ms)
{
	struct round_ledger *ledger = &round->ledger;
	if (ledger->tick_ms == TICK_BUSY || round->state != ROUND_FINAL || round->over)
		return;
	int64_t due = INT64_MAX;
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	if (row->state == ALLOCATION_OPEN)
		due = row->accept_until_ms + 1;
	if (row->state == ALLOCATION_ACCEPTED)
		due = regime_lapse_ms(state, regime, row->pay_until_ms) + 1;
	if (ledger->undecided == 0)
		due = time_ms;
	if (due < (ledger->tick_ms ? ledger->tick_ms : INT64_MAX))
		schedule(state, round, due);
}

static void apply_parts(struct matching_state *state, struct allocation *row,
                        const struct allocation *before, const struct part *parts)
{
	row->first_part = before->first_part;
	if (row->part_count > before->part_count)
		row->first_part = range_add(&state->parts, row->part_count);
	for (uint32_t at = 0; at < row->part_count; at++)
		*part_at(state, row->first_part + at) = parts[at];
}

static void apply_allocation(struct matching_state *state, const struct event *event,
                             int64_t time_ms)
{
	const struct allocation *changed = &event->allocation;
	struct allocation *row = allocation_put(&state->allocations, &changed->allocation_id);
	struct allocation before = *row;
	*row = *changed;
	apply_parts(state, row, &before, event->parts);
	struct round *round = round_find(&state->rounds, &changed->round_id);
	CHECK(round != NULL);
	struct round_ledger *ledger = &round->ledger;
	uint32_t number = number_of(&row->allocation_id);
	if (number > ledger->emitted)
		ledger->emitted = number;
	ledger->undecided += undecided(row->state);
	ledger->undecided -= undecided(before.state);
	ledger->paid += paid(row->state);
	ledger->paid -= paid(before.state);
	notice_allocation(state, round, row, time_ms);
}

static void apply_request(struct matching_state *state, const struct event *event)
{
	struct request *row = request_put(&state->requests, &event->request.key);
	struct request before = *row;
	*row = event->request;
	row->first_line = before.first_line;
	if (row->line_count > before.line_count)
		row->first_line = range_add(&state->lines, row->line_count);
	for (uint32_t at = 0; at < row->line_count; at++)
		*line_at(state, row->first_line + at) = event->lines[at];
}

static uint32_t apply_run(struct range *range, const void *rows, uint32_t count)
{
	uint32_t first = range_add(range, count);
	if (count)
		memcpy(range_at(range, first), rows, (size_t)count * range->row_size);
	return first;
}

static void apply_regime(struct matching_state *state, const struct regime_lists *lists)
{
	const struct regime *changed = &lists->regime;
	/* Versions are never edited. */
	if (regime_find(&state->regimes, &changed->version))
		return;
	struct regime *row = regime_put(&state->regimes, &changed->version);
	*row = *changed;
	row->first_rule = apply_run(&state->rules, lists->rules, row->rule_count);
	row->first_grade = apply_run(&state->grades, lists->grades, row->grade_count);
	row->first_substitute =
	        apply_run(&state->substitutes, lists->substitutes, row->substitute_count);
	row->first_freight = apply_run(&state->freights, lists->freights, row->freight_count);
	row->first_holiday = apply_run(&state->holidays, lists->holidays, row->holiday_count);
}

static void apply_book(struct matching_state *state, const struct book *book, int64_t time_ms)
{
	struct round *round = round_find(&state->rounds, &book->round_id);
	CHECK(round != NULL);
	round->ledger.book_known = true;
	round->ledger.book_count = book->count;
	memcpy(round->ledger.book_digest, book->digest, DIGEST_BYTES);
	matching_reschedule(state, round, time_ms);
}

static void apply_bundle(struct matching_state *state, const struct bundle_part *part)
{
	struct bundle_part *row = bundle_part_put(&state->bundles, &part->key);
	row->count = part->count;
	/* An overwritten part of an interrupted publication is left behind. */
	uint8_t *bytes = arena_take(&state->chunks, part->chunk.size ? part->chunk.size : 1);
	if (part->chunk.size)
		memcpy(bytes, part->chunk.data, part->chunk.size);
	row->chunk = (struct bytes){bytes, part->chunk.size};
}

void matching_apply(struct matching_state *state, const struct event *event, int64_t time_ms)
{
	switch ((enum matching_event)event->kind) {
	case SUPPLIER_REGISTERED:
		*supplier_put(&state->suppliers, &event->supplier.supplier_id) = event->supplier;
		return;
	case OFFER_CHANGED:
		*offer_put(&state->offers, &event->offer.offer_id) = event->offer;
		return;
	case ROUND_CHANGED:
		apply_round(state, &event->round, time_ms);
		return;
	case ALLOCATION_CHANGED:
		apply_allocation(state, event, time_ms);
		return;
	case BUNDLE_PART:
		apply_bundle(state, &event->bundle);
		return;
	case SHARE_DECIDED:
		*share_put(&state->shares, &event->share.key) = event->share;
		return;
	case REQUEST_LEARNED:
		apply_request(state, event);
		return;
	case REGIME_LEARNED:
		apply_regime(state, &event->regime);
		return;
	case BOOK_LEARNED:
		apply_book(state, &event->book, time_ms);
		return;
	case PRINCIPAL_LEARNED:
		authorise_put_principal(&state->authorise, &event->principal);
		return;
	case MANDATE_LEARNED:
		authorise_put_mandate(&state->authorise, &event->mandate);
		return;
	}
	CHECK(false);
}
