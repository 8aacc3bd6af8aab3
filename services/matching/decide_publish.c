/* A finished draw as events: who gets what from whom, how a cooperative's lots divide
 * among its members, and the one reason why a request did not get more. */
#include "services/matching/draw.h"

#include <string.h>

struct publishing {
	struct arena *arena;
	struct draw *draw;
	struct publication *publication;
	uint32_t *first;
	uint32_t number;
};

static struct event *add_event(struct publishing *publishing, uint32_t kind)
{
	struct event *event = &publishing->publication->events[publishing->publication->count++];
	event->kind = kind;
	return event;
}

/* Where each request's flows begin; they come by request. */
static void find_flows(struct publishing *publishing)
{
	const struct draw *draw = publishing->draw;
	uint32_t *first = ARENA_ARRAY(publishing->arena, uint32_t, draw->request_count + 2);
	for (uint32_t at = 0; at < draw->flow_count; at++)
		first[draw->flows[at].request + 1]++;
	for (uint32_t at = 0; at < draw->request_count; at++)
		first[at + 1] += first[at];
	publishing->first = first;
}

/* kg of this draw for each line: all lines at one level, what they hold already counted. */
static int64_t *line_shares(struct publishing *publishing, const struct draw_request *request)
{
	const struct draw *draw = publishing->draw;
	uint32_t count = request->row->line_count;
	struct portion portions[MATCHING_MAX_LINES];
	int64_t *shares = ARENA_ARRAY(publishing->arena, int64_t, count + 1);
	int64_t held = 0, room = 0;
	CHECK(count <= MATCHING_MAX_LINES);
	for (uint32_t at = 0; at < count; at++) {
		const struct line *line = line_at(draw->state, request->row->first_line + at);
		struct portion *portion = &portions[at];
		portion->floor_kg = request->line_held ? request->line_held[at] : 0;
		portion->cap_kg = line->reserved_kg > portion->floor_kg ? line->reserved_kg
		                                                        : portion->floor_kg;
		portion->weight_kg = line->weight_kg > 0 ? line->weight_kg : 1;
		distribution_tie(draw->round, line->licence_id.text, portion->tie);
		held += portion->floor_kg;
		room += portion->cap_kg - portion->floor_kg;
	}
	/* A delivery above its allocation, within the tolerance, may have used up a line. */
	for (uint32_t at = 0; at < count && room < request->placed_kg; at++)
		portions[at].cap_kg += request->placed_kg;
	distribution_level(portions, count, held + request->placed_kg);
	for (uint32_t at = 0; at < count; at++) {
		int64_t floor_kg = request->line_held ? request->line_held[at] : 0;
		shares[at] = portions[at].share_kg - floor_kg;
	}
	return shares;
}

/* Takes the next quantity_kg of the lines' shares, so that few members share a delivery. */
static void cut_parts(struct publishing *publishing, struct event *event,
                      const struct draw_request *request, int64_t *shares)
{
	const struct request *row = request->row;
	int64_t rest_kg = event->allocation.quantity_kg;
	event->parts = ARENA_ARRAY(publishing->arena, struct part, row->line_count + 1);
	for (uint32_t at = 0; at < row->line_count && rest_kg > 0; at++) {
		int64_t take_kg = shares[at] < rest_kg ? shares[at] : rest_kg;
		if (take_kg == 0)
			continue;
		const struct line *line = line_at(publishing->draw->state, row->first_line + at);
		struct part *part = &event->parts[event->allocation.part_count++];
		part->party_id = line->party_id;
		part->licence_id = line->licence_id;
		part->quantity_kg = take_kg;
		part->window_month = row->window_month;
		shares[at] -= take_kg;
		rest_kg -= take_kg;
	}
	CHECK(rest_kg == 0);
}

static int64_t publish_flow(struct publishing *publishing, const struct draw_flow *flow,
                            int64_t *shares)
{
	const struct draw *draw = publishing->draw;
	const struct draw_request *request = &draw->requests[flow->request];
	const struct draw_offer *offer = &draw->offers[flow->offer];
	struct event *event = add_event(publishing, ALLOCATION_CHANGED);
	struct allocation *row = &event->allocation;
	int64_t landed = 0;
	CHECK(draw_arc(draw, request, offer, &landed) == ARC_GOOD);
	allocation_name(draw->round, ++publishing->number, &row->allocation_id);
	row->round_id = draw->round->round_id;
	row->draw = draw->number;
	row->buyer_id = request->row->key.buyer_id;
	row->request_id = request->row->key.request_id;
	row->offer_id = offer->row->offer_id;
	row->supplier_id = offer->row->supplier_id;
	row->grade = offer->row->grade;
	row->family = draw->round->family;
	row->quantity_kg = flow->quantity_kg;
	row->price_rial_per_kg = offer->row->price_rial_per_kg;
	row->freight_rial_per_kg = landed - offer->row->price_rial_per_kg;
	row->state = ALLOCATION_PROVISIONAL;
	row->substitute = !grade_name_equal(&row->grade, &request->row->grade);
	cut_parts(publishing, event, request, shares);
	return landed;
}

