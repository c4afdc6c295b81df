#!/bin/sh
# The Rust of the library is checked for the platforms of phones, for which it cannot be built here: SQLite would need their C
# compilers, so an empty object stands in for it, and nothing is linked.
set -eu
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/cc" <<'END'
#!/bin/sh
while [ $# -gt 0 ]; do
    [ "$1" != -o ] || : >"$2"
    shift
done
END
chmod +x "$folder/cc"
for target in aarch64-linux-android aarch64-apple-ios; do
    if ! rustup target add "$target" 2>"$folder/log"; then
        cat "$folder/log" >&2
        exit 1
    fi
    name=$(echo "$target" | tr - _)
    env "CC_$name=$folder/cc" "AR_$name=true" SDKROOT="$folder" \
        cargo clippy --quiet --locked -p tenantry-uniffi --target "$target" -- -D warnings
    echo "$target: checked"
done
