/* The comparison of Redis with the journals, for `redis verify` and the demo. */
#ifndef TASHEEM_CTL_REDIS_H
#define TASHEEM_CTL_REDIS_H

#include "services/ctl/ctl.h"

/* One report per stream; NULL after a sentence when it could not be made. */
json_t *redis_compare(struct ctl *ctl);
bool redis_all_equal(const json_t *list);

#endif
