"""The example project is adopted as its script and the tutorial say, and nothing of it breaks.

Each command is a process of its own, as for who types it.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
ADOPT = EXAMPLES / "adopt_django_project.py"
OWN_TABLES = ("core_user", "invoices_invoice", "django_session")


class Project:
    """A copy of the example project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(EXAMPLES / "django_project", folder)

    def manage(self, *command: str) -> str:
        return self.run("manage.py", *command)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def shell(self, code: str) -> str:
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def query(self, statement: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "db.sqlite3")) as connection:
            return connection.execute(statement).fetchall()

    def own_rows(self) -> dict[str, list[Any]]:
        return {table: self.query(f"SELECT * FROM {table} ORDER BY 1") for table in OWN_TABLES}

    def tests(self) -> int:
        """Runs the project's own tests; how many there are."""
        found = re.search(r"Ran (\d+) tests", self.manage("test"))
        assert found
        return int(found[1])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.manage("migrate")
    project.manage("seed_users")
    return project


LOG_IN = """
from django.test import Client
client = Client(SERVER_NAME="localhost")
assert client.login(username="ann", password="ann")
print(client.cookies["sessionid"].value)
"""
VISIT = """
from django.test import Client
client = Client(SERVER_NAME="localhost")
client.cookies["sessionid"] = "{key}"
print(client.get("/").status_code, client.get("/new/").status_code)
"""


def test_the_project_is_adopted_and_its_tests_sessions_and_rows_stay(project: Project) -> None:
    tests = project.tests()
    assert tests >= 16
    session = project.shell(LOG_IN)
    project.shell(
        "from core.models import User; User.objects.get(username='ann').invoices"
        ".create(customer='Globex', amount=10)"
    )
    before = project.own_rows()

    out = project.run(str(ADOPT), str(project.folder))
    assert "2000 users, 2000 tenants, 2000 memberships\nevery promise holds" in out

    assert project.own_rows() == before
    assert project.tests() == tests
    assert project.shell(VISIT.format(key=session)) == "200 200"
    assert "No changes detected" in project.manage("makemigrations", "--check")


def test_step_8_of_the_guide_holds_afterwards_and_all_is_taken_back(project: Project) -> None:
    before = project.own_rows()
    project.run(str(ADOPT), str(project.folder))
    [counts] = project.query(
        "SELECT (SELECT count(*) FROM core_user), (SELECT count(*) FROM tenantry_tenant),"
        " (SELECT count(*) FROM tenantry_membership)"
    )
    assert counts == (2000, 2000, 2000)
    members = project.query(
        "SELECT user_id, role, is_active FROM tenantry_membership ORDER BY user_id"
    )
    assert members == [(number, "owner", 1) for number in range(1, 2001)]
    [ann] = project.query(
        "SELECT t.name, t.slug, t.domain, t.plan FROM tenantry_tenant t"
        " JOIN tenantry_membership m ON m.tenant_id = t.id WHERE m.user_id = 1"
    )
    assert ann == ("Acme Inc.", "acme-inc", "acme.example", "free")
    project.manage("migrate", "core", "0001")
    assert project.own_rows() == before
    assert project.query("SELECT count(*) FROM tenantry_tenant") == [(0,)]


def test_who_signs_up_afterwards_has_a_tenant_and_it_is_adopted_once(project: Project) -> None:
    project.run(str(ADOPT), str(project.folder))
    project.shell(
        "from core.models import User; User.objects.create_user('eve', business_name='Acme Inc.')"
    )
    found = project.query("SELECT slug FROM tenantry_tenant ORDER BY id DESC LIMIT 1")
    assert found == [("acme-inc-1",)]
    done = subprocess.run(
        [sys.executable, str(ADOPT), str(project.folder)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "tenantry is there already" in done.stderr
