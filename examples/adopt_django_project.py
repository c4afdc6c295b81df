"""Gives the users of a copy of `django_project` a tenant each: `adopt_django_project.py FOLDER`.

This is all that the tutorial in docs/django.md asks of a project: two changes of its settings and one
migration. Then it shows what will be made, migrates and verifies.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SETTINGS = {
    # what stands there, and what is to stand there
    '    "invoices",\n': '    "invoices",\n    "tenantry.django",\n',
    "USE_TZ = True\n": 'TENANTRY = {"CREATE_FOR_NEW_USERS": True}\n\nUSE_TZ = True\n',
}

MIGRATION = """\
from django.db import migrations
from tenantry.django.operations import BackfillDefaultTenants


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("tenantry", "0001_initial")]

    operations = [
        BackfillDefaultTenants(name="business_name", domain="business_domain", plan="tier"),
    ]
"""


def adopt(project: Path) -> None:
    """Changes the files of the project."""
    settings = project / "config" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    for old, new in SETTINGS.items():
        if text.count(old) != 1 or new in text:
            sys.exit(f"{settings}: {old.strip()!r} is not there once, or tenantry is there already")
        text = text.replace(old, new)
    migration = project / "core" / "migrations" / "0002_default_tenants.py"
    migration.write_text(MIGRATION, encoding="utf-8")
    settings.write_text(text, encoding="utf-8")


def manage(project: Path, *command: str) -> None:
    """Runs a command of the project, and ends if it fails."""
    print(f"\n$ python manage.py {' '.join(command)}", flush=True)
    code = subprocess.call([sys.executable, "manage.py", *command], cwd=project)
    if code:
        sys.exit(code)


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1], "manage.py").is_file():
        sys.exit("usage: adopt_django_project.py FOLDER, a copy of examples/django_project")
    project = Path(sys.argv[1])
    adopt(project)
    manage(project, "check")
    manage(project, "migrate", "tenantry", "--verbosity", "0")
    manage(project, "backfill_tenants", "--dry-run")
    manage(project, "migrate")
    manage(project, "verify_tenants")


if __name__ == "__main__":
    main()
