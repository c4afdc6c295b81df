#!/bin/sh
# A short run of every fuzz target: FUZZ_SECONDS each, 10 unless told. `scripts/fuzz.sh roster` runs one.
set -eu
cd "$(dirname "$0")/.."

scripts/tool.sh cargo-fuzz 0.13.2
PATH=$PWD/.tools/bin:$PATH

# Without a sanitizer, stable Rust will do; they look for misuse of memory, and our only unsafe block
# is the registration of the fork handler.
cargo fuzz build --fuzz-dir fuzz --sanitizer none

# In memory if possible: a target that writes a store waits for the disk most of the time.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/tenantry-fuzz.XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM

targets=$*
for target in ${targets:-$(cargo fuzz list --fuzz-dir fuzz)}; do
    # New finds go to the first folder, which is not checked in.
    mkdir -p "fuzz/corpus/$target"
    if ! cargo fuzz run --fuzz-dir fuzz --sanitizer none "$target" \
        "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
        "-max_total_time=${FUZZ_SECONDS:-10}" -print_final_stats=1 >"$TMPDIR/log" 2>&1; then
        cat "$TMPDIR/log"
        exit 1
    fi
    awk -v target="$target" '/number_of_executed_units/ { print target ": " $2 " runs, nothing found" }' \
        "$TMPDIR/log"
done
