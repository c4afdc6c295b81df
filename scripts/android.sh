#!/bin/sh
# android.sh [OUT]: builds the library for Android's ABIs with the NDK (r27 or later) of ANDROID_NDK_HOME, and packs target/tenantry.aar,
# or OUT. The NDK was not at hand where the rest of the project is tested: docs/android.md says what of this was run.
set -eu
cd "$(dirname "$0")/.."

tools=$(echo "${ANDROID_NDK_HOME:?is to be the folder of an NDK, r27 or later}"/toolchains/llvm/prebuilt/*/bin)
[ -x "$tools/llvm-ar" ] || {
    echo "$ANDROID_NDK_HOME has no toolchains/llvm/prebuilt/*/bin/llvm-ar" >&2
    exit 2
}
# The oldest Android that is served: what the compilers of the NDK are named for.
api=24
folder=${CARGO_TARGET_DIR:-target}/android/jni
rm -rf "$folder"
for pair in arm64-v8a=aarch64-linux-android armeabi-v7a=armv7-linux-androideabi x86=i686-linux-android \
    x86_64=x86_64-linux-android; do
    abi=${pair%%=*} target=${pair#*=}
    compiler=$tools/$(echo "$target" | sed 's/^armv7-/armv7a-/')$api-clang
    name=$(echo "$target" | tr - _)
    upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
    rustup target add "$target"
    built=$(env "CC_$name=$compiler" "AR_$name=$tools/llvm-ar" "CARGO_TARGET_${upper}_LINKER=$compiler" \
        "CARGO_TARGET_${upper}_RUSTFLAGS=-C link-arg=-Wl,-z,max-page-size=16384" scripts/build_mobile.sh "$target")
    mkdir -p "$folder/$abi"
    cp "$built/libtenantry_uniffi.so" "$folder/$abi/"
done
scripts/android_aar.sh "$folder" "${1:-${CARGO_TARGET_DIR:-target}/tenantry.aar}"
