/* The door protobuf comes through: what is not exactly a message stops here.
 * links: common/wire.c common/arena.c common/check.c libproto */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire.h"

#include "tasheem/common/v1/common.pb-c.h"

static struct arena arena;

static const Tasheem__Common__V1__Envelope *decode(struct bytes bytes)
{
	return WIRE_DECODE(&arena, Tasheem__Common__V1__Envelope, tasheem__common__v1__envelope,
	                   bytes);
}

static struct bytes sample(void)
{
	static uint8_t id[16] = {1}, payload[] = "payload";
	Tasheem__Common__V1__Item item = TASHEEM__COMMON__V1__ITEM__INIT, *items = &item;
	Tasheem__Common__V1__Envelope envelope = TASHEEM__COMMON__V1__ENVELOPE__INIT;
	item.id = (ProtobufCBinaryData){sizeof id, id};
	item.kind = 202;
	item.payload = (ProtobufCBinaryData){sizeof payload, payload};
	envelope.items = &items;
	envelope.n_items = 1;
	envelope.correlation_id = (char *)"corr";
	envelope.deadline_ms = 1234567890123;
	return wire_encode(&arena, &envelope.base);
}

static int setup(void **context)
{
	(void)context;
	return arena_open(&arena, 256 << 20) ? 0 : -1;
}

static void what_is_encoded_decodes(void **context)
{
	(void)context;
	const Tasheem__Common__V1__Envelope *envelope = decode(sample());
	assert_non_null(envelope);
	assert_int_equal(envelope->n_items, 1);
	assert_int_equal(envelope->items[0]->kind, 202);
	assert_string_equal(envelope->correlation_id, "corr");
}

/* A cut message is refused, or is itself a canonical message of fewer fields. */
static void truncations_never_smuggle(void **context)
{
	(void)context;
	struct bytes bytes = sample();
	for (size_t size = 0; size < bytes.size; size++) {
		const Tasheem__Common__V1__Envelope *envelope =
		        decode((struct bytes){bytes.data, size});
		if (envelope)
			assert_int_equal(protobuf_c_message_get_packed_size(&envelope->base), size);
	}
}

static void flipped_bits_never_smuggle(void **context)
{
	(void)context;
	struct bytes bytes = sample();
	uint8_t *copy = arena_take(&arena, bytes.size);
	for (size_t bit = 0; bit < bytes.size * 8; bit++) {
		memcpy(copy, bytes.data, bytes.size);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		const Tasheem__Common__V1__Envelope *envelope =
		        decode((struct bytes){copy, bytes.size});
		if (envelope)
			assert_int_equal(protobuf_c_message_get_packed_size(&envelope->base),
			                 bytes.size);
	}
}

static void refuses(const char *bytes, size_t size)
{
	assert_null(decode((struct bytes){(const uint8_t *)bytes, size}));
}

static void other_spellings_are_refused(void **context)
{
	(void)context;
	/* field 2, correlation_id: with an embedded NUL, twice, invalid UTF-8, overlong length. */
	refuses("\x12\x03"
	        "a\0b",
	        5);
	refuses("\x12\x01"
	        "a"
	        "\x12\x01"
	        "b",
	        6);
	refuses("\x12\x02\xc3\x28", 4);
	refuses("\x12\x81\x00"
	        "a",
	        4);
	/* A default spelled out, an unknown field, a wrong wire type. */
	refuses("\x20\x00", 2);
	refuses("\xf8\x06\x01", 3);
	refuses("\x10\x01", 2);
	/* The well-formed sibling passes, so that the lines above can fail. */
	assert_non_null(decode((struct bytes){(const uint8_t *)"\x12\x01"
	                                                       "a",
	                                      3}));
}

static void amplification_is_bounded(void **context)
{
	(void)context;
	/* A megabyte of empty items. */
	enum { SIZE = 1 << 20 };
	uint8_t *bytes = malloc(SIZE);
	for (size_t at = 0; at < SIZE; at += 2) {
		bytes[at] = 0x0a;
		bytes[at + 1] = 0;
	}
	size_t before = arena.used;
	decode((struct bytes){bytes, SIZE});
	assert_true(arena.used - before <= 65u * SIZE);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(what_is_encoded_decodes),
	        cmocka_unit_test(truncations_never_smuggle),
	        cmocka_unit_test(flipped_bits_never_smuggle),
	        cmocka_unit_test(other_spellings_are_refused),
	        cmocka_unit_test(amplification_is_bounded),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
