/* What was told must be on disk, once, in the same words. */
#ifndef TESTS_SIM_PROMISES_H
#define TESTS_SIM_PROMISES_H

#include "tests/sim/client.h"

/* Every recorded answer that a client holds is the answer of exactly one record of that
 * daemon's journal, and no message id has two records. False with the sentence. */
MUST_CHECK bool promises_kept(const struct world *world, const struct attempts *attempts,
                              char failure[1024]);

#endif
