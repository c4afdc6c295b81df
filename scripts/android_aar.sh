#!/bin/sh
# android_aar.sh JNI OUT: packs the Kotlin layer, and the library for each ABI that JNI has a folder of, into the AAR named OUT.
set -eu
jni=$(cd "$1" && pwd)
mkdir -p "$(dirname "$2")"
out=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
cd "$(dirname "$0")/.."

scripts/check_pages.sh "$jni"/*/libtenantry_uniffi.so
# No library of a desktop is in it: the classes alone.
mvn -q -B -ntp -f bindings/kotlin compile >&2
classes=bindings/kotlin/target/classes

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
jar --create --file "$folder/classes.jar" -C "$classes" io -C "$classes" META-INF/tenantry.kotlin_module \
    -C "$classes" META-INF/tenantry-ffi.kotlin_module
for abi in "$jni"/*/; do
    mkdir -p "$folder/jni/$(basename "$abi")"
    cp "$abi/libtenantry_uniffi.so" "$folder/jni/$(basename "$abi")/"
done
cp LICENSE-APACHE LICENSE-MIT "$folder"
: >"$folder/R.txt"
cat >"$folder/AndroidManifest.xml" <<'END'
<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="io.tenantry">
    <uses-sdk android:minSdkVersion="24" />
</manifest>
END
cat >"$folder/proguard.txt" <<'END'
# JNA finds classes, fields and functions by their names: its own, and those of what is generated.
-keep class com.sun.jna.** { *; }
-keep class io.tenantry.ffi.** { *; }
# JNA has parts for desktops, which Android has not.
-dontwarn java.awt.**
END
rm -f "$out"
jar --create --no-manifest --file "$out" -C "$folder" .
echo "$out"
