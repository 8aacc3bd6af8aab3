#!/usr/bin/python3
"""The contract's own rules: a comment on every message, enum and field that does not say it all
by its name; enums begin with _UNSPECIFIED = 0; no recursion; no number twice."""
import pathlib
import re
import sys

# Names that carry their unit or meaning: nothing to add to `licence_id` or `price_rial_per_kg`.
PLAIN = re.compile(r"(^|_)(id|kg|ms|jalali|rial|percent|name|title|grade|family|state|kind|kinds|code|province|county"
                   r"|stream|sequence|hash|version|page|total|count|month|reason|policy|lots|draw|pass|role|level|place"
                   r"|party|principal|buyer|supplier|number|key)(_per_\w+)?$")
SCALARS = {"double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64", "sfixed32",
           "sfixed64", "bool", "string", "bytes"}
BLOCK = re.compile(r"^\s*(message|enum)\s+(\w+)\s*\{")
FIELD = re.compile(r"^\s*(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)\s*;")
VALUE = re.compile(r"^\s*(\w+)\s*=\s*(\d+)\s*;")

problems = 0
uses = {}
where = {}


def tell(path, line, what):
    global problems
    problems += 1
    print(f"{path}:{line}: {what}")


def plain_message(name, body):
    """A command or read that wraps nouns and plain fields needs no sentence of its own."""
    return all(PLAIN.search(field) or kind not in SCALARS for kind, field in body)


def check_block(path, package, start, kind, name, lines):
    commented = start > 1 and lines[start - 2].strip().startswith("//")
    text, depth, end = lines[start - 1], 0, start
    body, numbers, first = [], {}, True
    # A comment covers the fields of one type that stand directly under it.
    covered = ""
    for at in range(start, len(lines) + 1):
        text = lines[at - 1]
        depth += text.count("{") - text.count("}")
        inner = text.split("{", 1)[1] if at == start else text
        has_comment = "//" in text or lines[at - 2].strip().startswith("//")
        for part in re.findall(r"[^;{}]*;", inner.split("//")[0]):
            found = FIELD.match(part) if kind == "message" else VALUE.match(part)
            if not found:
                continue
            number = found.group(4) if kind == "message" else found.group(2)
            label = found.group(3) if kind == "message" else found.group(1)
            if number in numbers:
                tell(path, at, f"{label} and {numbers[number]} have the same number {number}")
            numbers[number] = label
            if kind == "message":
                type_name = found.group(2)
                body.append((type_name, label))
                if type_name not in SCALARS:
                    full = type_name if "." in type_name else f"{package}.{type_name}"
                    uses.setdefault(f"{package}.{name}", set()).add(full)
                    where[f"{package}.{name}"] = (path, start)
                elif not has_comment and not PLAIN.search(label) and covered != type_name:
                    tell(path, at, f"field {name}.{label} has no comment")
                covered = type_name if has_comment or covered == type_name else ""
            elif first:
                first = False
                if number != "0" or not label.endswith("_UNSPECIFIED"):
                    tell(path, at, f"enum {name} does not begin with _UNSPECIFIED = 0")
        end = at
        if depth == 0:
            break
    if kind == "message" and not commented and not plain_message(name, body):
        tell(path, start, f"message {name} has no comment")
    return end


def check_file(path):
    lines = path.read_text().splitlines()
    package = next((m.group(1) for line in lines if (m := re.match(r"package ([\w.]+);", line))), "")
    if package.replace(".", "/") != str(path.parent.relative_to("proto")):
        tell(path, 1, f"package {package} does not match its folder")
    at = 1
    while at <= len(lines):
        found = BLOCK.match(lines[at - 1])
        if found:
            at = check_block(path, package, at, found.group(1), found.group(2), lines)
        at += 1


def check_recursion():
    for name in uses:
        seen, todo = set(), set(uses[name])
        while todo:
            one = todo.pop()
            if one == name:
                tell(*where[name], f"message {name} contains itself")
                break
            if one not in seen:
                seen.add(one)
                todo |= uses.get(one, set())


files = sorted(pathlib.Path("proto").rglob("*.proto"))
for proto in files:
    check_file(proto)
check_recursion()
print(f"proto: {len(files)} files, {problems} problems", file=sys.stderr)
sys.exit(1 if problems else 0)
