/* The way every rule speaks, and the rules about suppliers and offers. */
#include "services/matching/decide.h"

#include <string.h>

#include "common/calendar.h"

void outcome_begin(struct outcome *outcome, struct arena *arena, int64_t now_ms)
{
	memset(outcome, 0, sizeof *outcome);
	outcome->arena = arena;
	outcome->now_ms = now_ms;
	outcome->verdict.code = CODE_ACCEPTED;
	outcome->capacity = MATCHING_MAX_EVENTS;
}

bool outcome_full(const struct outcome *outcome)
{
	return outcome->count + 1 >= outcome->capacity || outcome->bytes > MATCHING_MAX_BYTES;
}

struct event *outcome_event(struct outcome *outcome, uint32_t kind)
{
	enum { EVENT_BYTES = 350 };
	outcome->bytes += EVENT_BYTES;
	CHECK(outcome->count < outcome->capacity);
	if (outcome->count == outcome->room) {
		uint32_t room = outcome->room ? 4 * outcome->room : 4;
		struct event *larger = ARENA_ARRAY(outcome->arena, struct event, room);
		if (outcome->count)
			memcpy(larger, outcome->events, outcome->count * sizeof *larger);
		outcome->events = larger;
		outcome->room = room;
	}
	struct event *event = &outcome->events[outcome->count++];
	event->kind = kind;
	return event;
}

struct offer *outcome_offer(struct outcome *outcome, const struct offer *offer)
{
	struct event *event = outcome_event(outcome, OFFER_CHANGED);
	event->offer = *offer;
	return &event->offer;
}

struct round *outcome_round(struct outcome *outcome, const struct round *round)
{
	struct event *event = outcome_event(outcome, ROUND_CHANGED);
	event->round = *round;
	return &event->round;
}

struct event *outcome_allocation(struct outcome *outcome, const struct matching_state *state,
                                 const struct allocation *allocation)
{
	enum { PART_BYTES = 48 };
	struct event *event = outcome_event(outcome, ALLOCATION_CHANGED);
	outcome->bytes += (size_t)allocation->part_count * PART_BYTES;
	event->allocation = *allocation;
	event->parts = ARENA_ARRAY(outcome->arena, struct part, allocation->part_count + 1);
	for (uint32_t at = 0; at < allocation->part_count; at++)
		event->parts[at] = *part_at(state, allocation->first_part + at);
	return event;
}

static void full(struct outcome *outcome, const char *table, uint32_t count)
{
	verdict_add(&outcome->verdict, CODE_OVERLOADED, REASON_TABLE_FULL, table, count, count);
}

void decide_supplier_register(const struct matching_state *state, const struct supplier *supplier,
                              struct outcome *outcome)
{
	const struct supplier *row = supplier_find(&state->suppliers, &supplier->supplier_id);
	if (row) {
		if (memcmp(row, supplier, sizeof *row) != 0)
			verdict_add(&outcome->verdict, CODE_CONFLICT, REASON_ID_DUPLICATE,
			            supplier->supplier_id.text, 0, 0);
		return;
	}
	if (!table_room(&state->suppliers, 1)) {
		full(outcome, "suppliers", state->suppliers.count);
		return;
	}
	outcome_event(outcome, SUPPLIER_REGISTERED)->supplier = *supplier;
}

/* The content a supplier gives, without what the platform adds. */
static bool offer_same(const struct offer *row, const struct offer *offer)
{
	struct offer content = *row;
	content.family = offer->family;
	content.round_id = offer->round_id;
	content.state = offer->state;
	content.allocated_kg = offer->allocated_kg;
	return memcmp(&content, offer, sizeof content) == 0;
}

static uint32_t count_open(const struct matching_state *state, const struct family_name *family)
{
	uint32_t count = 0;
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *row = offer_at(&state->offers, at);
		count += row->state == OFFER_OPEN && family_name_equal(&row->family, family);
	}
	return count;
}

