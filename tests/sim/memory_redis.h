/* What Redis holds of one daemon, shown commit by commit. */
#ifndef TESTS_SIM_MEMORY_REDIS_H
#define TESTS_SIM_MEMORY_REDIS_H

#include <jansson.h>

#include "tests/sim/world.h"

struct memory_redis *memory_redis_open(void);
void memory_redis_close(struct memory_redis *redis);
/* Away or back, emptied, copied, put back to the copy, or written by others. */
void memory_redis_trouble(struct world *world, struct node *node);
/* Redis is back: its keys, borrowed, once the projector has done what the daemon last told it. */
const json_t *memory_redis_settle(struct node *node);

#endif
