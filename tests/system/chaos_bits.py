"""Journals that were tampered with or that rotted: every single flipped bit, cut files, rows that
are gone, swapped or altered. Each is named by `tasheem journal verify` and stops the daemon,
or it changes nothing at all: then every row reads as before. Nothing in between exists."""
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess

from chaos_base import LONG, ROOT, SEED, Chaos
from harness import BIN, common, membership, wait_for
from system_doors import party, person

ROWS = 500 if LONG else 60
FLIPPER = BIN / ("tests/system/chaos_bits" if (BIN / "tests").is_dir() else "chaos_bits")
WORK = ROOT / "bits"


def grow(rows):
    """A journal of so many commits: stopped (all in the file), and killed (all in the log beside it)."""
    made = Chaos(WORK / "grown")
    try:
        made.start("membership")
        acknowledged = 0
        with made.peer("membership") as peer:
            for number in range(rows):
                answer = peer.ask(membership.COMMAND_KIND_PARTY_REGISTER, party(person(612345000 + number)))
                assert answer.code == common.CODE_ACCEPTED, answer
                acknowledged = answer.sequence
        for name in ("killed", "stopped"):
            (WORK / name).mkdir()
        made.kill("membership")
        for path in (made.directory / "journal").glob("membership.sqlite*"):
            if path.suffix in (".sqlite", ".sqlite-wal"):
                shutil.copy(path, WORK / "killed")
        made.start("membership", check=False)
        made.wait_ready("membership")
        made.stop("membership")
        shutil.copy(made.directory / "journal" / "membership.sqlite", WORK / "stopped")
    finally:
        made.end()
    return acknowledged


def verify(path):
    """What the command says of a journal: (good, head, sentence)."""
    done = subprocess.run([str(BIN / "tasheem"), "journal", "verify", str(path), "--json"], capture_output=True, text=True,
                          env={**os.environ}, stdin=subprocess.DEVNULL, timeout=60)
    return done.returncode, done.stdout + done.stderr


def head_of(text):

    found = re.search(r'"head_sequence":\s*(\d+)', text)
    return int(found.group(1)) if found else -1


def in_memory(name):
    """A directory of memory where there is one: a flip must not wait for a disk."""
    base = pathlib.Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else WORK
    directory = base / f"tasheem-chaos-{os.getpid()}" / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def flip_range(state, target, first, step, last, name):
    """[named, harmless, lost, silent, first silent bit] of the bits first, first + step, … below last."""
    directory = in_memory(name)
    for path in (WORK / state).iterdir():
        shutil.copy(path, directory)
    done = subprocess.run([str(FLIPPER), str(directory / "membership.sqlite"), str(directory / target), "membership", str(first),
                           str(step), str(last)], capture_output=True, text=True)
    shutil.rmtree(directory, ignore_errors=True)
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1, done
    return [int(word) for word in done.stdout.split()]


def flip(state, target, step, last=0):
    """Every step-th bit below last (0: of all), each alone."""
    prepare()
    workers = os.cpu_count() or 1
    # Each worker starts a step further and takes every so many of them.
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda at: flip_range(state, target, at * step, workers * step, last, f"{state}-{at}"), range(workers)))
    named, harmless, lost, silent = (sum(part[at] for part in parts) for at in range(4))
    count = named + harmless + lost + silent
    print(f"  {state}/{target}: {count} flips: {named} named, {harmless} harmless, {lost} cost a last commit that a crash "
          f"might have torn, {silent} unseen", flush=True)
    assert silent == 0, f"{state}/{target}: {silent} flips change what is read, first {[part[4] for part in parts]}"
    if state == "stopped":
        assert lost == 0, f"{lost} flips cost the newest row"
    assert lost <= max(4, count / ROWS * 4), f"{lost} of {count} flips cost the last commit"
    assert named > 0


def prepare():
    if not hasattr(prepare, "head"):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        prepare.head = grow(ROWS)
        for state in ("killed", "stopped"):
            status, text = verify(WORK / state / "membership.sqlite")
            assert status == 0 and head_of(text) == prepare.head, text
    return prepare.head


def start_on(files):
    """Starts membership on these files; its exit status and log, None when it lives."""
    shutil.rmtree(WORK / "opened", ignore_errors=True)
    made = Chaos(WORK / "opened", keys=WORK / "grown" / "keys")
    try:
        for name, content in files.items():
            (made.directory / "journal" / name).write_bytes(content)
        made.start("membership", check=False)
        with made.peer("membership") as peer:
            while made.alive("membership"):
                health = made.health(peer, 0.1)
                if health is not None:
                    return None, health.head_sequence
        return made.processes["membership"].returncode, made.log("membership")
    finally:
        made.end()


