#!/usr/bin/env bash
# A short simulation: SEEDS lives of HOURS each (SEED is the first); ends with `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
make -s build/release/tests/sim/simulate
exec build/release/tests/sim/simulate
