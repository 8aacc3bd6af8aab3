#!/usr/bin/env bash
# make demo: a whole province's week on this machine's loopback. Installs what is missing
# (root or sudo), builds, makes keys, starts a private Redis and the four daemons, runs
# `tasheem demo` and stops everything. The last line on stdout is the demo's JSON object.
#   KEEP=1 make demo            leaves it running and says how to talk to it
#   deploy/demo.sh stop DIR     stops what KEEP=1 left running
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/instance.sh

if [ "${1:-}" = stop ]; then
	instance_dir=${2:-run/demo}
	instance_stop
	exit
fi

deploy/packages.sh build demo
instance_say "demo: building"
make -s --no-print-directory -j"$(nproc)" all >&2

# The lock is inherited by the daemons: as long as one runs the directory is taken.
mkdir -p run
number=1
while true; do
	dir=run/demo
	[ $number -eq 1 ] || dir=run/demo-$number
	exec 9>"$dir.lock"
	flock -n 9 && break
	number=$((number + 1))
done
rm -rf "$dir"

stopped=
finish() {
	[ -z "$stopped" ] || return 0
	stopped=1
	instance_stop
}
instance_dir=$dir
trap 'finish || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
instance_prepare "$dir"
instance_start redis $INSTANCE_SERVICES
instance_ready redis membership quota matching
status=0
result=$dir/result.txt
"$INSTANCE_BIN/tasheem" demo --keys "$dir/keys" --data deploy/demo/qom | tee "$result" | sed '$d' || status=$?
instance_say "Logs: $dir/log/{membership,quota,matching,solver,redis}.log"
if [ -n "${KEEP:-}" ]; then
	stopped=1
	instance_say "Still running, because of KEEP. To talk to it:
  . $PWD/$dir/client; cd $PWD; $INSTANCE_BIN/tasheem health
  redis-cli -s $dir/redis.sock --user reader --pass \"\$(cat $dir/keys/redis-reader.password)\" keys 'tasheem:*'
To stop it: deploy/demo.sh stop $dir"
else
	finish || status=1
fi
tail -n 1 "$result"
exit $status