/* Of who can't be served at all: whether the price stands in the way. */
static bool find_obstacle(const struct draw *draw, const struct draw_request *request,
                          struct share *share)
{
	int64_t cheapest = INT64_MAX;
	for (uint32_t at = 0; at < draw->pass_offer_count; at++) {
		int64_t landed;
		const struct draw_offer *offer = &draw->offers[draw->pass_offers[at]];
		enum draw_arc arc = draw_arc(draw, request, offer, &landed);
		if (arc == ARC_GOOD)
			return false;
		if (arc == ARC_DEAR && landed < cheapest)
			cheapest = landed;
	}
	share->reason = cheapest == INT64_MAX ? SHARE_NO_OFFER : SHARE_PRICE;
	if (cheapest != INT64_MAX) {
		share->value = cheapest;
		share->limit = request->row->max_landed_rial_per_kg;
	}
	return true;
}

/* Exactly one reason: what bound first in the order of the enum. */
static void find_reason(const struct draw *draw, const struct draw_request *request,
                        struct share *share)
{
	const struct draw_claimant *claimant = &draw->claimants[request->claimant];
	share->level = claimant->level;
	share->level_numerator = claimant->key_numerator;
	share->level_denominator = claimant->key_denominator;
	if (request->placed_kg == request->asked_kg) {
		share->reason = SHARE_SATISFIED;
		return;
	}
	if (find_obstacle(draw, request, share))
		return;
	if (request->withdrawn || request->asked_kg < draw->lot_kg) {
		share->reason = SHARE_MINIMUM;
		share->value = request->withdrawn ? request->withdrawn_lots * draw->lot_kg
		                                  : request->asked_kg;
		share->limit = request->withdrawn ? request->row->minimum_kg : draw->lot_kg;
		return;
	}
	int64_t total_kg = claimant->held_kg + claimant->placed_kg;
	if (claimant->cap_kg && claimant->cap_kg - total_kg < draw->lot_kg) {
		share->reason = SHARE_CAP;
		share->value = total_kg;
		share->limit = claimant->cap_kg;
		return;
	}
	share->reason = SHARE_LEVEL;
	share->value = claimant->placed_kg;
	share->limit = draw_demand_lots(draw, claimant) * draw->lot_kg;
}

static void publish_request(struct publishing *publishing, uint32_t number)
{
	struct draw *draw = publishing->draw;
	const struct draw_request *request = &draw->requests[number];
	if (request->asked_kg == 0 && draw->number > 1)
		return;
	int128 cost = 0;
	if (request->placed_kg > 0) {
		int64_t *shares = line_shares(publishing, request);
		for (uint32_t at = publishing->first[number]; at < publishing->first[number + 1];
		     at++) {
			const struct draw_flow *flow = &draw->flows[at];
			cost += (int128)publish_flow(publishing, flow, shares) * flow->quantity_kg;
		}
	}
	struct share *share = &add_event(publishing, SHARE_DECIDED)->share;
	share->key.round_id = draw->round->round_id;
	share->key.draw = draw->number;
	share->key.buyer_id = request->row->key.buyer_id;
	share->key.request_id = request->row->key.request_id;
	share->asked_kg = request->asked_kg;
	share->placed_kg = request->placed_kg;
	if (request->placed_kg > 0)
		share->mean_landed_rial_per_kg = (int64_t)(cost / request->placed_kg);
	find_reason(draw, request, share);
}

/* What an interrupted publication left beyond this one. */
static void void_leftovers(struct publishing *publishing)
{
	const struct draw *draw = publishing->draw;
	for (uint32_t number = publishing->number + 1; number <= draw->round->ledger.emitted;
	     number++) {
		const struct allocation *row = allocation_number(draw->state, draw->round, number);
		if (!row || !allocation_holds(row->state))
			continue;
		struct event *event = add_event(publishing, ALLOCATION_CHANGED);
		event->allocation = *row;
		event->allocation.state = ALLOCATION_VOIDED;
		event->parts = ARENA_ARRAY(publishing->arena, struct part, row->part_count + 1);
		for (uint32_t at = 0; at < row->part_count; at++)
			event->parts[at] = *part_at(draw->state, row->first_part + at);
	}
}

