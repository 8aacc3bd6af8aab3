/* From the frozen book to the passes of a draw. */
#include "services/matching/draw.h"

#include <string.h>

static int request_order(const struct request *left, const struct request *right)
{
	int order = strcmp(left->key.buyer_id.text, right->key.buyer_id.text);
	return order ? order : strcmp(left->key.request_id.text, right->key.request_id.text);
}

/* Merge sort of runs of doubling width. */
static const struct request **sort_requests(struct arena *arena, const struct request **rows,
                                            uint32_t count)
{
	const struct request **other = ARENA_ARRAY(arena, const struct request *, count + 1);
	for (uint64_t width = 1; width < count; width *= 2) {
		for (uint64_t start = 0; start < count; start += 2 * width) {
			uint64_t middle = start + width < count ? start + width : count;
			uint64_t end = start + 2 * width < count ? start + 2 * width : count;
			uint64_t left = start, right = middle;
			for (uint64_t at = start; at < end; at++) {
				bool take_left = left < middle &&
				                 (right >= end ||
				                  request_order(rows[left], rows[right]) <= 0);
				other[at] = take_left ? rows[left++] : rows[right++];
			}
		}
		const struct request **swap = rows;
		rows = other;
		other = swap;
	}
	return rows;
}

const struct request **draw_book(struct arena *arena, const struct matching_state *state,
                                 const struct round *round, uint32_t *count)
{
	uint32_t found = 0;
	for (uint32_t at = 0; at < state->requests.count; at++)
		found += round_id_equal(&request_at(&state->requests, at)->round_id,
		                        &round->round_id);
	const struct request **rows = ARENA_ARRAY(arena, const struct request *, found + 1);
	*count = found;
	found = 0;
	for (uint32_t at = 0; at < state->requests.count; at++) {
		const struct request *row = request_at(&state->requests, at);
		if (round_id_equal(&row->round_id, &round->round_id))
			rows[found++] = row;
	}
	return sort_requests(arena, rows, found);
}

void draw_book_digest(const struct request *const *requests, uint32_t count,
                      uint8_t out[DIGEST_BYTES])
{
	struct digest digest;
	digest_begin(&digest, DIGEST_BYTES);
	for (uint32_t at = 0; at < count; at++) {
		digest_add_text(&digest, requests[at]->key.buyer_id.text);
		digest_add_text(&digest, requests[at]->key.request_id.text);
		digest_add_int(&digest, requests[at]->version);
	}
	digest_end(&digest, out);
}

/* Adds a line to its claimant's members: by licence, ascending. */
static void member_add(struct draw *draw, struct draw_claimant *claimant, const struct line *line)
{
	struct draw_member *members = &draw->members[claimant->first_member];
	uint32_t at = 0;
	while (at < claimant->member_count &&
	       strcmp(members[at].licence_id.text, line->licence_id.text) < 0)
		at++;
	if (at == claimant->member_count ||
	    !licence_id_equal(&members[at].licence_id, &line->licence_id)) {
		memmove(&members[at + 1], &members[at],
		        (claimant->member_count - at) * sizeof *members);
		memset(&members[at], 0, sizeof *members);
		members[at].licence_id = line->licence_id;
		claimant->member_count++;
		draw->member_count++;
	}
	members[at].demand_kg += line->reserved_kg;
	if (line->weight_kg > members[at].weight_kg)
		members[at].weight_kg = line->weight_kg;
	if (members[at].weight_kg < 1)
		members[at].weight_kg = 1;
}

