#!/bin/sh
# Runs the test suites that this machine can run; `scripts/test.sh --help` says more.
set -eu
cd "$(dirname "$0")/.."

python=$(scripts/pythons.sh first)
if [ -z "$python" ]; then
    echo 'The tests need Python 3.11 or later with venv, and there is none on PATH or in pyenv.' \
        'On Debian and Ubuntu: apt-get install python3 python3-venv' >&2
    exit 1
fi
PYTHONPATH=scripts PYTHONUNBUFFERED=1 exec "$python" -m suites "$@"
