#!/usr/bin/env bash
# A short simulation: SEEDS lives of HOURS each (SEED is the first), then lives with a planted
# bug, which must be found; ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
make -s build/release/tests/sim/simulate || exit 1
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build/release/tests/sim/simulate | tee "$log" | grep -vE '^[0-9]+ passed'
line=$(tail -n 1 "$log")
passed=${line%% passed*}
failed=${line#*passed, }
failed=${failed%% failed*}
for plant in lost_row left_out; do
	# A life may also end in a failed check of the daemon itself.
	if (PLANT=$plant SEED=1 SEEDS=4 HOURS=96 build/release/tests/sim/simulate >"$log" 2>&1) 2>/dev/null; then
		failed=$((failed + 1))
		echo "not ok - the planted bug $plant was not found"
	else
		passed=$((passed + 1))
		echo "ok - the planted bug $plant was found: $(grep -m 1 -E '^  |check.failed' "$log" | cut -c 1-120)"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
