"""The axes along which the Django app is tested, and the configurations that cover every pair of values.

A fault that needs two things at once, such as PostgreSQL and UUID keys, shows up in one of these
configurations. `python -m suites.matrix` lists them and proves that no pair is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product

DJANGOS = {
    # The release that is installed, and the first Python that it runs on.
    "6.1": ("6.1.3", (3, 12)),
    "6.0": ("6.0.10", (3, 12)),
    "5.2": ("5.2.19", (3, 11)),
}

AXES: Mapping[str, Sequence[str]] = {
    "python": ("3.14", "3.13", "3.12", "3.11"),
    "django": tuple(DJANGOS),
    "database": (
        "sqlite",
        "sqlite-immediate",
        "sqlite-wal",
        "sqlite-wal-immediate",
        "postgres",
        "postgres-repeatable-read",
        "mariadb",
        "mariadb-repeatable-read",
    ),
    "home": ("project", "embedded"),
    "models": ("own", "swapped"),
    "users": ("int", "uuid", "text"),
    "transactions": ("wrapped", "autocommit"),
}
"""The first value of each is the one that most projects have; tests that depend on nothing run there."""

Axes = Mapping[str, Sequence[str]]
Configuration = Mapping[str, str]
Pair = tuple[tuple[str, str], ...]


def number(version: str) -> tuple[int, ...]:
    """A version as something that sorts."""
    return tuple(int(part) for part in version.split("."))


def is_possible(one: Configuration) -> bool:
    """Whether this configuration can exist: each Django has its first Python, and an embedded store has
    no models to swap."""
    if number(one["python"]) < DJANGOS[one["django"]][1]:
        return False
    return one["home"] == "project" or one["models"] == "own"


def full(axes: Axes) -> list[Configuration]:
    """Every possible configuration."""
    every = (dict(zip(axes, values, strict=True)) for values in product(*axes.values()))
    return [one for one in every if is_possible(one)]


def pairwise(axes: Axes) -> list[Configuration]:
    """Few configurations that together have every pair of values that is possible.

    Always the one that has most of the pairs that are still missing; of several, the first.
    """
    possible = [(one, set(pairs(one))) for one in full(axes)]
    missing = {pair for _, its in possible for pair in its}
    chosen = []
    while missing:
        best, its = max(possible, key=lambda other: len(other[1] & missing))
        chosen.append(best)
        missing -= its
    return chosen


def pairs(one: Configuration) -> Iterator[Pair]:
    """The pairs of values of a configuration."""
    return combinations(sorted(one.items()), 2)


def missing_pairs(chosen: Iterable[Configuration], axes: Axes) -> list[Pair]:
    """The possible pairs of values that none of these configurations has."""
    covered = {pair for one in chosen for pair in pairs(one)}
    return sorted({pair for one in full(axes) for pair in pairs(one)} - covered)


def main() -> int:
    """Lists the daily configurations; 1 if they miss a pair."""
    chosen = pairwise(AXES)
    for number_, one in enumerate(chosen, 1):
        print(f"{number_:3}  {'  '.join(one.values())}")
    missing = missing_pairs(chosen, AXES)
    every = {pair for one in full(AXES) for pair in pairs(one)}
    print(
        f"{len(chosen)} of {len(full(AXES))} configurations cover {len(every) - len(missing)}",
        end="",
    )
    print(f" of {len(every)} pairs")
    for pair in missing:
        print(f"missing: {' with '.join('='.join(value) for value in pair)}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
