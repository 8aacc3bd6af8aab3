/* Arithmetic on kg and rial that says when it would overflow. */
#ifndef TASHEEM_CHECKED_H
#define TASHEEM_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"

__extension__ typedef __int128 int128;

/* True when the result fits; *result is untouched otherwise. */
MUST_CHECK static inline bool checked_add(int64_t left, int64_t right, int64_t *result)
{
	int64_t sum;
	if (__builtin_add_overflow(left, right, &sum))
		return false;
	*result = sum;
	return true;
}

MUST_CHECK static inline bool checked_multiply(int64_t left, int64_t right, int64_t *result)
{
	int64_t product;
	if (__builtin_mul_overflow(left, right, &product))
		return false;
	*result = product;
	return true;
}

/* floor(amount * numerator / denominator) for amount, numerator >= 0, denominator >= 1,
 * with a product of 128 bits. */
MUST_CHECK static inline bool checked_scale(int64_t amount, int64_t numerator, int64_t denominator,
                                            int64_t *result)
{
	if (amount < 0 || numerator < 0 || denominator < 1)
		return false;
	int128 scaled = (int128)amount * numerator / denominator;
	if (scaled > INT64_MAX)
		return false;
	*result = (int64_t)scaled;
	return true;
}

#endif
