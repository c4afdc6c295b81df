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
sys.path.insert(0, str(HERE))
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
# Here, for pytest-django looks for the settings before the server of the tests is known.
django.setup()

pytest_plugins = ["tenantry.django.testing"]


# What is about the models alone, and what is about the store alone.
OF_MODELS = [
    "admin",
    "adoption",
    "backfill",
    "checks",
    "concurrency",
    "databases",
    "docs",
    "instances",
]
OF_MODELS += ["operations", "survival", "tenants", "testing", "translation", "vectors"]
OF_STORES = ["embedded"]
of_other_home = OF_MODELS if os.environ.get("TENANTRY_TEST_BACKEND") == "embedded" else OF_STORES
collect_ignore = [f"test_{name}.py" for name in of_other_home]


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
