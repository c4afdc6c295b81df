#!/bin/sh
# All tests: Rust, then the Python ones against the built command.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}

echo '== Rust'
# This builds the command too: its own tests need it.
cargo test --locked --all-features
TENANTRY_BIN=$(cd "$target/debug" && pwd)/tenantry
export TENANTRY_BIN

pythons=$(scripts/pythons.sh)
if [ -z "$pythons" ]; then
    echo "The Python tests need Python 3.11 or later with venv, and there is none on PATH or in" \
        "pyenv. On Debian and Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
fi

# The first Python runs everything. Django's answers move with Python's Unicode, so the others
# compare the slugs again.
first=yes
echo "$pythons" | while read -r version python; do
    if [ "$first" ]; then
        venv=.venv tests=tests/python
    else
        venv=.venv-$version tests=tests/python/test_slugify_against_django.py
    fi
    first=
    echo "== Python $version: $tests"
    scripts/venv.sh "$venv" "$python" tests/python/requirements.txt </dev/null
    "$venv/bin/python" -m pytest -q "$tests" </dev/null
done
