/* Rounds by the clock: closed in time, frozen when quota's book is there, final after
 * the objections, lapses, the next draw, the end. One call makes one record; what does
 * not fit is found again by the next. */
#include "services/matching/draw.h"

#include <string.h>

enum { END_OF_DAY = 24 };

/* Reveals the seed only now: book and offers stand still. */
static void freeze(const struct matching_state *state, const struct round *round,
                   struct outcome *outcome)
{
	uint32_t count;
	uint8_t digest[DIGEST_BYTES], seed[DIGEST_BYTES], commitment[DIGEST_BYTES];
	const struct request **requests = draw_book(outcome->arena, state, round, &count);
	draw_book_digest(requests, count, digest);
	if (count != round->ledger.book_count ||
	    memcmp(digest, round->ledger.book_digest, DIGEST_BYTES) != 0) {
		verdict_add(&outcome->verdict, CODE_CONFLICT, REASON_SUM_MISMATCH, "book", count,
		            round->ledger.book_count);
		return;
	}
	round_seed(state, &round->round_id, seed, commitment);
	if (memcmp(commitment, round->seed_commitment, DIGEST_BYTES) != 0) {
		verdict_add(&outcome->verdict, CODE_CONFLICT, REASON_NOT_PROVEN, "seed_commitment",
		            0, 0);
		return;
	}
	struct round *frozen = outcome_round(outcome, round);
	frozen->state = ROUND_SOLVING;
	frozen->lot_kg = draw_first_lot(state, round);
	frozen->seed_known = true;
	memcpy(frozen->seed, seed, DIGEST_BYTES);
	frozen->book_known = true;
	memcpy(frozen->book_digest, digest, DIGEST_BYTES);
	for (uint32_t at = 0; at < count; at++) {
		frozen->asked_kg += requests[at]->quantity_kg;
		frozen->claimants += at == 0 || !party_id_equal(&requests[at - 1]->key.buyer_id,
		                                                &requests[at]->key.buyer_id);
	}
}

static void finalise(const struct matching_state *state, const struct round *round,
                     struct outcome *outcome)
{
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	int64_t accept_until_ms = regime_working_ms(state, regime, outcome->now_ms,
	                                            regime->acceptance_days, END_OF_DAY) -
	                          1;
	for (uint32_t number = round->ledger.draw_first; number <= round->ledger.published;
	     number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (!row || row->state != ALLOCATION_PROVISIONAL)
			continue;
		if (outcome_full(outcome))
			return;
		struct allocation *opened = &outcome_allocation(outcome, state, row)->allocation;
		opened->state = ALLOCATION_OPEN;
		opened->accept_until_ms = accept_until_ms;
	}
	outcome_round(outcome, round)->state = ROUND_FINAL;
}

static bool lapsed(const struct matching_state *state, const struct round *round,
                   const struct allocation *row, int64_t now_ms)
{
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	if (row->state == ALLOCATION_OPEN)
		return now_ms > row->accept_until_ms;
	if (row->state == ALLOCATION_ACCEPTED)
		return now_ms > regime_lapse_ms(state, regime, row->pay_until_ms);
	return false;
}

/* The offer as changed by this record already, or a copy to change. */
static struct offer *staged_offer(const struct matching_state *state, struct outcome *outcome,
                                  const struct offer_id *offer_id)
{
	for (uint32_t at = 0; at < outcome->count; at++)
		if (outcome->events[at].kind == OFFER_CHANGED &&
		    offer_id_equal(&outcome->events[at].offer.offer_id, offer_id))
			return &outcome->events[at].offer;
	return outcome_offer(outcome, offer_find(&state->offers, offer_id));
}

static void lapse(const struct matching_state *state, const struct round *round,
                  struct outcome *outcome)
{
	for (uint32_t number = 1; number <= round->ledger.published; number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (!row || !lapsed(state, round, row, outcome->now_ms))
			continue;
		/* An offer's event may come with it. */
		if (outcome->count + 3 >= outcome->capacity || outcome_full(outcome))
			return;
		outcome_allocation(outcome, state, row)->allocation.state = ALLOCATION_EXPIRED;
		staged_offer(state, outcome, &row->offer_id)->allocated_kg -= row->quantity_kg;
	}
}

static bool freed(const struct matching_state *state, const struct round *round)
{
	for (uint32_t number = round->ledger.draw_first; number <= round->ledger.published;
	     number++) {
		const struct allocation *row = allocation_number(state, round, number);
		if (row && (row->state == ALLOCATION_DECLINED || row->state == ALLOCATION_EXPIRED))
			return true;
	}
	return false;
}

static void end(const struct draw *draw, struct outcome *outcome)
{
	for (uint32_t at = 0; at < draw->offer_count; at++)
		outcome_offer(outcome, draw->offers[at].row)->state = OFFER_ENDED;
	struct round *over = outcome_round(outcome, draw->round);
	over->over = true;
	over->placed_kg = 0;
	over->placed_claimants = 0;
	for (uint32_t at = 0; at < draw->claimant_count; at++) {
		over->placed_kg += draw->claimants[at].held_kg;
		over->placed_claimants += draw->claimants[at].held_kg > 0;
	}
}

/* The cut-off of a draw: everything in it is decided. What came free is drawn again among those
 * who wait, as long as the regime allows and somebody could take it. */
static void next_draw(const struct matching_state *state, const struct round *round,
                      struct outcome *outcome)
{
	const struct draw *draw =
	        draw_make(outcome->arena, state, round, round->draw + 1, round->lot_kg);
	int64_t lot_kg = 0;
	if ((int64_t)round->ledger.sharings < draw->regime->maximum_draws && freed(state, round))
		lot_kg = draw_next_lot(draw, INT64_MAX);
	if (!lot_kg) {
		end(draw, outcome);
		return;
	}
	struct round *again = outcome_round(outcome, round);
	again->state = ROUND_SOLVING;
	again->draw = round->draw + 1;
	again->pass = 0;
	again->lot_kg = lot_kg;
}

void decide_round_tick(const struct matching_state *state, const struct round *round,
                       struct outcome *outcome)
{
	switch ((enum round_state)round->state) {
	case ROUND_COLLECTING:
		if (outcome->now_ms >= round->closes_ms)
			decide_round_close(state, &round->round_id, outcome);
		return;
	case ROUND_CLOSING:
		if (round->ledger.book_known)
			freeze(state, round, outcome);
		return;
	case ROUND_PUBLISHED:
		if (outcome->now_ms >= round->objection_until_ms)
			finalise(state, round, outcome);
		return;
	case ROUND_FINAL:
		if (round->over)
			return;
		if (round->ledger.undecided == 0)
			next_draw(state, round, outcome);
		else
			lapse(state, round, outcome);
		return;
	case ROUND_VOIDED:
		decide_void_rest(state, round, outcome);
		return;
	case ROUND_SOLVING:
		return;
	}
}
