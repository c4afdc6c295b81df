"""The tests of the Django app, on the database that the environment names: see project/settings.py."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import pytest

HERE = Path(__file__).parent
for folder in (HERE, HERE.parent):
    sys.path.insert(0, str(folder))
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
# Here, for pytest-django looks for the settings before the server of the tests is known.
django.setup()

pytest_plugins = ["axes", "tenantry.django.testing"]

# The tests of what only one home has. The other cannot even import them.
OF_HOMES = {
    "project": {
        *("admin", "adoption", "backfill", "checks", "concurrency", "databases", "docs"),
        *("instances", "operations", "survival", "tenants", "testing", "translation", "vectors"),
        *("domains", "hammer", "to_field", "ways"),
    },
    "embedded": {"embedded"},
}
home = os.environ.get("TENANTRY_TEST_HOME", "project")
collect_ignore = [
    f"test_{name}.py" for other, names in OF_HOMES.items() for name in names if other != home
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for only, names in OF_HOMES.items():
            if item.path.stem.removeprefix("test_") in names:
                item.add_marker(pytest.mark.only(home=only))
        if os.environ.get("TENANTRY_TEST_TRANSACTIONS") == "autocommit" and _uses_database(item):
            # As in a project that sets nothing: each statement is its own transaction, and a promise
            # that needs more has to open one.
            given = item.get_closest_marker("django_db")
            options = {**(given.kwargs if given else {}), "transaction": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", [])
    return item.get_closest_marker("django_db") is not None or "db" in fixtures


def pytest_report_header() -> str:
    from django import get_version
    from django.conf import settings

    engine = settings.DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
    home = "embedded store" if settings.IS_EMBEDDED else settings.TENANTRY_TENANT_MODEL
    return f"Django {get_version()} on {engine}, tenants: {home}"


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    """Makes users ann, bob, ... or of a name, with these fields."""
    from django.contrib.auth import get_user_model

    names = iter(f"user{number}" for number in range(10_000))

    def make(username: str | None = None, **fields: Any) -> Any:
        return get_user_model()._default_manager.create(username=username or next(names), **fields)

    return make


@pytest.fixture
def ann(make_user: Callable[..., Any]) -> Any:
    return make_user("ann")


@pytest.fixture
def bob(make_user: Callable[..., Any]) -> Any:
    return make_user("bob")
