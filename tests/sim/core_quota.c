/* quota, driven by the simulator. */
#include <stdlib.h>

#include "services/quota/quota.h"
#include "tests/sim/core.h"

CORE(quota, {"membership", "matching", NULL});
