/* Looking into quota's state. Nothing here writes a fact. */
#include "services/quota/state.h"

#include <string.h>

void *quota_range_at(const struct quota_range *range, uint32_t number)
{
	return range->rows + (size_t)range->row_size * number;
}

bool quota_range_room(const struct quota_range *range, uint32_t adding)
{
	return adding <= range->capacity - range->count;
}

uint32_t quota_range_add(struct quota_range *range, uint32_t count)
{
	CHECK(quota_range_room(range, count));
	uint32_t first = range->count;
	range->count += count;
	return first;
}

bool quota_room(const struct quota_state *state)
{
	return authorise_room(&state->authorise) && table_room(&state->parties, 2) &&
	       table_room(&state->memberships, 1) && table_room(&state->licences, 1) &&
	       table_room(&state->families, 1) && table_room(&state->rounds, 1) &&
	       table_room(&state->allocations, 1) &&
	       quota_range_room(&state->licence_lines, QUOTA_MAX_LICENCE_LINES) &&
	       quota_range_room(&state->parts, QUOTA_MAX_LINES);
}

struct quota_party *quota_party_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->parties, number);
}

struct quota_licence *quota_licence_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->licences, number);
}

struct quota_family *quota_family_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->families, number);
}

struct quota_request *quota_request_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->requests, number);
}

struct quota_ceiling *quota_ceiling_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->ceilings, number);
}

struct quota_round *quota_round_at(const struct quota_state *state, uint32_t number)
{
	return table_at(&state->rounds, number);
}

const char *quota_province_at(const struct quota_state *state, uint32_t number)
{
	const struct quota_place *place = table_at(&state->provinces, number);
	return place->name;
}

struct quota_line *quota_lines_of(const struct quota_state *state,
                                  const struct quota_request *request)
{
	return quota_range_at(&state->lines, request->first_line);
}

struct quota_ceiling *quota_ceiling_find(const struct quota_state *state,
                                         const struct quota_window_key *key)
{
	return table_find(&state->ceilings, key);
}

struct quota_membership *quota_membership_find(const struct quota_state *state,
                                               const struct quota_party *cooperative,
                                               const struct quota_party *party)
{
	struct quota_membership_key key = {table_number(&state->parties, cooperative),
	                                   table_number(&state->parties, party)};
	return table_find(&state->memberships, &key);
}

int64_t quota_ceiling_free(const struct quota_state *state, const struct quota_ceiling *ceiling)
{
	int64_t free_kg = ceiling->ceiling_kg - ceiling->reserved_kg - ceiling->used_kg;
	if (ceiling->joint) {
		const struct quota_joint *joint = table_at(&state->joints, ceiling->joint - 1);
		int64_t joint_kg = joint->limit_kg - joint->committed_kg;
		free_kg = joint_kg < free_kg ? joint_kg : free_kg;
	}
	return free_kg > 0 ? free_kg : 0;
}

struct change_ceiling quota_ceiling_change(const struct quota_ceiling *ceiling)
{
	return (struct change_ceiling){
	        .key = ceiling->key,
	        .ceiling_kg = ceiling->ceiling_kg,
	        .reserved_kg = ceiling->reserved_kg,
	        .used_kg = ceiling->used_kg,
	};
}

static const struct change_line *lines_copy(const struct quota_state *state, struct arena *arena,
                                            const struct quota_request *request)
{
	struct change_line *copies = ARENA_ARRAY(arena, struct change_line, request->line_count);
	const struct quota_line *lines = quota_lines_of(state, request);
	for (uint32_t at = 0; at < request->line_count; at++)
		copies[at] = (struct change_line){
		        .party = lines[at].party,
		        .licence = lines[at].licence,
		        .wanted_kg = lines[at].wanted_kg,
		        .reserved_kg = lines[at].reserved_kg,
		        .weight_kg = lines[at].weight_kg,
		        .held_kg = lines[at].held_kg,
		};
	return copies;
}

struct change_request quota_request_change(const struct quota_state *state, struct arena *arena,
                                           const struct quota_request *request)
{
	struct change_request change = {
	        .key = request->key,
	        .grade = request->grade,
	        .family = request->family,
	        .quantity_kg = request->quantity_kg,
	        .minimum_kg = request->minimum_kg,
	        .max_price_rial_per_kg = request->max_price_rial_per_kg,
	        .asked_landed_rial_per_kg = request->asked_landed_rial_per_kg,
	        .max_landed_rial_per_kg = request->max_landed_rial_per_kg,
	        .filed_ms = request->filed_ms,
	        .filed_sequence = request->filed_sequence,
	        .delivery_from_jalali = request->delivery_from_jalali,
	        .delivery_to_jalali = request->delivery_to_jalali,
	        .window_month = request->window_month,
	        .version = request->version,
	        .state = request->state,
	        .wished_class = request->wished_class,
	        .priority_class = request->priority_class,
	        .buyer_classes = request->buyer_classes,
	        .buyer = request->buyer,
	        .province = request->province,
	        .line_count = request->line_count,
	        .lines = lines_copy(state, arena, request),
	};
	if (request->round)
		change.round_id = quota_round_at(state, request->round - 1)->round_id;
	return change;
}

bool quota_place_set(struct quota_place *place, const char *text)
{
	size_t size = strlen(text);
	memset(place, 0, sizeof *place);
	if (size >= sizeof place->name)
		return false;
	memcpy(place->name, text, size);
	return true;
}
