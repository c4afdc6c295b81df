#!/bin/sh
# The Swift tests, on the package as it is shipped: with the `swift` of this machine, or else, as root where there is
# debootstrap, with that of a Debian 13 in target/swift-root, which is made once and takes 3 GB.
set -eu
cd "$(dirname "$0")/.."

package=$(scripts/swift_package.sh | tail -n 1)
if command -v swift >/dev/null; then
    cd "$package"
    exec swift test
fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo 'NOT RUN: the Swift tests. There is no swift here, and to get one by itself this needs root and debootstrap.' \
        "Elsewhere: swift test in $package" >&2
    exit 0
fi

root=${CARGO_TARGET_DIR:-target}/swift-root
if [ ! -e "$root/complete" ]; then
    rm -rf "$root"
    echo "making a Debian with Swift in $root; a few minutes, once" >&2
    # In a namespace of its own, so that no mount outlives this.
    # shellcheck disable=SC2016 # the inner shell's
    unshare --mount sh -eu -c '
        debootstrap --variant=minbase trixie "$1" >"$1.log"
        mount -t proc proc "$1/proc"
        DEBIAN_FRONTEND=noninteractive chroot "$1" apt-get install -qq -y --no-install-recommends \
            swiftlang libc6-dev libstdc++-14-dev git binutils >>"$1.log"
    ' - "$root" || {
        tail -n 20 "$root.log" >&2
        exit 1
    }
    touch "$root/complete"
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
