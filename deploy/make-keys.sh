#!/usr/bin/env bash
# Makes every key of an installation, once: CURVE keys of the daemons and of the first people,
# passwords and the ACL file of Redis. What is there already is left alone.
#   deploy/make-keys.sh DIRECTORY [PATH_OF_TASHEEM]
# DIRECTORY/principals          fixed principals of all daemons: name role public_key
#          /NAME.secret         CURVE secret key (Z85), mode 0600, for the one who bears the name
#          /NAME.public         its public half
#          /redis-USER.password and /redis.acl
set -euo pipefail
umask 077

keys=${1:?directory}
tasheem=${2:-tasheem}
here=$(cd "$(dirname "$0")" && pwd)
# Who is fixed: the daemons, and one bearer of every office that the registry cannot appoint.
fixed="membership:service quota:service matching:service solver:solver operator:operator
	authority:authority clearing:clearing auditor:auditor"
redis_users="membership quota matching reader"

mkdir -p "$keys"
if [ -s "$keys/principals" ]; then
	echo "make-keys: $keys has keys already" >&2
	exit 0
fi

z85='[0-9a-zA-Z.:+=^!/*?&<>()\[\]{}@%$#-]{40}'
for entry in $fixed; do
	name=${entry%%:*}
	made=$("$tasheem" key new "$name" --json)
	public=$(printf '%s\n' "$made" | grep -oP "\"public(_key)?\"\s*:\s*\"\K$z85" | head -n 1)
	secret=$(printf '%s\n' "$made" | grep -oP "\"secret(_key)?\"\s*:\s*\"\K$z85" | head -n 1)
	[ ${#public} -eq 40 ] && [ ${#secret} -eq 40 ] || {
		echo "make-keys: $tasheem key new $name gave no pair of keys" >&2
		exit 1
	}
	printf '%s\n' "$secret" >"$keys/$name.secret"
	printf '%s\n' "$public" >"$keys/$name.public"
	printf '%s %s %s\n' "$name" "${entry##*:}" "$public" >>"$keys/principals.new"
done

for user in $redis_users; do
	od -An -vtx1 -N32 /dev/urandom | tr -d ' \n' >"$keys/redis-$user.password"
	echo >>"$keys/redis-$user.password"
done
acl=$(cat "$here/redis.acl")
for user in $redis_users; do
	hash=$(tr -d '\n' <"$keys/redis-$user.password" | sha256sum | cut -d' ' -f1)
	acl=${acl//@$user@/#$hash}
done
printf '%s\n' "$acl" | grep -v '^;' >"$keys/redis.acl"
chmod 644 "$keys"/*.public
# Last: whoever sees the principals sees all keys.
chmod 644 "$keys/principals.new"
mv "$keys/principals.new" "$keys/principals"
echo "make-keys: made $keys" >&2
