"""The table at the end of a run: each suite, how many tests passed, and how long it took."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from suites.runner import Outcome

TWICE = 2.0


def usual(path: Path | None) -> dict[str, float]:
    """The seconds that each line took when they were last written down, by title."""
    if path is None:
        return {}
    known: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))
    return known


def seconds_by_title(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """How long each line of the table took."""
    found: dict[str, float] = {}
    for one in outcomes:
        if not one.left_out:
            found[one.suite.title] = found.get(one.suite.title, 0.0) + one.seconds
    return found


def table(outcomes: Sequence[Outcome], known: Mapping[str, float]) -> Iterator[str]:
    """The lines of the table. `known` has the usual seconds of each, to be compared with.

    >>> from suites.suite import Suite
    >>> rust = Outcome(Suite("rust", "Rust", []), seconds=65.0, passed=7)
    >>> print(*table([rust], {"Rust": 30.0}), sep="\\n")
    suite  passed  seconds
    Rust        7     65.0  2.2 times as long as usual
    """
    titles = list(dict.fromkeys(one.suite.title for one in outcomes))
    width = max(len("suite"), *map(len, titles))
    yield f"{'suite':{width}}  passed  seconds"
    seconds = seconds_by_title(outcomes)
    for title in titles:
        parts = [one for one in outcomes if one.suite.title == title]
        missing = next((one.left_out for one in parts if one.left_out), "")
        if all(one.left_out for one in parts):
            yield f"{title:{width}}  left out: {missing}"
            continue
        count = str(sum(one.passed for one in parts)) if parts[0].suite.tests else ""
        yield f"{title:{width}}  {count:>6}  {seconds[title]:7.1f}{_remarks(parts, known, seconds)}"


def _remarks(
    parts: Sequence[Outcome], known: Mapping[str, float], seconds: Mapping[str, float]
) -> str:
    title = parts[0].suite.title
    remarks = []
    if failed := sum(one.failed for one in parts):
        remarks.append("FAILED" if len(parts) == 1 else f"{failed} of {len(parts)} FAILED")
    if skipped := sum(one.skipped for one in parts):
        remarks.append(f"{skipped} skipped")
    if left_out := sum(bool(one.left_out) for one in parts):
        reason = next(one.left_out for one in parts if one.left_out)
        remarks.append(f"{left_out} of {len(parts)} left out: {reason}")
    if title in known and seconds[title] >= TWICE * known[title]:
        remarks.append(f"{seconds[title] / known[title]:.1f} times as long as usual")
    return f"  {', '.join(remarks)}" if remarks else ""
