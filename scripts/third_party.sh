#!/bin/sh
# The test suites of two Django apps that others wrote, before and after they get tenantry.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$(scripts/pythons.sh first)
scripts/wheel.sh "$python" "$target/dist"
scripts/venv.sh .venvs/third-party "$python" tests/requirements-third-party.txt "$target"/dist/*.whl
mkdir -p "$target/third-party"
.venvs/third-party/bin/python scripts/third_party.py "$(cd "$target/third-party" && pwd)"
