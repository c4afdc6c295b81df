"""A project whose memberships refer to users by another field than the primary key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODELS = """
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from tenantry.django.models import AbstractMembership, AbstractTenant

class User(AbstractUser):
    number = models.IntegerField(unique=True)

class Tenant(AbstractTenant):
    pass

class Membership(AbstractMembership):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, to_field="number", related_name="memberships"
    )
"""

PROJECT = """
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    AUTH_USER_MODEL="numbered.User",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "numbered.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "numbered", "tenantry.django"],
    MIGRATION_MODULES={"numbered": None},
    TENANTRY_TENANT_MODEL="numbered.Tenant",
    TENANTRY_MEMBERSHIP_MODEL="numbered.Membership",
    USE_TZ=True,
)
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from numbered.models import User
from tenantry.django.resolution import available_tenants, resolve
from tenantry.django.snapshots import export_snapshot
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.exceptions import LastOwnerError

ann = User.objects.create(username="ann", number=2)
bob = User.objects.create(username="bob", number=7)
assert bob.pk == ann.number
acme = create_tenant("Anns Secret", ann)
assert resolve(bob).reason == "no_membership"
assert available_tenants(bob) == []
assert export_snapshot(bob).tenants == ()
assert ensure_default_tenant(bob).slug == "bobs-workspace"
assert ensure_default_tenant(bob) is None
assert resolve(bob).tenant.slug == "bobs-workspace"
assert resolve(ann).tenant == acme
assert [one.slug for one in export_snapshot(ann).tenants] == ["anns-secret"]
try:
    acme.memberships.get().delete()
except LastOwnerError:
    pass
else:
    raise AssertionError
acme.memberships.create(user=bob, role="owner")
ann.delete()
assert acme.memberships.get().user == bob
"""


@pytest.mark.per_django
def test_a_membership_may_refer_to_another_field_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "numbered").mkdir()
    (tmp_path / "numbered" / "__init__.py").touch()
    (tmp_path / "numbered" / "models.py").write_text(MODELS, "utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{PROJECT}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
