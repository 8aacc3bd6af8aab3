#!/usr/bin/env bash
# Every scenario, as it is and with crashes; ends with `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/../.."
make -s build/release/tests/sim/scenario
exec build/release/tests/sim/scenario tests/scenarios/*.txt