static void check_lots(const struct offer *offer, const struct grade *grade,
                       struct verdict *verdict)
{
	int64_t base = grade->base_kg;
	if (offer->allocation_base_kg != base) {
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "allocation_base_kg",
		               offer->allocation_base_kg, base);
		return;
	}
	if (offer->quantity_kg % base)
		verdict_refuse(verdict, REASON_NOT_MULTIPLE, "quantity_kg", offer->quantity_kg,
		               base);
	if (offer->minimum_allocation_kg % base)
		verdict_refuse(verdict, REASON_NOT_MULTIPLE, "minimum_allocation_kg",
		               offer->minimum_allocation_kg, base);
	if (offer->quantity_kg < offer_lot_kg(offer))
		verdict_refuse(verdict, REASON_BELOW_MIN_LOT, "quantity_kg", offer->quantity_kg,
		               offer_lot_kg(offer));
}

void decide_offer_publish(const struct matching_state *state, const struct offer *offer,
                          struct outcome *outcome)
{
	struct verdict *verdict = &outcome->verdict;
	const struct offer *row = offer_find(&state->offers, &offer->offer_id);
	if (row) {
		if (!offer_same(row, offer))
			verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE,
			            offer->offer_id.text, 0, 0);
		return;
	}
	int32_t today = calendar_day_of(outcome->now_ms);
	const struct regime *regime = regime_on(state, today);
	const struct grade *grade = regime ? regime_grade(state, regime, &offer->grade) : NULL;
	if (!supplier_find(&state->suppliers, &offer->supplier_id))
		verdict_refuse(verdict, REASON_NOT_FOUND, offer->supplier_id.text, 0, 0);
	if (!regime)
		verdict_refuse(verdict, REASON_REGIME_MISSING, offer->grade.text, today, 0);
	else if (!grade)
		verdict_refuse(verdict, REASON_NOT_FOUND, offer->grade.text, 0, 0);
	else
		check_lots(offer, grade, verdict);
	if (verdict->code != CODE_ACCEPTED)
		return;
	if (!table_room(&state->offers, 1))
		full(outcome, "offers", state->offers.count);
	/* A round freezes its offers in one record. */
	uint32_t open = count_open(state, &grade->family);
	if (open >= MATCHING_MAX_OFFERS)
		full(outcome, "offers of the family", open);
	if (verdict->code != CODE_ACCEPTED)
		return;
	struct offer *published = outcome_offer(outcome, offer);
	published->family = grade->family;
	published->state = OFFER_OPEN;
}

void decide_offer_withdraw(const struct matching_state *state, const struct offer_id *offer_id,
                           struct outcome *outcome)
{
	const struct offer *row = offer_find(&state->offers, offer_id);
	if (!row) {
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, offer_id->text, 0, 0);
		return;
	}
	if (row->state == OFFER_WITHDRAWN)
		return;
	if (row->state != OFFER_OPEN) {
		verdict_refuse(&outcome->verdict, REASON_OFFER_CLOSED, offer_id->text, row->state,
		               OFFER_OPEN);
		return;
	}
	outcome_offer(outcome, row)->state = OFFER_WITHDRAWN;
}

void decide_command(const struct matching_state *state, const struct command *command,
                    struct outcome *outcome)
{
	switch ((enum matching_command)command->kind) {
	case SUPPLIER_REGISTER:
		decide_supplier_register(state, &command->supplier, outcome);
		return;
	case OFFER_PUBLISH:
		decide_offer_publish(state, &command->offer, outcome);
		return;
	case OFFER_WITHDRAW:
		decide_offer_withdraw(state, &command->offer.offer_id, outcome);
		return;
	case ROUND_PLAN:
		decide_round_plan(state, &command->plan, outcome);
		return;
	case ROUND_CLOSE:
		decide_round_close(state, &command->round_id, outcome);
		return;
	case ROUND_VOID:
		decide_round_void(state, &command->round_id, command->reason, outcome);
		return;
	case ALLOCATION_ACCEPT:
		decide_allocation_accept(state, &command->allocation_id, outcome);
		return;
	case ALLOCATION_DECLINE:
		decide_allocation_decline(state, &command->allocation_id, outcome);
		return;
	case PAY_ALLOCATION:
		decide_allocation_paid(state, &command->paid, outcome);
		return;
	case DELIVER_ALLOCATION:
		decide_allocation_delivered(state, &command->allocation_id, command->delivered_kg,
		                            outcome);
		return;
	case DISTRIBUTION_CONFIRM:
		decide_distribution_confirm(state, &command->confirm, outcome);
		return;
	case SOLUTION_PART:
		break;
	}
	CHECK(false);
}
