/* Whether Redis shows exactly what a journal says: the journal's views are run into
 * memory up to the cursor that Redis has, and compared key by key, field by field,
 * with every key of the daemon's families. For `tasheem redis verify` and tests. */
#ifndef TASHEEM_PROJECTION_CHECK_H
#define TASHEEM_PROJECTION_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/check.h"
#include "common/projector.h"

struct projection_report {
	/* Redis's cursor: compared up to here. */
	uint64_t sequence;
	/* Newest record of the journal. */
	uint64_t head;
	/* Keys that should be there, and how many are absent, differ, or are not ours. */
	uint64_t keys;
	uint64_t missing;
	uint64_t different;
	uint64_t extra;
	/* The first key that is wrong, and how; empty when all is well. */
	char first_key[160];
	char first_difference[320];
};

/* False with a sentence when the comparison could not be made. Waits up to wait_ms for
 * Redis to reach the head; compares up to where it is then. */
MUST_CHECK bool projection_check(const struct projector_options *options, int32_t wait_ms,
                                 struct projection_report *report, char *error, size_t error_size);
/* All that matters in one word. */
bool projection_equal(const struct projection_report *report);

#endif
