"""A figure beside its peer's, with its target: `ok` or `MISSED`."""

from __future__ import annotations

import sys

from pyperf import Benchmark, Runner


def seconds(runner: Runner, benchmark: Benchmark | None) -> float:
    """The median. A worker measures one thing only, and ends when it has."""
    if runner.args.worker:
        if benchmark is not None:
            sys.exit()
        return 0.0
    assert benchmark is not None
    return float(benchmark.median())


def line(
    what: str, number: float, unit: str, *, least: float | None = None, most: float | None = None
) -> None:
    target = (
        ""
        if least is None and most is None
        else f"  (target {'>=' if most is None else '<='} {least or most:,})"
    )
    kept = (least is None or number >= least) and (most is None or number <= most)
    verdict = "" if not target else " ok" if kept else " MISSED"
    print(f"{what:<58} = {number:>12,.2f} {unit}{target}{verdict}", flush=True)
