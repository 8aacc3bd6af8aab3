/* What becomes of an allocation: accepted or declined by the buyer, paid (clearing says
 * so), delivered (the supplier says so), distributed (each member says so). */
#include "services/matching/decide.h"

#include <string.h>

static const int64_t DAY_MS = (int64_t)24 * 3600 * 1000;
static const int64_t CLOCKS_DIFFER_MS = 5 * 60 * 1000;

static const struct allocation *known(const struct matching_state *state,
                                      const struct allocation_id *id, struct outcome *outcome)
{
	const struct allocation *row = allocation_find(&state->allocations, id);
	const struct round *round = row ? round_find(&state->rounds, &row->round_id) : NULL;
	/* Numbers beyond the published ones are of an interrupted publication. */
	if (row && round->ledger.published == 0)
		row = NULL;
	if (!row)
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, id->text, 0, 0);
	return row;
}

static const struct regime *regime_of(const struct matching_state *state,
                                      const struct allocation *row)
{
	const struct round *round = round_find(&state->rounds, &row->round_id);
	return regime_find(&state->regimes, &round->regime_version);
}

static void wrong_state(struct outcome *outcome, const struct allocation *row,
                        enum allocation_state wanted)
{
	verdict_refuse(&outcome->verdict, REASON_WRONG_STATE, row->allocation_id.text, row->state,
	               wanted);
}

void decide_allocation_accept(const struct matching_state *state, const struct allocation_id *id,
                              struct outcome *outcome)
{
	const struct allocation *row = known(state, id, outcome);
	if (!row || row->state == ALLOCATION_ACCEPTED)
		return;
	if (row->state != ALLOCATION_OPEN) {
		wrong_state(outcome, row, ALLOCATION_OPEN);
		return;
	}
	if (outcome->now_ms > row->accept_until_ms) {
		verdict_refuse(&outcome->verdict, REASON_LATE, id->text, outcome->now_ms,
		               row->accept_until_ms);
		return;
	}
	const struct regime *regime = regime_of(state, row);
	struct allocation *accepted = &outcome_allocation(outcome, state, row)->allocation;
	accepted->state = ALLOCATION_ACCEPTED;
	accepted->pay_until_ms = regime_working_ms(state, regime, outcome->now_ms,
	                                           regime->payment_days, regime->payment_hour);
}

void decide_allocation_decline(const struct matching_state *state, const struct allocation_id *id,
                               struct outcome *outcome)
{
	const struct allocation *row = known(state, id, outcome);
	if (!row || row->state == ALLOCATION_DECLINED)
		return;
	if (row->state != ALLOCATION_OPEN && row->state != ALLOCATION_ACCEPTED) {
		wrong_state(outcome, row, ALLOCATION_OPEN);
		return;
	}
	outcome_allocation(outcome, state, row)->allocation.state = ALLOCATION_DECLINED;
	struct offer *offer = outcome_offer(outcome, offer_find(&state->offers, &row->offer_id));
	offer->allocated_kg -= row->quantity_kg;
}

void decide_allocation_paid(const struct matching_state *state, const struct allocation_paid *paid,
                            struct outcome *outcome)
{
	struct verdict *verdict = &outcome->verdict;
	const struct allocation *row = known(state, &paid->allocation_id, outcome);
	if (!row)
		return;
	bool said = row->state == ALLOCATION_PAID || row->state == ALLOCATION_DELIVERED ||
	            row->state == ALLOCATION_DISTRIBUTED;
	if (said && row->paid_rial == paid->paid_rial)
		return;
	if (row->state != ALLOCATION_ACCEPTED) {
		wrong_state(outcome, row, ALLOCATION_ACCEPTED);
		return;
	}
	int64_t due_rial = 0;
	if (!checked_multiply(row->quantity_kg, row->price_rial_per_kg, &due_rial) ||
	    paid->paid_rial != due_rial)
		verdict_refuse(verdict, REASON_SUM_MISMATCH, "paid_rial", paid->paid_rial,
		               due_rial);
	/* The value date counts, not when it is said; nothing is paid in the future, but clocks
	 * differ. */
	if (paid->value_ms > row->pay_until_ms)
		verdict_refuse(verdict, REASON_LATE, "value_ms", paid->value_ms, row->pay_until_ms);
	if (paid->value_ms > outcome->now_ms + CLOCKS_DIFFER_MS)
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "value_ms", paid->value_ms,
		               outcome->now_ms);
	if (verdict->code != CODE_ACCEPTED)
		return;
	struct allocation *settled = &outcome_allocation(outcome, state, row)->allocation;
	settled->state = ALLOCATION_PAID;
	settled->paid_rial = paid->paid_rial;
}

