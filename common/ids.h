/* Ids are text of bounded length in structs of their own, so that a licence
 * where a party belongs does not compile. The rest of the array is zero: two
 * ids are equal iff their bytes are, and an id can be a table key. */
#ifndef TASHEEM_IDS_H
#define TASHEEM_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ID_LIST(X)                                                                                 \
	X(party_id, 16) /* person, legal entity, foreigner, cooperative */                         \
	X(union_id, 16)                                                                            \
	X(licence_id, 16)                                                                          \
	X(product_code, 12)                                                                        \
	X(family_name, 24)                                                                         \
	X(grade_name, 16)                                                                          \
	X(supplier_id, 16)                                                                         \
	X(offer_id, 32)                                                                            \
	X(request_id, 32) /* the buyer's own number */                                             \
	X(round_id, 32)                                                                            \
	X(session_id, 32)                                                                          \
	X(allocation_id, 40)                                                                       \
	X(principal_name, 32)                                                                      \
	X(stream_name, 16)

#define ID_DECLARE(id, bytes)                                                                      \
	struct id {                                                                                \
		char text[bytes];                                                                  \
	};                                                                                         \
	static inline bool id##_equal(const struct id *left, const struct id *right)               \
	{                                                                                          \
		return memcmp(left, right, sizeof *left) == 0;                                     \
	}                                                                                          \
	static inline bool id##_empty(const struct id *id_)                                        \
	{                                                                                          \
		return id_->text[0] == '\0';                                                       \
	}                                                                                          \
	/* False, and an empty id, when the text does not fit. */                                  \
	static inline bool id##_set(struct id *id_, const char *text)                              \
	{                                                                                          \
		size_t size = strlen(text);                                                        \
		memset(id_, 0, sizeof *id_);                                                       \
		if (size >= sizeof id_->text)                                                      \
			return false;                                                              \
		memcpy(id_->text, text, size);                                                     \
		return true;                                                                       \
	}
ID_LIST(ID_DECLARE)
#undef ID_DECLARE

#endif
