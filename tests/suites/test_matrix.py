"""The daily configurations have every pair of values, and each test runs where its markers say."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axes import AXES as KNOWN_AXES
from axes import runs_in
from suites.matrix import AXES, DJANGOS, full, missing_pairs, number, pairwise

ROOT = Path(__file__).resolve().parents[2]
SERVERLESS = [one for one in AXES["database"] if one.startswith("sqlite")]


def marker(name: str, **kwargs: Any) -> Any:
    return SimpleNamespace(name=name, kwargs=kwargs)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"python": ("3.11",)},
        {"python": ("3.13", "3.12"), "database": SERVERLESS},
        {"python": ("3.14",), "database": [*SERVERLESS, "postgres"]},
    ],
)
def test_the_daily_configurations_have_every_pair_whatever_is_at_hand(changed: Any) -> None:
    axes = {**AXES, **changed}
    chosen = pairwise(axes)
    assert missing_pairs(chosen, axes) == []
    assert len(chosen) < len(full(axes)) / 4


def test_a_pair_that_is_missing_is_found() -> None:
    chosen = [
        one for one in pairwise(AXES) if (one["database"], one["users"]) != ("mariadb", "uuid")
    ]
    assert (("database", "mariadb"), ("users", "uuid")) in missing_pairs(chosen, AXES)


def test_only_what_cannot_exist_is_left_out_of_the_pairs() -> None:
    possible = {frozenset(pair) for one in full(AXES) for pair in combinations(one.items(), 2)}
    every = {
        frozenset([(one, value), (other, its)])
        for one, other in combinations(AXES, 2)
        for value in AXES[one]
        for its in AXES[other]
    }
    too_old = {
        frozenset([("python", python), ("django", django)])
        for python in AXES["python"]
        for django, (_, first) in DJANGOS.items()
        if number(python) < first
    }
    no_models = {frozenset([("home", "embedded"), ("models", "swapped")])}
    assert every - possible == too_old | no_models


def test_the_script_lists_them_and_says_that_none_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "suites.matrix"],
        cwd=ROOT / "scripts",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].endswith("230 of 230 pairs")


def test_the_plugin_knows_the_same_axes() -> None:
    assert set(KNOWN_AXES) == set(AXES)


def places(*markers: Any) -> list[dict[str, str]]:
    """The configurations in which a test with these markers runs."""
    chosen = pairwise(AXES)
    return [dict(one) for at, one in enumerate(chosen) if runs_in(markers, chosen, at)]


def test_an_unmarked_test_runs_everywhere() -> None:
    assert places() == pairwise(AXES)


def test_one_that_depends_on_nothing_runs_once() -> None:
    assert places(marker("once")) == [pairwise(AXES)[0]]


@pytest.mark.parametrize("axis", AXES)
def test_one_that_depends_on_an_axis_runs_once_for_each_of_its_values(axis: str) -> None:
    values = Counter(one[axis] for one in places(marker(f"per_{axis}")))
    assert values == Counter(AXES[axis])


def test_one_that_depends_on_two_axes_runs_once_for_each_combination() -> None:
    found = places(marker("per_database"), marker("per_home"))
    combinations_ = Counter((one["database"], one["home"]) for one in found)
    assert set(combinations_.values()) == {1}
    assert len(combinations_) == 2 * len(AXES["database"])


def test_one_that_makes_sense_in_one_home_runs_there_for_each_database() -> None:
    found = places(marker("only", home="project"), marker("per_database"))
    assert {one["home"] for one in found} == {"project"}
    assert Counter(one["database"] for one in found) == Counter(AXES["database"])


def test_databases_can_be_named_by_pattern() -> None:
    found = places(marker("only", database=["postgres*", "mariadb"]), marker("per_database"))
    assert [one["database"] for one in found] == ["postgres", "postgres-repeatable-read", "mariadb"]
