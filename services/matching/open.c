/* The state's memory: address space for its tables, filled as rows come. */
#include "services/matching/matching.h"

#include <string.h>
#include <sys/mman.h>

#include "services/matching/desk.h"

/* Bytes of bundles a daemon may hold. */
static const size_t CHUNK_SPACE = (size_t)16 << 30;
static const size_t SCRATCH_SPACE = (size_t)1 << 30;

bool range_open(struct range *range, size_t row_size, uint32_t capacity)
{
	memset(range, 0, sizeof *range);
	void *rows = mmap(NULL, row_size * capacity, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (rows == MAP_FAILED)
		return false;
	(void)madvise(rows, row_size * capacity, MADV_NOHUGEPAGE);
	range->rows = rows;
	range->row_size = (uint32_t)row_size;
	range->capacity = capacity;
	return true;
}

void range_close(struct range *range)
{
	if (range->rows)
		munmap(range->rows, (size_t)range->row_size * range->capacity);
	memset(range, 0, sizeof *range);
}

static uint32_t at_least(uint32_t wanted, uint32_t least)
{
	return wanted > least ? wanted : least;
}

static bool open_tables(struct matching_state *state, uint32_t capacity)
{
	uint32_t few = at_least(capacity / 16, 64);
	return table_open(&state->suppliers, "suppliers", sizeof(struct supplier),
	                  sizeof(struct supplier_id), few) &&
	       table_open(&state->offers, "offers", sizeof(struct offer), sizeof(struct offer_id),
	                  at_least(capacity / 4, 256)) &&
	       table_open(&state->rounds, "rounds", sizeof(struct round), sizeof(struct round_id),
	                  few) &&
	       table_open(&state->allocations, "allocations", sizeof(struct allocation),
	                  sizeof(struct allocation_id), capacity) &&
	       table_open(&state->shares, "shares", sizeof(struct share), sizeof(struct share_key),
	                  capacity) &&
	       table_open(&state->bundles, "bundles", sizeof(struct bundle_part),
	                  sizeof(struct bundle_key), at_least(capacity / 4, 256)) &&
	       table_open(&state->requests, "requests", sizeof(struct request),
	                  sizeof(struct request_key), capacity) &&
	       table_open(&state->regimes, "regimes", sizeof(struct regime), sizeof(uint32_t),
	                  1024);
}

static bool open_ranges(struct matching_state *state, uint32_t capacity)
{
	uint32_t many = at_least(capacity, 1u << 20);
	return range_open(&state->parts, sizeof(struct part), many) &&
	       range_open(&state->lines, sizeof(struct line), many) &&
	       range_open(&state->rules, sizeof(struct rule), many) &&
	       range_open(&state->grades, sizeof(struct grade), many) &&
	       range_open(&state->substitutes, sizeof(struct substitute), many) &&
	       range_open(&state->freights, sizeof(struct freight), many) &&
	       range_open(&state->holidays, sizeof(int32_t), many);
}

bool matching_open(struct matching_state *state, uint32_t capacity)
{
	memset(state, 0, sizeof *state);
	state->desk = desk_open();
	return state->desk && authorise_open(&state->authorise, capacity, capacity) &&
	       open_tables(state, capacity) && open_ranges(state, capacity) &&
	       timers_open(&state->timers, at_least(capacity / 16, 64) + 8) &&
	       arena_open(&state->chunks, CHUNK_SPACE) &&
	       arena_open(&state->scratch, SCRATCH_SPACE);
}

void matching_close(struct matching_state *state)
{
	struct table *tables[] = {&state->suppliers,   &state->offers, &state->rounds,
	                          &state->allocations, &state->shares, &state->bundles,
	                          &state->requests,    &state->regimes};
	struct range *ranges[] = {&state->parts,   &state->lines,       &state->rules,
	                          &state->grades,  &state->substitutes, &state->freights,
	                          &state->holidays};
	for (size_t at = 0; at < sizeof tables / sizeof *tables; at++)
		table_close(tables[at]);
	for (size_t at = 0; at < sizeof ranges / sizeof *ranges; at++)
		range_close(ranges[at]);
	desk_close(state->desk);
	timers_close(&state->timers);
	arena_close(&state->chunks);
	arena_close(&state->scratch);
	authorise_close(&state->authorise);
	memset(state, 0, sizeof *state);
}

void matching_set_secret(struct matching_state *state, const uint8_t secret[DIGEST_BYTES])
{
	memcpy(state->secret, secret, DIGEST_BYTES);
}
