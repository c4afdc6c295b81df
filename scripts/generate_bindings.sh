#!/bin/sh
# generate_bindings.sh FOLDER: builds the library for Kotlin and Swift, and writes what is generated from it,
# by the names of uniffi.toml, into FOLDER/kotlin and FOLDER/swift.
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
cargo build --locked -p tenantry-uniffi -p tenantry-uniffi-bindgen
for library in "$target"/debug/libtenantry_uniffi.so "$target"/debug/libtenantry_uniffi.dylib; do
    [ -e "$library" ] || continue
    for language in kotlin swift; do
        "$target/debug/tenantry-uniffi-bindgen" generate "$library" --language "$language" \
            --config uniffi.toml --out-dir "$folder/$language" --no-format
    done
done
# What the layers on top of it import.
grep -q '^package io.tenantry.ffi$' "$folder/kotlin/io/tenantry/ffi/tenantry_uniffi.kt"
grep -q 'import CTenantry' "$folder/swift/TenantryFFI.swift"
