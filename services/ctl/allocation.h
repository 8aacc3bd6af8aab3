/* Allocations and shares, for the commands, `why` and the demo. */
#ifndef TASHEEM_CTL_ALLOCATION_H
#define TASHEEM_CTL_ALLOCATION_H

#include "services/ctl/call.h"
#include "tasheem/matching/v1/matching.pb-c.h"

/* NULL or "" for any. */
struct allocation_filter {
	const char *allocation;
	const char *round;
	const char *buyer;
	const char *request;
};

/* AllocationReadReply as JSON: "allocations" and "shares". A new reference, NULL after a
 * sentence on stderr. */
json_t *allocation_read(struct session *session, const struct allocation_filter *filter);

#endif
