/* membership, driven by the simulator. */
#include <stdlib.h>

#include "services/membership/membership.h"
#include "tests/sim/core.h"

CORE(membership, {NULL});
