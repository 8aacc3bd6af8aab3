#!/usr/bin/env bash
# Every scenario, as it is and with crashes between its lines; two whole rounds also with a crash
# at every single commit. Ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
make -s build/release/tests/sim/scenario || exit 1
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
	local line
	build/release/tests/sim/scenario "$@" | tee "$log" | grep -vE '^[0-9]+ passed'
	line=$(tail -n 1 "$log")
	[[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || {
		echo "not ok - the runner ended without a result"
		failed=$((failed + 1))
		return
	}
	passed=$((passed + BASH_REMATCH[1]))
	failed=$((failed + BASH_REMATCH[2]))
}
run tests/scenarios/*.txt
run --every-commit \
	tests/scenarios/a_declined_share_goes_to_those_who_still_wait.txt \
	tests/scenarios/a_cooperatives_lot_is_divided_and_each_member_confirms.txt
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
