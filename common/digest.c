/* Thin over libsodium's generic hash; see digest.h. */
#include "digest.h"

#include <string.h>

#include "check.h"

void digest_begin(struct digest *digest, size_t size)
{
	digest->size = size;
	CHECK(crypto_generichash_init(&digest->state, NULL, 0, size) == 0);
}

static void add(struct digest *digest, const void *data, size_t size)
{
	CHECK(crypto_generichash_update(&digest->state, data, size) == 0);
}

void digest_add_int(struct digest *digest, int64_t value)
{
	uint8_t bytes[8];
	for (int at = 0; at < 8; at++)
		bytes[at] = (uint8_t)((uint64_t)value >> (8 * at));
	add(digest, bytes, sizeof bytes);
}

void digest_add_text(struct digest *digest, const char *text)
{
	digest_add_bytes(digest, (struct bytes){(const uint8_t *)text, strlen(text)});
}

void digest_add_bytes(struct digest *digest, struct bytes bytes)
{
	digest_add_int(digest, (int64_t)bytes.size);
	add(digest, bytes.data, bytes.size);
}

void digest_end(struct digest *digest, uint8_t *out)
{
	CHECK(crypto_generichash_final(&digest->state, out, digest->size) == 0);
}

void digest_of(uint8_t *out, size_t size, struct bytes bytes)
{
	CHECK(crypto_generichash(out, size, bytes.data, bytes.size, NULL, 0) == 0);
}
