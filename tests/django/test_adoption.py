"""A project that followed the guide by hand adopts the app by changing its base classes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).parent / "guide"


class Project:
    """The guide's project, on a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "guide.sqlite3"
        left_out = ("DJANGO_", "TENANTRY_", "PYTHONPATH")
        clean = {key: text for key, text in os.environ.items() if not key.startswith(left_out)}
        self._environment = {
            **clean,
            "DJANGO_SETTINGS_MODULE": "settings",
            "GUIDE_DATABASE": str(self.database),
        }

    def adopt(self) -> None:
        self._environment["ADOPTED"] = "yes"

    def run(self, *arguments: str, fails: bool = False) -> str:
        command = [sys.executable, "-m", "django", *arguments]
        done = subprocess.run(
            command, cwd=GUIDE, env=self._environment, text=True, capture_output=True, check=False
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, code: str) -> str:
        return self.run("shell", "-c", code)

    def rows(self) -> list[Any]:
        with closing(sqlite3.connect(self.database)) as database:
            return [
                database.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
                for table in ("core_tenant", "core_membership", "core_user")
            ]

    def schema(self) -> list[Any]:
        sql = "SELECT name, sql FROM sqlite_schema WHERE tbl_name LIKE 'core_%' ORDER BY name"
        with closing(sqlite3.connect(self.database)) as database:
            return database.execute(sql).fetchall()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("guide"))
    project.run("migrate", "core", "0002", "--verbosity", "0")
    project.run("migrate", "auth", "--verbosity", "0")
    project.python(
        "from core.models import User\n"
        "for name, business in [('ann', 'Acme'), ('bob', 'Acme'), ('eve', '')]:\n"
        "    User.objects.create(username=name, business_name=business)\n"
    )
    project.run("migrate", "--verbosity", "0")
    return project


def test_adopting_changes_no_row_and_needs_no_migration_of_the_project(project: Project) -> None:
    rows, schema = project.rows(), project.schema()
    assert [len(table) for table in rows] == [3, 3, 3]
    project.run("makemigrations", "--check", "--dry-run")
    project.adopt()
    assert "No changes detected" in project.run("makemigrations", "--check", "--dry-run")
    project.run("check", "--fail-level", "WARNING")
    plan = project.run("migrate", "--plan")
    assert plan.count("Create model") == 5
    assert "core" not in plan.replace("tenantry", "")
    project.run("migrate", "--verbosity", "0")
    assert (project.rows(), project.schema()) == (rows, schema)
    with closing(sqlite3.connect(project.database)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
    assert not tables & {"tenantry_tenant", "tenantry_membership"}
    assert {"tenantry_retiredslug", "tenantry_backfillrun", "tenantry_backfillentry"} <= tables


def test_then_all_promises_hold_and_those_who_came_later_get_a_tenant(project: Project) -> None:
    project.adopt()
    project.run("migrate", "--verbosity", "0")
    assert "every promise holds" in project.run("verify_tenants")
    project.python(
        "from core.models import User; User.objects.create(username='dan', business_name='Acme')"
    )
    assert "has no membership" in project.run("verify_tenants", fails=True)
    assert "4 users: 1 tenants made" in project.run("backfill_tenants")
    found = project.python(
        "from core.models import Tenant, User\n"
        "acme = Tenant.objects.get(slug='acme-2')\n"
        "assert acme.memberships.get().user.username == 'dan'\n"
        "acme.slug = 'dans'\n"
        "acme.save()\n"
        "from tenantry.django.tenants import create_tenant\n"
        "print(create_tenant('Acme', User.objects.get(username='ann')).slug)\n"
    )
    assert "acme-3" in found
    assert "every promise holds" in project.run("verify_tenants")


def test_a_slug_in_capitals_blocks_its_lower_case_form_for_others(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.run("migrate", "--verbosity", "0")
    project.python(
        "from core.models import Tenant, User\n"
        "User.objects.create(username='bob')\n"
        "Tenant.objects.create(name='Initech', slug='Initech')\n"
    )
    project.adopt()
    project.run("migrate", "--verbosity", "0")
    found = project.python(
        "from core.models import Tenant, User\n"
        "from tenantry.django.tenants import create_tenant\n"
        "print(create_tenant('Initech', User.objects.get(username='bob')).slug)\n"
        "old = Tenant.objects.get(slug='Initech')\n"
        "old.slug = 'initech'\n"
        "old.save()\n"
        "print(old.slug)\n"
    )
    assert found.split()[-2:] == ["initech-1", "initech"]


def test_an_empty_slug_that_the_guide_left_is_mended_by_saving(project: Project) -> None:
    project.adopt()
    project.run("migrate", "--verbosity", "0")
    project.python(
        "from core.models import Tenant; Tenant.objects.filter(slug='acme').update(slug='')"
    )
    assert 'the slug "" of tenant' in project.run("verify_tenants", fails=True)
    project.python(
        "from core.models import Tenant\n"
        "for tenant in Tenant.objects.filter(slug=''):\n"
        "    tenant.save()\n"
    )
    assert "every promise holds" in project.run("verify_tenants")


def test_the_tables_can_be_removed_again(project: Project) -> None:
    project.adopt()
    project.run("migrate", "--verbosity", "0")
    rows = project.rows()
    project.run("migrate", "tenantry", "zero", "--verbosity", "0")
    assert project.rows() == rows
    project.run("migrate", "--verbosity", "0")
