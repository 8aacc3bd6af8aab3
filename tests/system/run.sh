#!/usr/bin/env bash
# The system tests: real daemons, real Redis, real CURVE.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PYTHONDONTWRITEBYTECODE=1
make -s -j"$(nproc)" all python-protos >&2
exec /usr/bin/python3 tests/system/run.py "$@"
