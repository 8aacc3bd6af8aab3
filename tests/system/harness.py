"""Real daemons, a real Redis and real CURVE keys in a directory of their own, and peers to
talk to them. How a daemon is started is said once, in deploy/instance.sh."""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time

import zmq

sys.path.insert(0, "build/gen/python")
from tasheem.common.v1 import common_pb2 as common  # noqa: E402
from tasheem.matching.v1 import matching_pb2 as matching  # noqa: E402
from tasheem.membership.v1 import membership_pb2 as membership  # noqa: E402
from tasheem.quota.v1 import quota_pb2 as quota  # noqa: E402

BIN = pathlib.Path(os.environ.get("INSTANCE_BIN", "build/release"))
DAEMONS = ("membership", "quota", "matching", "solver")
SOURCES = ("membership", "quota", "matching")
DATA = "deploy/demo/qom"
MAX_FRAME = 1 << 20


def wait_for(what, condition, seconds=20.0):
    """The first true value of condition(), looked at often; fails with `what`."""
    until = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def client_environment(directory):
    listed = subprocess.run(["bash", "-c", f". {shlex.quote(str(directory))}/client; compgen -e TASHEEM_ | while read -r v; "
                             'do printf "%s=%s\\n" "$v" "${!v}"; done'], check=True, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in listed.stdout.splitlines())


