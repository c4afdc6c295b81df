#!/bin/sh
# xcframework.sh [FOLDER]: on a Mac with Xcode, writes the Swift package into FOLDER, or target/swift-package, as swift_package.sh does, and
# makes its lib/CTenantry.xcframework for iOS, its simulator and macOS. It has not been run where the rest of the project is tested, which
# is Linux; the step that hides the symbols has, there in its Linux form (tests/swift/test_hidden_symbols.py).
set -eu
cd "$(dirname "$0")/.."
if [ "$(uname)" != Darwin ] || ! command -v xcodebuild >/dev/null; then
    echo 'an XCFramework needs a Mac with Xcode' >&2
    exit 2
fi

package=$(scripts/swift_package.sh "$@" | tail -n 1)
out=$package/lib
work=${CARGO_TARGET_DIR:-target}/xcframework
rm -rf "$work" "$out/CTenantry.xcframework"
# In a folder of the module's name: Xcode puts the headers of all frameworks of an app into one, which holds one module.modulemap.
headers=$work/headers/CTenantry
mkdir -p "$headers" "$out"
cp "$package/Sources/CTenantry/CTenantry.h" "$headers/"
# The framework brings the library itself.
grep -v 'link "' bindings/swift/module.modulemap >"$headers/module.modulemap"
export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0

# slice NAME TARGET...: one library for these targets, which are one platform.
slice() {
    name=$1
    shift
    mkdir -p "$work/$name"
    for target in "$@"; do
        rustup target add "$target"
        built=$(scripts/build_mobile.sh "$target" staticlib)
        arch=${target%%-*}
        [ "$arch" != aarch64 ] || arch=arm64
        scripts/hide_symbols.sh "$built/libtenantry_uniffi.a" "$work/$name/$arch.a" -arch "$arch"
    done
    lipo -create "$work/$name"/*.a -output "$work/$name/libtenantry_uniffi.a"
}
slice ios aarch64-apple-ios
slice simulator aarch64-apple-ios-sim x86_64-apple-ios
slice macos aarch64-apple-darwin x86_64-apple-darwin

set --
for name in ios simulator macos; do
    set -- "$@" -library "$work/$name/libtenantry_uniffi.a" -headers "$work/headers"
done
xcodebuild -create-xcframework "$@" -output "$out/CTenantry.xcframework"
# What Swift calls is there, and nothing of SQLite.
for library in "$out"/CTenantry.xcframework/*/libtenantry_uniffi.a; do
    if nm -g "$library" | grep ' T _sqlite3_'; then
        echo "$library shows these functions of SQLite" >&2
        exit 1
    fi
done
# SwiftPM keeps the answer of a manifest until its text changes, and this one may have been asked without the framework.
echo '// With the XCFramework.' >>"$package/Package.swift"
