/* quota's state: opening its tables, and looking into them. Nothing here writes
 * a fact. */
#include "services/quota/state.h"

#include <string.h>
#include <sys/mman.h>

static bool range_open(struct quota_range *range, const char *name, size_t row_size,
		       uint32_t capacity)
{
	void *rows = mmap(NULL, row_size * capacity, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (rows == MAP_FAILED)
		return false;
	*range = (struct quota_range){name, rows, (uint32_t)row_size, 0, capacity};
	return true;
}

static void range_close(struct quota_range *range)
{
	if (range->rows)
		munmap(range->rows, (size_t)range->row_size * range->capacity);
	*range = (struct quota_range){0};
}

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

#define OPEN(field, row, key, rows) \
	table_open(&state->field, #field, sizeof(struct row), sizeof(key), (rows))

static bool registry_open(struct quota_state *state, uint32_t units)
{
	return authorise_open(&state->authorise, units, units) &&
	       OPEN(parties, quota_party, struct party_id, units) &&
	       OPEN(memberships, quota_membership, struct quota_membership_key, units * 2) &&
	       OPEN(licences, quota_licence, struct licence_id, units) &&
	       OPEN(families, quota_family, struct family_name, 4096) &&
	       OPEN(provinces, quota_place, struct quota_place, 4096) &&
	       range_open(&state->licence_lines, "licence_lines",
			  sizeof(struct quota_licence_line), units * 4);
}

static bool regime_open(struct quota_state *state)
{
	return OPEN(regimes, quota_regime, uint32_t, 4096) &&
	       OPEN(rules, quota_rule, struct quota_rule_key, 1 << 16) &&
	       OPEN(products, quota_product, struct quota_product_key, 1 << 20) &&
	       OPEN(grades, quota_grade, struct quota_grade_key, 1 << 20) &&
	       OPEN(counties, quota_county, struct quota_county_key, 1 << 20) &&
	       range_open(&state->needs, "needs", sizeof(struct quota_need), 1 << 22) &&
	       range_open(&state->texts, "texts", 1, 1u << 30);
}

static bool book_open(struct quota_state *state, uint32_t capacity)
{
	return OPEN(purchases, quota_purchase, struct quota_purchase_key, capacity) &&
	       OPEN(ceilings, quota_ceiling, struct quota_window_key, capacity) &&
	       OPEN(joints, quota_joint, struct quota_window_key, capacity) &&
	       OPEN(requests, quota_request, struct quota_request_key, capacity) &&
	       OPEN(exclusions, quota_exclusion, uint32_t, capacity) &&
	       OPEN(totals, quota_total, struct quota_total_key, capacity) &&
	       OPEN(rounds, quota_round, struct round_id, 1 << 16) &&
	       OPEN(allocations, quota_allocation, struct allocation_id, capacity) &&
	       range_open(&state->lines, "lines", sizeof(struct quota_line), capacity * 2) &&
	       range_open(&state->parts, "parts", sizeof(struct quota_part), capacity * 2) &&
	       range_open(&state->reasons, "reasons", sizeof(struct reason), capacity);
}

bool quota_open(struct quota_state *state, uint32_t capacity)
{
	memset(state, 0, sizeof *state);
	uint32_t rows = capacity < 1024 ? 1024 : capacity > 1u << 29 ? 1u << 29 : capacity;
	if (arena_open(&state->scratch, (size_t)1 << 28) &&
	    registry_open(state, rows / 4 < 1024 ? 1024 : rows / 4) && regime_open(state) &&
	    book_open(state, rows))
		return true;
	quota_close(state);
	return false;
}

void quota_close(struct quota_state *state)
{
	struct table *tables[] = {
		&state->parties,  &state->memberships, &state->licences,   &state->families,
		&state->provinces, &state->regimes,    &state->rules,	   &state->products,
		&state->grades,	  &state->counties,    &state->purchases,  &state->ceilings,
		&state->joints,	  &state->requests,    &state->exclusions, &state->totals,
		&state->rounds,	  &state->allocations,
	};
	struct quota_range *ranges[] = {&state->licence_lines, &state->needs,	&state->lines,
					&state->parts,	       &state->reasons, &state->texts};
	for (size_t at = 0; at < sizeof tables / sizeof *tables; at++)
		table_close(tables[at]);
	for (size_t at = 0; at < sizeof ranges / sizeof *ranges; at++)
		range_close(ranges[at]);
	authorise_close(&state->authorise);
	arena_close(&state->scratch);
	memset(state, 0, sizeof *state);
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
		.province = quota_province_at(state, request->province),
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
