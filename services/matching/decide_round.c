/* Rounds by command: planned, closed, voided. */
#include "services/matching/decide.h"

#include <string.h>

#include "common/calendar.h"

static const int64_t LONGEST_PLAN_MS = (int64_t)400 * 24 * 3600 * 1000;

/* Policies and roundings that solver and verifier both know (tasheem.solver.v1). */
static bool policy_known(uint32_t policy)
{
	enum { WEIGHTED = 1, EQUAL, PRO_RATA, TIME, LEAST_COST, EQUAL_LOSSES = 9, TALMUD, LOTTERY };
	return (policy >= WEIGHTED && policy <= LEAST_COST) ||
	       (policy >= EQUAL_LOSSES && policy <= LOTTERY);
}

static bool rounding_known(uint32_t rounding)
{
	enum { OFFSET = 1, CARRY, JEFFERSON, WEBSTER };
	return rounding >= OFFSET && rounding <= WEBSTER && rounding != CARRY;
}

static void check_plan(const struct round_plan *plan, const struct rule *rule,
                       struct outcome *outcome)
{
	struct verdict *verdict = &outcome->verdict;
	if (plan->closes_ms <= outcome->now_ms ||
	    plan->closes_ms > outcome->now_ms + LONGEST_PLAN_MS)
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "closes_ms", plan->closes_ms,
		               outcome->now_ms);
	if (!rule) {
		verdict_refuse(verdict, REASON_REGIME_MISSING, plan->family.text,
		               calendar_day_of(plan->closes_ms), 0);
		return;
	}
	if (!policy_known(rule->policy))
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "policy", rule->policy, 0);
	if (!rounding_known(rule->rounding))
		verdict_refuse(verdict, REASON_OUT_OF_RANGE, "rounding", rule->rounding, 0);
}

void decide_round_plan(const struct matching_state *state, const struct round_plan *plan,
                       struct outcome *outcome)
{
	struct verdict *verdict = &outcome->verdict;
	const struct round *row = round_find(&state->rounds, &plan->round_id);
	if (row) {
		if (!session_id_equal(&row->session_id, &plan->session_id) ||
		    !family_name_equal(&row->family, &plan->family) ||
		    row->closes_ms != plan->closes_ms)
			verdict_add(verdict, CODE_CONFLICT, REASON_ID_DUPLICATE,
			            plan->round_id.text, 0, 0);
		return;
	}
	const struct regime *regime = regime_on(state, calendar_day_of(plan->closes_ms));
	const struct rule *rule = regime ? regime_rule(state, regime, &plan->family) : NULL;
	check_plan(plan, rule, outcome);
	if (verdict->code != CODE_ACCEPTED)
		return;
	if (!table_room(&state->rounds, 1) || !timers_room(&state->timers, 1)) {
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "rounds",
		            state->rounds.count, state->rounds.capacity);
		return;
	}
	struct event *event = outcome_event(outcome, ROUND_CHANGED);
	struct round *planned = &event->round;
	planned->round_id = plan->round_id;
	planned->session_id = plan->session_id;
	planned->family = plan->family;
	planned->closes_ms = plan->closes_ms;
	planned->state = ROUND_COLLECTING;
	planned->regime_version = regime->version;
	planned->policy = rule->policy;
	planned->rounding = rule->rounding;
	planned->draw = 1;
	uint8_t seed[DIGEST_BYTES];
	round_seed(state, &plan->round_id, seed, planned->seed_commitment);
}

static const struct round *known(const struct matching_state *state,
                                 const struct round_id *round_id, struct outcome *outcome)
{
	const struct round *row = round_find(&state->rounds, round_id);
	if (!row)
		verdict_refuse(&outcome->verdict, REASON_NOT_FOUND, round_id->text, 0, 0);
	return row;
}

void decide_round_close(const struct matching_state *state, const struct round_id *round_id,
                        struct outcome *outcome)
{
	const struct round *round = known(state, round_id, outcome);
	if (!round || round->state == ROUND_CLOSING)
		return;
	if (round->state != ROUND_COLLECTING) {
		verdict_refuse(&outcome->verdict, REASON_WRONG_STATE, round_id->text, round->state,
		               ROUND_COLLECTING);
		return;
	}
	int64_t offered_kg = 0;
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *row = offer_at(&state->offers, at);
		if (row->state != OFFER_OPEN || !family_name_equal(&row->family, &round->family))
			continue;
		struct offer *frozen = outcome_offer(outcome, row);
		frozen->state = OFFER_IN_ROUND;
		frozen->round_id = *round_id;
		offered_kg += row->quantity_kg;
	}
	struct round *closing = outcome_round(outcome, round);
	closing->state = ROUND_CLOSING;
	closing->offered_kg = offered_kg;
}

void decide_void_rest(const struct matching_state *state, const struct round *round,
                      struct outcome *outcome)
{
	for (uint32_t number = 1; number <= round->ledger.emitted; number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (!row || !allocation_holds(row->state))
			continue;
		if (outcome_full(outcome))
			return;
		outcome_allocation(outcome, state, row)->allocation.state = ALLOCATION_VOIDED;
	}
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *row = offer_at(&state->offers, at);
		if (row->state != OFFER_IN_ROUND ||
		    !round_id_equal(&row->round_id, &round->round_id))
			continue;
		if (outcome_full(outcome))
			return;
		struct offer *released = outcome_offer(outcome, row);
		released->state = OFFER_OPEN;
		released->allocated_kg = 0;
		memset(&released->round_id, 0, sizeof released->round_id);
	}
}

void decide_round_void(const struct matching_state *state, const struct round_id *round_id,
                       const char *reason, struct outcome *outcome)
{
	const struct round *round = known(state, round_id, outcome);
	if (!round || round->state == ROUND_VOIDED)
		return;
	/* What was paid for can't be undone; an ended round has nothing left to void. */
	if (round->ledger.paid || round->over) {
		verdict_refuse(&outcome->verdict, REASON_WRONG_STATE, round_id->text,
		               round->ledger.paid, 0);
		return;
	}
	decide_void_rest(state, round, outcome);
	struct round *voided = outcome_round(outcome, round);
	voided->state = ROUND_VOIDED;
	voided->placed_kg = 0;
	voided->placed_claimants = 0;
	size_t size = strlen(reason);
	CHECK(size < sizeof voided->reason);
	memcpy(voided->reason, reason, size + 1);
}