/* The lowest of the last keys among who was rationed. */
static void fairness_level(const struct publication *publication, struct round *round)
{
	round->level_numerator = 0;
	round->level_denominator = 0;
	for (uint32_t at = 0; at < publication->count; at++) {
		const struct event *event = &publication->events[at];
		if (event->kind != SHARE_DECIDED || event->share.reason != SHARE_LEVEL ||
		    event->share.level_denominator == 0)
			continue;
		const struct share *share = &event->share;
		if (round->level_denominator == 0 ||
		    (int128)share->level_numerator * round->level_denominator <
		            (int128)round->level_numerator * share->level_denominator) {
			round->level_numerator = share->level_numerator;
			round->level_denominator = share->level_denominator;
		}
	}
}

/* The next lot size, or published. Objections are about the first sharing; later ones repeat its
 * rule and are final at once. */
static void end_draw(const struct draw *draw, struct round *round, int64_t now_ms)
{
	enum { END_OF_DAY = 24 };
	int64_t lot_kg = draw_next_lot(draw, draw->lot_kg);
	if (lot_kg) {
		round->draw++;
		round->pass = 0;
		round->lot_kg = lot_kg;
		return;
	}
	round->state = ROUND_PUBLISHED;
	round->objection_until_ms = now_ms;
	if (round->ledger.sharings == 0 && draw->regime->objection_days > 0)
		round->objection_until_ms =
		        regime_working_ms(draw->state, draw->regime, now_ms,
		                          draw->regime->objection_days, END_OF_DAY);
}

static void publish_round(struct publishing *publishing, int64_t now_ms,
                          const uint8_t bundle_digest[DIGEST_BYTES])
{
	struct draw *draw = publishing->draw;
	publishing->publication->last_from = publishing->publication->count;
	for (uint32_t at = 0; at < draw->offer_count; at++) {
		struct event *event = add_event(publishing, OFFER_CHANGED);
		event->offer = *draw->offers[at].row;
		event->offer.allocated_kg =
		        event->offer.quantity_kg - draw->offers[at].available_kg;
	}
	struct round *round = &add_event(publishing, ROUND_CHANGED)->round;
	*round = *draw->round;
	round->draw = draw->number;
	round->pass = draw->pass - 1;
	round->placed_kg = 0;
	round->placed_claimants = 0;
	for (uint32_t at = 0; at < draw->claimant_count; at++) {
		int64_t got = draw->claimants[at].held_kg + draw->claimants[at].placed_kg;
		round->placed_kg += got;
		round->placed_claimants += got > 0;
	}
	memcpy(round->bundle_digest, bundle_digest, DIGEST_BYTES);
	round->bundle_known = true;
	end_draw(draw, round, now_ms);
	fairness_level(publishing->publication, round);
}

static bool room(const struct draw *draw, struct verdict *verdict)
{
	uint64_t parts = 0;
	for (uint32_t at = 0; at < draw->flow_count; at++)
		parts += draw->requests[draw->flows[at].request].row->line_count;
	const struct table *full = NULL;
	if (!table_room(&draw->state->allocations, draw->flow_count))
		full = &draw->state->allocations;
	if (!table_room(&draw->state->shares, draw->request_count))
		full = &draw->state->shares;
	if (full)
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, full->name, full->count,
		            full->capacity);
	if (!range_room(&draw->state->parts, parts))
		verdict_add(verdict, CODE_OVERLOADED, REASON_TABLE_FULL, "parts",
		            draw->state->parts.count, draw->state->parts.capacity);
	return verdict->code == CODE_ACCEPTED;
}

void publication_make(struct arena *arena, struct draw *draw, int64_t now_ms,
                      const uint8_t bundle_digest[DIGEST_BYTES], struct publication *publication)
{
	struct publishing publishing = {.arena = arena, .draw = draw, .publication = publication};
	memset(publication, 0, sizeof *publication);
	publication->verdict.code = CODE_ACCEPTED;
	if (!room(draw, &publication->verdict))
		return;
	size_t most = (size_t)draw->flow_count + draw->request_count + draw->offer_count +
	              draw->round->ledger.emitted + 1;
	publication->events = ARENA_ARRAY(arena, struct event, most);
	publishing.number = draw->round->ledger.published;
	find_flows(&publishing);
	for (uint32_t at = 0; at < draw->request_count; at++)
		publish_request(&publishing, at);
	void_leftovers(&publishing);
	publish_round(&publishing, now_ms, bundle_digest);
}