static void claimant_add(struct draw *draw, uint32_t number)
{
	struct draw_request *request = &draw->requests[number];
	const struct request *row = request->row;
	struct draw_claimant *claimant =
	        draw->claimant_count ? &draw->claimants[draw->claimant_count - 1] : NULL;
	if (!claimant || !party_id_equal(claimant->buyer_id, &row->key.buyer_id)) {
		claimant = &draw->claimants[draw->claimant_count++];
		claimant->buyer_id = &row->key.buyer_id;
		claimant->first_request = number;
		claimant->first_member = draw->member_count;
		claimant->sequence = row->filed_sequence;
		claimant->priority_class = row->priority_class;
		distribution_tie(draw->round, row->key.buyer_id.text, claimant->tie);
	}
	request->claimant = draw->claimant_count - 1;
	claimant->request_count++;
	claimant->small |= (row->buyer_classes & 2) != 0;
	if (row->filed_sequence < claimant->sequence)
		claimant->sequence = row->filed_sequence;
	if (row->priority_class < claimant->priority_class)
		claimant->priority_class = row->priority_class;
	for (uint32_t at = 0; at < row->line_count; at++) {
		const struct line *line = line_at(draw->state, row->first_line + at);
		member_add(draw, claimant, line);
		/* The cap on a cooperative's total: it buys for others than itself. */
		if (!party_id_equal(&line->party_id, &row->key.buyer_id))
			claimant->cap_kg = draw->rule->cooperative_cap_kg;
	}
}

