"""A project that followed the guide by hand adopts the app by changing its base classes."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.per_django

GUIDE = Path(__file__).parent / "guide"


COMMANDS = """
import shlex, sys
from django.core.management import execute_from_command_line
for command in sys.argv[1:]:
    execute_from_command_line(["manage.py", *shlex.split(command)])
"""


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

    def run(self, *commands: str, fails: bool = False) -> str:
        """Runs commands one after the other, as `manage.py` would, in one process: most of a command is
        its start. What they printed."""
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, *commands],
            cwd=GUIDE,
            env=self._environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout
        return done.stdout

    def python(self, code: str) -> str:
        return self.run(f"shell -v 0 -c {shlex.quote(code)}")

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
    project.run("migrate core 0002 --verbosity 0", "migrate auth --verbosity 0")
    project.python(
        "from core.models import User\n"
        "for name, business in [('ann', 'Acme'), ('bob', 'Acme'), ('eve', '')]:\n"
        "    User.objects.create(username=name, business_name=business)\n"
    )
    project.run("migrate --verbosity 0")
    return project


def test_adopting_changes_no_row_and_needs_no_migration_of_the_project(project: Project) -> None:
    rows, schema = project.rows(), project.schema()
    assert [len(table) for table in rows] == [3, 3, 3]
    project.run("makemigrations --check --dry-run")
    project.adopt()
    unchanged = project.run("makemigrations --check --dry-run", "check --fail-level WARNING")
    assert "No changes detected" in unchanged
    plan = project.run("migrate --plan", "migrate --verbosity 0")
    assert plan.count("Create model") == 7
    assert "core" not in plan.replace("tenantry", "")
    assert (project.rows(), project.schema()) == (rows, schema)
    with closing(sqlite3.connect(project.database)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
    assert not tables & {"tenantry_tenant", "tenantry_membership"}
    assert {"tenantry_retiredslug", "tenantry_backfillrun", "tenantry_backfillentry"} <= tables


def test_then_all_promises_hold_and_those_who_came_later_get_a_tenant(project: Project) -> None:
    project.adopt()
    assert "every promise holds" in project.run("migrate --verbosity 0", "verify_tenants")
    dan = "from core.models import User; User.objects.create(username='dan', business_name='Acme')"
    found = project.run(f"shell -v 0 -c {shlex.quote(dan)}", "verify_tenants", fails=True)
    assert "has no membership" in found
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
    project.run("migrate --verbosity 0")
    project.python(
        "from core.models import Tenant, User\n"
        "User.objects.create(username='bob')\n"
        "Tenant.objects.create(name='Initech', slug='Initech')\n"
    )
    project.adopt()
    project.run("migrate --verbosity 0")
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
    project.run("migrate --verbosity 0")
    broken = "from core.models import Tenant; Tenant.objects.filter(slug='acme').update(slug='')"
    found = project.run(f"shell -v 0 -c {shlex.quote(broken)}", "verify_tenants", fails=True)
    assert 'the slug "" of tenant' in found
    mended = "from core.models import Tenant\nfor tenant in Tenant.objects.filter(slug=''): tenant.save()"
    found = project.run(f"shell -v 0 -c {shlex.quote(mended)}", "verify_tenants")
    assert "every promise holds" in found


def test_the_tables_can_be_removed_again(project: Project) -> None:
    project.adopt()
    project.run("migrate --verbosity 0")
    rows = project.rows()
    project.run("migrate tenantry zero --verbosity 0")
    assert project.rows() == rows
    project.run("migrate --verbosity 0")
