#!/usr/bin/env bash
# Installs what is missing of the named sets of Debian packages; as root, or by sudo.
#   deploy/packages.sh build demo test lint models compose
set -euo pipefail

build="gcc libc6-dev make pkg-config git libzmq3-dev libprotobuf-c-dev protobuf-c-compiler
	protobuf-compiler libhiredis-dev libsqlite3-dev libsodium-dev libjansson-dev libutf8proc-dev"
demo="redis-server redis-tools"
test="libcmocka-dev python3 python3-zmq python3-protobuf procps"
lint="universal-ctags clang clang-format python3 binutils"
models="spin"
fuzz="clang libclang-rt-14-dev"
compose="docker.io docker-compose debootstrap iptables"

missing=()
for set in "$@"; do
	case $set in
	build | demo | test | lint | models | fuzz | compose) ;;
	*) echo "packages: no set is called $set" >&2; exit 2 ;;
	esac
	for package in ${!set}; do
		state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
		[ "$state" = "install ok installed" ] || missing+=("$package")
	done
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages: missing ${missing[*]}; install them as root (apt-get install) and try again" >&2
		exit 1
	}
	as_root=(sudo)
fi
echo "packages: installing ${missing[*]}" >&2
# A package that starts a server would take the default port: nothing is started here.
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
	made=1
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
	"${as_root[@]}" chmod 755 "$policy"
fi
clean() { [ -z "$made" ] || "${as_root[@]}" rm -f "$policy"; }
trap clean EXIT
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends
	-o DPkg::Lock::Timeout=120)
"${install[@]}" install "${missing[@]}" >/dev/null 2>&1 && exit 0
"${install[@]}" update >/dev/null
"${install[@]}" install "${missing[@]}" >/dev/null
