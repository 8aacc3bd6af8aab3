#!/usr/bin/env bash
# make compose-test: the system in containers, for real. Uses the Docker engine that runs, or
# starts one of its own (root) and ends that one again. Ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."
deploy/packages.sh build test compose || exit 1

export COMPOSE_PROJECT_NAME=tasheemtest COMPOSE_HTTP_TIMEOUT=300
if ! command -v docker-compose >/dev/null; then docker-compose() { docker compose "$@"; }; fi
healthy_seconds=60
passed=0
failed=0
engine_pid=
scratch=$(mktemp -d)

say() { printf '%s\n' "$*"; }
check() {
	local what=$1
	shift
	if "$@" >"$scratch/check.txt" 2>&1; then
		passed=$((passed + 1))
		say "ok $what"
	else
		failed=$((failed + 1))
		say "FAILED $what"
		tail -n 25 "$scratch/check.txt"
	fi
}

finish() {
	docker-compose down --volumes --timeout 10 >/dev/null 2>&1
	if [ -n "$engine_pid" ]; then
		kill -TERM "$engine_pid" 2>/dev/null
		wait "$engine_pid" 2>/dev/null
	fi
	rm -rf "$scratch"
}
trap finish EXIT

start_engine() {
	docker info >/dev/null 2>&1 && return 0
	local root=${DOCKER_ROOT:-/var/tmp/tasheem-docker} driver
	mkdir -p "$root"
	# One engine a directory: its images are kept for the next run. The engine inherits the
	# lock, so that one that was left behind keeps its directory too.
	exec 8>"$root.lock"
	flock -n 8 || root=$scratch/engine
	export DOCKER_HOST=unix://$scratch/docker.sock
	# overlay2 where the kernel and file system have it, else the plain copying driver.
	for driver in overlay2 vfs; do
		dockerd --data-root "$root/$driver" --exec-root "$scratch/exec" --pidfile "$scratch/docker.pid" \
			--storage-driver "$driver" -H "$DOCKER_HOST" >"$scratch/dockerd.txt" 2>&1 &
		engine_pid=$!
		local until=$((SECONDS + 30))
		while kill -0 "$engine_pid" 2>/dev/null && [ $SECONDS -lt $until ]; do
			docker info >/dev/null 2>&1 && return 0
			sleep 0.2
		done
		kill -TERM "$engine_pid" 2>/dev/null
		wait "$engine_pid" 2>/dev/null
		engine_pid=
	done
	tail -n 20 "$scratch/dockerd.txt"
	return 1
}

free_port() {
	local port
	for port in $(shuf -i 24000-29990 -n 100); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
}

container() { docker-compose ps -q "$1"; }
inspect() { docker inspect -f "$2" "$(container "$1")"; }

all_healthy() {
	local until=$((SECONDS + healthy_seconds)) service waiting
	while true; do
		waiting=
		for service in redis membership quota matching solver; do
			[ "$(inspect "$service" '{{.State.Health.Status}}' 2>/dev/null)" = healthy ] || waiting+=" $service"
		done
		[ -n "$waiting" ] || return 0
		[ $SECONDS -lt $until ] || break
		sleep 0.5
	done
	echo "not healthy after $healthy_seconds s:$waiting"
	docker-compose ps
	for service in $waiting; do
		inspect "$service" '{{json .State.Health}}' | tail -c 600
		docker-compose logs --tail 15 "$service"
	done
	return 1
}

confined() {
	local service facts
	for service in redis membership quota matching solver; do
		facts=$(inspect "$service" '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.RestartPolicy.Name}}')
		echo "$service $facts"
		[ "$facts" = "10001:10001 true [ALL] [no-new-privileges:true] unless-stopped" ] || return 1
		# What the kernel says of the running process.
		grep -E '^(CapEff|NoNewPrivs|Uid):' "/proc/$(inspect "$service" '{{.State.Pid}}')/status" |
			tr -s '\t\n' ' ' | grep -q 'Uid: 10001 10001 10001 10001 CapEff: 0000000000000000 NoNewPrivs: 1' || return 1
	done
}

