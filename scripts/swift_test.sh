#!/bin/sh
# swift_test.sh: runs the Swift tests on the package as it is shipped, with the `swift` of this machine or
# with that of swift_root.sh.
set -eu
cd "$(dirname "$0")/.."

package=$(scripts/swift_package.sh | tail -n 1)
if command -v swift >/dev/null; then
    cd "$package"
    exec swift test
fi
scripts/swift_root.sh
root=${TENANTRY_SWIFT_ROOT:-${CARGO_TARGET_DIR:-target}/swift-root}
mkdir -p "$root/package"
# What was compiled stays.
(cd "$root/package" && rm -rf ./*)
cp -Rp "$package/." "$root/package/"
# shellcheck disable=SC2016 # the inner shell's
unshare --mount sh -eu -c '
    mount -t proc proc "$1/proc"
    TMPDIR=/tmp chroot "$1" sh -c "cd /package && swift test"
' - "$root"