static struct draw_request *find_request(struct draw *draw, const struct allocation *row)
{
	struct request sought;
	sought.key.buyer_id = row->buyer_id;
	sought.key.request_id = row->request_id;
	uint32_t low = 0, high = draw->request_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = request_order(draw->requests[middle].row, &sought);
		if (order == 0)
			return &draw->requests[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct draw_offer *find_offer(struct draw *draw, const struct offer_id *id)
{
	uint32_t low = 0, high = draw->offer_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(draw->offers[middle].row->offer_id.text, id->text);
		if (order == 0)
			return &draw->offers[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* What an allocation's parts hold of its request's lines. */
static void hold_lines(struct arena *arena, struct draw *draw, struct draw_request *request,
                       const struct allocation *row)
{
	const struct request *wanted = request->row;
	if (!request->line_held)
		request->line_held = ARENA_ARRAY(arena, int64_t, wanted->line_count + 1);
	for (uint32_t at = 0; at < row->part_count; at++) {
		const struct part *part = part_at(draw->state, row->first_part + at);
		for (uint32_t i = 0; i < wanted->line_count; i++) {
			const struct line *line = line_at(draw->state, wanted->first_line + i);
			if (!party_id_equal(&line->party_id, &part->party_id) ||
			    !licence_id_equal(&line->licence_id, &part->licence_id))
				continue;
			request->line_held[i] += part->quantity_kg;
			break;
		}
	}
}

/* Earlier draws: contracts stay, who lapsed or declined is out. */
static void take_past(struct arena *arena, struct draw *draw)
{
	for (uint32_t number = 1; number <= draw->round->ledger.published; number++) {
		const struct allocation *row = allocation_number(draw->state, draw->round, number);
		struct draw_request *request = row ? find_request(draw, row) : NULL;
		if (!request)
			continue;
		struct draw_claimant *claimant = &draw->claimants[request->claimant];
		if (row->state == ALLOCATION_DECLINED || row->state == ALLOCATION_EXPIRED)
			claimant->barred = true;
		if (!allocation_holds(row->state))
			continue;
		request->held_kg += row->quantity_kg;
		claimant->held_kg += row->quantity_kg;
		hold_lines(arena, draw, request, row);
		struct draw_offer *offer = find_offer(draw, &row->offer_id);
		CHECK(offer != NULL);
		offer->available_kg -= row->quantity_kg;
	}
	for (uint32_t at = 0; at < draw->request_count; at++) {
		struct draw_request *request = &draw->requests[at];
		if (!draw->claimants[request->claimant].barred)
			request->asked_kg = request->row->quantity_kg - request->held_kg;
	}
}

static void take_requests(struct arena *arena, struct draw *draw)
{
	uint32_t count, lines = 0;
	const struct request **rows = draw_book(arena, draw->state, draw->round, &count);
	for (uint32_t at = 0; at < count; at++)
		lines += rows[at]->line_count;
	draw->requests = ARENA_ARRAY(arena, struct draw_request, count + 1);
	draw->claimants = ARENA_ARRAY(arena, struct draw_claimant, count + 1);
	draw->members = ARENA_ARRAY(arena, struct draw_member, lines + 2);
	for (uint32_t at = 0; at < count; at++) {
		draw->requests[at].row = rows[at];
		draw->request_count++;
		claimant_add(draw, at);
	}
}

/* Offers of the round, by id (insertion: there are at most some hundreds). */
static void take_offers(struct arena *arena, struct draw *draw)
{
	const struct matching_state *state = draw->state;
	draw->offers = ARENA_ARRAY(arena, struct draw_offer, MATCHING_MAX_OFFERS + 1);
	for (uint32_t number = 0; number < state->offers.count; number++) {
		const struct offer *row = offer_at(&state->offers, number);
		if (row->state != OFFER_IN_ROUND ||
		    !round_id_equal(&row->round_id, &draw->round->round_id))
			continue;
		CHECK(draw->offer_count < MATCHING_MAX_OFFERS);
		uint32_t at = draw->offer_count++;
		while (at > 0 &&
		       strcmp(draw->offers[at - 1].row->offer_id.text, row->offer_id.text) > 0) {
			draw->offers[at] = draw->offers[at - 1];
			at--;
		}
		const struct supplier *supplier =
		        supplier_find(&state->suppliers, &row->supplier_id);
		CHECK(supplier != NULL);
		draw->offers[at] = (struct draw_offer){row, &supplier->province, offer_lot_kg(row),
		                                       row->quantity_kg};
	}
	draw->pass_offers = ARENA_ARRAY(arena, uint32_t, draw->offer_count + 1);
}

int64_t draw_first_lot(const struct matching_state *state, const struct round *round)
{
	int64_t lot_kg = 0;
	for (uint32_t at = 0; at < state->offers.count; at++) {
		const struct offer *row = offer_at(&state->offers, at);
		if (row->state == OFFER_IN_ROUND &&
		    round_id_equal(&row->round_id, &round->round_id) && offer_lot_kg(row) > lot_kg)
			lot_kg = offer_lot_kg(row);
	}
	const struct regime *regime = regime_find(&state->regimes, &round->regime_version);
	for (uint32_t at = 0; at < regime->grade_count && lot_kg == 0; at++) {
		const struct grade *grade = range_at(&state->grades, regime->first_grade + at);
		if (family_name_equal(&grade->family, &round->family))
			lot_kg = grade->base_kg;
	}
	return lot_kg ? lot_kg : 1;
}

int64_t draw_request_lots(const struct draw *draw, const struct draw_request *request)
{
	return request->asked_kg / draw->lot_kg;
}

int64_t draw_minimum_lots(const struct draw *draw, const struct draw_request *request)
{
	int64_t missing = request->row->minimum_kg - request->held_kg;
	if (missing <= 0 || request->asked_kg == 0)
		return 0;
	return (missing + draw->lot_kg - 1) / draw->lot_kg;
}

int64_t draw_demand_lots(const struct draw *draw, const struct draw_claimant *claimant)
{
	if (draw->kind == DRAW_RESERVE && !claimant->small)
		return 0;
	int64_t lots = 0;
	for (uint32_t at = 0; at < claimant->request_count; at++)
		lots += draw_request_lots(draw, &draw->requests[claimant->first_request + at]);
	if (claimant->cap_kg) {
		int64_t room = claimant->cap_kg - claimant->held_kg;
		int64_t most = room > 0 ? room / draw->lot_kg : 0;
		lots = lots < most ? lots : most;
	}
	return lots;
}

int64_t draw_offer_lots(const struct draw *draw, const struct draw_offer *offer)
{
	return offer->available_kg / draw->lot_kg;
}

static void begin(struct draw *draw)
{
	int64_t lots = 0, small_lots = 0;
	for (uint32_t at = 0; at < draw->offer_count; at++) {
		if (draw->offers[at].lot_kg != draw->lot_kg)
			continue;
		draw->pass_offers[draw->pass_offer_count++] = at;
		lots += draw_offer_lots(draw, &draw->offers[at]);
	}
	draw->kind = DRAW_RESERVE;
	for (uint32_t at = 0; at < draw->claimant_count; at++)
		small_lots += draw_demand_lots(draw, &draw->claimants[at]);
	draw->limit_lots = lots * draw->rule->reserve_percent / 100;
	if (draw->limit_lots == 0 || small_lots == 0) {
		draw->kind = DRAW_MAIN;
		draw->limit_lots = 0;
	}
}

struct draw *draw_make(struct arena *arena, const struct matching_state *state,
                       const struct round *round, uint32_t number, int64_t lot_kg)
{
	struct draw *draw = ARENA_NEW(arena, struct draw);
	draw->state = state;
	draw->round = round;
	draw->number = number;
	draw->lot_kg = lot_kg;
	draw->regime = regime_find(&state->regimes, &round->regime_version);
	CHECK(draw->regime != NULL);
	draw->rule = regime_rule(state, draw->regime, &round->family);
	CHECK(draw->rule != NULL && lot_kg > 0);
	take_offers(arena, draw);
	take_requests(arena, draw);
	take_past(arena, draw);
	begin(draw);
	return draw;
}

int64_t draw_next_lot(const struct draw *draw, int64_t below_kg)
{
	int64_t landed, found = 0;
	for (uint32_t i = 0; i < draw->offer_count; i++) {
		const struct draw_offer *offer = &draw->offers[i];
		int64_t lot_kg = offer->lot_kg;
		if (lot_kg >= below_kg || lot_kg <= found || offer->available_kg < lot_kg)
			continue;
		for (uint32_t at = 0; at < draw->request_count && lot_kg != found; at++) {
			const struct draw_request *request = &draw->requests[at];
			if (request->asked_kg - request->placed_kg >= lot_kg &&
			    draw_arc(draw, request, offer, &landed) == ARC_GOOD)
				found = lot_kg;
		}
	}
	return found;
}

/* The request to be withdrawn next: of those between nothing and their minimum, of the claimant
 * with the largest H the one with the smallest id. NULL when all is well. */
static struct draw_request *below_minimum(const struct draw *draw)
{
	struct draw_request *found = NULL;
	for (uint32_t at = 0; at < draw->request_count; at++) {
		struct draw_request *request = &draw->requests[at];
		if (request->pass_lots == 0 ||
		    request->pass_lots >= draw_minimum_lots(draw, request))
			continue;
		if (!found || memcmp(draw->claimants[request->claimant].tie,
		                     draw->claimants[found->claimant].tie, DIGEST_SHORT_BYTES) > 0)
			found = request;
	}
	return found;
}

/* The last pass counts. */
static void settle(struct arena *arena, struct draw *draw, const struct draw_result *result)
{
	draw->flows = ARENA_ARRAY(arena, struct draw_flow, result->flow_count + 1);
	draw->flow_count = result->flow_count;
	for (uint32_t at = 0; at < result->flow_count; at++) {
		uint32_t offer = draw->pass_offers[result->flow_offers[at]];
		int64_t quantity_kg = result->flow_lots[at] * draw->lot_kg;
		draw->flows[at] = (struct draw_flow){result->flow_requests[at], offer, quantity_kg};
		draw->offers[offer].available_kg -= quantity_kg;
		draw->requests[result->flow_requests[at]].placed_kg += quantity_kg;
	}
	for (uint32_t at = 0; at < draw->claimant_count; at++) {
		struct draw_claimant *claimant = &draw->claimants[at];
		claimant->awards = result->awards[at];
		claimant->level = result->levels[at];
		draw_claimant_key(draw, claimant);
		claimant->placed_kg = claimant->awards * draw->lot_kg;
	}
}

bool draw_advance(struct arena *arena, struct draw *draw, const struct draw_result *result)
{
	memcpy(draw->parent, result->digest, DIGEST_BYTES);
	draw->pass++;
	if (draw->kind == DRAW_RESERVE) {
		for (uint32_t at = 0; at < draw->claimant_count; at++)
			draw->claimants[at].reserve_lots = result->awards[at];
		draw->kind = DRAW_MAIN;
		draw->limit_lots = 0;
		return true;
	}
	for (uint32_t at = 0; at < draw->request_count; at++)
		draw->requests[at].pass_lots = 0;
	for (uint32_t at = 0; at < result->flow_count; at++)
		draw->requests[result->flow_requests[at]].pass_lots += result->flow_lots[at];
	struct draw_request *below = below_minimum(draw);
	if (below) {
		below->withdrawn = true;
		below->withdrawn_lots = below->pass_lots;
		return true;
	}
	settle(arena, draw, result);
	return false;
}
