#!/bin/sh
# Everything that is checked without running it.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}

echo '== format'
cargo fmt --all --check
cargo fmt --check --manifest-path fuzz/Cargo.toml

echo '== source'
scripts/check_source.sh

echo '== clippy'
cargo clippy --locked --all-targets --all-features -- -D warnings
# As callers of the crate build it.
cargo clippy --locked --lib -- -D warnings
python=$(scripts/pythons.sh first)
if [ -z "$python" ]; then
    echo 'lint needs Python 3.11 or later with venv, and there is none on PATH or in pyenv' >&2
    exit 1
fi
PYO3_PYTHON=$python cargo clippy --locked -p tenantry-python --features abi3 -- -D warnings
cargo clippy --locked -p tenantry-uniffi -p tenantry-uniffi-bindgen --all-targets -- -D warnings
cargo clippy --manifest-path fuzz/Cargo.toml --target-dir "$target" -- -D warnings

echo '== docs'
RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --all-features --lib

echo '== dependencies'
scripts/tool.sh cargo-deny 0.20.2
# Not advisories: their database is fetched first, and lint needs no network but for its tools.
.tools/bin/cargo-deny --log-level error check bans licenses sources

echo '== python and shell'
scripts/venv.sh .venv-lint "$python" tests/python/requirements.txt \
    tests/python/requirements-lint.txt tests/django/requirements.txt tests/django/requirements-nox.txt \
    tests/swift/requirements.txt
PATH=$PWD/.venv-lint/bin:$PATH
ruff check noxfile.py benches/python examples python scripts tests
ruff format --check noxfile.py benches/python examples python scripts tests
# The plugin of Django's types loads the project of the tests.
scripts/wheel.sh "$python" "$target/dist"
python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall "$target"/dist/*.whl
PYTHONPATH=tests/django mypy
PYTHONPATH=tests/django mypy tests/django
shellcheck scripts/*.sh .ci/run

echo '== phones'
scripts/check_phones.sh

echo '== Kotlin'
mvn -q -B -ntp -f bindings/kotlin ktlint:check

echo '== translations'
scripts/messages.sh --check

echo '== types of the Python module'
# The stubs against the module as it is installed, and a caller against the stubs.
python -m mypy.stubtest tenantry._native tenantry.enums tenantry.exceptions
mypy --config-file= --strict tests/python/typed_caller.py
pyright --pythonpath .venv-lint/bin/python python/tenantry/*.py python/tenantry/*.pyi \
    tests/python/typed_caller.py
