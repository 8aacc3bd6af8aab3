#!/usr/bin/python3
"""The rules of the house that text shows: direction of includes, where protobuf may be
seen, lengths, goto, log event codes, paths of machines. Prints file:line: what is wrong."""
import pathlib
import re
import subprocess
import sys

FILE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 5
PB_HEADER = re.compile(r'#include\s+[<"](tasheem/.*\.pb-c\.h|protobuf-c/|(?:common/)?wire\.h)')
# Files that may see protobuf: decoding and encoding, and the table of command kinds (authorise.c).
PB_FILES = re.compile(r"services/\w+/(messages|view)\w*\.[ch]$|services/matching/verify\w*\.[ch]$"
                      r"|services/(ctl|solver)/|common/(wire|authorise|record|batch|intake|bus|follow|daemon|client|health|feed|source|story|"
                      r"watch|outbox|verdict_wire|envelope)\w*\.[ch]$|tests/")
MACHINE = re.compile(r"(?<![\w.])/(work|home/\w|root)/")

problems = 0


def tell(path, line, what):
    global problems
    problems += 1
    print(f"{path}:{line}: {what}")


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], check=True,
                            capture_output=True, text=True).stdout.split("\n")
    return [name for name in listed if name and pathlib.Path(name).is_file()]


def check_source(path, lines):
    in_common = path.startswith("common/")
    service = re.match(r"services/(\w+)/", path)
    if in_common or service:
        if len(lines) > FILE_LINES:
            tell(path, len(lines), f"{len(lines)} lines, at most {FILE_LINES}")
    for number, line in enumerate(lines, 1):
        included = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
        if included:
            target = included.group(1)
            if in_common and "services/" in target:
                tell(path, number, f"common includes {target}")
            other = re.match(r"(?:\.\./)*(?:services/)?(membership|quota|matching|solver|ctl)/", target)
            if service and other and other.group(1) != service.group(1) and service.group(1) != "ctl":
                tell(path, number, f"{service.group(1)} includes {target}")
            if PB_HEADER.match(line) and not PB_FILES.search(path):
                tell(path, number, f"protobuf is seen here: {target}")
        if service and re.match(r"\s*goto\s", line):
            tell(path, number, "goto")


def check_functions(paths):
    tags = subprocess.run(["ctags", "-L", "-", "--language-force=C", "--fields=+neS", "--kinds-C=f", "-f", "-"],
                          input="\n".join(paths), check=True, capture_output=True, text=True).stdout
    for tag in tags.splitlines():
        if tag.startswith("!"):
            continue
        cells = tag.split("\t")
        fields = dict(cell.split(":", 1) for cell in cells[3:] if ":" in cell)
        start, end = int(fields["line"]), int(fields.get("end", fields["line"]))
        if end - start + 1 > FUNCTION_LINES:
            tell(cells[1], start, f"{cells[0]} has {end - start + 1} lines, at most {FUNCTION_LINES}")
        parameters = fields.get("signature", "()").count(",") + 1
        if parameters > PARAMETERS and "..." not in fields["signature"]:
            tell(cells[1], start, f"{cells[0]} has {parameters} parameters, at most {PARAMETERS}")


def check_events(paths):
    """Every event code in the sources is listed in deploy/log-events.md, and the other way round."""
    reference = pathlib.Path("deploy/log-events.md")
    if not reference.exists():
        tell(reference, 1, "is missing")
        return
    listed = {}
    for number, line in enumerate(reference.read_text().splitlines(), 1):
        for code in re.findall(r"^\|\s*`([a-z0-9_]+(?:\.[a-z0-9_]+)+)`", line):
            listed[code] = number
    # Every event of a record is logged under its own name.
    used = {f"{proto.parent.parent.name}.{name.lower()}": (proto, proto.read_text().count("\n", 0, found.start()) + 1)
            for proto in pathlib.Path("proto").rglob("*.proto")
            for found in re.finditer(r"^  EVENT_KIND_(\w+) = [1-9]", proto.read_text(), re.M)
            for name in [found.group(1)]}
    call = re.compile(r'\blog_(?:debug|info|warn|warning|error|write|event)\w*\s*\(\s*(?:\w+\s*,\s*){0,3}'
                      r'"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"')
    for path in paths:
        text = pathlib.Path(path).read_text()
        for found in call.finditer(text):
            used.setdefault(found.group(1), (path, text.count("\n", 0, found.start()) + 1))
    for code, (path, line) in sorted(used.items()):
        if code not in listed:
            tell(path, line, f"event {code} is not in {reference}")
    text = "\n".join(pathlib.Path(path).read_text() for path in paths)
    for code, line in listed.items():
        if code not in used and f'"{code}"' not in text:
            tell(reference, line, f"event {code} is in no source")


def check_redis_users(paths):
    """Every Redis key a view names may be written by its own daemon's user, and by no other's."""
    acl = pathlib.Path("deploy/redis.acl")
    allowed = {words[1]: [word[1:].rstrip("*") for word in words if word[0] in "~&"]
               for words in map(str.split, acl.read_text().splitlines()) if words[:1] == ["user"]}
    for path in paths:
        service = re.match(r"services/(membership|quota|matching)/", path)
        text = pathlib.Path(path).read_text() if service else ""
        for found in re.finditer(r'"(tasheem:[a-z]+:(?:[a-z]+)?)', text):
            key, line = found.group(1), text.count("\n", 0, found.start()) + 1
            for user in ("membership", "quota", "matching"):
                may = any(key.startswith(pattern) for pattern in allowed[user])
                if may != (user == service.group(1)):
                    tell(path, line, f"{acl}: user {user} may{'' if may else ' not'} write {key}")


def check_redis_reference(paths):
    """Every key and field a view writes is described in deploy/redis-keys.md."""
    reference = pathlib.Path("deploy/redis-keys.md")
    described = reference.read_text() if reference.exists() else ""
    call = re.compile(r'view_(?:text|int|day|month|digest)\(view, "([a-z_]+)"|view_hash\(view, "(tasheem:[a-z]+:)')
    for path in (path for path in paths if path.endswith("/view.c")):
        text = pathlib.Path(path).read_text()
        for found in call.finditer(text):
            name = f"`{found.group(1)}`" if found.group(1) else found.group(2)
            if name not in described:
                tell(path, text.count("\n", 0, found.start()) + 1, f"{name} is not in {reference}")


def check_machine(path, lines):
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line):
            tell(path, number, "names a path of one machine")


def main():
    sources = tracked("common/*.[ch]", "services/*.[ch]")
    for path in sources:
        check_source(path, pathlib.Path(path).read_text().splitlines())
    check_functions([path for path in sources if path.endswith(".c")])
    check_events([path for path in sources if path.endswith(".c")])
    check_redis_users([path for path in sources if path.endswith(".c")])
    check_redis_reference(sources)
    for path in tracked():
        if path != "tests/lint/house.py":
            try:
                check_machine(path, pathlib.Path(path).read_text().splitlines())
            except UnicodeDecodeError:
                pass
    print(f"house: {len(sources)} sources, {problems} problems", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
