"""The file system under the journals turns read-only or runs full, in the middle of the week, and
comes back. Who cannot write says so or ends with 74; nothing acknowledged is lost."""
import contextlib
import ctypes
import os
import subprocess
import time

from chaos_base import LONG, ROOT, Chaos, PEACE, Week, check_all, peace
from harness import DAEMONS, SOURCES, Skip, common, membership
from system_doors import party, person

MS_RDONLY, MS_REMOUNT = 1, 32
REGISTER = membership.COMMAND_KIND_PARTY_REGISTER


def mount(path, flags, options):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(path).encode(), b"tmpfs", flags, options.encode()) != 0:
        raise Skip(f"no tmpfs can be mounted: {os.strerror(ctypes.get_errno())}")


class Disk:
    """An instance whose journals lie on a small file system of their own."""

    def __init__(self, name, size):
        self.directory = ROOT / name
        self.journal = self.directory / "journal"
        subprocess.run(["umount", "-q", str(self.journal)], capture_output=True)
        subprocess.run(["rm", "-rf", str(self.directory)], check=True)
        self.made = Chaos(self.directory, keys=PEACE / "keys")
        mount(self.journal, 0, f"size={size}")

    def end(self):
        self.made.end()
        subprocess.run(["umount", str(self.journal)], capture_output=True)

    def fill(self, leave):
        """Takes what is free but for so many bytes."""
        with open(self.journal / "filler", "ab", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                facts = os.statvfs(self.journal)
                free = facts.f_bavail * facts.f_frsize
                if free <= leave:
                    break
                filler.write(bytes(min(free - leave, 1 << 20)))

    def empty(self):
        (self.journal / "filler").unlink(missing_ok=True)


def revive(made):
    """Starts what has ended; it ended because it could not write."""
    for name in SOURCES:
        if not made.alive(name):
            status = made.processes[name].returncode
            assert status in (74, 78), f"{name} ended with {status}: {made.log(name)[-1000:]}"
            made.start(name, check=False)


def test_full_disk_in_the_week():
    """Filled to the last byte and emptied again, over and over, the week goes on to its end."""
    peace()
    for size, reserve in ((("96m", 0),) if not LONG else (("96m", 4 << 20), ("96m", 0)) * 5):
        disk = Disk("full", size)
        made = disk.made
        try:
            made.extra = {"INSTANCE_EXTRA": f"TASHEEM_DISK_RESERVE={reserve}"}
            made.start("redis", *DAEMONS)
            life = Week(made)
            try:
                times = 0
                while life.running() and times < 5:
                    time.sleep(0.3)
                    disk.fill(0)
                    time.sleep(1.3)
                    disk.empty()
                    revive(made)
                    times += 1
                    time.sleep(0.7)
                revive(made)
                assert times > 0
                life.join()
                life.end()
                made.stop()
            finally:
                life.release()
        finally:
            disk.end()


def test_read_only_and_back():
    """A remount under an open journal: nothing is acknowledged until it is writable again."""
    peace()
    disk = Disk("remount", "96m")
    made = disk.made
    try:
        made.extra = {"INSTANCE_EXTRA": "TASHEEM_DISK_RESERVE=0"}
        made.start("redis", *DAEMONS)
        acknowledged = []
        with made.peer("membership") as peer:
            for number in range(5):
                payload = party(person(834560000 + number))
                message_id = made.message_id()
                assert peer.insist(REGISTER, payload, message_id).code == common.CODE_ACCEPTED
                acknowledged.append(message_id)
            # Files that are open for writing keep a file system from turning: the daemons go first.
            for name in SOURCES:
                made.kill(name)
            mount(disk.journal, MS_REMOUNT | MS_RDONLY, "size=96m")
            for name in SOURCES:
                made.start(name, check=False)
                status = made.processes[name].wait(10)
                assert status == 78, f"{name} ended with {status} on a read-only disk: {made.log(name)[-800:]}"
                assert "ead-only" in made.log(name) or "readonly" in made.log(name), made.log(name)[-800:]
            made.tasheem("journal", "verify", f"{disk.journal}/membership.sqlite")
            mount(disk.journal, MS_REMOUNT, "size=96m")
            made.start("membership", "quota", "matching")
            payload = party(person(834560099))
            assert peer.insist(REGISTER, payload, made.message_id()).code == common.CODE_ACCEPTED
        found = {record.message_id for record in made.records("membership")}
        assert all(message_id in found for message_id in acknowledged)
        check_all(made)
        made.stop()
    finally:
        disk.end()
