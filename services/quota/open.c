/* Opening and closing quota's tables. Capacity is address space: pages appear as rows do. */
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

#define OPEN(field, row, key, rows)                                                                \
	table_open(&state->field, #field, sizeof(struct row), sizeof(key), (rows))

static bool registry_open(struct quota_state *state, uint32_t units)
{
	return authorise_open(&state->authorise, units, units) &&
	       OPEN(parties, quota_party, struct party_id, units) &&
	       OPEN(memberships, quota_membership, struct quota_membership_key, units * 2) &&
	       OPEN(licences, quota_licence, struct licence_id, units) &&
	       OPEN(families, quota_family, struct family_name, 4096) &&
	       OPEN(provinces, quota_place, struct quota_place, 4096) &&
	       range_open(&state->licence_lines, "licence_lines", sizeof(struct quota_licence_line),
	                  units * 4);
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
	       range_open(&state->reasons, "reasons", sizeof(struct reason),
	                  capacity > 1u << 27 ? 1u << 31 : capacity * VERDICT_MAX_REASONS);
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
	        &state->parties,   &state->memberships, &state->licences,   &state->families,
	        &state->provinces, &state->regimes,     &state->rules,      &state->products,
	        &state->grades,    &state->counties,    &state->purchases,  &state->ceilings,
	        &state->joints,    &state->requests,    &state->exclusions, &state->totals,
	        &state->rounds,    &state->allocations,
	};
	struct quota_range *ranges[] = {&state->licence_lines, &state->needs,   &state->lines,
	                                &state->parts,         &state->reasons, &state->texts};
	for (size_t at = 0; at < sizeof tables / sizeof *tables; at++)
		table_close(tables[at]);
	for (size_t at = 0; at < sizeof ranges / sizeof *ranges; at++)
		range_close(ranges[at]);
	authorise_close(&state->authorise);
	arena_close(&state->scratch);
	memset(state, 0, sizeof *state);
}
