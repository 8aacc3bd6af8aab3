#!/bin/sh
# What bench-requests needs beyond the build: Redis, PostgreSQL and its client library.
set -eu
cd "$(dirname "$0")/../.."
deploy/packages.sh build demo >&2
missing=
for package in postgresql-15 libpq-dev; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "bench-requests: installing$missing" >&2
# The package would start a cluster of its own on the usual port: ours is private.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] ||
	echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
