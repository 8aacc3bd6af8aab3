"""kill -9 at the n-th system call of a daemon, and disks that fail at the n-th: over and over in
the week, beside publishers. What was acknowledged stays, what failed was told to nobody."""
from chaos_base import LONG, weeks_under

# Calls that change the world or bring something in, and how many of them a life may have had.
RUNNING = {"fdatasync": 300, "pwrite64": 800, "sendto": 1500, "recvfrom": 1500, "write": 1500, "poll": 3000, "read": 2000,
           "pread64": 400}
STARTING = {"openat": 120, "close": 90, "mmap": 80, "pread64": 60, "pwrite64": 12, "fdatasync": 4, "fcntl": 80, "lseek": 20,
            "newfstatat": 60, "ftruncate": 3, "unlink": 3, "socket": 12, "bind": 3, "connect": 8, "getrandom": 12,
            "rename": 1, "fsync": 1, "fallocate": 1, "clone3": 6, "sendto": 12, "recvfrom": 20, "write": 40}


def kills(name, chance):
    """Every other one early in a life, the others spread over it (as often by scale as by count)."""
    while True:
        for calls in (RUNNING, STARTING):
            call = chance.choice(sorted(calls))
            at = int(calls[call] ** chance.random()) if calls is RUNNING else chance.randint(1, calls[call])
            yield call, f"signal=KILL:when={max(1, at)}"


def test_kill_at_the_nth_call():
    hits = weeks_under("kill", 3000 if LONG else 60, kills, (-9,))
    print("  struck: " + ", ".join(f"{call} {times}" for call, times in sorted(hits.items())), flush=True)


def failures(name, chance):
    """One failure, or a disk that never comes back for this life."""
    while True:
        call, most = chance.choice((("fdatasync", 200), ("pwrite64", 500)))
        error = chance.choice(("EIO", "ENOSPC", "EDQUOT") if call == "pwrite64" else ("EIO", "ENOSPC", "EDQUOT"))
        yield call, f"error={error}:when={int(most ** chance.random())}" + chance.choice(("", "+"))


def test_failing_disk_ends_the_daemon_with_74():
    """74 after it was open; 78 when it cannot even open its journal."""
    hits = weeks_under("disk", 400 if LONG else 16, failures, (74, 78))
    print("  struck: " + ", ".join(f"{call} {times}" for call, times in sorted(hits.items())), flush=True)
