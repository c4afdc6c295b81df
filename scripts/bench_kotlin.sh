#!/bin/sh
# The benchmark of the Kotlin layer, beside the same questions from Rust in both of its profiles.
set -eu
cd "$(dirname "$0")/.."

peer() {
    cargo bench --locked --profile "$1" --bench resolve_peer --no-run --message-format json |
        sed -n 's/.*"executable":"\([^"]*resolve_peer[^"]*\)".*/\1/p'
}
TENANTRY_RESOLVE_PEER=$(peer bench)
TENANTRY_RESOLVE_PEER_MOBILE=$(peer mobile)
export TENANTRY_RESOLVE_PEER TENANTRY_RESOLVE_PEER_MOBILE
mvn -q -B -f bindings/kotlin install -DskipTests
ls -l bindings/kotlin/target/natives/*/*
mvn -q -B -f benches/kotlin compile exec:java
