#!/bin/sh
# swift_root.sh: where there is no `swift`, makes a Debian 13 that has one in $TENANTRY_SWIFT_ROOT, or in
# target/swift-root: once, 3 GB. Needs root, debootstrap, and a system that lets root mount.
set -eu
cd "$(dirname "$0")/.."

if command -v swift >/dev/null; then exit 0; fi
root=${TENANTRY_SWIFT_ROOT:-${CARGO_TARGET_DIR:-target}/swift-root}
if [ -e "$root/complete" ]; then exit 0; fi
if [ -e "$root" ] && ! rmdir "$root" 2>/dev/null; then
    echo "$root is not a Debian that this script made." \
        "Remove it, or name another folder in TENANTRY_SWIFT_ROOT." >&2
    exit 1
fi
mkdir -p "$(dirname "$root")"
rm -rf "$root.part"
echo "making a Debian with Swift in $root; a few minutes, once" >&2
# In a namespace of its own, so that no mount outlives this.
# shellcheck disable=SC2016 # the inner shell's
unshare --mount sh -eu -c '
    debootstrap --variant=minbase trixie "$1.part" >"$1.log"
    mount -t proc proc "$1.part/proc"
    DEBIAN_FRONTEND=noninteractive chroot "$1.part" apt-get install -qq -y --no-install-recommends \
        swiftlang libc6-dev libstdc++-14-dev git binutils >>"$1.log"
' - "$root" || {
    tail -n 20 "$root.log" >&2
    exit 1
}
touch "$root.part/complete"
mv "$root.part" "$root"
