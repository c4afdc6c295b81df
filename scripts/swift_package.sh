#!/bin/sh
# swift_package.sh [FOLDER]: writes a Swift package that needs no Rust into FOLDER, or target/swift-package: the layer, what is generated
# under it, the library for this machine, and the tests with their cases. `swift test` runs there.
set -eu
mkdir -p "${1:-$(dirname "$0")/../target/swift-package}"
folder=$(cd "${1:-$(dirname "$0")/../target/swift-package}" && pwd)
cd "$(dirname "$0")/.."

generated=${CARGO_TARGET_DIR:-target}/bindings
scripts/generate_bindings.sh "$generated"
built=$(scripts/build_mobile.sh)

# What an earlier one left, but for what `swift build` keeps.
rm -rf "${folder:?}/Sources" "${folder:?}/Tests" "${folder:?}/lib"
mkdir -p "$folder/Sources/CTenantry" "$folder/Sources/TenantryFFI" "$folder/Tests/TenantryTests/Cases" "$folder/lib"
cp bindings/swift/Package.swift bindings/swift/README.md LICENSE-APACHE LICENSE-MIT "$folder"
cp -R bindings/swift/Sources/Tenantry "$folder/Sources/"
cp "$generated/swift/TenantryFFI.swift" "$folder/Sources/TenantryFFI/"
cp "$generated/swift/CTenantry.h" bindings/swift/module.modulemap "$folder/Sources/CTenantry/"
so=$built/libtenantry_uniffi.so dylib=$built/libtenantry_uniffi.dylib
if [ -e "$dylib" ]; then
    cp "$dylib" "$folder/lib/"
    # Else who links it looks for it where Rust built it. What was changed has to be signed anew.
    install_name_tool -id @rpath/libtenantry_uniffi.dylib "$folder/lib/libtenantry_uniffi.dylib"
    codesign --force --sign - "$folder/lib/libtenantry_uniffi.dylib"
else
    cp "$so" "$folder/lib/"
    glibc=$(objdump -T "$so" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -V | tail -n 1)
    if ! grep -q "needs glibc $glibc or later" "$folder/README.md"; then
        echo "the library needs glibc $glibc; one that is built on an older system runs on older ones" >&2
        sed "s/needs glibc .*/needs glibc $glibc or later./" bindings/swift/README.md >"$folder/README.md"
    fi
fi
cp -R bindings/swift/Tests/TenantryTests/. "$folder/Tests/TenantryTests/"
mkdir "$folder/Tests/TenantryTests/Cases/vectors"
cp tests/vectors/*.json "$folder/Tests/TenantryTests/Cases/vectors/"
# Those that are checked in, or those that a Django project has just written.
cp -R "${TENANTRY_SNAPSHOTS:-tests/fixtures/snapshots}" "$folder/Tests/TenantryTests/Cases/snapshots"
echo "$folder"
