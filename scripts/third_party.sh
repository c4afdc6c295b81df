#!/bin/sh
# The test suites of two Django apps that others wrote, before and after they get tenantry.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$(scripts/pythons.sh first)
scripts/wheel.sh "$python" "$target/dist"
scripts/venv.sh .venv-third-party "$python" tests/django/requirements-third-party.txt
.venv-third-party/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall \
    "$target"/dist/*.whl
mkdir -p "$target/third-party"
.venv-third-party/bin/python scripts/third_party.py "$(cd "$target/third-party" && pwd)"
