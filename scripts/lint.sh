#!/bin/sh
# lint.sh [PART]: checks what can be checked without running it: rust, python, kotlin, phones, or all.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$(scripts/pythons.sh first)
if [ -z "$python" ]; then
    echo 'lint needs Python 3.11 or later with venv, and there is none on PATH or in pyenv' >&2
    exit 1
fi

lint_rust() {
    echo '== format'
    cargo fmt --all --check
    cargo fmt --check --manifest-path fuzz/Cargo.toml
    echo '== source'
    scripts/check_source.sh
    echo '== clippy'
    # The generator is one line, and to check what it is built of takes a minute: `make test` builds it.
    PYO3_PYTHON=$python cargo clippy --locked --workspace --exclude tenantry-uniffi-bindgen --all-targets \
        --all-features -- -D warnings
    # For a free-threaded Python, which has no stable ABI: the wheel for one is built where there is one.
    mkdir -p "$target"
    printf '%s\n' implementation=CPython version=3.14 shared=true build_flags=Py_GIL_DISABLED \
        target_abi=CPython-free_threaded-3.14 >"$target/free-threaded.config"
    PYO3_CONFIG_FILE=$(cd "$target" && pwd)/free-threaded.config \
        cargo clippy --locked -p tenantry-python -- -D warnings
    # As callers of the crate build it.
    cargo clippy --locked --lib -- -D warnings
    cargo clippy --manifest-path fuzz/Cargo.toml --target-dir "$target" -- -D warnings
    echo '== docs'
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --all-features --lib
}

lint_python() {
    dist=$target/dist
    scripts/wheel.sh "$python" "$dist"
    scripts/venv.sh .venvs/lint "$python" tests/requirements.txt tests/requirements-lint.txt \
        tests/swift/requirements.txt "$dist"/*.whl
    PATH=$PWD/.venvs/lint/bin:$PATH
    sources='benches/python examples python scripts tests'
    # shellcheck disable=SC2086 # a list
    ruff check $sources
    # shellcheck disable=SC2086 # a list
    ruff format --check $sources
    # The plugin of Django's types loads the project of the tests.
    PYTHONPATH=tests/django mypy
    PYTHONPATH=tests/django mypy tests/django
    shellcheck scripts/*.sh .ci/run
    echo '== licences'
    python -m doctest scripts/check_licences.py
    python scripts/check_licences.py
    echo '== translations'
    scripts/messages.sh --check
    echo '== types of the Python module'
    # The stubs against the module as it is installed, and a caller against the stubs.
    python -m mypy.stubtest tenantry._native tenantry.enums tenantry.exceptions
    mypy --config-file= --strict tests/python/typed_caller.py
    pyright --pythonpath .venvs/lint/bin/python python/tenantry/*.py python/tenantry/*.pyi \
        tests/python/typed_caller.py
}

lint_kotlin() {
    mvn -q -B -ntp -f bindings/kotlin ktlint:check
}

lint_phones() {
    scripts/check_phones.sh
}

case ${1:-all} in
    rust | python | kotlin | phones) "lint_$1" ;;
    all)
        lint_rust
        lint_python
        lint_phones
        lint_kotlin
        ;;
    *)
        echo "lint has the parts rust, python, kotlin and phones, and not $1" >&2
        exit 2
        ;;
esac
