/* Which message ids have an outcome, for 7 days. Rebuilt from the journal; a
 * generation per day of the ids' own UUIDv7 time, so that old days go at once
 * and today's stays in the cache. */
#ifndef TASHEEM_DEDUP_H
#define TASHEEM_DEDUP_H

#include "ids.h"
#include "record.h"
#include "table.h"

enum { DEDUP_DAYS = 9 };

struct dedup_entry {
	/* Key: principal by number, and id. */
	uint32_t principal;
	struct message_id id;
	uint8_t body_hash[DIGEST_SHORT_BYTES];
	uint64_t sequence;
};

struct dedup {
	struct table principals;
	uint32_t capacity;
	struct dedup_day {
		int64_t day;
		struct table entries;
	} days[DEDUP_DAYS];
};

MUST_CHECK bool dedup_open(struct dedup *dedup, uint32_t capacity);
void dedup_close(struct dedup *dedup);
/* The time inside a UUIDv7, ms; -1 when it is none. */
int64_t dedup_id_time_ms(const struct message_id *id);
/* NULL when the id is new. */
const struct dedup_entry *dedup_find(const struct dedup *dedup, const struct principal_name *name,
                                     const struct message_id *id);
bool dedup_room(const struct dedup *dedup, const struct message_id *id);
/* Remembers a record that has a message id. */
void dedup_add(struct dedup *dedup, const struct record *record);
uint64_t dedup_count(const struct dedup *dedup);

#endif
