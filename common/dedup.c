/* Message ids with an outcome; see dedup.h. */
#include "dedup.h"

#include <string.h>

enum { KEY_BYTES = offsetof(struct dedup_entry, body_hash), MAX_PRINCIPALS = 1 << 16 };
static const int64_t day_ms = 24ll * 3600 * 1000;

/* A principal, and the greatest id it ever had an outcome for. */
struct sender {
	struct principal_name name;
	struct message_id greatest;
};

bool dedup_open(struct dedup *dedup, uint32_t capacity)
{
	*dedup = (struct dedup){.capacity = capacity};
	for (int at = 0; at < DEDUP_DAYS; at++)
		dedup->days[at].day = -1;
	return table_open(&dedup->principals, "message_principals", sizeof(struct sender),
	                  sizeof(struct principal_name), MAX_PRINCIPALS);
}

void dedup_close(struct dedup *dedup)
{
	for (int at = 0; at < DEDUP_DAYS; at++)
		if (dedup->days[at].day >= 0)
			table_close(&dedup->days[at].entries);
	table_close(&dedup->principals);
}

int64_t dedup_id_time_ms(const struct message_id *id)
{
	if (id->bytes[6] >> 4 != 7 || id->bytes[8] >> 6 != 2)
		return -1;
	int64_t time_ms = 0;
	for (int at = 0; at < 6; at++)
		time_ms = time_ms << 8 | id->bytes[at];
	return time_ms;
}

static const struct dedup_day *day_of(const struct dedup *dedup, const struct message_id *id)
{
	int64_t day = dedup_id_time_ms(id) / day_ms;
	const struct dedup_day *slot = &dedup->days[day % DEDUP_DAYS];
	return slot->day == day ? slot : NULL;
}

const struct dedup_entry *dedup_find(const struct dedup *dedup, const struct principal_name *name,
                                     const struct message_id *id)
{
	const struct dedup_day *day = day_of(dedup, id);
	const struct sender *sender = day ? table_find(&dedup->principals, name) : NULL;
	if (!sender)
		return NULL;
	struct dedup_entry key = {table_number(&dedup->principals, sender), *id, {0}, 0};
	/* UUIDv7 ids of one sender mostly ascend: an id above all of its others is new, and the
	 * far place in the table that would say so need not be waited for. */
	if (memcmp(id, &sender->greatest, sizeof *id) > 0) {
		table_prefetch(&day->entries, &key);
		return NULL;
	}
	return table_find(&day->entries, &key);
}

bool dedup_room(const struct dedup *dedup, const struct message_id *id)
{
	const struct dedup_day *day = day_of(dedup, id);
	return table_room(&dedup->principals, 1) && (!day || table_room(&day->entries, 1));
}

void dedup_add(struct dedup *dedup, const struct record *record)
{
	int64_t day = dedup_id_time_ms(&record->message_id) / day_ms;
	struct dedup_day *slot = &dedup->days[day % DEDUP_DAYS];
	/* Ids of a day that has left the window: nobody can repeat them any more. */
	if (day < slot->day)
		return;
	if (slot->day != day) {
		if (slot->day >= 0)
			table_close(&slot->entries);
		slot->day = day;
		CHECK(table_open(&slot->entries, "message_ids", sizeof(struct dedup_entry),
		                 KEY_BYTES, dedup->capacity));
	}
	struct sender *sender = table_put(&dedup->principals, &record->principal);
	if (memcmp(&record->message_id, &sender->greatest, sizeof sender->greatest) > 0)
		sender->greatest = record->message_id;
	struct dedup_entry key = {
	        table_number(&dedup->principals, sender), record->message_id, {0}, 0};
	struct dedup_entry *entry = table_put(&slot->entries, &key);
	memcpy(entry->body_hash, record->body_hash, DIGEST_SHORT_BYTES);
	entry->sequence = record->sequence;
}

uint64_t dedup_count(const struct dedup *dedup)
{
	uint64_t count = 0;
	for (int at = 0; at < DEDUP_DAYS; at++)
		if (dedup->days[at].day >= 0)
			count += dedup->days[at].entries.count;
	return count;
}
