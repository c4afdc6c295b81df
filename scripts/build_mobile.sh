#!/bin/sh
# build_mobile.sh [TARGET [staticlib]]: builds the library for Kotlin and Swift as small as it gets, for this machine or for a
# target of Rust, and prints the folder that it is in. Whatever ships the library has it from here.
set -eu
cd "$(dirname "$0")/.."

target=${1:-$(rustc -vV | sed -n 's/^host: //p')}
# What the store does not use of SQLite: full-text search, R*Trees, and extensions that are loaded.
LIBSQLITE3_FLAGS='-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE
    -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_SOUNDEX -USQLITE_ENABLE_COLUMN_METADATA
    -USQLITE_ENABLE_LOAD_EXTENSION -DSQLITE_OMIT_LOAD_EXTENSION'
export LIBSQLITE3_FLAGS
# One kind alone: beside a `lib` there is no optimisation over all crates, and an archive holds bitcode that only this Rust reads.
cargo rustc --locked --profile mobile -p tenantry-uniffi --lib --crate-type "${2:-cdylib}" --target "$target" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/mobile"
