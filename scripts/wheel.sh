#!/bin/sh
# wheel.sh PYTHON FOLDER: builds the sdist, and out of the sdist the wheel as `pip install` would, into
# FOLDER, unless they are there and nothing has changed.
#
# wheel.sh free-threaded FOLDER: builds a wheel for a free-threaded Python 3.14 that is not at hand.
set -eu
python=$1
mkdir -p "$2"
dist=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
first=$(scripts/pythons.sh first)
inputs='src bindings python Cargo.toml Cargo.lock pyproject.toml'
# shellcheck disable=SC2086 # a list
wanted=$(printf '%s\n' "$python" && "$first" --version && git ls-files -z $inputs | xargs -0 cat | cksum)
if [ "$wanted" = "$(cat "$dist/made-of" 2>/dev/null)" ]; then
    exit 0
fi
echo "building the Python wheel ($python) into $dist" >&2
folder=$(mktemp -d "$dist.XXXXXX")
trap 'rm -rf "$folder"' EXIT
scripts/venv.sh .venvs/build "$first" tests/requirements-build.txt

# Of its own, for it is not built with the features of the crate and the command.
CARGO_TARGET_DIR=$(mkdir -p "$target/wheel" && cd "$target/wheel" && pwd)
export CARGO_TARGET_DIR
# All files of an sdist are of one age, by which cargo would take them for those of the sdist before.
find "$CARGO_TARGET_DIR" -path '*/.fingerprint/tenantry-*' -prune -exec rm -r {} +
if [ "$python" = free-threaded ]; then
    host=$(rustc -vV | sed -n 's/^host: //p')
    .venvs/build/bin/maturin build --quiet --release --locked --target "$host" -i python3.14t --out "$folder"
else
    .venvs/build/bin/maturin sdist --out "$folder"
    "$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder" \
        "$folder"/*.tar.gz
fi
printf '%s\n' "$wanted" >"$folder/made-of"
# At once, for whoever reads it meanwhile.
rm -rf "$dist"
mv "$folder" "$dist"
