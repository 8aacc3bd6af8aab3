/* matching's state in memory, filled by its own apply, drawn by its own rules and
 * published into itself; see simulate.h. Nothing here can reach a daemon. */
#include "services/ctl/simulate.h"

#include <stdio.h>
#include <string.h>

#include "common/wire.h"
#include "services/ctl/message.h"
#include "services/matching/desk.h"
#include "services/matching/messages.h"
#include "services/matching/messages_noun.h"

static const char round_name[] = "simulation";
static const size_t WORK_SPACE = (size_t)8 << 30;

struct simulation {
	struct arena *arena;
	const struct simulate_input *input;
	struct simulate_output *output;
	struct matching_state state;
	struct arena scratch;
};

static void apply_message(struct simulation *simulation, uint32_t kind,
                          const ProtobufCMessage *message)
{
	const struct wire_event event = {kind, wire_encode(simulation->arena, message)};
	const struct record record = {
	        .sequence = 1,
	        .time_ms = simulation->input->now_ms,
	        .principal = {"simulation"},
	        .event_count = 1,
	        .events = &event,
	};
	matching_apply_record(&simulation->state, &record);
}

/* The book as it would be frozen. */
static void learn(struct simulation *simulation)
{
	const struct simulate_input *input = simulation->input;
	char *round_id = noun_text(round_name);
	apply_message(simulation, REGIME_LEARNED, &input->regime->base);
	for (uint32_t at = 0; at < input->supplier_count; at++) {
		Tasheem__Matching__V1__SupplierRegistered event =
		        TASHEEM__MATCHING__V1__SUPPLIER_REGISTERED__INIT;
		event.supplier = input->suppliers[at];
		apply_message(simulation, SUPPLIER_REGISTERED, &event.base);
	}
	for (uint32_t at = 0; at < input->offer_count; at++) {
		Tasheem__Matching__V1__OfferChanged event = *input->offers[at];
		event.state = TASHEEM__MATCHING__V1__OFFER_STATE__OFFER_STATE_IN_ROUND;
		event.round_id = round_id;
		apply_message(simulation, OFFER_CHANGED, &event.base);
	}
	for (uint32_t at = 0; at < input->request_count; at++) {
		Tasheem__Quota__V1__RequestChanged event = *input->requests[at];
		event.state = TASHEEM__QUOTA__V1__REQUEST_STATE__REQUEST_STATE_IN_BOOK;
		event.round_id = round_id;
		apply_message(simulation, REQUEST_LEARNED, &event.base);
	}
}

/* The round as matching would have frozen it. */
static const struct round *freeze(struct simulation *simulation)
{
	const struct simulate_input *input = simulation->input;
	struct matching_state *state = &simulation->state;
	struct event *event = ARENA_NEW(simulation->arena, struct event);
	struct round *round = &event->round;
	uint32_t count;
	event->kind = ROUND_CHANGED;
	CHECK(round_id_set(&round->round_id, round_name));
	if (!family_name_set(&round->family, input->family))
		return NULL;
	round->regime_version = input->regime->regime->version;
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	const struct rule *rule = regime_rule(state, regime, &round->family);
	if (!rule)
		return NULL;
	round->state = ROUND_SOLVING;
	round->policy = input->rule.policy ? (uint32_t)input->rule.policy : rule->policy;
	round->rounding = input->rule.rounding ? (uint32_t)input->rule.rounding : rule->rounding;
	round->draw = 1;
	round->lot_kg = draw_first_lot(state, round);
	memcpy(round->seed, input->seed, DIGEST_BYTES);
	round->seed_known = round->book_known = true;
	digest_of(round->seed_commitment, DIGEST_BYTES, (struct bytes){input->seed, DIGEST_BYTES});
	const struct request **book = draw_book(simulation->arena, state, round, &count);
	draw_book_digest(book, count, round->book_digest);
	for (uint32_t at = 0; at < count; at++)
		round->asked_kg += book[at]->quantity_kg;
	for (uint32_t at = 0; at < input->offer_count; at++)
		round->offered_kg += input->offers[at]->offer->quantity_kg;
	matching_apply(state, event, input->now_ms);
	return round_find(&state->rounds, &round->round_id);
}

