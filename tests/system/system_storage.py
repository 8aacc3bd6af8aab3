"""What lies under the daemons fails: Redis is absent, killed, killed again in the middle of
the week; the disk runs full. Decisions do not change, and all comes back by itself."""
import ctypes
import json
import os
import pathlib
import random
import subprocess
import threading

from harness import DAEMONS, Instance, Skip, common, membership, wait_for
from system_doors import party, person


def mount_tmpfs(path, size):
    path.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(path).encode(), b"tmpfs", 0, f"size={size}".encode()) != 0:
        raise Skip(f"no tmpfs can be mounted: {os.strerror(ctypes.get_errno())}")


def test_week_with_a_failing_redis():
    """Absent at start, then killed five times: the same decisions, and an equal projection."""
    instance = Instance("run/test/redis", keys="run/test/week/keys")
    try:
        instance.start(*DAEMONS)
        done = threading.Event()
        kills = 0

        def trouble():
            nonlocal kills
            chance = random.Random(5)
            while not done.wait(chance.uniform(0.3, 1.5)):
                if instance.alive("redis"):
                    instance.kill("redis")
                    kills += 1
                    if kills == 5:
                        break
                else:
                    instance.start("redis")
            if not instance.alive("redis"):
                instance.start("redis")

        thread = threading.Thread(target=trouble)
        thread.start()
        try:
            week = instance.tasheem(*instance.demo_words(), check=False)
        finally:
            done.set()
            thread.join()
        assert kills > 0, "the week was over before Redis died"
        assert week.stdout.strip(), week.stderr[-2000:]
        result = instance.result_of(week)
        expected = json.loads(pathlib.Path("run/test/week.json").read_text())
        for name in ("requests", "accepted", "refused", "offered_kg", "placed_kg", "allocations", "verified"):
            assert result[name] == expected[name], (name, result, expected)
        wait_for("Redis equals the journals", lambda: instance.tasheem("redis", "verify", check=False).returncode == 0, 30)
        instance.stop()
    finally:
        instance.end()


def test_full_disk_refuses_and_resumes():
    directory = pathlib.Path("run/test/disk")
    subprocess.run(["umount", "-q", str(directory / "journal")], capture_output=True)
    subprocess.run(["rm", "-rf", str(directory)], check=True)
    journal = directory / "journal"
    mount_tmpfs(journal, "48m")
    instance = None
    try:
        instance = Instance(directory, keep=True)
        instance.extra = {"INSTANCE_EXTRA": "TASHEEM_DISK_RESERVE=8388608"}
        instance.start("membership")
        register = membership.COMMAND_KIND_PARTY_REGISTER
        with instance.peer("membership") as peer:
            assert peer.ask(register, party(person(111222333))).code == common.CODE_ACCEPTED
            ballast = journal / "filler"
            free = os.statvfs(journal).f_bavail * os.statvfs(journal).f_frsize
            assert free > 8 << 20, free
            ballast.write_bytes(bytes(free - (4 << 20)))
            message_id = instance.message_id()
            payload = party(person(111222334))

            def refused():
                answer = peer.ask(register, payload, message_id)
                return answer.code == common.CODE_UNAVAILABLE and answer
            # Free space is looked at each second; the first tries may still pass.
            for number in range(111222340, 111222400):
                answer = peer.ask(register, party(person(number)))
                if answer.code == common.CODE_UNAVAILABLE:
                    break
                assert answer.code == common.CODE_ACCEPTED, answer
                threading.Event().wait(0.1)
            answer = refused()
            assert answer, "it went on writing on a full disk"
            assert answer.reasons[0].code == common.REASON_CODE_DISK_FULL, answer
            read = peer.ask(membership.COMMAND_KIND_REGISTRY_READ, membership.RegistryRead(noun=membership.NOUN_PARTY))
            assert read.code == common.CODE_ACCEPTED and len(membership.RegistryReadReply.FromString(read.body).parties) > 0
            assert instance.health(peer).live
            ballast.unlink()
            answer = peer.insist(register, payload, message_id, 10)
            assert answer.code == common.CODE_ACCEPTED, answer
        instance.stop()
    finally:
        if instance:
            instance.end()
        subprocess.run(["umount", str(journal)], capture_output=True)
