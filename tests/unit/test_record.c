/* Records to rows and back, and the memory of message ids.
 * links: common/record.c common/dedup.c common/table.c common/wire.c common/arena.c
 * common/digest.c common/check.c libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/dedup.h"
#include "common/record.h"

static struct arena arena;

static int setup(void **context)
{
	(void)context;
	return arena_open(&arena, 64 << 20) ? 0 : -1;
}

static struct message_id id_at(int64_t time_ms, uint8_t tail)
{
	struct message_id id = {{0}};
	for (int at = 0; at < 6; at++)
		id.bytes[at] = (uint8_t)(time_ms >> (8 * (5 - at)));
	id.bytes[6] = 0x70;
	id.bytes[8] = 0x80;
	id.bytes[15] = tail;
	return id;
}

static struct record record_new(uint64_t sequence)
{
	static const uint8_t payload[] = "what happened";
	static const struct wire_event events[] = {{1100, {payload, sizeof payload}},
	                                           {1101, {payload, 3}}};
	struct record record = {.sequence = sequence, .time_ms = 1700000000000, .kind = 100};
	assert_true(principal_name_set(&record.principal, "operator"));
	record.has_message_id = true;
	record.message_id = id_at(1700000000000, (uint8_t)sequence);
	record.correlation_id = "corr";
	record.traceparent = "";
	record.events = events;
	record.event_count = 2;
	record.answer = (struct bytes){payload, 5};
	return record;
}

static void rows_come_back_as_they_went(void **context)
{
	(void)context;
	struct record records[3] = {record_new(7), record_new(8), record_new(9)};
	records[1].has_message_id = false;
	assert_true(stream_name_set(&records[1].cursor.stream, "membership"));
	records[1].cursor.sequence = 42;
	memset(records[1].cursor.hash, 5, DIGEST_BYTES);
	struct row row = {.first_sequence = 7, .count = 3, .body = row_encode(&arena, records, 3)};
	const struct record *back = row_decode(&arena, &row);
	assert_non_null(back);
	assert_int_equal(back[0].sequence, 7);
	assert_string_equal(back[0].principal.text, "operator");
	assert_memory_equal(&back[0].message_id, &records[0].message_id, MESSAGE_ID_BYTES);
	assert_int_equal(back[0].event_count, 2);
	assert_int_equal(back[0].events[1].kind, 1101);
	assert_memory_equal(back[0].events[1].payload.data, "wha", 3);
	assert_int_equal(back[1].cursor.sequence, 42);
	assert_false(back[1].has_message_id);
	assert_int_equal(back[2].answer.size, 5);

	row.count = 2;
	assert_null(row_decode(&arena, &row));
	row.count = 3;
	row.first_sequence = 8;
	assert_null(row_decode(&arena, &row));
}

static void hashes_cover_every_field(void **context)
{
	(void)context;
	struct row row = {.first_sequence = 1,
	                  .count = 1,
	                  .time_ms = 5,
	                  .body = {(const uint8_t *)"body", 4}};
	uint8_t first[DIGEST_BYTES], other[DIGEST_BYTES];
	row_hash(&row, first);
	struct row changed[] = {row, row, row, row, row};
	changed[0].first_sequence = 2;
	changed[1].count = 2;
	changed[2].time_ms = 6;
	changed[3].previous_hash[31] = 1;
	changed[4].body.size = 3;
	for (size_t at = 0; at < sizeof changed / sizeof *changed; at++) {
		row_hash(&changed[at], other);
		assert_memory_not_equal(first, other, DIGEST_BYTES);
	}
}

static void ids_are_remembered_per_principal_for_a_week(void **context)
{
	(void)context;
	const int64_t day_ms = 86400000;
	struct dedup dedup;
	struct principal_name other;
	assert_true(dedup_open(&dedup, 1024));
	assert_true(principal_name_set(&other, "another"));
	struct record record = record_new(3);
	dedup_add(&dedup, &record);
	const struct dedup_entry *entry = dedup_find(&dedup, &record.principal, &record.message_id);
	assert_non_null(entry);
	assert_int_equal(entry->sequence, 3);
	assert_null(dedup_find(&dedup, &other, &record.message_id));
	for (int day = 1; day < DEDUP_DAYS; day++) {
		struct record later = record_new(3 + (uint64_t)day);
		later.message_id = id_at(1700000000000 + day * day_ms, 1);
		dedup_add(&dedup, &later);
	}
	assert_non_null(dedup_find(&dedup, &record.principal, &record.message_id));
	assert_int_equal(dedup_count(&dedup), DEDUP_DAYS);
	struct record last = record_new(99);
	last.message_id = id_at(1700000000000 + DEDUP_DAYS * day_ms, 1);
	dedup_add(&dedup, &last);
	assert_null(dedup_find(&dedup, &record.principal, &record.message_id));
	dedup_close(&dedup);
}

static void only_version_7_has_a_time(void **context)
{
	(void)context;
	struct message_id id = id_at(123456789, 0);
	assert_int_equal(dedup_id_time_ms(&id), 123456789);
	id.bytes[6] = 0x40;
	assert_int_equal(dedup_id_time_ms(&id), -1);
	id = id_at(5, 0);
	id.bytes[8] = 0;
	assert_int_equal(dedup_id_time_ms(&id), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(rows_come_back_as_they_went),
	        cmocka_unit_test(hashes_cover_every_field),
	        cmocka_unit_test(ids_are_remembered_per_principal_for_a_week),
	        cmocka_unit_test(only_version_7_has_a_time),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
