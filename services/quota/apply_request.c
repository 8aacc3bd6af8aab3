/* Requests, books and rounds as events leave them.
 *
 * An open request hangs on its family's list, one in a book on its round's, in order
 * of filing. Every line's ceiling counts the live requests that charge it, by a
 * cooperative and by the unit itself. */
#include "services/quota/state.h"

#include <string.h>

static void list_append(struct quota_state *state, quota_link *first, quota_link *last,
                        struct quota_request *request)
{
	quota_link link = table_number(&state->requests, request) + 1;
	request->previous = *last;
	request->next = 0;
	if (*last)
		quota_request_at(state, *last - 1)->next = link;
	else
		*first = link;
	*last = link;
}

static void list_remove(struct quota_state *state, quota_link *first, quota_link *last,
                        struct quota_request *request)
{
	if (request->previous)
		quota_request_at(state, request->previous - 1)->next = request->next;
	else
		*first = request->next;
	if (request->next)
		quota_request_at(state, request->next - 1)->previous = request->previous;
	else
		*last = request->previous;
	request->previous = request->next = 0;
}

static void round_append(struct quota_state *state, const struct round_id *round_id,
                         struct quota_request *request, bool in_book)
{
	struct quota_round *round = table_find(&state->rounds, round_id);
	CHECK(round);
	request->round = table_number(&state->rounds, round) + 1;
	if (!in_book)
		return;
	list_append(state, &round->first, &round->last, request);
	round->count++;
}

static void open_remove(struct quota_state *state, struct quota_request *request)
{
	struct quota_family *family = quota_family_at(state, request->family);
	list_remove(state, &family->first_open, &family->last_open, request);
}

/* Open kg of a cooperative in a family; direct buyers have no such cap. */
static void total_add(struct quota_state *state, const struct quota_request *request, int64_t kg)
{
	if (quota_party_at(state, request->buyer)->cooperative_kind == 0)
		return;
	struct quota_total_key key = {request->buyer, request->family};
	struct quota_total *total = table_put(&state->totals, &key);
	total->open_kg += kg;
}

static void lines_count(struct quota_state *state, const struct quota_request *request, bool add)
{
	bool cooperative = quota_party_at(state, request->buyer)->cooperative_kind != 0;
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count; at++) {
		struct quota_ceiling *ceiling = quota_ceiling_at(state, lines[at].ceiling);
		uint32_t *count =
		        cooperative ? &ceiling->cooperative_requests : &ceiling->direct_requests;
		*count += add ? 1u : UINT32_MAX;
	}
}

/* The ceiling a line charges: decide names the lines' own first, in their order. */
static uint32_t line_ceiling(const struct quota_state *state, const struct change_request *change,
                             uint32_t at, const struct quota_ceiling *const *applied)
{
	struct quota_window_key key = {change->lines[at].licence, change->family,
	                               change->window_month};
	const struct quota_ceiling *ceiling = NULL;
	if (at < change->ceiling_count && memcmp(&applied[at]->key, &key, sizeof key) == 0)
		ceiling = applied[at];
	else
		ceiling = quota_ceiling_find(state, &key);
	CHECK(ceiling);
	return table_number(&state->ceilings, ceiling);
}

static void lines_write(struct quota_state *state, struct quota_request *request,
                        const struct change_request *change,
                        const struct quota_ceiling *const *applied)
{
	if (change->line_count > request->line_room) {
		request->first_line = quota_range_add(&state->lines, change->line_count);
		request->line_room = (uint16_t)change->line_count;
	}
	request->line_count = (uint16_t)change->line_count;
	struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < change->line_count; at++) {
		const struct change_line *seen = &change->lines[at];
		lines[at] = (struct quota_line){
		        .party = seen->party,
		        .licence = seen->licence,
		        .ceiling = line_ceiling(state, change, at, applied),
		        .wanted_kg = seen->wanted_kg,
		        .reserved_kg = seen->reserved_kg,
		        .weight_kg = seen->weight_kg,
		        .held_kg = seen->held_kg,
		};
	}
}

static void fields_write(struct quota_request *request, const struct change_request *change)
{
	request->grade = change->grade;
	request->buyer = change->buyer;
	request->family = change->family;
	request->quantity_kg = change->quantity_kg;
	request->minimum_kg = change->minimum_kg;
	request->max_price_rial_per_kg = change->max_price_rial_per_kg;
	request->asked_landed_rial_per_kg = change->asked_landed_rial_per_kg;
	request->max_landed_rial_per_kg = change->max_landed_rial_per_kg;
	request->filed_ms = change->filed_ms;
	request->filed_sequence = change->filed_sequence;
	request->delivery_from_jalali = change->delivery_from_jalali;
	request->delivery_to_jalali = change->delivery_to_jalali;
	request->window_month = change->window_month;
	request->version = change->version;
	request->province = change->province;
	request->state = change->state;
	request->wished_class = change->wished_class;
	request->priority_class = change->priority_class;
	request->buyer_classes = change->buyer_classes;
}

/* Takes the old version out of every list and count. */
static void old_remove(struct quota_state *state, struct quota_request *request, uint8_t becomes,
                       uint32_t family)
{
	if (request->state == QUOTA_OPEN) {
		total_add(state, request, -request->quantity_kg);
		if (becomes == QUOTA_OPEN || becomes == QUOTA_CANCELLED ||
		    becomes == QUOTA_EXCLUDED)
			lines_count(state, request, false);
		if (becomes != QUOTA_OPEN || request->family != family)
			open_remove(state, request);
	} else if (request->state == QUOTA_IN_BOOK && becomes != QUOTA_IN_BOOK) {
		struct quota_round *round = quota_round_at(state, request->round - 1);
		list_remove(state, &round->first, &round->last, request);
	}
}

