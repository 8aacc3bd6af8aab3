/* A run of bytes that belongs to someone else. */
#ifndef TASHEEM_BYTES_H
#define TASHEEM_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *data;
	size_t size;
};

#endif
