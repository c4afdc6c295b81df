#!/bin/sh
# The benchmarks of the Python module, with what they are measured against: `bench_python.sh resolve` runs
# one of them.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$(scripts/pythons.sh first)
cargo build --release --locked --features cli
peer=$(cargo bench --locked --bench resolve_peer --no-run --message-format json |
    sed -n 's/.*"executable":"\([^"]*resolve_peer[^"]*\)".*/\1/p')
scripts/wheel.sh "$python" "$target/dist"
scripts/venv.sh .venvs/bench "$python" benches/python/requirements.txt "$target"/dist/*.whl
TENANTRY_BIN=$(cd "$target/release" && pwd)/tenantry
export TENANTRY_BIN TENANTRY_RESOLVE_PEER="$peer"

benchmarks=$*
for benchmark in ${benchmarks:-slugify planner resolve backfill django_backfill django_requests django_sign_up}; do
    case $benchmark in
        django_*) .venvs/bench/bin/python "benches/python/$benchmark.py" ;;
        *)
            .venvs/bench/bin/python "benches/python/$benchmark.py" --quiet \
                --inherit-environ=TENANTRY_BIN,TENANTRY_RESOLVE_PEER,TENANTRY_BENCH_USERS
            ;;
    esac
done
