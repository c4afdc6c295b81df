"""`Engine.backfill` of 1,000,000 tuples against the Rust command on the same users as CSV, each into a
new store."""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from time import perf_counter

import pyperf
import tenantry
from figures import line, seconds
from people import User, users

COUNT = int(os.environ.get("TENANTRY_BENCH_USERS", 1_000_000))


@cache
def people() -> list[User]:
    return users(COUNT)


def by_module(_loops: int) -> float:
    rows = people()
    with tempfile.TemporaryDirectory() as folder:
        engine = tenantry.Engine(Path(folder) / "tenancy.db")
        started = perf_counter()
        report = engine.backfill(rows)
        taken = perf_counter() - started
        assert report.created == COUNT
        engine.close()
    return taken


def by_command(_loops: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "users.csv"
        with source.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(("id", "username", "business_name", "business_domain", "tier"))
            out.writerows(people())
        command = [os.environ["TENANTRY_BIN"], "backfill", "--json", "--users", str(source)]
        started = perf_counter()
        subprocess.run(
            [*command, "--store", str(Path(folder) / "tenancy.db")],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return perf_counter() - started


def main() -> None:
    runner = pyperf.Runner(processes=3, values=1, warmups=0, loops=1)
    ours, theirs = (
        seconds(runner, runner.bench_time_func(work.__name__, work))
        for work in (by_module, by_command)
    )
    line(f"Engine.backfill of {COUNT:,} tuples", ours, "s")
    line("  the Rust command, from CSV", theirs, "s")
    line("  ratio", ours / theirs, "", most=1.5)


if __name__ == "__main__":
    main()
