/* Every id that had an outcome within its days is found, no other, in whatever order they
 * came and from whom.
 * links: common/dedup.c common/table.c common/check.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/dedup.h"

enum { SENDERS = 3, IDS = 20000 };
static const int64_t day_ms = 86400000;

static struct message_id id_of(int64_t time_ms, uint32_t number)
{
	struct message_id id = {{0}};
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(time_ms >> (8 * (5 - i)));
	id.bytes[6] = 0x70;
	id.bytes[8] = 0x80;
	for (int i = 0; i < 4; i++)
		id.bytes[12 + i] = (uint8_t)(number >> (8 * (3 - i)));
	return id;
}

static struct principal_name name_of(uint32_t sender)
{
	struct principal_name name = {"sender-0"};
	name.text[7] = (char)('0' + sender);
	return name;
}

static void add(struct dedup *dedup, uint32_t sender, struct message_id id, uint64_t sequence)
{
	struct record record = {.sequence = sequence,
	                        .principal = name_of(sender),
	                        .has_message_id = true,
	                        .message_id = id};
	record.body_hash[0] = (uint8_t)sequence;
	dedup_add(dedup, &record);
}

static uint64_t found(const struct dedup *dedup, uint32_t sender, struct message_id id)
{
	struct principal_name name = name_of(sender);
	const struct dedup_entry *entry = dedup_find(dedup, &name, &id);
	if (entry != NULL)
		assert_int_equal(entry->body_hash[0], (uint8_t)entry->sequence);
	return entry != NULL ? entry->sequence : 0;
}

static void test_ids_in_any_order(void **state)
{
	(void)state;
	struct dedup dedup;
	static uint64_t kept[SENDERS][IDS];
	uint32_t random = 1;
	assert_true(dedup_open(&dedup, 1 << 20));
	for (uint64_t sequence = 1; sequence <= 30000; sequence++) {
		random = random * 1664525U + 1013904223U;
		/* Mostly ascending, often far back, over two days. */
		uint32_t number =
		        random % 4 == 0 ? (random >> 8) % IDS : (uint32_t)(sequence * IDS / 30001);
		uint32_t sender = (random >> 4) % SENDERS;
		struct message_id id = id_of(20000 * day_ms + (int64_t)number * 8000, number);
		assert_int_equal(found(&dedup, sender, id), kept[sender][number]);
		if (kept[sender][number] == 0)
			add(&dedup, sender, id, kept[sender][number] = sequence);
	}
	for (uint32_t sender = 0; sender < SENDERS; sender++)
		for (uint32_t number = 0; number < IDS; number++)
			assert_int_equal(
			        found(&dedup, sender,
			              id_of(20000 * day_ms + (int64_t)number * 8000, number)),
			        kept[sender][number]);
	dedup_close(&dedup);
}

static void test_old_days_leave(void **state)
{
	(void)state;
	struct dedup dedup;
	assert_true(dedup_open(&dedup, 1024));
	for (int64_t day = 0; day < 3 * DEDUP_DAYS; day++) {
		add(&dedup, 1, id_of((20000 + day) * day_ms, 7), (uint64_t)day + 1);
		for (int64_t back = 0; back <= day; back++)
			assert_int_equal(found(&dedup, 1, id_of((20000 + day - back) * day_ms, 7)),
			                 back < DEDUP_DAYS ? day - back + 1 : 0);
	}
	/* Too late to count, and no harm. */
	add(&dedup, 1, id_of(20000 * day_ms, 8), 99);
	assert_int_equal(found(&dedup, 1, id_of(20000 * day_ms, 8)), 0);
	dedup_close(&dedup);
}

static void test_other_ids_are_none(void **state)
{
	(void)state;
	struct message_id id = id_of(1763888000123, 5);
	assert_int_equal(dedup_id_time_ms(&id), 1763888000123);
	id.bytes[6] = 0x40;
	assert_int_equal(dedup_id_time_ms(&id), -1);
	id.bytes[6] = 0x70;
	id.bytes[8] = 0xc0;
	assert_int_equal(dedup_id_time_ms(&id), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_ids_in_any_order),
	        cmocka_unit_test(test_old_days_leave),
	        cmocka_unit_test(test_other_ids_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
