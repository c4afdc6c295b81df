"""A pytest plugin: each test says by markers what it depends on, and runs once for each of those.

- No marker: the test is cheap, and runs in every configuration.
- `once`: it depends on nothing that varies, and runs in one configuration.
- `per_database`, `per_home`, ...: it runs once for each database, each home. Several of them together
  mean each combination.
- `only(database="sqlite")`: it makes sense in these configurations alone; `*` stands for anything.

`scripts/suites` says by `TENANTRY_TEST_MATRIX` which configurations there are, and by `TENANTRY_TEST_AT`
which of them this run is. A run by hand is the only one, so everything runs that makes sense there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import pytest

AXES = ("python", "django", "database", "home", "models", "users", "transactions")

Configuration = Mapping[str, str]


def matrix() -> tuple[Sequence[Configuration], int]:
    """All configurations, and which of them this is."""
    given = os.environ.get("TENANTRY_TEST_MATRIX")
    if given:
        return json.loads(given), int(os.environ["TENANTRY_TEST_AT"])
    defaults = {"database": "sqlite", "home": "project", "models": "own", "users": "int"}
    defaults |= {"transactions": "wrapped"}
    here = {
        axis: os.environ.get(f"TENANTRY_TEST_{axis.upper()}", defaults.get(axis, ""))
        for axis in AXES
    }
    return [here], 0


def runs_in(markers: Sequence[Any], configurations: Sequence[Configuration], at: int) -> bool:
    """Whether a test with these markers runs in the configuration number `at`."""
    only = [marker.kwargs for marker in markers if marker.name == "only"]
    if not all(_fits(configurations[at], one) for one in only):
        return False
    axes = {
        marker.name.removeprefix("per_") for marker in markers if marker.name.startswith("per_")
    }
    if not axes and not any(marker.name == "once" for marker in markers):
        return True
    here = configurations[at]
    return not any(
        all(earlier[axis] == here[axis] for axis in axes if axis in here)
        for earlier in configurations[:at]
        if all(_fits(earlier, one) for one in only)
    )


def _fits(configuration: Configuration, only: Mapping[str, str | Sequence[str]]) -> bool:
    return all(
        any(
            fnmatchcase(configuration[axis], pattern)
            for pattern in ([patterns] if isinstance(patterns, str) else patterns)
        )
        for axis, patterns in only.items()
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "once: it depends on nothing that varies")
    config.addinivalue_line("markers", "only(axis=pattern): it makes sense in these configurations")
    for axis in AXES:
        config.addinivalue_line("markers", f"per_{axis}: it runs once for each {axis}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    configurations, at = matrix()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (kept if runs_in(list(item.iter_markers()), configurations, at) else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
