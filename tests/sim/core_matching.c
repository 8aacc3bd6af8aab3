/* matching, driven by the simulator. */
#include <stdlib.h>

#include "services/matching/matching.h"
#include "tests/sim/core.h"

CORE(matching, {"membership", "quota", NULL});
