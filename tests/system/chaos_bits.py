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
from harness import BIN, common, membership
from system_doors import party, person

ROWS = 500 if LONG else 60
SAMPLE = None if LONG else 2500
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


def tell(state, target, bits, head, name):
    """Flips each of these bits alone. Returns (detected, harmless, silent losses)."""
    directory = in_memory(name)
    files = {path.name: path.read_bytes() for path in (WORK / state).iterdir()}
    detected, harmless, silent = 0, 0, []
    for bit in bits:
        for file in directory.iterdir():
            file.unlink()
        for file, content in files.items():
            if file == target:
                content = bytearray(content)
                content[bit // 8] ^= 1 << bit % 8
            (directory / file).write_bytes(content)
        status, text = verify(directory / "membership.sqlite")
        assert status >= 0, f"verify died of signal {-status} at bit {bit} of {target}: {text}"
        if status == 0 and head_of(text) == head:
            harmless += 1
        elif status == 0:
            silent.append((bit, head_of(text)))
        else:
            assert "membership.sqlite" in text, f"bit {bit} of {target}: the file is not named: {text}"
            detected += 1
    shutil.rmtree(directory.parent if not any(directory.parent.iterdir()) else directory, ignore_errors=True)
    return detected, harmless, silent


def flip(state, target, head):
    size = (WORK / state / target).stat().st_size * 8
    chance = random.Random(SEED)
    bits = sorted(chance.sample(range(size), min(SAMPLE or size, size)))
    workers = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda at: tell(state, target, bits[at::workers], head, f"{state}-{at}"), range(workers)))
    detected, harmless = sum(part[0] for part in parts), sum(part[1] for part in parts)
    silent = sorted(loss for part in parts for loss in part[2])
    print(f"  {state}/{target}: {len(bits)} bits of {size} flipped: {detected} named, {harmless} harmless, "
          f"{len(silent)} silent", flush=True)
    assert not silent, f"{state}/{target}: {len(silent)} flips lose rows in silence, first {silent[:3]} of head {head}"
    return detected


def prepare():
    if not hasattr(prepare, "head"):
        shutil.rmtree(WORK, ignore_errors=True)
        WORK.mkdir(parents=True)
        prepare.head = grow(ROWS)
        for state in ("killed", "stopped"):
            status, text = verify(WORK / state / "membership.sqlite")
            assert status == 0 and head_of(text) == prepare.head, text
    return prepare.head


def test_flipped_bits_of_a_stopped_journal():
    assert flip("stopped", "membership.sqlite", prepare()) > 0


def test_flipped_bits_of_a_write_ahead_log():
    assert flip("killed", "membership.sqlite-wal", prepare()) > 0
