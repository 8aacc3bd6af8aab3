#!/usr/bin/env bash
# Puts a backup back into the journal volumes, all journals or none, while the daemons stand:
#   docker-compose stop membership quota matching solver
#   docker-compose run --rm -v "$PWD/backup:/backup" tools ./container-restore.sh /backup/monday
#   docker-compose start membership quota matching solver
# What was there goes to before-restore-… beside it. The volumes are file systems of their
# own, so `tasheem journal restore`, which renames, checks the set into a folder first.
set -euo pipefail
umask 077

backup=${1:?directory of the backup}
names="membership quota matching"
stamp=$(date +%Y%m%dT%H%M%S)
work=$(dirname "$backup")/restore-$stamp

for name in $names; do
	exec {lock}>"/var/lib/tasheem/$name/$name.sqlite.lock"
	flock -n "$lock" || { echo "restore: $name still runs; stop all daemons first" >&2; exit 4; }
done
mkdir "$work"
trap 'rm -rf "$work"' EXIT
tasheem journal restore "$backup" --journals "$work"
for name in $names; do
	cp "$work/$name.sqlite" "/var/lib/tasheem/$name/$name.restored"
done
sync
for name in $names; do
	here=/var/lib/tasheem/$name
	mkdir "$here/before-restore-$stamp"
	for file in "$here/$name".sqlite "$here/$name".sqlite-wal "$here/$name".sqlite-shm; do
		[ ! -e "$file" ] || mv "$file" "$here/before-restore-$stamp/"
	done
	mv "$here/$name.restored" "$here/$name.sqlite"
done
sync
echo "restore: done; what was there is in before-restore-$stamp of each volume" >&2
