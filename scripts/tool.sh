#!/bin/sh
# tool.sh NAME VERSION: builds a tool of cargo's into .tools, unless it is there in this version.
set -eu
cd "$(dirname "$0")/.."

if [ "$(".tools/bin/$1" --version 2>/dev/null || true)" != "$1 $2" ]; then
    echo "building $1 $2 into .tools; a minute or three, once" >&2
    cargo install --quiet --locked --root .tools "$1@$2"
fi
