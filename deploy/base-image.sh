#!/usr/bin/env bash
# Makes sure that the image debian:12-slim is there: pulled where a registry is reached,
# otherwise made with debootstrap from the mirror that apt on this machine uses.
set -euo pipefail

tag=debian:12-slim
pull_seconds=90

say() { printf '%s\n' "base-image: $*" >&2; }

docker image inspect "$tag" >/dev/null 2>&1 && exit 0
if timeout "$pull_seconds" docker pull --quiet "$tag" >/dev/null 2>&1; then
	say "pulled $tag"
	exit 0
fi

command -v debootstrap >/dev/null || { say "cannot pull $tag and debootstrap is missing"; exit 1; }
mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
	awk '$1 == "bookworm" && $2 == "main" { print $3; exit }')
[ -n "$mirror" ] || { say "apt on this machine has no source of Debian 12; run apt-get update"; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
say "making $tag with debootstrap"
debootstrap --variant=minbase bookworm "$root/tree" "$mirror" >"$root/log" 2>&1 ||
	{ tail -n 20 "$root/log" >&2; say "debootstrap failed"; exit 1; }
rm -rf "$root"/tree/var/cache/apt/archives/*.deb "$root"/tree/var/lib/apt/lists/* \
	"$root"/tree/usr/share/{doc,man,locale}/*
tar -C "$root/tree" -c . | docker import --change 'CMD ["/bin/bash"]' - "$tag" >/dev/null
say "made $tag"
