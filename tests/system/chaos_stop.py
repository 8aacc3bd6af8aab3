"""Time itself misbehaves: daemons, the solver and Redis stand still for seconds in the middle of
the week; clocks jump by hours and by years, for all of them or for one. Nothing is lost, records
never go back in time, deadlines wait for a clock that can be trusted."""
import glob
import random
import signal
import time

from chaos_base import LONG, SEED, Week, check_all, instance, peace
from harness import DAEMONS, SOURCES, Skip, common, membership, wait_for
from system_doors import party, person

HOUR_MS = 3600 * 1000
YEARS_MS = 10 * 365 * 24 * HOUR_MS
REGISTER = membership.COMMAND_KIND_PARTY_REGISTER


def test_standing_still():
    """SIGSTOP of one or two of all at a time, for longer than followers and Redis are patient."""
    peace()
    chance = random.Random(SEED)
    stops = {}
    for week in range(8 if LONG else 1):
        with instance(f"stop-{week}") as made:
            made.start("redis", *DAEMONS)
            life = Week(made)
            names = ("redis", *DAEMONS)
            try:
                # The week may end before all have stood still: the publishers go on.
                while sum(stops.values()) < (week + 1) * (len(names) + 2):
                    time.sleep(chance.uniform(0.05, 0.3))
                    first = min(names, key=lambda name: (stops.get(name, 0), chance.random()))
                    victims = {first, chance.choice(names)} if chance.random() < 0.3 else {first}
                    for name in victims:
                        made.processes[name].send_signal(signal.SIGSTOP)
                        stops[name] = stops.get(name, 0) + 1
                    time.sleep(chance.uniform(0.3, 2.5))
                    for name in victims:
                        made.processes[name].send_signal(signal.SIGCONT)
                life.join()
                life.end()
                made.stop()
            finally:
                life.release()
    print("  stood still: " + ", ".join(f"{name} {times}" for name, times in sorted(stops.items())), flush=True)


def times_grow(made):
    for service in SOURCES:
        before = 0
        for record in made.records(service):
            assert record.time_ms >= before, f"{service} record {record.sequence} is {before - record.time_ms} ms back in time"
            before = record.time_ms


def put_clock(made, offset_ms):
    part = made.directory / "clock.new"
    part.write_text(f"{offset_ms}\n")
    part.rename(made.directory / "clock")
    # Looked at every 20 ms.
    time.sleep(0.1)


def test_simulated_clock_jumps():
    """The offset of all jumps back and forth, up to ten years; publishers of that time are served."""
    with instance("clock-offset") as made:
        made.start("redis", *DAEMONS)
        begin = int((made.directory / "clock").read_text())
        number = 812340000
        with made.peer("membership") as peer:
            for jump_ms in (0, HOUR_MS, 0, -HOUR_MS, 0, YEARS_MS, YEARS_MS - HOUR_MS, YEARS_MS + HOUR_MS):
                put_clock(made, begin + jump_ms)
                for _ in range(20):
                    number += 1
                    answer = peer.insist(REGISTER, party(person(number)), made.message_id(), 10)
                    # By the journal's time an id of an hour ago is old, not stale.
                    assert answer.code == common.CODE_ACCEPTED, (jump_ms, answer)
            # Ten years back: the journal's time stays, so new ids are stale, and that is said.
            put_clock(made, begin)
            answer = peer.ask(REGISTER, party(person(number + 1)))
            assert answer.reasons[0].code == common.REASON_CODE_STALE_ID, answer
            put_clock(made, begin + YEARS_MS + 2 * HOUR_MS)
            answer = peer.insist(REGISTER, party(person(number + 1)), made.message_id(), 10)
            assert answer.code == common.CODE_ACCEPTED, answer
        times_grow(made)
        check_all(made)
        made.stop()


def faked(made, name, jump_seconds=0):
    """A daemon on the wall clock, which a file may move under it."""
    libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
    if not libraries:
        raise Skip("faketime is not installed")
    wall = made.directory / f"wall-{name}"
    wall.write_text(f"{jump_seconds:+d}\n")
    made.start_under(name, "env", "-u", "TASHEEM_CLOCK_FILE", f"LD_PRELOAD={libraries[0]}", f"FAKETIME_TIMESTAMP_FILE={wall.absolute()}",
                     "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    return wall


def move(wall, seconds):
    wall.write_text(f"{seconds:+d}\n")
    time.sleep(0.3)


def test_wall_clock_of_one_daemon_jumps():
    """Deadlines pause with an alarm, requests with true ids go on, and when the clock is right
    again all is as before: the wrong time has not got into the journal."""
    with instance("clock-wall") as made:
        put_clock(made, 0)
        made.start("redis")
        walls = {name: faked(made, name) for name in SOURCES}
        for name in SOURCES:
            made.wait_ready(name)
        number = 823450000
        for name in ("membership", "quota"):
            for seconds in (3600, -3600, YEARS_MS // 1000, -YEARS_MS // 1000):
                move(walls[name], seconds)
                with made.peer(name) as peer:
                    wait_for(f"{name} suspects its clock at {seconds:+d} s", lambda: made.health(peer).clock == "suspect", 5)
                with made.peer("membership") as peer:
                    for _ in range(5):
                        number += 1
                        answer = peer.ask(REGISTER, party(person(number)))
                        assert answer.code == common.CODE_ACCEPTED, f"{name} at {seconds:+d} s: {answer}"
                head = made.health_of("membership").head_sequence
                wait_for("quota has followed", lambda: made.health_of("quota").sources[0].sequence >= head)
                move(walls[name], 0)
                with made.peer(name) as peer:
                    wait_for(f"{name} trusts its clock again", lambda: made.health(peer).clock != "suspect", 5)
        now_ms = int(time.time() * 1000)
        for service in SOURCES:
            for record in made.records(service):
                assert abs(record.time_ms - now_ms) < HOUR_MS / 2, \
                    f"{service} record {record.sequence} is {record.time_ms - now_ms:+d} ms off: the jump is in the journal"
        times_grow(made)
        with made.peer("membership") as peer:
            answer = peer.ask(REGISTER, party(person(number + 1)))
            assert answer.code == common.CODE_ACCEPTED, answer
