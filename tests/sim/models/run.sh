#!/usr/bin/env bash
# make models: every model is searched completely and has no error; every mutant has one.
# The last line is `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD
passed=0
failed=0

# search MODEL [MUTANT]: prints clean, error or incomplete
search() {
	local dir="$work/$1-${2:-none}"
	mkdir "$dir"
	cd "$dir" || return
	spin ${2:+-D$2} -a "$here/$1.pml" >spin.out 2>&1 &&
		cc -O2 -w -DVECTORSZ=2048 -DSAFETY -DCOLLAPSE -DMEMLIM=2048 -o pan pan.c &&
		timeout 300 ./pan -m200000 >pan.out 2>&1
	cd "$here" || return
	if grep -q 'errors: [1-9]' "$dir/pan.out" 2>/dev/null; then
		echo error
	elif grep -q 'errors: 0' "$dir/pan.out" 2>/dev/null && ! grep -qE 'Search not completed|truncated|max search depth too small' "$dir/pan.out"; then
		echo clean
	else
		echo incomplete
	fi
}

expect() {
	local result
	result=$(search "$2" "${3:-}")
	if [ "$result" = "$1" ]; then
		passed=$((passed + 1))
		echo "ok     $2${3:+ with $3}: $result"
	else
		failed=$((failed + 1))
		echo "FAILED $2${3:+ with $3}: $result, not $1"
	fi
}

for model in *.pml; do
	model=${model%.pml}
	expect clean "$model"
	for mutant in $(sed -n '/Mutants/,/\*\//p' "$model.pml" | grep -oE '\b[A-Z]+(_[A-Z]+)+\b'); do
		expect error "$model" "$mutant"
	done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
