#!/usr/bin/python3
"""Deciding and applying are pure: no clock, no I/O, no malloc, no randomness. Looks at what the
objects of a plain build leave undefined.
   purity.py BUILD_DIRECTORY"""
import pathlib
import re
import subprocess
import sys

LIBC = re.compile(r"^(mem(cpy|move|set|cmp|chr)|strlen|strnlen|strcmp|strncmp|__\w*ti\w*|__popcountdi2|crypto_generichash\w*"
                  r"|sodium_mem(cmp|zero)|check_failed|_GLOBAL_OFFSET_TABLE_)$")
# What these may use of common/. They are checked themselves, but for those that own memory
# (arena, table, timers) and the loader of the fixed principals (authorise).
PURE_COMMON = ["arena", "table", "timers", "calendar", "identifiers", "verdict", "checked", "authorise", "digest",
               "view"]
IMPURE_INSIDE = {"arena", "table", "timers", "authorise"}
PURE_PART = re.compile(r"(decide|apply|regime|view|verify|ceiling|state)\w*$")
# Views and the verifier read messages: the guarded decoder and its tables, and formatting.
READERS = re.compile(r"^(wire_decode\w*|tasheem__\w+__descriptor|v?snprintf|protobuf_c_\w+)$")
# Verifier and solver also sort, by total orders, and hash into tables of their own.
COMPUTERS = re.compile(r"^(qsort|crypto_shorthash)$")

build = pathlib.Path(sys.argv[1])
problems = 0


def symbols(path):
    listed = subprocess.run(["nm", path], check=True, capture_output=True, text=True).stdout
    undefined, defined = set(), set()
    for line in listed.splitlines():
        kind, name = line.split()[-2:]
        (undefined if kind in "Uw" else defined).add(name)
    return undefined, defined


def source_line(source, name):
    for number, line in enumerate(source.read_text().splitlines(), 1):
        if re.search(rf"\b{re.escape(name)}\s*\(", line):
            return number
    return 1


def check(source, path, allowed, reader=False, computes=False):
    global problems
    for name in sorted(symbols(path)[0]):
        if name in allowed or LIBC.match(name) or (reader and READERS.match(name)) or \
                (computes and COMPUTERS.match(name)):
            continue
        problems += 1
        print(f"{source}:{source_line(source, name)}: {path.name} is not pure: {name}")


common = {}
for name in PURE_COMMON:
    path = build / "common" / f"{name}.o"
    if path.exists():
        common[name] = symbols(path)[1]
shared = set().union(*common.values()) if common else set()
for name in common.keys() - IMPURE_INSIDE:
    check(pathlib.Path("common") / f"{name}.c", build / "common" / f"{name}.o", shared, name == "view")

objects = 0
for service in ("membership", "quota", "matching", "solver"):
    sources = sorted(pathlib.Path("services", service).glob("*.c"))
    if service == "solver":
        pure = [source for source in sources if not re.match(r"main|messages|worker|thread", source.stem)]
    else:
        pure = [source for source in sources if PURE_PART.match(source.stem)]
    paths = {source: build / source.with_suffix(".o") for source in pure}
    own = set().union(*(symbols(path)[1] for path in paths.values() if path.exists()), set())
    for source, path in paths.items():
        if not path.exists():
            print(f"{source}:1: was not built")
            problems += 1
            continue
        objects += 1
        check(source, path, shared | own, re.match(r"view|verify", source.stem),
              service == "solver" or source.stem.startswith("verify"))
print(f"purity: {objects} objects, {problems} problems", file=sys.stderr)
sys.exit(1 if problems else 0)
