"""Too much of everything: ten times what a daemon can take, one noisy publisher beside a quiet one,
readers that never read, thousands of connections, bytes that crawl, lengths of a gibibyte, garbage.
Memory stays bounded, work goes on, and three seconds later all is as before."""
import os
import pathlib
import random
import socket
import threading
import time

import zmq

from chaos_base import LONG, SEED, instance, peace
from harness import SOURCES, Peer, common, membership, wait_for
from system_doors import party, person

REGISTER = membership.COMMAND_KIND_PARTY_REGISTER
MIB = 1 << 20
ITEMS = 100
RECOVERY_SECONDS = 3


def resident(made, name):
    status = pathlib.Path(f"/proc/{made.processes[name].pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def recovered(made, name="membership"):
    """A fresh connection is answered in time."""
    start = time.monotonic()
    with made.peer(name) as peer:
        health = wait_for(f"{name} answers again", lambda: made.health(peer, 0.5), RECOVERY_SECONDS)
    assert health.live and health.ready, health
    return time.monotonic() - start


def address(made, name):
    host, port = made.environment[f"TASHEEM_{name.upper()}"].removeprefix("tcp://").split(":")
    return host, int(port)


def envelope(made, numbers):
    items = [common.Item(id=made.message_id(), kind=REGISTER, payload=party(person(number)).SerializeToString())
             for number in numbers]
    return common.Envelope(items=items).SerializeToString()


class Numbers:
    """Each number once, over all threads."""

    def __init__(self):
        self.at = 120000000

    def take(self, count):
        self.at += count
        return range(self.at - count, self.at)


def frames(made, numbers, count):
    return [envelope(made, numbers.take(ITEMS)) for _ in range(count)]


def quiet(made, seconds, numbers):
    """One command after the other; how long each answer took, in ms."""
    took = []
    with made.peer("membership") as peer:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            start = time.monotonic()
            answer = peer.insist(REGISTER, party(person(numbers.take(1)[0])), made.message_id(), 10)
            assert answer.code in (common.CODE_ACCEPTED, common.CODE_REFUSED), answer
            took.append((time.monotonic() - start) * 1000)
    return sorted(took)


def push(made, waiting, over):
    """Sends all it has as fast as it goes and throws away what comes back."""
    at = 0
    with made.peer("membership") as peer:
        while not over.is_set():
            while at < len(waiting):
                try:
                    peer.socket.send(waiting[at], zmq.DONTWAIT)
                except zmq.Again:
                    break
                at += 1
            while peer.socket.poll(10):
                peer.socket.recv()


def flood(made, waiting, meanwhile=lambda: None):
    """All these frames over as many connections; records journaled per second."""
    over = threading.Event()
    threads = [threading.Thread(target=push, args=(made, part, over)) for part in waiting]
    wanted = sum(len(part) for part in waiting) * ITEMS
    with made.peer("membership") as peer:
        head = made.health(peer).head_sequence
        start = time.monotonic()
        for thread in threads:
            thread.start()
        said = meanwhile()

        def done():
            health = made.health(peer, 1.0)
            return health is not None and health.head_sequence - head >= wanted and health.time_ms
        try:
            wait_for("all is journaled", done, 60)
            seconds = time.monotonic() - start
        finally:
            over.set()
            for thread in threads:
                thread.join()
    return wanted / seconds, said


def test_ten_times_too_much():
    """Goodput holds at ten times the connections and no limit in flight; a quiet publisher is served."""
    peace()
    numbers = Numbers()
    with instance("load") as made:
        made.start("redis", "membership")
        count = 200 if LONG else 60
        alone = quiet(made, 1.0, numbers)
        before = resident(made, "membership")
        # Other work on this machine may take from either: the best of a few tries counts.
        for _ in range(4):
            peak, _ = flood(made, [frames(made, numbers, count) for _ in range(2)])
            goodput, _ = flood(made, [frames(made, numbers, count) for _ in range(20)])
            if goodput >= 0.9 * peak:
                break
        _, beside = flood(made, [frames(made, numbers, count) for _ in range(20)], lambda: quiet(made, 1.0, numbers))
        grown = resident(made, "membership") - before
        seconds = recovered(made)
        print(f"  load: peak {peak:.0f}/s, at ten times {goodput:.0f}/s; a quiet publisher's median {alone[len(alone) // 2]:.1f} ms "
              f"alone, {beside[len(beside) // 2]:.1f} ms beside it, worst {beside[-1]:.0f} ms; {grown / MIB:.0f} MiB more; "
              f"back in {seconds:.2f} s", flush=True)
        assert goodput >= 0.9 * peak, (goodput, peak)
        assert grown < 400 * MIB, grown
        assert beside[-1] < 3000, beside[-1]
        made.stop()


def test_those_who_never_read():
    """Followers with all the credit there is, and askers of the longest answers: none reads a byte."""
    peace()
    numbers = Numbers()
    with instance("deaf") as made:
        made.start("redis", "membership")
        flood(made, [frames(made, numbers, 100) for _ in range(2)])
        before = resident(made, "membership")
        peers = []
        for who in ("auditor", "quota", "matching") + ("auditor",) * 9:
            peer = Peer(made, "membership", made.secret(who))
            follow = common.Follow(after_sequence=0, credit_bytes=64 * MIB).SerializeToString()
            peer.send_frame(common.Envelope(items=[common.Item(id=bytes(16), kind=common.KIND_FOLLOW, payload=follow)]).SerializeToString())
            peers.append(peer)
        read = membership.RegistryRead(noun=membership.NOUN_PARTY).SerializeToString()
        kind = membership.COMMAND_KIND_REGISTRY_READ
        for _ in range(4):
            peer = Peer(made, "membership", made.secret("operator"))
            peer.socket.setsockopt(zmq.RCVHWM, 1)
            for _ in range(40):
                items = [common.Item(id=made.message_id(), kind=kind, payload=read) for _ in range(200)]
                peer.send_frame(common.Envelope(items=items).SerializeToString())
            peers.append(peer)
        most = 0
        until = time.monotonic() + (15 if LONG else 4)
        while time.monotonic() < until:
            most = max(most, resident(made, "membership") - before)
            time.sleep(0.05)
        after = quiet(made, 0.5, numbers)
        for peer in peers:
            peer.close()
        seconds = recovered(made)
        print(f"  never read: at most {most / MIB:.0f} MiB more, a command's median {after[len(after) // 2]:.1f} ms, "
              f"back in {seconds:.2f} s", flush=True)
        assert most < 1024 * MIB, f"{most / MIB:.0f} MiB for those who never read"
        made.stop()


GREETING = bytes([0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 1]) + b"CURVE".ljust(20, b"\0") + bytes(32)
LONG_FRAME = b"\x02" + (1 << 30).to_bytes(8, "big")
LONG_COMMAND = b"\x06" + (1 << 30).to_bytes(8, "big")


def garbage(chance):
    yield chance.randbytes(chance.randrange(1, 20000))
    yield b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 100
    yield GREETING + LONG_FRAME + bytes(100000)
    yield GREETING + LONG_COMMAND + bytes(100000)
    yield GREETING + b"\x04\xff" + chance.randbytes(255)
    yield GREETING.replace(b"CURVE", b"NULL\0") + b"\x04\x19\x05READY" + bytes(18)
    yield GREETING.replace(b"CURVE", b"PLAIN") + b"\x04\x08\x05HELLO\0\0"
    yield b"\0" * 70000
    yield b"*3\r\n$3\r\nSET\r\n"


def knock(where, content, hold):
    try:
        door = socket.create_connection(where, 2)
        door.sendall(content)
        hold.append(door)
    except OSError:
        pass


def test_garbage_on_every_port():
    """Nonsense, other protocols, wrong mechanisms and lengths of 1 GiB; connections stay open."""
    peace()
    chance = random.Random(SEED)
    with instance("garbage") as made:
        made.start("redis", *SOURCES)
        before = {name: resident(made, name) for name in SOURCES}
        doors = []
        for _ in range(200 if LONG else 20):
            for name in SOURCES:
                for content in garbage(chance):
                    knock(address(made, name), content, doors)
        for name in SOURCES:
            grown = resident(made, name) - before[name]
            assert grown < 64 * MIB, f"{name}: {grown / MIB:.0f} MiB for garbage"
            recovered(made, name)
        for door in doors:
            door.close()
        made.stop()


def test_crawling_and_crowding():
    """Hundreds that send a byte now and then, and 5,000 connections a second that come and go."""
    peace()
    with instance("crowd") as made:
        made.start("redis", "membership")
        before = resident(made, "membership")
        doors = []
        for _ in range(400):
            knock(address(made, "membership"), GREETING[:3], doors)
        for at in range(3, 13):
            for door in doors:
                try:
                    door.send(GREETING[at:at + 1])
                except OSError:
                    pass
            time.sleep(0.1)
        with made.peer("membership") as peer:
            assert made.health(peer, RECOVERY_SECONDS) is not None, "nobody is answered beside those who crawl"
        start, made_count = time.monotonic(), 0
        wanted, seconds = 5000 * (6 if LONG else 2), (6 if LONG else 2)
        where = address(made, "membership")
        while made_count < wanted and time.monotonic() - start < seconds * 4:
            door = socket.socket()
            door.setblocking(False)
            door.connect_ex(where)
            door.close()
            made_count += 1
            ahead = made_count / 5000 - (time.monotonic() - start)
            if ahead > 0.01:
                time.sleep(ahead)
        taken = time.monotonic() - start
        back = recovered(made)
        grown = resident(made, "membership") - before
        for door in doors:
            door.close()
        print(f"  crowd: {len(doors)} crawl, {made_count / taken:.0f} connections a second; {grown / MIB:.0f} MiB more; "
              f"back in {back:.2f} s", flush=True)
        assert grown < 128 * MIB, grown
        wait_for("descriptors are given back", lambda: len(os.listdir(f"/proc/{made.processes['membership'].pid}/fd")) < 100, 10)
        made.stop()
