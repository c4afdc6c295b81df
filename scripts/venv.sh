#!/bin/sh
# venv.sh FOLDER PYTHON REQUIREMENTS...: a virtual environment with the packages of these files, made
# anew when they have changed.
set -eu
folder=$1 python=$2
shift 2

wanted=$("$python" --version && cat "$@")
if [ "$wanted" = "$(cat "$folder/made-of" 2>/dev/null)" ]; then
    exit 0
fi
echo "making $folder" >&2
rm -rf "$folder"
"$python" -m venv "$folder"
for file in "$@"; do
    set -- "$@" -r "$file"
    shift
done
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
printf '%s\n' "$wanted" >"$folder/made-of"
