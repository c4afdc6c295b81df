#!/bin/sh
# kotlin_test.sh [SNAPSHOTS]: builds the jar, runs its tests, and uses it as its users do. SNAPSHOTS is a
# folder of what a Django project exported. Default: the ones that are checked in.
set -eu
cd "$(dirname "$0")/.."

mvn -B -ntp -f bindings/kotlin verify ${1:+-Dsnapshots="$1"}
scripts/kotlin_consumer.sh
