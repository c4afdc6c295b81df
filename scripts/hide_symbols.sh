#!/bin/sh
# hide_symbols.sh ARCHIVE OUT [LD OPTION...]: makes one object of a static library in which nothing is global but what Swift calls. An app
# links the SQLite of its system too, and of two functions of one name it would get either.
set -eu
archive=$1 out=$2
shift 2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
nm -g "$archive" 2>/dev/null | sed -nE 's/^[0-9a-f]* T (_?(uniffi|ffi)_tenantry_uniffi_.*)$/\1/p' | sort -u >"$folder/kept"
if [ "$(uname)" = Darwin ]; then
    xcrun ld -r "$@" -force_load "$archive" -o "$folder/all.o"
    xcrun nmedit -s "$folder/kept" "$folder/all.o"
else
    ld -r "$@" --whole-archive "$archive" -o "$folder/all.o"
    # The bitcode of the standard library, joined, is none any more.
    objcopy --remove-section=.llvmbc --remove-section=.llvmcmd --keep-global-symbols="$folder/kept" "$folder/all.o"
fi

nm -g "$folder/all.o" | sed -n 's/^[0-9a-f]* [A-TV-Z] //p' | sort -u >"$folder/global"
if ! diff "$folder/kept" "$folder/global" >&2 || [ ! -s "$folder/kept" ]; then
    echo "$archive: these are not the symbols that Swift calls, and no others" >&2
    exit 1
fi
rm -f "$out"
ar crs "$out" "$folder/all.o"
echo "$out: $(wc -l <"$folder/global") symbols"
