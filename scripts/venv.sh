#!/bin/sh
# venv.sh FOLDER PYTHON REQUIREMENT...: makes a virtual environment with these packages, and makes it
# anew when they have changed. A requirement is a file of them, a wheel, or one such as Django==6.1.3.
set -eu
folder=$1 python=$2
shift 2

files=
for one in "$@"; do
    shift
    case $one in
        *.txt) files="$files $one" && set -- "$@" --requirements "$one" ;;
        *.whl) files="$files $one" && set -- "$@" --refresh-package tenantry "$one" ;;
        *) set -- "$@" "$one" ;;
    esac
done
# shellcheck disable=SC2086 # a list
wanted=$("$python" --version && echo "$@" && cat /dev/null $files | cksum)
if [ "$wanted" = "$(cat "$folder/made-of" 2>/dev/null)" ]; then
    exit 0
fi
echo "making $folder" >&2

# uv installs in two seconds what takes pip half a minute. Its binary needs nothing beside it.
version=0.13.9
tools=$(cd "$(dirname "$0")/.." && pwd)/.tools/bin
uv=$tools/uv-$version
if [ ! -x "$uv" ]; then
    mkdir -p "$tools"
    making=$(mktemp -d)
    "$python" -m venv "$making"
    "$making/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$version"
    mv "$making/bin/uv" "$uv"
    rm -rf "$making"
fi
export UV_PYTHON_DOWNLOADS=never
"$uv" venv --quiet --clear --python "$python" "$folder"
# Compiled once here, and not by every process that a test starts.
"$uv" pip install --quiet --compile-bytecode --python "$folder" "$@"
printf '%s\n' "$wanted" >"$folder/made-of"