only_two_ports() {
	local published
	published=$(docker ps --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" \
		--format '{{.Ports}}' | grep -o '127[^-]*->[0-9]*' | sort)
	echo "$published"
	[ "$published" = "$(printf '127.0.0.1:%s->7402\n127.0.0.1:%s->7403\n' "$QUOTA_PORT" "$MATCHING_PORT" | sort)" ] || return 1
	(exec 3<>"/dev/tcp/127.0.0.1/$QUOTA_PORT") && (exec 3<>"/dev/tcp/127.0.0.1/$MATCHING_PORT")
}

secrets_apart() {
	[ "$(docker-compose exec -T quota ls /keys | tr '\n' ' ')" = "principals quota.secret redis-quota.password " ] &&
		! docker-compose exec -T quota sh -c 'echo x >/keys/principals' &&
		! docker-compose exec -T quota sh -c 'echo x >/usr/local/bin/quota'
}

week() {
	docker-compose run --rm -T tools tasheem demo >"$scratch/demo.txt" 2>"$scratch/demo-talk.txt" || {
		tail -n 15 "$scratch/demo.txt" "$scratch/demo-talk.txt"
		return 1
	}
	tail -n 1 "$scratch/demo.txt" | tee "$scratch/result.json"
	tail -n 1 "$scratch/demo.txt" | python3 -c '
import json, sys
result = json.loads(sys.stdin.read())
assert result["verified"] is True and result["redis_equal"] is True, result
assert result["requests"] == 313 and result["placed_kg"] > 0, result'
}

# The README's publisher, on this side of the published port, with a key made and registered inside.
publisher_outside() {
	local buyer=14026085760 tools="docker-compose run --rm -T tools"
	make -s python-protos || return 1
	$tools tasheem key new outside --register --role publisher --party $buyer --json |
		python3 -c 'import json, sys; print(json.load(sys.stdin)["secret_key"])' >"$scratch/outside.secret" || return 1
	$tools cat /keys/principals >"$scratch/principals" || return 1
	$tools cat /clock/offset >"$scratch/offset" || return 1
	TASHEEM_SECRET_KEY_FILE=$scratch/outside.secret TASHEEM_PRINCIPALS_FILE=$scratch/principals \
		TASHEEM_CLOCK_FILE=$scratch/offset TASHEEM_QUOTA=tcp://127.0.0.1:$QUOTA_PORT \
		timeout 20 /usr/bin/python3 deploy/examples/publish.py $buyer L00001 5502BM 5500 | tee "$scratch/answer.txt"
	grep -qE '^CODE_(ACCEPTED|REFUSED)' "$scratch/answer.txt"
}

killed_comes_back() {
	local before
	before=$(inspect quota '{{.State.StartedAt}}')
	kill -KILL "$(inspect quota '{{.State.Pid}}')" || return 1
	local until=$((SECONDS + 30))
	while [ "$(inspect quota '{{.State.StartedAt}}')" = "$before" ]; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.2
	done
	all_healthy && docker-compose run --rm -T tools tasheem health
}

# A backup of the running system, put back after it: the same records, all healthy.
backup_and_restore() {
	local tools="docker-compose run --rm -T -v $scratch/backup:/backup tools" daemons="membership quota matching solver"
	mkdir -p -m 777 "$scratch/backup"
	chmod 755 "$scratch"
	$tools tasheem journal backup /backup/set || return 1
	! $tools ./container-restore.sh /backup/set || return 1
	docker-compose stop --timeout 10 $daemons || return 1
	$tools ./container-restore.sh /backup/set || return 1
	docker-compose start $daemons && all_healthy && $tools tasheem redis verify
}

rotated() { [ "$(inspect quota '{{.HostConfig.LogConfig}}')" = "{json-file map[max-file:5 max-size:10m]}" ]; }

stops_cleanly() {
	docker-compose stop --timeout 10 || return 1
	local service
	for service in membership quota matching solver redis; do
		echo "$service $(docker inspect -f '{{.State.ExitCode}}' "$(docker-compose ps -qa "$service" 2>/dev/null || container "$service")")"
	done | tee "$scratch/exits.txt"
	! grep -qv ' 0$' "$scratch/exits.txt"
}

check "a Docker engine runs" start_engine
check "the base image is there" deploy/base-image.sh
QUOTA_PORT=$(free_port)
MATCHING_PORT=$(free_port)
export QUOTA_PORT MATCHING_PORT
docker-compose down --volumes --timeout 5 >/dev/null 2>&1
check "the images build" docker-compose build
check "it goes up" docker-compose up -d
check "all are healthy within $healthy_seconds s" all_healthy
if [ $failed -eq 0 ]; then
	check "nobody has a right too many" confined
	check "only the two ports of publishers are out" only_two_ports
	check "each has its own secrets, and they are read-only" secrets_apart
	check "logs are rotated" rotated
	check "a week runs" week
	check "a publisher outside is answered" publisher_outside
	check "a killed daemon comes back" killed_comes_back
	check "a backup is restored" backup_and_restore
	check "all stop with 0" stops_cleanly
fi
say "$passed passed, $failed failed"
[ $failed -eq 0 ]