/* A cooperative distributes; who buys for itself has nothing to. */
static bool distributes(const struct event *event)
{
	for (uint32_t at = 0; at < event->allocation.part_count; at++)
		if (!party_id_equal(&event->parts[at].party_id, &event->allocation.buyer_id))
			return true;
	return false;
}

/* A delivery that differs from the allocation is shared in its proportions. */
static void share_delivery(const struct round *round, struct event *event, int64_t delivered_kg)
{
	struct portion portions[MATCHING_MAX_LINES];
	uint32_t count = event->allocation.part_count;
	memset(portions, 0, sizeof portions);
	for (uint32_t at = 0; at < count; at++) {
		portions[at].cap_kg = event->parts[at].quantity_kg;
		distribution_tie(round, event->parts[at].licence_id.text, portions[at].tie);
	}
	distribution_pro_rata(portions, count, delivered_kg);
	for (uint32_t at = 0; at < count; at++)
		event->parts[at].quantity_kg = portions[at].share_kg;
}

void decide_allocation_delivered(const struct matching_state *state, const struct allocation_id *id,
                                 int64_t delivered_kg, struct outcome *outcome)
{
	enum { PERCENT = 100 };
	const struct allocation *row = known(state, id, outcome);
	if (!row)
		return;
	bool said = row->state == ALLOCATION_DELIVERED || row->state == ALLOCATION_DISTRIBUTED;
	if (said && row->delivered_kg == delivered_kg)
		return;
	if (row->state != ALLOCATION_PAID) {
		wrong_state(outcome, row, ALLOCATION_PAID);
		return;
	}
	const struct regime *regime = regime_of(state, row);
	int64_t most_kg = row->quantity_kg + row->quantity_kg * regime->tolerance_percent / PERCENT;
	if (delivered_kg > most_kg) {
		verdict_refuse(&outcome->verdict, REASON_OUT_OF_RANGE, "delivered_kg", delivered_kg,
		               most_kg);
		return;
	}
	struct event *event = outcome_allocation(outcome, state, row);
	event->allocation.state = ALLOCATION_DELIVERED;
	event->allocation.delivered_kg = delivered_kg;
	if (delivered_kg != row->quantity_kg)
		share_delivery(round_find(&state->rounds, &row->round_id), event, delivered_kg);
	if (distributes(event))
		event->allocation.distribute_until_ms =
		        outcome->now_ms + regime->distribution_days * DAY_MS;
}

static struct part *find_part(struct event *event, const struct distribution_confirm *confirm)
{
	for (uint32_t at = 0; at < event->allocation.part_count; at++) {
		struct part *part = &event->parts[at];
		if (party_id_equal(&part->party_id, &confirm->party_id) &&
		    licence_id_equal(&part->licence_id, &confirm->licence_id))
			return part;
	}
	return NULL;
}

static bool all_confirmed(const struct event *event)
{
	for (uint32_t at = 0; at < event->allocation.part_count; at++)
		if (!event->parts[at].confirmed && event->parts[at].quantity_kg > 0)
			return false;
	return true;
}

/* Undoes the event: nothing changes. */
static void confirm_refuse(struct outcome *outcome, enum reason_code reason,
                           const struct distribution_confirm *confirm, int64_t limit)
{
	outcome->count = 0;
	const char *subject = reason == REASON_NOT_FOUND ? confirm->licence_id.text : "received_kg";
	verdict_refuse(&outcome->verdict, reason, subject, confirm->received_kg, limit);
}

void decide_distribution_confirm(const struct matching_state *state,
                                 const struct distribution_confirm *confirm,
                                 struct outcome *outcome)
{
	const struct allocation *row = known(state, &confirm->allocation_id, outcome);
	if (!row)
		return;
	if (row->state != ALLOCATION_DELIVERED && row->state != ALLOCATION_DISTRIBUTED) {
		wrong_state(outcome, row, ALLOCATION_DELIVERED);
		return;
	}
	struct event *event = outcome_allocation(outcome, state, row);
	struct part *part = find_part(event, confirm);
	if (!part) {
		confirm_refuse(outcome, REASON_NOT_FOUND, confirm, 0);
	} else if (part->confirmed) {
		outcome->count = 0;
		if (part->received_kg != confirm->received_kg)
			verdict_refuse(&outcome->verdict, REASON_WRONG_STATE, "received_kg",
			               confirm->received_kg, part->received_kg);
	} else if (confirm->received_kg > part->quantity_kg) {
		confirm_refuse(outcome, REASON_SUM_MISMATCH, confirm, part->quantity_kg);
	} else {
		part->confirmed = true;
		part->received_kg = confirm->received_kg;
		if (all_confirmed(event))
			event->allocation.state = ALLOCATION_DISTRIBUTED;
	}
}
