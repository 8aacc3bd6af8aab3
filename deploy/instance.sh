# A private Tasheem on loopback, for the demo and the tests: sourced, not run.
#   instance_prepare DIRECTORY     keys, free ports, configuration; sets the TASHEEM_* of a client
#   instance_start NAME…           redis, membership, quota, matching, solver
#   instance_ready NAME…           waits until each says it is ready
#   instance_stop                  TERM to all that runs here, in turn, by pid; false if one did not go well
# DIRECTORY holds keys/ journal/ log/ clock env. Paths stay relative: a socket's path is short.
INSTANCE_BIN=${INSTANCE_BIN:-build/release}
INSTANCE_SERVICES="membership quota matching solver"
# 1404-09-02 08:00 in Tehran, the morning the week begins.
INSTANCE_MORNING_MS=1763872200000

instance_say() { printf '%s\n' "$*" >&2; }

instance_port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Three free ports in a row, different for those who start together.
instance_ports() {
	local first
	for first in $(shuf -i 24000-29990 -n 200); do
		instance_port_free "$first" && instance_port_free $((first + 1)) &&
			instance_port_free $((first + 2)) && echo "$first" && return
	done
	instance_say "no free ports on loopback"
	return 1
}

instance_prepare() {
	instance_dir=$1
	mkdir -p "$instance_dir"/{keys,journal,log,pid}
	deploy/make-keys.sh "$instance_dir/keys" "$INSTANCE_BIN/tasheem" || return 1
	local port
	port=$(instance_ports) || return 1
	[ -s "$instance_dir/clock" ] ||
		echo $((INSTANCE_MORNING_MS - $(date +%s%3N))) >"$instance_dir/clock"
	cat >"$instance_dir/env" <<-END
		export TASHEEM_MEMBERSHIP=tcp://127.0.0.1:$port
		export TASHEEM_QUOTA=tcp://127.0.0.1:$((port + 1))
		export TASHEEM_MATCHING=tcp://127.0.0.1:$((port + 2))
		export TASHEEM_REDIS=$instance_dir/redis.sock
		export TASHEEM_PRINCIPALS_FILE=$instance_dir/keys/principals
		export TASHEEM_CLOCK_FILE=$instance_dir/clock
	END
	cat >"$instance_dir/client" <<-END
		. $instance_dir/env
		export TASHEEM_SECRET_KEY_FILE=$instance_dir/keys/operator.secret
		export TASHEEM_JOURNALS=$instance_dir/journal
		export TASHEEM_REDIS_USER=reader
		export TASHEEM_REDIS_PASSWORD_FILE=$instance_dir/keys/redis-reader.password
	END
	. "$instance_dir/client"
}

# The environment of one daemon and nothing else of ours.
instance_environment() {
	local name=$1 variable endpoint
	for variable in $(compgen -e TASHEEM_); do unset "$variable"; done
	. "$instance_dir/env"
	export TASHEEM_SECRET_KEY_FILE=$instance_dir/keys/$name.secret
	if [ "$name" = solver ]; then
		unset TASHEEM_REDIS
		return
	fi
	variable=TASHEEM_${name^^}
	endpoint=${!variable}
	export TASHEEM_ENDPOINT=$endpoint
	export TASHEEM_STATE_DIGEST=on
	export TASHEEM_JOURNAL=$instance_dir/journal/$name.sqlite
	export TASHEEM_REDIS_USER=$name
	export TASHEEM_REDIS_PASSWORD_FILE=$instance_dir/keys/redis-$name.password
	# More of it, as tests want it: NAME=VALUE words.
	[ -z "${INSTANCE_EXTRA:-}" ] || export ${INSTANCE_EXTRA?}
}

instance_launch() {
	local name=$1
	if [ "$name" = redis ]; then
		rm -f "$instance_dir/redis.sock"
		exec setsid redis-server deploy/redis.conf --port 0 --unixsocket "$instance_dir/redis.sock" \
			--unixsocketperm 700 --aclfile "$instance_dir/keys/redis.acl"
	fi
	instance_environment "$name"
	exec setsid "$INSTANCE_BIN/$name"
}

instance_start() {
	local name
	for name in "$@"; do
		(instance_launch "$name") >>"$instance_dir/log/$name.log" 2>&1 </dev/null &
		echo $! >"$instance_dir/pid/$name"
	done
}

instance_alive() {
	[ -s "$instance_dir/pid/$1" ] && kill -0 "$(cat "$instance_dir/pid/$1")" 2>/dev/null
}

instance_answers() {
	case $1 in
	redis) [ "$(redis-cli -s "$instance_dir/redis.sock" --no-auth-warning --user health --pass x ping 2>/dev/null)" = PONG ] ;;
	*) "$INSTANCE_BIN/tasheem" health "$1" >/dev/null 2>&1 ;;
	esac
}

instance_ready() {
	local name until=$((SECONDS + 30))
	for name in "$@"; do
		until instance_answers "$name"; do
			if ! instance_alive "$name" || [ $SECONDS -ge $until ]; then
				instance_say "$name is not ready; the end of $instance_dir/log/$name.log:"
				tail -n 15 "$instance_dir/log/$name.log" >&2
				return 1
			fi
			sleep 0.05
		done
	done
}

# Those that decide before those they follow; Redis last.
instance_stop() {
	local name pid code status=0 until
	for name in solver matching quota membership redis; do
		[ -s "$instance_dir/pid/$name" ] || continue
		pid=$(cat "$instance_dir/pid/$name")
		kill -TERM "$pid" 2>/dev/null || true
		until=$((SECONDS + 6))
		while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $until ]; do sleep 0.05; done
		if kill -0 "$pid" 2>/dev/null; then
			instance_say "$name did not stop within 5 s and was killed"
			kill -KILL "$pid" 2>/dev/null || true
			status=1
		else
			# 127: not a child of this shell, started by an earlier one.
			code=0
			wait "$pid" 2>/dev/null || code=$?
			if [ $code -ne 0 ] && [ $code -ne 127 ]; then
				instance_say "$name ended with $code; see $instance_dir/log/$name.log"
				status=1
			fi
		fi
		rm -f "$instance_dir/pid/$name"
	done
	return $status
}