static bool solve_pass(struct simulation *simulation, struct work *work, bool *again)
{
	struct bytes solution;
	struct draw_result result;
	struct verdict verdict = {0};
	char *wrong = simulation->output->wrong;
	work->problem = passes_problem(&work->arena, work->passes, work->draw);
	digest_of(work->task_id, DIGEST_SHORT_BYTES, work->problem);
	arena_reset(&simulation->scratch);
	if (!whatif_solve_bytes(&simulation->scratch, work->problem, &solution, wrong))
		return false;
	uint8_t *copy = arena_take(&work->arena, solution.size + 1);
	memcpy(copy, solution.data, solution.size);
	arena_reset(&simulation->scratch);
	if (!passes_prove(work, (struct bytes){copy, solution.size}, &simulation->scratch, &result,
	                  &verdict)) {
		snprintf(wrong, sizeof simulation->output->wrong, "%s", verdict.reasons[0].subject);
		return false;
	}
	simulation->output->passes++;
	*again = draw_advance(&work->arena, work->draw, &result);
	return true;
}

/* One lot size: all its passes, then its publication. */
static bool solve_draw(struct simulation *simulation, const struct round *round, struct work *work)
{
	static const uint8_t no_bundle[DIGEST_BYTES];
	struct matching_state *state = &simulation->state;
	int64_t now_ms = simulation->input->now_ms;
	bool again = true;
	work->draw = draw_make(&work->arena, state, round, round->draw, round->lot_kg);
	work->passes = passes_open(&work->arena);
	while (again)
		if (!solve_pass(simulation, work, &again))
			return false;
	publication_make(&work->arena, work->draw, now_ms, no_bundle, &work->publication);
	if (work->publication.verdict.code != CODE_ACCEPTED) {
		snprintf(simulation->output->wrong, sizeof simulation->output->wrong, "%s",
		         work->publication.verdict.reasons[0].subject);
		return false;
	}
	for (uint32_t at = 0; at < work->publication.count; at++)
		matching_apply(state, &work->publication.events[at], now_ms);
	return true;
}

static void put_rows(struct simulation *simulation, const struct round *round)
{
	struct simulate_output *output = simulation->output;
	struct matching_state *state = &simulation->state;
	struct arena *arena = simulation->arena;
	output->round = message_to_json(&message_of_round(arena, round)->base);
	output->shares = json_array();
	output->allocations = json_array();
	for (uint32_t at = 0; at < state->shares.count; at++)
		json_array_append_new(
		        output->shares,
		        message_to_json(
		                &message_of_share(arena, share_at(&state->shares, at))->base));
	for (uint32_t at = 0; at < state->allocations.count; at++) {
		const struct allocation *row = allocation_at(&state->allocations, at);
		const struct part *parts = row->part_count ? part_at(state, row->first_part) : NULL;
		json_array_append_new(
		        output->allocations,
		        message_to_json(&message_of_allocation(arena, row, parts)->base));
	}
}

static bool simulate(struct simulation *simulation)
{
	struct work work = {.used = true};
	bool good = true;
	learn(simulation);
	const struct round *round = freeze(simulation);
	if (!round) {
		snprintf(simulation->output->wrong, sizeof simulation->output->wrong,
		         "no rule for family %s", simulation->input->family);
		return false;
	}
	if (!arena_open(&work.arena, WORK_SPACE))
		return false;
	while (good && round->state == ROUND_SOLVING)
		good = solve_draw(simulation, round, &work);
	if (good)
		put_rows(simulation, round);
	arena_close(&work.arena);
	return good;
}

bool simulate_round(struct arena *arena, const struct simulate_input *input,
                    struct simulate_output *output)
{
	/* An allocation per offer and request at most would be too many by far. */
	enum { LEAST_ROWS = 4096, EACH = 4 };
	struct simulation *simulation = ARENA_NEW(arena, struct simulation);
	*output = (struct simulate_output){0};
	simulation->arena = arena;
	simulation->input = input;
	simulation->output = output;
	uint32_t capacity = LEAST_ROWS + EACH * (input->request_count + input->offer_count +
	                                         input->supplier_count);
	if (!matching_open(&simulation->state, capacity))
		return false;
	bool good = arena_open(&simulation->scratch, WORK_SPACE) && simulate(simulation);
	arena_close(&simulation->scratch);
	matching_close(&simulation->state);
	return good;
}
