#!/bin/sh
# What no linter knows: the size of files, which floor may import which (ARCHITECTURE.md), and that the versions are one.
set -eu
cd "$(dirname "$0")/.."
failed=0

# The table is generated.
long=$(find src bindings python -name target -prune -o -type f \
    \( -name '*.rs' ! -path src/slug/django_table.rs -o -name '*.py' -o -name '*.kt' -o -name '*.swift' \) \
    -exec wc -l {} + | awk '$1 > 500 && $2 != "total" { print $2 ": " $1 " lines" }')
if [ "$long" ]; then
    printf '%s\n' "$long" >&2
    echo 'a file has one subject and at most 500 lines' >&2
    failed=1
fi

# forbid WHAT PATTERN PATH...: comments may name what code may not.
forbid() {
    what=$1 pattern=$2
    shift 2
    if found=$(grep -rnE "$pattern" "$@" | grep -vE '^[^:]*:[0-9]+: *//'); then
        printf '%s\n' "$found" >&2
        echo "$what; see ARCHITECTURE.md" >&2
        failed=1
    fi
}

# Whatever is neither of these belongs to the kernel.
kernel=$(find src -mindepth 1 -maxdepth 1 ! -name store ! -name engine ! -name bin ! -name lib.rs)
# shellcheck disable=SC2086 # a list
{
    forbid 'the kernel imports neither the store nor the engine' 'crate::(store|engine|Engine)' $kernel
    forbid 'the kernel does no I/O and reads no clock' 'rusqlite|std::(fs|io|env|net|time)|::now\(' $kernel
}
forbid 'the store does not import the engine' 'crate::(engine|Engine)' src/store
forbid 'only the store knows SQL' 'rusqlite' src/engine src/lib.rs
forbid 'the core knows no other language' 'pyo3|uniffi' src
forbid 'a binding carries rows and knows no SQL' 'rusqlite|SELECT |INSERT ' bindings/*/src bindings/swift/Sources

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
for pom in bindings/kotlin examples/kotlin benches/kotlin; do
    if ! grep -q "<version>$version\(-SNAPSHOT\)\{0,1\}</version>" "$pom/pom.xml"; then
        echo "$pom/pom.xml has another version than Cargo.toml, $version" >&2
        failed=1
    fi
done

exit "$failed"
