#!/bin/sh
# build_natives.sh FOLDER [TARGET...]: builds the library for Kotlin for this machine, or for these targets of
# Rust, and puts each into FOLDER under the name by which JNA looks for its platform.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."

[ $# -gt 0 ] || set -- "$(rustc -vV | sed -n 's/^host: //p')"
for target in "$@"; do
    case $target in
        x86_64-*-linux-gnu*) platform=linux-x86-64 library=libtenantry_uniffi.so ;;
        aarch64-*-linux-gnu*) platform=linux-aarch64 library=libtenantry_uniffi.so ;;
        x86_64-apple-darwin) platform=darwin-x86-64 library=libtenantry_uniffi.dylib ;;
        aarch64-apple-darwin) platform=darwin-aarch64 library=libtenantry_uniffi.dylib ;;
        x86_64-pc-windows-*) platform=win32-x86-64 library=tenantry_uniffi.dll ;;
        aarch64-pc-windows-*) platform=win32-aarch64 library=tenantry_uniffi.dll ;;
        *)
            echo "JNA has no name for $target here; add it to $0" >&2
            exit 2
            ;;
    esac
    built=$(scripts/build_mobile.sh "$target")
    mkdir -p "$folder/$platform"
    cp "$built/$library" "$folder/$platform/"
done