void quota_apply_request(struct quota_state *state, const struct change_request *change,
                         uint64_t sequence)
{
	const struct quota_ceiling *applied[2 * QUOTA_MAX_LINES];
	uint32_t known = state->requests.count;
	struct quota_request *request = table_put(&state->requests, &change->key);
	bool fresh = state->requests.count != known;
	uint8_t was = fresh ? 0 : request->state;
	bool listed = was == QUOTA_OPEN && request->family == change->family;
	if (!fresh)
		old_remove(state, request, change->state, change->family);
	CHECK(change->ceiling_count <= 2 * QUOTA_MAX_LINES);
	for (uint32_t at = 0; at < change->ceiling_count; at++)
		applied[at] = quota_apply_ceiling(state, &change->ceilings[at], sequence);
	fields_write(request, change);
	lines_write(state, request, change, applied);
	if (change->state == QUOTA_OPEN) {
		total_add(state, request, request->quantity_kg);
		lines_count(state, request, true);
		struct quota_family *family = quota_family_at(state, request->family);
		if (!listed)
			list_append(state, &family->first_open, &family->last_open, request);
	} else if (change->state == QUOTA_IN_BOOK && was != QUOTA_IN_BOOK) {
		round_append(state, &change->round_id, request, true);
	}
}

void quota_apply_exclusion(struct quota_state *state, const struct change_exclusion *change,
                           uint64_t sequence)
{
	struct quota_request *request = table_find(&state->requests, &change->key);
	CHECK(request);
	old_remove(state, request, QUOTA_EXCLUDED, request->family);
	request->state = QUOTA_EXCLUDED;
	struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count; at++)
		lines[at].reserved_kg = 0;
	for (uint32_t at = 0; at < change->ceiling_count; at++)
		quota_apply_ceiling(state, &change->ceilings[at], sequence);
	round_append(state, &change->round_id, request, false);
	uint32_t number = table_number(&state->requests, request);
	struct quota_exclusion *exclusion = table_put(&state->exclusions, &number);
	exclusion->reason_count = change->reason_count;
	exclusion->first_reason = quota_range_add(&state->reasons, change->reason_count);
	memcpy(quota_range_at(&state->reasons, exclusion->first_reason), change->reasons,
	       sizeof *change->reasons * change->reason_count);
}

/* Puts the round into the clock's queue, or takes it out (it is the first then). */
static void round_work(struct quota_state *state, struct quota_round *round)
{
	bool closing = round->state == QUOTA_ROUND_CLOSING && !round->book_closed && !round->over;
	bool work = closing || (round->over && round->first);
	quota_link link = table_number(&state->rounds, round) + 1;
	struct quota_family *family = quota_family_at(state, round->family);
	if (closing && !family->closing)
		family->closing = link;
	if (!closing && family->closing == link)
		family->closing = 0;
	if (work == round->working)
		return;
	round->working = work;
	if (work) {
		round->next_work = 0;
		if (state->last_work)
			quota_round_at(state, state->last_work - 1)->next_work = link;
		else
			state->first_work = link;
		state->last_work = link;
		return;
	}
	quota_link before = 0, at = state->first_work;
	while (at != link) {
		before = at;
		at = quota_round_at(state, at - 1)->next_work;
	}
	if (before)
		quota_round_at(state, before - 1)->next_work = round->next_work;
	else
		state->first_work = round->next_work;
	if (state->last_work == link)
		state->last_work = before;
}

void quota_apply_book(struct quota_state *state, const struct change_book *change)
{
	struct quota_round *round = table_find(&state->rounds, &change->round_id);
	CHECK(round);
	round->book_closed = true;
	round_work(state, round);
}

static void allocation_apply(struct quota_state *state, const struct change_allocation *change)
{
	const struct quota_request *request = table_find(&state->requests, &change->request);
	CHECK(request);
	struct quota_line *lines = quota_lines_of(state, request);
	struct quota_allocation *allocation =
	        table_put(&state->allocations, &change->allocation_id);
	allocation->request = table_number(&state->requests, request);
	allocation->state = change->state;
	if (change->part_count > allocation->part_count)
		allocation->first_part = quota_range_add(&state->parts, change->part_count);
	allocation->part_count = change->part_count;
	for (uint32_t at = 0; at < change->part_count; at++) {
		const struct change_part *seen = &change->parts[at];
		struct quota_part *part =
		        quota_range_at(&state->parts, allocation->first_part + at);
		*part = (struct quota_part){seen->line, seen->quantity_kg};
		lines[seen->line].reserved_kg = seen->reserved_kg;
		lines[seen->line].held_kg = seen->held_kg;
	}
}

void quota_apply_round(struct quota_state *state, const struct change_round *change,
                       uint64_t sequence)
{
	struct quota_round *round = table_put(&state->rounds, &change->round_id);
	const struct quota_family *family = table_put(&state->families, &change->family);
	round->family = table_number(&state->families, family);
	round->state = change->state;
	round->regime_version = change->regime_version;
	round->over = change->over;
	for (uint32_t at = 0; at < change->ceiling_count; at++)
		quota_apply_ceiling(state, &change->ceilings[at], sequence);
	if (change->allocation)
		allocation_apply(state, change->allocation);
	round_work(state, round);
}
