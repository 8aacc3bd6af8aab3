#!/usr/bin/python3
"""Runs the system tests: every function `test_*` of the modules beside this file, in order.
Ends with `N passed, N failed`.
   run.py [NAME…]   only tests whose name contains one of these words"""
import importlib
import pathlib
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from harness import Skip  # noqa: E402

MODULES = ("system_week", "system_doors", "system_storage", "system_solvers", "system_kill")


def main():
    wanted = sys.argv[1:]
    passed = failed = skipped = 0
    for name in MODULES:
        module = importlib.import_module(name)
        tests = [(title, test) for title, test in vars(module).items() if title.startswith("test_")
                 and (not wanted or any(word in f"{name}.{title}" for word in wanted))]
        if not tests:
            continue
        try:
            getattr(module, "set_up", lambda: None)()
        except Exception:
            traceback.print_exc()
            print(f"FAILED {name}.set_up", flush=True)
            failed += len(tests)
            getattr(module, "tear_down", lambda: None)()
            continue
        for title, test in tests:
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
        getattr(module, "tear_down", lambda: None)()
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed else 0)


main()
