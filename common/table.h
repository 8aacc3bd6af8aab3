/* A table of state: rows of one size, dense in the order they came, found by a
 * key of fixed size at the head of the row. Rows are never moved or removed, so
 * a pointer to a row is good for the life of the process; row numbers are too.
 *
 * Capacity costs address space only: the ranges are reserved without memory
 * behind them, and pages appear as rows do. The index holds 4-byte row numbers
 * (open addressing) and doubles inside its reserved range. A full table is a
 * refusal by name: decide asks table_room() before it promises a row. */
#ifndef TASHEEM_TABLE_H
#define TASHEEM_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"

struct table {
	/* For gauges and log lines. */
	const char *name;
	uint8_t *rows;
	uint32_t *index;
	/* The hash of every row's key, by row number: doubling the index reads these alone. */
	uint32_t *hashes;
	uint32_t row_size;
	uint32_t key_size;
	uint32_t count;
	uint32_t capacity;
	uint32_t index_mask;
	uint32_t index_limit;
	/* Bits of a slot that are the row's number + 1; the rest is a piece of its key's hash. */
	uint32_t number_mask;
};

MUST_CHECK bool table_open(struct table *table, const char *name, size_t row_size, size_t key_size,
                           uint32_t capacity);
void table_close(struct table *table);
/* The row with these key bytes (all key_size of them, padding zeroed), or NULL. */
void *table_find(const struct table *table, const void *key);
/* Brings the key's place in the index near, for a put that comes a little later. */
void table_prefetch(const struct table *table, const void *key);
/* The row with this key, added (zeroed but for its key) if it is new. */
void *table_put(struct table *table, const void *key);
/* Row by number, 0 to count - 1. */
void *table_at(const struct table *table, uint32_t number);
/* The number of a row of this table. */
uint32_t table_number(const struct table *table, const void *row);
/* Whether `adding` more rows fit. */
bool table_room(const struct table *table, uint32_t adding);

/* Typed access: TABLE_ACCESS(party, struct party, struct party_id) declares
 * party_find(table, key), party_put(table, key) and party_at(table, number). */
#define TABLE_ACCESS(prefix, row_type, key_type)                                                   \
	static inline row_type *prefix##_find(const struct table *table, const key_type *key)      \
	{                                                                                          \
		return table_find(table, key);                                                     \
	}                                                                                          \
	static inline row_type *prefix##_put(struct table *table, const key_type *key)             \
	{                                                                                          \
		return table_put(table, key);                                                      \
	}                                                                                          \
	static inline row_type *prefix##_at(const struct table *table, uint32_t number)            \
	{                                                                                          \
		return table_at(table, number);                                                    \
	}

#endif
