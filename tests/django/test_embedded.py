"""The embedded store as the home of the tenants."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tenantry
from django.apps import apps
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.http import HttpResponse
from django.test import Client, RequestFactory
from people import make_users
from processes import environment
from tenantry.django.backfill import backfill
from tenantry.django.checks import check_homes
from tenantry.django.embedded.store import clashes, store
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.operations import BackfillDefaultTenants
from tenantry.django.resolution import resolve
from tenantry.django.snapshots import export_snapshot
from tenantry.django.tenants import create_tenant, ensure_default_tenant, release_slug
from tenantry.django.testing import select_tenant
from tenantry.django.undo import undo_backfill
from tenantry.django.verify import Counts, counts, verify
from tenantry.exceptions import NotAvailableError, RowError, SlugTakenError

pytestmark = pytest.mark.django_db


# Since Django 6.1 one of its own checks asks the database.
@pytest.mark.django_db(databases="__all__")
def test_there_are_no_new_tables_and_no_check_fails() -> None:
    assert list(apps.get_app_config("tenantry").get_models()) == []
    tables = connection.introspection.table_names()
    assert [name for name in tables if name.startswith("tenantry")] == []
    assert run_checks() == []


def test_a_tenant_is_a_record_of_the_engine(ann: Any) -> None:
    acme = create_tenant("Acme", ann, plan="pro")
    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, {}

    def get_response(request: Any) -> HttpResponse:
        assert type(request.tenant) is tenantry.Tenant
        assert request.tenant == acme == store().tenant_by_slug("acme")
        assert request.tenant is request.tenant
        return HttpResponse()

    TenantMiddleware(get_response)(request)


def test_a_slug_that_is_taken_is_refused(ann: Any) -> None:
    create_tenant("Acme", ann)
    with pytest.raises(SlugTakenError):
        create_tenant("Other", ann, slug="acme")
    assert create_tenant("Acme", ann).slug == "acme-1"


def test_each_test_has_a_store_of_its_own(ann: Any) -> None:
    assert create_tenant("Acme", ann).slug == "acme"


def test_a_retired_slug_can_be_released(ann: Any) -> None:
    acme = create_tenant("Acme", ann)
    store().rename(acme.id, "Acme", slug="acme-corp")
    assert (release_slug("acme"), release_slug("acme")) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_a_new_user_gets_a_tenant_when_it_is_committed(settings: Any, make_user: Any) -> None:
    settings.TENANTRY = settings.TENANTRY | {"CREATE_FOR_NEW_USERS": True}
    with transaction.atomic():
        ann = make_user("ann", business_name="Acme")
        assert resolve(ann).tenant is None
    assert resolve(ann).tenant.slug == "acme"
    assert ensure_default_tenant(ann) is None
    with transaction.atomic():
        make_user("bob")
        transaction.set_rollback(True)
    assert counts() == Counts(users=1, tenants=1, memberships=1)


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_leaves_no_membership_to_the_next_bearer_of_the_key(ann: Any) -> None:
    key = ann.pk
    create_tenant("Acme", ann)
    with transaction.atomic():
        ann.delete()
        transaction.set_rollback(True)
    ann.pk = key
    assert resolve(ann).tenant.slug == "acme"
    type(ann)._default_manager.filter(pk=key).delete()
    ann.pk = key
    assert resolve(ann).reason == "no_membership"
    assert [finding.kind.value for finding in verify()] == ["tenant_without_owner"]


def test_a_dry_run_of_undo_changes_nothing() -> None:
    [user, _] = make_users("Acme", "Globex")
    backfill()
    assert undo_backfill(dry_run=True).removed == 2
    assert counts().tenants == 2
    assert [one.slug for one in export_snapshot(user).tenants] == ["acme"]
    assert undo_backfill().removed == 2
    assert counts().tenants == 0


def test_a_migration_of_the_backfill_is_refused() -> None:
    operation = BackfillDefaultTenants()
    with pytest.raises(ImproperlyConfigured, match="run manage.py backfill_tenants instead"):
        operation.database_forwards("core", None, None, None)


def test_a_store_that_cannot_be_opened_ends_a_command_with_its_code(
    settings: Any, tmp_path: Path, ann: Any
) -> None:
    (tmp_path / "foreign.db").write_bytes(b"this is no database of anybody" * 100)
    settings.TENANTRY = settings.TENANTRY | {"STORE": tmp_path / "foreign.db"}
    for command in (
        ["backfill_tenants"],
        ["verify_tenants"],
        ["undo_backfill"],
        ["export_tenants", str(ann.pk)],
    ):
        with pytest.raises(CommandError, match=r"foreign\.db") as caught:
            call_command(*command)
        assert caught.value.returncode == 3, command


# The file of the store


def identities(messages: Any) -> list[str]:
    return [one.id for one in messages]


def test_a_store_that_is_a_database_of_django_is_an_error_and_never_opened(
    settings: Any, tmp_path: Path, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = Path(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite":
        assert check_homes() == []
        return
    symbolic, hard = tmp_path / "link.db", tmp_path / "hard.db"
    symbolic.symlink_to(name)
    hard.hardlink_to(name)
    monkeypatch.chdir(name.parent)
    for path in (name, str(name), symbolic, hard, name.name, name.parent / "." / name.name):
        settings.TENANTRY = settings.TENANTRY | {"STORE": path}
        [error] = check_homes()
        assert (error.id, error.level) == ("tenantry.E010", 40)
        assert 'DATABASES["default"]' in error.msg
        with pytest.raises(ImproperlyConfigured, match="give the store a file of its own"):
            resolve(ann)


def test_a_database_that_is_named_by_a_uri_is_known_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "sqlite":
        return
    uri = f"file:{tmp_path}/a%20b.db?mode=rwc"
    monkeypatch.setitem(connection.settings_dict, "NAME", uri)
    assert [alias for alias, _ in clashes(tmp_path / "a b.db")] == ["default"]


def test_an_embedded_store_needs_a_file(settings: Any) -> None:
    settings.TENANTRY = {"BACKEND": "embedded"}
    assert identities(check_homes()) == ["tenantry.E011"]
    with pytest.raises(ImproperlyConfigured, match="does not say which file"):
        resolve(None)


def test_the_app_without_tables_needs_a_store(settings: Any) -> None:
    settings.TENANTRY = {}
    assert identities(check_homes()) == ["tenantry.E012"]


def test_what_is_not_available_is_refused_with_the_same_error(ann: Any, bob: Any) -> None:
    create_tenant("Acme", ann)
    client = Client()
    client.force_login(bob)
    for slug in ("acme", "nobodys"):
        with pytest.raises(NotAvailableError):
            select_tenant(client, slug)


def test_the_examples_of_the_docs_run(ann: Any, bob: Any) -> None:
    example = doctest.DocTestFinder().find(store, globs={"ann": ann, "bob": bob})[0]
    assert doctest.DocTestRunner().run(example).failed == 0


# What the review of strangers found


def rolled_back(make_user: Any) -> Any:
    """A user whose sign-up, with a tenant, was rolled back: the database gives its key out again."""
    with transaction.atomic():
        eve = make_user("eve")
        create_tenant("Eve Corp", eve)
        transaction.set_rollback(True)
    return eve


def test_a_sign_up_that_is_rolled_back_leaves_nothing_to_the_next_bearer_of_the_key(
    make_user: Any,
) -> None:
    eve = rolled_back(make_user)
    mallory = type(eve)(pk=eve.pk, username="mallory")
    mallory.save(force_insert=True)
    assert resolve(mallory).reason == "no_membership"
    assert ensure_default_tenant(mallory).slug == "mallorys-workspace"


def test_a_receiver_that_saves_a_new_user_again_does_not_let_it_into_an_earlier_ones_tenant(
    make_user: Any,
) -> None:
    eve = rolled_back(make_user)
    seen = []

    def saves_again(instance: Any, created: bool, **_kwargs: Any) -> None:
        if created:
            seen.append(resolve(instance).tenant)
            instance.first_name = "new"
            instance.save()

    post_save.connect(saves_again, sender=type(eve))
    try:
        mallory = type(eve)(pk=eve.pk, username="mallory")
        mallory.save(force_insert=True)
    finally:
        post_save.disconnect(saves_again, sender=type(eve))
    assert seen == [None]
    assert resolve(mallory).reason == "no_membership"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "way",
    [
        # Django inserts a row whose key has a default.
        pytest.param("promoted", marks=pytest.mark.only(users="int")),
        "kept",
        "made anew",
        "rolled back",
        "by SQL",
    ],
)
def test_memberships_stay_with_their_user_and_with_no_one_else(make_user: Any, way: str) -> None:
    from core.models import Employee

    eve = make_user("eve")
    acme = create_tenant("Acme", eve)
    key = eve.pk
    if way == "promoted":
        employee: Any = Employee(parent=eve)
        employee.__dict__.update({k: v for k, v in eve.__dict__.items() if k != "_state"})
        employee.save()
    elif way == "kept":
        employee = Employee(parent=eve)
        employee.save_base(raw=True)
        Employee.objects.get(parent=eve).delete(keep_parents=True)
    elif way == "made anew":
        with transaction.atomic():
            eve.delete()
            again = type(eve)(pk=key, username="again")
            again.save(force_insert=True)
            acme = create_tenant("Again", again)
        assert [one.slug for one, _ in store().tenants_of(key)] == ["again"]
    elif way == "rolled back":
        with transaction.atomic():
            eve.delete()
            transaction.set_rollback(True)
    else:
        type(eve).objects.filter(pk=key)._raw_delete("default")
        newcomer = type(eve)(pk=key, username="newcomer")
        newcomer.save(force_insert=True)
        assert resolve(newcomer).tenant is None
        return
    assert [one.user_key for one in store().members(acme.id)] == [str(key)]


@pytest.mark.django_db(transaction=True)
def test_users_of_another_class_come_and_go_alike(settings: Any, make_user: Any) -> None:
    from core.models import Guest

    settings.TENANTRY = settings.TENANTRY | {"CREATE_FOR_NEW_USERS": True}
    guest = Guest._default_manager.create(username="guest")
    key = guest.pk
    assert resolve(guest).tenant.slug == "guests-workspace"
    Guest._default_manager.filter(pk=key).delete()
    assert resolve(Guest(pk=key)).reason == "no_membership"


@pytest.mark.django_db(transaction=True)
def test_a_user_who_can_have_no_tenant_is_refused_with_the_sign_up(
    settings: Any, make_user: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"CREATE_FOR_NEW_USERS": True}
    with pytest.raises(RowError, match="domain"), transaction.atomic():
        make_user("ann", business_domain="x" * 256)
    assert counts() == Counts(users=0, tenants=0, memberships=0)


def test_the_store_of_the_site_is_not_touched_by_tests(
    settings: Any, tmp_path: Path, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "of-the-site.db"
    monkeypatch.setattr("tenantry.django.embedded.store._of_the_site", path)
    settings.TENANTRY = settings.TENANTRY | {"STORE": path}
    create_tenant("Acme", ann)
    assert store().path != path
    assert not path.exists()
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header", "session"]}
    assert resolve(ann).tenant.slug == "acme", "one store, whatever the sources"


def test_the_other_app_does_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: name == "tenantry.django")
    assert identities(check_homes()) == ["tenantry.E012"]


def test_a_site_does_not_load_the_tools_of_tests(tmp_path: Path) -> None:
    code = (
        "import sys, django; django.setup()\n"
        "from tenantry.django.resolution import resolve; resolve(None)\n"
        "print('django.test' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(TENANTRY_TEST_STORE=str(tmp_path / "t.db")),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"
