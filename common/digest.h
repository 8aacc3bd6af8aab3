/* BLAKE2b as used everywhere: 32 bytes for rows, states and bundles, 16 for
 * bodies and task ids. Integers go in as 8 bytes little endian, texts as length
 * and bytes, so that no two field lists collide. */
#ifndef TASHEEM_DIGEST_H
#define TASHEEM_DIGEST_H

#include <sodium.h>
#include <stdint.h>

#include "bytes.h"

enum { DIGEST_BYTES = 32, DIGEST_SHORT_BYTES = 16 };

struct digest {
	crypto_generichash_state state;
	size_t size;
};

void digest_begin(struct digest *digest, size_t size);
void digest_add_int(struct digest *digest, int64_t value);
void digest_add_text(struct digest *digest, const char *text);
void digest_add_bytes(struct digest *digest, struct bytes bytes);
void digest_end(struct digest *digest, uint8_t *out);
/* The bytes alone, without length. */
void digest_of(uint8_t *out, size_t size, struct bytes bytes);

#endif
