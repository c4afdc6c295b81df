#!/bin/sh
# swift_test.sh [--require]: the Swift tests, on the package as it is shipped: with the `swift` of this machine, or else, as root where
# there is debootstrap, with that of a Debian 13 in $TENANTRY_SWIFT_ROOT or target/swift-root, which is made once and takes 3 GB. Where
# they cannot run it says so, and fails only if they are required.
set -eu
cd "$(dirname "$0")/.."

required=${1:-}
package=$(scripts/swift_package.sh | tail -n 1)
not_run() {
    echo "NOT RUN: the Swift tests. $1 Elsewhere: swift test in $package" >&2
    [ "$required" != --require ] || exit 3
    exit 0
}

if command -v swift >/dev/null; then
    cd "$package"
    exec swift test
fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    not_run 'There is no swift here, and to get one by itself this needs root and debootstrap.'
fi
# In a namespace of its own, so that no mount outlives this.
unshare --mount true 2>/dev/null || not_run 'There is no swift here, and root may not mount, as in most containers.'

root=${TENANTRY_SWIFT_ROOT:-${CARGO_TARGET_DIR:-target}/swift-root}
if [ ! -e "$root/complete" ]; then
    if [ -e "$root" ] && ! rmdir "$root" 2>/dev/null; then
        echo "$root is not a Debian that this made; remove it, or name another folder in TENANTRY_SWIFT_ROOT" >&2
        exit 1
    fi
    mkdir -p "$(dirname "$root")"
    rm -rf "$root.part"
    echo "making a Debian with Swift in $root; a few minutes, once" >&2
    # shellcheck disable=SC2016 # the inner shell's
    unshare --mount sh -eu -c '
        debootstrap --variant=minbase trixie "$1.part" >"$1.log"
        mount -t proc proc "$1.part/proc"
        DEBIAN_FRONTEND=noninteractive chroot "$1.part" apt-get install -qq -y --no-install-recommends \
            swiftlang libc6-dev libstdc++-14-dev git binutils >>"$1.log"
    ' - "$root" || {
        tail -n 20 "$root.log" >&2
        not_run 'There is no swift here, and the Debian with one could not be made: see above.'
    }
    touch "$root.part/complete"
    mv "$root.part" "$root"
fi
mkdir -p "$root/package"
# What was compiled stays.
(cd "$root/package" && rm -rf ./*)
cp -Rp "$package/." "$root/package/"
# shellcheck disable=SC2016 # the inner shell's
unshare --mount sh -eu -c '
    mount -t proc proc "$1/proc"
    chroot "$1" sh -c "cd /package && swift test"
' - "$root"
