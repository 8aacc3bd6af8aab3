#!/usr/bin/python3
"""Chaos over real daemons: every function `test_*` of the modules chaos_*, in order.
Ends with `N passed, N failed`. LONG=1 in the environment for the long form; SEED for other dice.
   chaos.py [NAME…]   only tests whose name contains one of these words"""
import importlib
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Skip  # noqa: E402

MODULES = ("chaos_bits", "chaos_kill", "chaos_disk", "chaos_stop", "chaos_wire", "chaos_net", "chaos_load")


def main():
    wanted = sys.argv[1:]
    passed = failed = skipped = 0
    for name in MODULES:
        if not pathlib.Path(__file__).with_name(f"{name}.py").exists():
            continue
        module = importlib.import_module(name)
        for title, test in list(vars(module).items()):
            if not title.startswith("test_") or (wanted and not any(word in f"{name}.{title}" for word in wanted)):
                continue
            start = time.monotonic()
            try:
                test()
            except Skip as reason:
                skipped += 1
                print(f"skipped {name}.{title}: {reason}", flush=True)
            except Exception:
                failed += 1
                traceback.print_exc()
                print(f"FAILED {name}.{title} ({time.monotonic() - start:.1f} s)", flush=True)
            else:
                passed += 1
                print(f"ok {name}.{title} ({time.monotonic() - start:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)


main()
