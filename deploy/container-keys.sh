#!/usr/bin/env bash
# Fills the key volumes once: each service gets its own secret and nobody else's, the tools
# those of the operator, the authority, the clearing house and the auditor.
set -euo pipefail
umask 077

here=$(cd "$(dirname "$0")" && pwd)
volumes="membership quota matching solver redis tools"
clock=${TASHEEM_CLOCK_FILE:-}

if [ -n "$clock" ] && [ ! -s "$clock" ]; then
	echo $((${MORNING_MS:?} - $(date +%s%3N))) >"$clock"
	chmod 644 "$clock"
fi
if [ -s /keys/tools/principals ]; then
	for name in $volumes; do
		[ -e "/keys/$name/.made" ] || {
			echo "keys: the volume of $name has lost its keys, the others have theirs:" \
				"remove all key volumes and start again" >&2
			exit 1
		}
	done
	exit 0
fi

all=$(mktemp -d)
trap 'rm -rf "$all"' EXIT
"$here/make-keys.sh" "$all" tasheem
give() {
	local to=/keys/$1
	shift
	rm -f "$to"/*
	local file
	for file in "$@"; do install -m 0400 "$all/$file" "$to/$file"; done
	touch "$to/.made"
}
for name in membership quota matching; do
	give $name principals $name.secret redis-$name.password
done
give solver principals solver.secret
give redis redis.acl
public=$(cd "$all" && echo *.public)
# The principals come last: they say that all is there.
give tools {operator,authority,clearing,auditor}.secret redis-reader.password $public principals
