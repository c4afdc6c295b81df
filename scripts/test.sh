#!/bin/sh
# All tests: Rust, then the Python ones against the built command and the built wheel, then those of Kotlin and Swift.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
if ! command -v mvn >/dev/null || ! command -v javac >/dev/null; then
    echo 'The Kotlin tests need a JDK (17 or later) and Maven. On Debian and Ubuntu:' \
        'apt-get install default-jdk-headless maven' >&2
    exit 1
fi

echo '== Rust'
# This builds the command too: its own tests need it.
cargo test --locked --all-features
# Kotlin and Swift: what they call, and that it can be generated.
cargo test --locked -p tenantry-uniffi
scripts/generate_bindings.sh "$target/bindings"
TENANTRY_BIN=$(cd "$target/debug" && pwd)/tenantry
export TENANTRY_BIN

pythons=$(scripts/pythons.sh)
first=$(scripts/pythons.sh first)
if [ -z "$first" ]; then
    echo "The Python tests need Python 3.11 or later with venv, and there is none on PATH or in" \
        "pyenv. On Debian and Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
fi

# One wheel for every Python with a GIL: built by the first, and run by all, for Django's answers move
# with Python's Unicode. A free-threaded one has its own.
echo "$pythons" | while read -r version python; do
    case $version in
        *t) dist=$target/dist-$version builder=$python requirements=requirements-free-threaded.txt ;;
        *) dist=$target/dist builder=$first requirements=requirements.txt ;;
    esac
    echo "== Python $version"
    scripts/wheel.sh "$builder" "$dist" </dev/null
    venv=.venv-$version
    scripts/venv.sh "$venv" "$python" "tests/python/$requirements" </dev/null
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall \
        "$dist"/*.whl </dev/null
    TENANTRY_DIST=$(cd "$dist" && pwd) "$venv/bin/python" -m pytest -q tests/python </dev/null
done

# What a Django project exports, and answers, goes on to the phones.
TENANTRY_SNAPSHOTS=$target/snapshots
mkdir -p "$TENANTRY_SNAPSHOTS"
TENANTRY_SNAPSHOTS=$(cd "$TENANTRY_SNAPSHOTS" && pwd)
export TENANTRY_SNAPSHOTS

echo '== Django'
scripts/venv.sh .venv-nox "$first" tests/django/requirements-nox.txt
.venv-nox/bin/nox --tags each

echo '== Kotlin'
mvn -B -ntp -f bindings/kotlin verify -Dsnapshots="$TENANTRY_SNAPSHOTS"
scripts/kotlin_consumer.sh

echo '== Swift and Android'
scripts/venv.sh .venv-phones "$first" tests/swift/requirements.txt
TENANTRY_SWIFT_GENERATED=$target/bindings/swift/TenantryFFI.swift \
    .venv-phones/bin/python -m pytest -q tests/swift tests/android
scripts/swift_test.sh ${TENANTRY_REQUIRE_SWIFT:+--require}

case $pythons in
    *t\ *) ;;
    *)
        echo '== Python 3.14t, free-threaded: built, and not run, for it is not at hand'
        scripts/wheel.sh free-threaded "$target/dist-free-threaded"
        ;;
esac
