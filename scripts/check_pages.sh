#!/bin/sh
# check_pages.sh LIBRARY...: Android's devices have pages of 16 KB, and load a library whose segments are aligned to that.
set -eu

failed=0
for library in "$@"; do
    alignments=$(readelf -lW "$library" | sed -n 's/^ *LOAD .* \(0x[0-9a-f]*\)$/\1/p')
    [ "$alignments" ] || alignments=0
    for alignment in $alignments; do
        if [ "$((alignment))" -lt 16384 ]; then
            echo "$library: a segment is aligned to $((alignment)) bytes, and not to 16384" >&2
            failed=1
            break
        fi
    done
done
exit "$failed"
