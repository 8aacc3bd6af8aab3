#!/usr/bin/env bash
# Runs fuzzers one after the other: tests/fuzz/run.sh SECONDS FUZZER …
# A finding is kept in build/fuzz-findings; found inputs stay in build/fuzz-corpus and what
# tests/fuzz/corpus/NAME holds is read first. The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.."
seconds=$1
shift
passed=0
failed=0
for fuzzer in "$@"; do
	name=${fuzzer#fuzz_}
	mkdir -p "build/fuzz-corpus/$name" build/fuzz-findings
	seeds=()
	[ ! -d "tests/fuzz/corpus/$name" ] || seeds+=("tests/fuzz/corpus/$name")
	log="build/fuzz-findings/$name.log"
	if "build/fuzz/tests/fuzz/$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=8192 \
		-max_len=16384 -artifact_prefix="build/fuzz-findings/$name-" \
		"build/fuzz-corpus/$name" "${seeds[@]}" >"$log" 2>&1; then
		passed=$((passed + 1))
		echo "ok     $fuzzer: $(grep -E '^Done' "$log" | tail -n 1)"
	else
		failed=$((failed + 1))
		echo "FAILED $fuzzer: $log"
		tail -n 25 "$log"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
