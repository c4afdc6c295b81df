"""What a suite is: one command, and what must be there before it can run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

COUNTS = (
    # cargo, pytest, unittest, Maven and Swift, each with a line of its own for a total or a part.
    (re.compile(r"^test result: \S+ (\d+) passed"), sum),
    (re.compile(r"^=*\s*(?:\d+ failed, )?(\d+) passed\b"), sum),
    (re.compile(r"^Ran (\d+) tests? in"), sum),
    (re.compile(r"Tests run: (\d+), Failures: \d+, Errors: \d+, Skipped: \d+\s*$"), max),
    (re.compile(r"^\s*Executed (\d+) tests?, with"), max),
)
SKIPPED = re.compile(r"\b(\d+) skipped\b|\b(\d+) ignored;|Skipped: (\d+)\s*$")


@dataclass(frozen=True)
class Suite:
    """One command that tests or builds something."""

    name: str
    """What people type."""
    title: str
    """Its line in the table. Suites with one title share a line."""
    command: Sequence[str]
    after: Sequence[str] = ()
    """Names of the suites that must have passed before."""
    environment: Mapping[str, str] = field(default_factory=dict)
    lacks: str = ""
    """What it needs and this machine does not have, and how to get it; empty if it can run."""
    cargo: bool = False
    """Whether it builds in Cargo's own folder, which takes one at a time."""
    server: str = ""
    """The database server that it needs: `postgres` or `mariadb`."""
    waits: bool = False
    """Whether it mostly waits for the network, and so keeps no processor busy."""
    tests: bool = True
    """Whether it runs tests, and does not only prepare for others."""


def passed(log: str) -> int:
    """How many tests passed, by what the tools print.

    >>> passed("test result: ok. 3 passed; 0 failed")
    3
    """
    total = 0
    for pattern, combine in COUNTS:
        found = [int(match[1]) for line in log.splitlines() if (match := pattern.search(line))]
        total += combine(found) if found else 0
    return total


def skipped(log: str) -> int:
    """How many tests were skipped, by what the tools print.

    >>> skipped("3 passed, 2 skipped in 0.1s")
    2
    """
    matches = (SKIPPED.search(line) for line in log.splitlines())
    return max((int(next(filter(None, match.groups()))) for match in matches if match), default=0)
