#!/usr/bin/env python3
"""Plants the bugs of tests/sim/mutants/*.txt, one at a time, and expects each to be found
by random lives (their own checks and the books) or by the scenarios.

Called by `make sim-mutants`, which builds what is whole first and passes CC, CFLAGS, LDLIBS,
BUILD (the folder of objects) and OBJECTS (what is linked). A mutant compiles only the files
it changes, into build/mutant/NAME. Arguments are names of mutants; none means all.
LIVES= lives of MUTANT_HOURS= hours are lived for each before the scenarios are asked.
Ends with `N passed, N failed`; the whole tree itself counts as the first case.
"""
import concurrent.futures
import glob
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys

CPU_SECONDS = 120
LIVES = os.environ.get("LIVES", "8")
HOURS = os.environ.get("MUTANT_HOURS", "96")
BUILD = os.environ["BUILD"]
SERVICES = ("membership", "quota", "matching")
SCENARIOS = sorted(glob.glob("tests/scenarios/*.txt"))


class Mutant:
    def __init__(self, name, sentence):
        self.name = name
        self.sentence = sentence
        self.changes = []  # [path, old, new]


def read_rules(path):
    mutants = []
    part = None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        mark, text = line[:2].strip(), line[2:].rstrip("\n")
        if mark == "=":
            name, _, sentence = text.partition(": ")
            mutants.append(Mutant(name, sentence))
        elif mark == "@":
            source = text
        elif mark == "-":
            if part != "-":
                mutants[-1].changes.append([source, "", ""])
            mutants[-1].changes[-1][1] += text + "\n"
        elif mark == "+":
            mutants[-1].changes[-1][2] += text + "\n"
        elif mark not in ("", "#"):
            sys.exit(f"{path}:{number}: not a rule: {line!r}")
        part = mark
    return mutants


def change(text, old, new, where):
    """White space does not count, so that formatting may change."""
    pattern = r"\s*".join(re.escape(word) for word in re.findall(r"\w+|[^\w\s]", old))
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        raise ValueError(f"{where}: the old text occurs {len(found)} times, not once: {old.strip()}")
    return text[: found[0].start()] + new + text[found[0].end():]


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, errors="replace", **more)


def build(mutant):
    """The two programs of the mutant."""
    folder = f"build/mutant/{mutant.name}"
    shutil.rmtree(folder, ignore_errors=True)
    texts = {}
    for path, old, new in mutant.changes:
        text = texts.get(path) or open(path, encoding="utf-8").read()
        texts[path] = change(text, old, new, f"{mutant.name}: {path}")
    objects = {}
    for path, text in texts.items():
        copy = f"{folder}/{path}"
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        open(copy, "w", encoding="utf-8").write(text)
        objects[path] = copy[:-2] + ".o"
        flags = [flag for flag in shlex.split(os.environ["CFLAGS"]) if flag not in ("-MMD", "-MP")]
        subprocess.run([os.environ["CC"], *flags, "-O1", "-w", "-iquote", os.path.dirname(path),
                        '-DTASHEEM_VERSION="mutant"', "-c", copy, "-o", objects[path]], check=True)
    return folder, link(folder, objects)


def link(folder, objects):
    linked = shlex.split(os.environ["OBJECTS"])
    for service in SERVICES:
        if not any(path.startswith(f"services/{service}/") for path in objects):
            continue
        parts = [objects.get(path, f"{BUILD}/{path[:-2]}.o")
                 for path in sorted(glob.glob(f"services/{service}/*.c")) if not path.endswith("/main.c")]
        whole = f"{folder}/{service}.o"
        subprocess.run(["ld", "-r", "-o", whole + ".all", *parts, f"{BUILD}/tests/sim/core_{service}.o"],
                       check=True)
        subprocess.run(["objcopy", "-w", "--keep-global-symbol=core_*", whole + ".all", whole], check=True)
        linked = [whole if one == f"{BUILD}/tests/sim/{service}.o" else one for one in linked]
    # Before the libraries, whose own object of the same names is then not taken.
    common = [made for path, made in objects.items() if path.startswith("common/")]
    programs = {}
    for program, main in (("lives", "sim"), ("scenarios", "scenario_main")):
        programs[program] = f"{folder}/{program}"
        subprocess.run([os.environ["CC"], *shlex.split(os.environ["CFLAGS"]), f"{BUILD}/tests/sim/{main}.o",
                        *common, *linked, "-o", programs[program], *shlex.split(os.environ["LDLIBS"])],
                       check=True)
    return programs


def watch(command, environment=None):
    """What the program complains of, or None."""
    # A mutant may never end, or eat all it gets.
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env={**os.environ, **(environment or {})},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS)))
    tail, broken = [], None
    for line in process.stdout:
        if broken is None and line.startswith("not ok"):
            broken = line.strip()
        elif broken is not None and line.startswith("  "):
            broken = line.strip() if command[0].endswith("lives") else broken
            break
        tail = (tail + [line.strip()])[-3:]
    if broken is not None:
        process.kill()
    code = process.wait()
    process.stdout.close()
    if broken is None and code != 0:
        last = next((line for line in reversed(tail) if "check.failed" in line or "effect=" in line),
                    tail[-1] if tail else "")
        broken = f"ended with {code}: {last[:100]}"
    return broken


def find(programs):
    """Who finds it, and what he says."""
    found = watch([programs["lives"]], {"SEED": "1", "SEEDS": LIVES, "HOURS": HOURS})
    if found:
        return "lives", found
    found = watch([programs["scenarios"], *SCENARIOS])
    return ("scenarios", found) if found else (None, None)


def try_mutant(mutant):
    try:
        folder, programs = build(mutant)
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        return False, f"not ok {mutant.name} could not be planted: {error}"
    who, what = find(programs)
    shutil.rmtree(folder, ignore_errors=True)
    if who is None:
        return False, f"not ok {mutant.name} NOT FOUND: {mutant.sentence}"
    return True, f"ok {mutant.name} found by {who}: {what[:110]}"


def main():
    mutants = [one for path in sorted(glob.glob("tests/sim/mutants/*.txt")) for one in read_rules(path)]
    names = sys.argv[1:]
    unknown = set(names) - {one.name for one in mutants}
    if unknown or len({one.name for one in mutants}) != len(mutants):
        sys.exit(f"unknown names, or a name twice: {unknown}")
    mutants = [one for one in mutants if not names or one.name in names]
    who, what = find({"lives": f"{BUILD}/tests/sim/simulate", "scenarios": f"{BUILD}/tests/sim/scenario"})
    passed, failed = int(who is None), int(who is not None)
    print("ok the tree itself is whole" if who is None else f"not ok the tree itself: {who}: {what}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for good, line in pool.map(try_mutant, mutants):
            print(line, flush=True)
            passed += good
            failed += not good
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
