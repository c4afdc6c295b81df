"""`Engine.resolve` against the same call in Rust: 2,000 active users of 100,000, warm."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import pyperf
import tenantry
from figures import line, seconds
from people import users

ACTIVE = 2000


class Turns:
    """Both sides on one store of 100,000 users; each call is a turn, and gives its median request."""

    def __init__(self, folder: Path) -> None:
        self.engine = tenantry.Engine(folder / "tenancy.db")
        self.engine.backfill(users(int(os.environ.get("TENANTRY_BENCH_USERS", 100_000))))
        self.keys = [str(key) for key in range(ACTIVE)]
        command = [os.environ["TENANTRY_RESOLVE_PEER"], str(self.engine.path), str(ACTIVE)]
        self.peer = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ours(self) -> float:
        resolve, times = self.engine.resolve, []
        for key in self.keys:
            started = perf_counter()
            resolve(key)
            times.append(perf_counter() - started)
        return median(times)

    def theirs(self) -> float:
        assert self.peer.stdin
        assert self.peer.stdout
        self.peer.stdin.write("\n")
        self.peer.stdin.flush()
        return float(self.peer.stdout.readline())


def main() -> None:
    runner = pyperf.Runner(processes=5, values=20, warmups=5, loops=1)
    with tempfile.TemporaryDirectory() as folder:
        turns: list[Turns] = []

        def turn(_loops: int, side: str) -> float:
            if not turns:
                turns.append(Turns(Path(folder)))
            return float(getattr(turns[0], side)())

        ours, theirs = (
            seconds(runner, runner.bench_time_func(side, turn, side)) for side in ("ours", "theirs")
        )
    line("Engine.resolve, p50", ours * 1e6, "us")
    line("  the same in Rust, p50", theirs * 1e6, "us")
    line("  over Rust", (ours - theirs) * 1e6, "us", most=2)
    line("  ratio", ours / theirs, "")


if __name__ == "__main__":
    main()
