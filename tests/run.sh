#!/usr/bin/env bash
# make test: installs what is missing, builds, runs unit tests, scenarios, a short simulation
# and the system tests. The last line is `N passed, N failed`.
#   tests/run.sh [unit] [scenarios] [sim] [system]     some of them; default all
set -uo pipefail
cd "$(dirname "$0")/.."
deploy/packages.sh build demo test || exit 1

layers=("$@")
[ ${#layers[@]} -gt 0 ] || layers=(unit scenarios sim system)
jobs=$(nproc)
logs=build/test-logs
mkdir -p "$logs"
passed=0
failed=0

say() { printf '%s\n' "$*"; }
bad() {
	failed=$((failed + 1))
	say "FAILED $*"
}

# Adds what a program's last `N passed, N failed` line says; without one it counts as one failure.
count() {
	local name=$1 status=$2 log=$3 line
	line=$(grep -E '^([a-z]+: )?[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		bad "$name: exit $status, no result; $log"
		tail -n 20 "$log"
		return
	fi
	local good=${line%% passed*} wrong=${line#*passed, }
	good=${good##* } wrong=${wrong%% *}
	passed=$((passed + good))
	failed=$((failed + wrong))
	if [ "$status" -ne 0 ] && [ "$wrong" -eq 0 ]; then
		bad "$name: exit $status; $log"
	fi
	say "$name: $good passed, $wrong failed"
	[ "$status" -eq 0 ] && [ "$wrong" -eq 0 ] || tail -n 60 "$log"
}

# What one program, which has run, says of itself.
unit_one() {
	local program=$1 log status ran wrong
	log=$logs/$(basename "$program").txt
	status=$(cat "$log.status")
	ran=$(sed -n 's/.*\[==========\] \([0-9]*\) test(s) run\..*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	wrong=$(sed -n 's/.*\[  FAILED  \] \([0-9]*\) test(s), listed.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$ran" -eq 0 ] || { [ "$status" -ne 0 ] && [ "$wrong" -eq 0 ]; }; then
		bad "$(basename "$program"): exit $status; $log"
		tail -n 10 "$log"
	fi
	passed=$((passed + ran - wrong))
	failed=$((failed + wrong))
	say "$(basename "$program"): $((ran - wrong)) passed, $wrong failed"
	[ "$wrong" -eq 0 ] || grep -E 'FAILED|error|ERROR' "$log" | head -n 20
}

# With address and undefined-behaviour sanitizers.
run_unit() {
	local source program
	make -k -s -j"$jobs" MODE=asan unit >"$logs/build-unit.txt" 2>&1 || tail -n 30 "$logs/build-unit.txt"
	local good=()
	for source in tests/unit/test_*.c; do
		program=build/asan/${source%.c}
		if [ -x "$program" ] && make -q --no-print-directory MODE=asan "$program" 2>/dev/null; then
			good+=("$program")
		else
			bad "$source does not build; $logs/build-unit.txt"
		fi
	done
	printf '%s\n' "${good[@]}" | xargs -P "$jobs" -I '{}' bash -c \
		'log=$1/$(basename "$2").txt; timeout 600 "$2" >"$log" 2>&1; echo $? >"$log.status"' - "$logs" '{}'
	for program in "${good[@]}"; do
		unit_one "$program"
	done
}

# A layer that keeps a run.sh of its own, ending with `N passed, N failed`.
run_layer() {
	local layer=$1
	if [ ! -x "tests/$layer/run.sh" ]; then
		bad "tests/$layer/run.sh is missing"
		return
	fi
	timeout 900 "tests/$layer/run.sh" >"$logs/$layer.txt" 2>&1
	count "$layer" $? "$logs/$layer.txt"
}

make -s -j"$jobs" all >"$logs/build.txt" 2>&1 || {
	tail -n 30 "$logs/build.txt"
	bad "the build; $logs/build.txt"
}
for layer in "${layers[@]}"; do
	start=$SECONDS
	case $layer in
	unit) run_unit ;;
	*) run_layer "$layer" ;;
	esac
	say "$layer took $((SECONDS - start)) s"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
