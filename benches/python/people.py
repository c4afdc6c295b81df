"""Users to measure with, made of the 10,000 of `tests/data`: a fifth share names, a tenth have none."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

User = tuple[int, str, str, str, str]


def users(count: int) -> list[User]:
    """So many users. Names that are unique among the 10,000 stay unique; those that are shared stay so."""
    with (ROOT / "tests" / "data" / "users_b_10k.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = Counter(row["business_name"] for row in rows)
    made: list[User] = []
    while len(made) < count:
        turn = len(made) // len(rows)
        for row in islice(rows, count - len(made)):
            name = row["business_name"]
            if turn and name and seen[name] == 1:
                name = f"{name} {turn}"
            key = len(made)
            made.append((key, f"user{key}", name, row["business_domain"], row["tier"]))
    return made


def names(count: int) -> list[str]:
    """The names of so many users' tenants."""
    return [name or f"{username}'s Workspace" for _, username, name, _, _ in users(count)]
