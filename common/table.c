/* Dense rows with an open-addressing index of 4-byte row numbers; see table.h. */
#include "table.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_INDEX = 64 };

/* Keys are ids that publishers choose: mixed well enough that nobody builds a chain by accident,
 * and bounded by the tables' capacities against those who try. */
static uint32_t key_hash(const void *key, uint32_t size)
{
	const uint8_t *bytes = key;
	uint64_t hash = 0x9e3779b97f4a7c15ull ^ size;
	while (size >= 8) {
		uint64_t word;
		memcpy(&word, bytes, 8);
		hash = (hash ^ word) * 0xff51afd7ed558ccdull;
		hash ^= hash >> 32;
		bytes += 8;
		size -= 8;
	}
	uint64_t tail = 0;
	memcpy(&tail, bytes, size);
	hash = (hash ^ tail) * 0xc4ceb9fe1a85ec53ull;
	return (uint32_t)(hash ^ (hash >> 32));
}

static void *reserve(size_t size)
{
	void *range = mmap(NULL, size, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return range == MAP_FAILED ? NULL : range;
}

bool table_open(struct table *table, const char *name, size_t row_size, size_t key_size,
                uint32_t capacity)
{
	CHECK(key_size <= row_size && capacity >= 1 && capacity <= 1u << 30);
	uint32_t limit = FIRST_INDEX;
	while (limit < capacity * 2u)
		limit *= 2;
	uint32_t number_mask = 1;
	while (number_mask < capacity)
		number_mask = number_mask << 1 | 1;
	*table = (struct table){
	        .name = name,
	        .row_size = (uint32_t)row_size,
	        .key_size = (uint32_t)key_size,
	        .capacity = capacity,
	        .index_mask = FIRST_INDEX - 1,
	        .index_limit = limit,
	        .number_mask = number_mask,
	};
	table->rows = reserve(row_size * capacity);
	table->index = reserve(sizeof(uint32_t) * limit);
	table->hashes = reserve(sizeof(uint32_t) * capacity);
	if (table->rows && table->index && table->hashes)
		return true;
	table_close(table);
	return false;
}

void table_close(struct table *table)
{
	if (table->rows)
		munmap(table->rows, (size_t)table->row_size * table->capacity);
	if (table->index)
		munmap(table->index, sizeof(uint32_t) * table->index_limit);
	if (table->hashes)
		munmap(table->hashes, sizeof(uint32_t) * table->capacity);
	*table = (struct table){0};
}

void *table_at(const struct table *table, uint32_t number)
{
	CHECK(number < table->count);
	return table->rows + (size_t)table->row_size * number;
}

uint32_t table_number(const struct table *table, const void *row)
{
	size_t offset = (size_t)((const uint8_t *)row - table->rows);
	CHECK(offset / table->row_size < table->count);
	return (uint32_t)(offset / table->row_size);
}

bool table_room(const struct table *table, uint32_t adding)
{
	return adding <= table->capacity - table->count;
}

static uint8_t *row_at(const struct table *table, uint32_t slot)
{
	return table->rows + (size_t)table->row_size * ((slot & table->number_mask) - 1);
}

/* The slot that holds the key, or the empty one where it belongs. Slots hold number + 1 below
 * a piece of the key's hash, so that a stranger's row is hardly ever looked at: rows are far
 * apart in memory, and every look costs a cache miss. */
static uint32_t *slot_of(const struct table *table, const void *key, uint32_t hash)
{
	for (uint32_t at = hash;; at++) {
		uint32_t *slot = &table->index[at & table->index_mask];
		if (*slot == 0)
			return slot;
		if (((*slot ^ hash) & ~table->number_mask) == 0 &&
		    memcmp(row_at(table, *slot), key, table->key_size) == 0)
			return slot;
	}
}

void table_prefetch(const struct table *table, const void *key)
{
	uint32_t hash = key_hash(key, table->key_size);
	__builtin_prefetch(&table->index[hash & table->index_mask]);
}

void *table_find(const struct table *table, const void *key)
{
	uint32_t slot = *slot_of(table, key, key_hash(key, table->key_size));
	return slot ? row_at(table, slot) : NULL;
}

static void index_place(struct table *table, uint32_t number, uint32_t hash)
{
	uint32_t at = hash;
	while (table->index[at & table->index_mask] != 0)
		at++;
	table->index[at & table->index_mask] = number | (hash & ~table->number_mask);
}

/* All keys differ: nothing is compared, no row is looked at. Places in the index are far
 * apart, so each is asked for some rows before it is written. */
static void index_double(struct table *table)
{
	enum { AHEAD = 16 };
	uint32_t size = (table->index_mask + 1) * 2;
	CHECK(size <= table->index_limit);
	memset(table->index, 0, sizeof(uint32_t) * size);
	table->index_mask = size - 1;
	for (uint32_t number = 0; number < table->count; number++) {
		if (number + AHEAD < table->count)
			__builtin_prefetch(
			        &table->index[table->hashes[number + AHEAD] & table->index_mask],
			        1);
		index_place(table, number + 1, table->hashes[number]);
	}
}

void *table_put(struct table *table, const void *key)
{
	uint32_t hash = key_hash(key, table->key_size);
	uint32_t *slot = slot_of(table, key, hash);
	if (*slot == 0) {
		CHECK(table->count < table->capacity);
		if ((table->count + 1) * 2 > table->index_mask + 1) {
			index_double(table);
			slot = slot_of(table, key, hash);
		}
		table->hashes[table->count] = hash;
		*slot = ++table->count | (hash & ~table->number_mask);
		memcpy(row_at(table, table->count), key, table->key_size);
	}
	return row_at(table, *slot);
}