class Peer:
    """One CURVE identity's connection to one daemon."""

    def __init__(self, instance, service, secret):
        self.instance = instance
        public = zmq.curve_public(secret.encode())
        self.socket = instance.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, 20)
        self.socket.setsockopt(zmq.RECONNECT_IVL_MAX, 200)
        self.socket.curve_serverkey = instance.public_key(service).encode()
        self.socket.curve_publickey = public
        self.socket.curve_secretkey = secret.encode()
        self.socket.connect(instance.environment[f"TASHEEM_{service.upper()}"])
        self.answers = {}

    def close(self):
        self.socket.close()

    def send_frame(self, frame):
        self.socket.send(frame)

    def frame(self, seconds):
        return self.socket.recv() if self.socket.poll(int(seconds * 1000)) else None

    def receive(self, seconds):
        """Takes one reply in; false after so long without one."""
        frame = self.frame(seconds)
        if frame is None:
            return False
        for answer in common.Reply.FromString(frame).answers:
            self.answers[answer.id] = answer
        return True

    def ask(self, kind, payload=b"", message_id=None, seconds=10.0, correlation=""):
        """The answer to one item; None when there is none in time."""
        message_id = message_id or self.instance.message_id()
        if not isinstance(payload, bytes):
            payload = payload.SerializeToString()
        item = common.Item(id=message_id, kind=kind, payload=payload)
        self.answers.pop(message_id, None)
        self.send_frame(common.Envelope(items=[item], correlation_id=correlation).SerializeToString())
        until = time.monotonic() + seconds
        while message_id not in self.answers and time.monotonic() < until:
            self.receive(max(0.0, until - time.monotonic()))
        return self.answers.pop(message_id, None)

    def insist(self, kind, payload, message_id, seconds=60.0):
        """Repeats the same id until it is decided: what every client must do when a daemon dies."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answer = self.ask(kind, payload, message_id, seconds=0.5)
            if answer is not None and answer.code not in (common.CODE_OVERLOADED, common.CODE_UNAVAILABLE):
                return answer
            if answer is not None:
                time.sleep(0.05)
        raise AssertionError(f"no decision within {seconds} s")


class Instance:
    """A directory with keys, journals and logs, and the processes that live in it."""

    def __init__(self, directory, keep=False, keys=None):
        """With the keys of another instance the rounds have its seeds, and the week its end."""
        self.directory = pathlib.Path(directory)
        self.context = zmq.Context()
        self.processes = {}
        self.extra = {}
        if not keep:
            subprocess.run(["rm", "-rf", str(directory)], check=True)
        if keys:
            self.directory.mkdir(parents=True)
            subprocess.run(["cp", "-r", str(keys),
                            str(self.directory / "keys")], check=True)
        self.bash("instance_prepare", str(directory))
        self.environment = client_environment(directory)
        self.random = random.Random(hashlib.sha256(str(directory).encode()).digest())

    def bash(self, function, *arguments):
        call = " ".join(map(shlex.quote, (function, *arguments)))
        subprocess.run(["bash", "-c", f"set -eu; . deploy/instance.sh; {call}"], check=True, stdout=subprocess.DEVNULL)

    # Processes.
    def start(self, *names, check=True):
        for name in names:
            log = open(self.directory / "log" / f"{name}.log", "ab")
            script = f". deploy/instance.sh; instance_dir={shlex.quote(str(self.directory))}; instance_launch {name}"
            self.processes[name] = subprocess.Popen(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=log,
                                                    stderr=log, env={**os.environ, **self.extra})
            log.close()
        if check:
            for name in names:
                self.wait_ready(name)

    def alive(self, name):
        return name in self.processes and self.processes[name].poll() is None

    def wait_ready(self, name, seconds=30):
        if name == "redis":
            wait_for("redis answers", lambda: self.redis("ping", user="health").strip() == "PONG", seconds)
            return
        if name == "solver":
            return
        with self.peer(name) as peer:
            def ready():
                assert self.alive(name), f"{name} ended with {self.processes[name].returncode}: {self.log(name)[-2000:]}"
                health = self.health(peer, 0.3)
                return health is not None and health.ready
            wait_for(f"{name} is ready", ready, seconds)

    def stop(self, *names):
        """TERM; every daemon exits 0 within 5 s."""
        for name in names or list(reversed(self.processes)):
            if self.alive(name):
                process = self.processes[name]
                process.terminate()
                try:
                    status = process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise AssertionError(f"{name} did not stop within 5 s of SIGTERM")
                assert status == 0, f"{name} ended with {status} on SIGTERM: {self.log(name)[-1000:]}"

    def kill(self, name):
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def end(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        self.context.destroy(linger=0)

    def log(self, name):
        return (self.directory / "log" / f"{name}.log").read_text(errors="replace")

    # Talking.
    def public_key(self, name):
        return (self.directory / "keys" / f"{name}.public").read_text().strip()

    def secret(self, name):
        return (self.directory / "keys" / f"{name}.secret").read_text().strip()

    @contextlib.contextmanager
    def peer(self, service, who="operator", secret=None):
        peer = Peer(self, service, secret or self.secret(who))
        try:
            yield peer
        finally:
            peer.close()

    def now_ms(self):
        return int(time.time() * 1000) + int((self.directory / "clock").read_text())

    def message_id(self):
        """UUIDv7 of the simulated instant."""
        noise = bytearray(os.urandom(10))
        noise[0] = 0x70 | (noise[0] & 0x0F)
        noise[2] = 0x80 | (noise[2] & 0x3F)
        return self.now_ms().to_bytes(6, "big") + bytes(noise)

    @staticmethod
    def health(peer, seconds=5.0):
        answer = peer.ask(common.KIND_HEALTH, seconds=seconds)
        return None if answer is None or not answer.body else common.Health.FromString(answer.body)

    def health_of(self, service):
        with self.peer(service) as peer:
            health = self.health(peer)
            assert health is not None, f"{service} does not answer"
            return health

    def tasheem(self, *words, check=True, seconds=300, **environment):
        done = subprocess.run([str(BIN / "tasheem"), *words], capture_output=True, text=True, timeout=seconds,
                              env={**os.environ, **self.environment, **environment}, stdin=subprocess.DEVNULL)
        assert not check or done.returncode == 0, \
            f"tasheem {' '.join(words)}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
        return done

    def demo_words(self):
        return ("demo", "--keys", str(self.directory / "keys"), "--data", DATA)

    def redis(self, *words, user="reader"):
        secret = "x" if user in ("health", "breaker") else (self.directory / "keys" / f"redis-{user}.password").read_text().strip()
        return subprocess.run(["redis-cli", "-s", str(self.directory / "redis.sock"), "--no-auth-warning", "--user", user,
                               "--pass", secret, *words], capture_output=True, text=True).stdout

    def restart_and_compare(self):
        """Stops the daemons, starts them again: replay gives the state that was left."""
        heads = {name: self.health_of(name).head_sequence for name in SOURCES}
        self.stop("solver", "matching", "quota", "membership")
        left = {name: re.findall(r"event=daemon\.state head=(\d+) digest=(\w+)", self.log(name))[-1] for name in SOURCES}
        self.start(*DAEMONS)
        for name in SOURCES:
            found = re.findall(r"event=daemon\.state head=(\d+) digest=(\w+)", self.log(name))[-1]
            assert found == left[name], f"{name}: replay gives {found}, left was {left[name]}"
            health = self.health_of(name)
            assert health.state_digest.hex() == found[1], name
            assert int(found[0]) >= heads[name], f"{name}: {found[0]} records, {heads[name]} were there"

    # What is on disk.
    def records(self, service):
        """Every record of a journal, in order, with the chain and the counts checked."""
        path = self.directory / "journal" / f"{service}.sqlite"
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            rows = database.execute("SELECT first_sequence, count, time_ms, previous_hash, hash, body FROM row "
                                    "ORDER BY first_sequence").fetchall()
        finally:
            database.close()
        records, previous = [], bytes(32)
        for first, count, time_ms, before, row_hash, body in rows:
            assert before == previous, f"{service} row {first}: the chain is broken"
            previous = row_hash
            inside = common.RowBody.FromString(body).records
            assert len(inside) == count and [r.sequence for r in inside] == list(range(first, first + count)), \
                f"{service} row {first}: sequences"
            assert first == len(records) + 1, f"{service} row {first}: a gap"
            records.extend(inside)
        return records

    def result_of(self, done):
        return json.loads(done.stdout.strip().splitlines()[-1])


class Skip(Exception):
    """This machine cannot do the test; the reason."""