def test_daemon_does_not_open_what_rotted():
    """A sample of flips: what verify names stops the daemon with 78, or it serves all rows."""
    head = prepare()
    chance = random.Random(SEED)
    for state, target in (("stopped", "membership.sqlite"), ("killed", "membership.sqlite-wal")):
        stopped = 0
        for _ in range(200 if LONG else 12):
            files = {path.name: path.read_bytes() for path in (WORK / state).glob("*.sqlite*") if path.suffix != ".sqlite-shm"}
            # The newest frames may be those of the commit that cannot be told from a torn one.
            bit = chance.randrange(len(files[target]) * 8 * 9 // 10)
            content = bytearray(files[target])
            content[bit // 8] ^= 1 << bit % 8
            status, said = start_on({**files, target: bytes(content)})
            assert status in (None, 78), f"bit {bit} of {target}: exit {status}: {said[-800:]}"
            if status is None:
                assert said == head, f"bit {bit} of {target}: it serves {said} of {head} records"
            else:
                assert "membership.sqlite" in said, said[-800:]
                stopped += 1
        assert stopped > 0, f"no flip of {target} stopped the daemon"


def altered(name, *statements):
    """A stopped journal after these statements."""
    directory = WORK / "altered" / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    path = directory / "membership.sqlite"
    shutil.copy(WORK / "stopped" / "membership.sqlite", path)
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()
    return path


def test_altered_rows_are_named():
    head = prepare()
    middle = head // 2
    swap = (f"UPDATE row SET first_sequence = -1 WHERE first_sequence = {middle}",
            f"UPDATE row SET first_sequence = {middle} WHERE first_sequence = {middle + 1}",
            f"UPDATE row SET first_sequence = {middle + 1} WHERE first_sequence = -1")
    cases = {"swapped": swap, "deleted": (f"DELETE FROM row WHERE first_sequence = {middle}",),
             "first": ("DELETE FROM row WHERE first_sequence = 1",),
             "counted": (f"UPDATE row SET count = 2 WHERE first_sequence = {middle}",),
             "dated": (f"UPDATE row SET time_ms = time_ms + 1 WHERE first_sequence = {middle}",),
             "doubled": (f"INSERT INTO row SELECT {head + 1}, count, time_ms, previous_hash, hash, body FROM row "
                         f"WHERE first_sequence = {middle}",),
             "bodyless": (f"UPDATE row SET body = x'' WHERE first_sequence = {middle}",),
             "bodies": (f"UPDATE row SET body = (SELECT body FROM row WHERE first_sequence = 2) WHERE first_sequence = {middle}",)}
    for name, statements in cases.items():
        path = altered(name, *statements)
        status, text = verify(path)
        assert status != 0, f"{name}: verify finds nothing"
        assert "membership.sqlite" in text and re.search(r"\b\d+\b", text), f"{name}: {text}"
        exit_status, said = start_on({"membership.sqlite": path.read_bytes()})
        assert exit_status == 78 and "membership.sqlite" in said, f"{name}: {exit_status} {said}"
        # Nothing earlier becomes unreadable.
        shown = subprocess.run([str(BIN / "tasheem"), "journal", "show", str(path), "--json", "--count", str(middle - 1)],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if name != "first":
            assert len(shown.stdout.strip().splitlines()) >= middle - 1, f"{name}: {shown}"


def test_lost_last_rows_are_a_fork_for_followers():
    """A chain without its end is whole by itself: those who followed it know better."""
    made = Chaos(WORK / "forked")
    try:
        made.start("redis", "membership", "quota", "matching")
        with made.peer("membership") as peer:
            for number in range(20):
                answer = peer.ask(membership.COMMAND_KIND_PARTY_REGISTER, party(person(612345000 + number)))
                assert answer.code == common.CODE_ACCEPTED, answer
        head = made.health_of("membership").head_sequence
        wait_for("quota has followed", lambda: any(
            source.sequence >= head for source in made.health_of("quota").sources if source.name == "membership"))
        made.stop("membership")
        database = sqlite3.connect(made.directory / "journal" / "membership.sqlite")
        database.execute(f"DELETE FROM row WHERE first_sequence > {head - 3}")
        database.commit()
        database.close()
        made.start("membership")
        wait_for("quota tells of the fork", lambda: "event=follow.forked" in made.log("quota"), 10)
        assert not made.health_of("quota").ready
    finally:
        made.end()


def test_cut_files():
    """At every page, at every 512th byte and around the edges: named, or whole."""
    head = prepare()
    for state, target in (("stopped", "membership.sqlite"), ("killed", "membership.sqlite-wal")):
        directory = in_memory("cut")
        content = (WORK / state / target).read_bytes()
        lost = []
        for size in sorted(set(range(0, len(content), 512 if LONG else 16384)) | {1, 31, 32, 33, len(content) - 1}):
            for path in (WORK / state).iterdir():
                (directory / path.name).write_bytes(content[:size] if path.name == target else path.read_bytes())
            status, text = verify(directory / "membership.sqlite")
            assert status >= 0, text
            if status == 0:
                lost.append((size, head_of(text)))
        shutil.rmtree(directory, ignore_errors=True)
        if state == "stopped":
            assert not [loss for loss in lost if loss[1] != head], f"{target} cut: {lost}"
        else:
            # A log that ends early is what a crash leaves: a prefix, and never less than the file's own.
            assert all(loss[1] <= head for loss in lost) and lost == sorted(lost, key=lambda loss: loss[1]), lost


def test_flipped_bits_of_a_stopped_journal():
    flip("stopped", "membership.sqlite", 1 if LONG else 29)


def test_flipped_bits_of_a_write_ahead_log():
    """Its first kibibyte whole, which holds its header and a frame's; a sample of the rest."""
    flip("killed", "membership.sqlite-wal", 1 if LONG else 5, 8192)
    flip("killed", "membership.sqlite-wal", 6007 if LONG else 9001)
