#!/usr/bin/env bash
# make lint: every rule of the house, each line `file:line: what is wrong`. Ends with
# `N passed, N failed` over the checks.
set -uo pipefail
cd "$(dirname "$0")/../.."
deploy/packages.sh build lint || exit 1

passed=0
failed=0
check() {
	local name=$1
	shift
	echo "lint: $name" >&2
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "lint: $name failed" >&2
	fi
}

purity() {
	make -s -j"$(nproc)" MODE=release all >/dev/null && /usr/bin/python3 tests/lint/purity.py build/release
}

clang_compiles() {
	local sources
	make -s build/release/libproto.a >/dev/null || return 1
	mapfile -t sources < <(git ls-files -co --exclude-standard 'common/*.c' 'services/*.c')
	printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 8 clang -std=gnu11 -fsyntax-only -Wall -Wextra \
		-Wpedantic -Wshadow -Wconversion -Wswitch-enum -Wvla -Werror -I. -Ibuild/gen \
		-DTASHEEM_VERSION='"lint"' -fno-caret-diagnostics \
		$(pkg-config --cflags libzmq libprotobuf-c hiredis sqlite3 libsodium jansson libutf8proc) \
		2>build/lint-clang.txt || {
		grep -E ': (fatal )?error:' build/lint-clang.txt | sort -u
		return 1
	}
}

formatted() {
	git ls-files -co --exclude-standard 'common/*.[ch]' 'services/*.[ch]' |
		xargs clang-format --dry-run --Werror 2>&1 | grep -E ': (error|warning):' |
		sed -E 's/^([^:]+:[0-9]+):[0-9]+: error: .*/\1: not as clang-format has it/' | sort -u >build/lint-format.txt
	awk -F: '!seen[$1]++ { print }' build/lint-format.txt
	[ ! -s build/lint-format.txt ]
}

# buf comes from npm; without npm or its registry our own checks stand alone.
contract() {
	/usr/bin/python3 tests/lint/proto.py || return 1
	local buf=build/tools/node_modules/.bin/buf
	if [ ! -x "$buf" ] && command -v npm >/dev/null; then
		npm install --silent --no-fund --no-audit --prefix build/tools @bufbuild/buf@1.75.0 >/dev/null 2>&1 || true
	fi
	if [ ! -x "$buf" ]; then
		echo "lint: buf is not to be had here, its checks are left out" >&2
		return 0
	fi
	local config='{"version":"v2","modules":[{"path":"proto"}],"lint":{"use":["STANDARD"]}}'
	"$buf" lint --config "$config" || return 1
	# Against what the main branch was before this change, when it holds a contract already.
	local before
	before=$(git rev-list -1 --before='1 day ago' HEAD -- proto 2>/dev/null)
	[ -z "$before" ] || "$buf" breaking --config "$config" --against ".git#ref=$before"
}

shell_scripts() {
	local script bad=0
	while read -r script; do
		bash -n "$script" || bad=1
	done < <(git ls-files -co --exclude-standard '*.sh' .ci/run)
	return $bad
}

mkdir -p build
check "contract" contract
check "house" /usr/bin/python3 tests/lint/house.py
check "purity" purity
check "clang" clang_compiles
check "format" formatted
check "shell" shell_scripts
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
