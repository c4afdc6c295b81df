"""Several databases: what `using` and the routers say is done."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from tenantry.django.backfill import backfill
from tenantry.django.models import RetiredSlug, get_membership_model, get_tenant_model
from tenantry.django.resolution import available_tenants, resolve
from tenantry.django.snapshots import export_snapshot
from tenantry.django.tenants import create_tenant, ensure_default_tenant, release_slug
from tenantry.django.undo import undo_backfill
from tenantry.django.verify import counts, verify
from tenantry.exceptions import LastOwnerError

pytestmark = pytest.mark.django_db(databases=["default", "other"])
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


def make_user(name: str, using: str, **fields: Any) -> Any:
    user = User(username=name, **fields)
    user.save(using=using)
    return user


def test_every_verb_works_where_it_is_told() -> None:
    make_user("ann", "default", business_name="Acme")
    ann = make_user("ann", "other", business_name="Acme")
    make_user("bob", "other", business_name="Acme")
    report = backfill(using="other")
    assert (report.created, Tenant.objects.count()) == (2, 0)
    assert verify(using="other") == []
    assert counts(using="other").tenants == 2
    assert len(export_snapshot(ann, using="other").tenants) == 1
    out = StringIO()
    call_command("undo_backfill", "--list", "--json", "--database", "other", stdout=out)
    assert json.loads(out.getvalue())[0]["tenants"] == 2
    assert undo_backfill(using="other").removed == 2
    tenant = create_tenant("Acme", ann, using="other")
    assert tenant._state.db == "other"
    assert ensure_default_tenant(make_user("eve", "other")) is not None
    assert Tenant.objects.using("other").count() == 2
    assert Tenant.objects.count() == 0
    # Instances stay where they came from.
    [membership] = tenant.memberships.all()
    with pytest.raises(LastOwnerError):
        membership.delete()
    tenant.slug = "globex"
    tenant.save()
    assert [one.slug for one in RetiredSlug.objects.using("other").all()] == ["acme"]
    tenant.delete()
    assert RetiredSlug.objects.using("other").count() == 2
    assert release_slug("acme", using="other")


class Other:
    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return "other"

    db_for_write = db_for_read

    def allow_relation(self, *_objects: Any, **_hints: Any) -> bool:
        return True


def test_routers_are_asked_where_nothing_is_told(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [Other()]
    make_user("ann", "other", business_name="Acme")
    backfill()
    assert verify() == []
    assert create_tenant("Acme", User.objects.get()).slug == "acme-1"
    settings.DATABASE_ROUTERS = []
    assert (Tenant.objects.count(), Tenant.objects.using("other").count()) == (0, 2)


def test_a_row_is_carried_to_another_database_as_it_is() -> None:
    ann, bob = make_user("ann", "default"), make_user("bob", "default")
    acme = create_tenant("Acme", ann, using="default")
    member = acme.memberships.create(user=bob)
    for row in (ann, bob, acme, acme.memberships.get(user=ann), member):
        type(row)._base_manager.using("default").get(pk=row.pk).save(using="other")
    member.is_active, acme.is_active = False, False
    member.save()
    acme.save()
    for row in (member, acme):
        loaded = type(row)._base_manager.using("default").get(pk=row.pk)
        loaded.save(using="other")
        assert type(row)._base_manager.using("other").get(pk=row.pk).is_active is False


class Replica:
    """Django's own example of a router: reads go to the replica, which here lags behind for ever."""

    def db_for_read(self, model: Any, **_hints: Any) -> str:
        return "other"

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        return "default"

    def allow_relation(self, *_rows: Any, **_hints: Any) -> bool:
        return True


@pytest.fixture
def replicated(settings: Any) -> Any:
    """Ann and Bob are in Acme, as the replica too knows."""
    users: dict[str, Any] = {}
    for using in ("other", "default"):
        ann, bob = (make_user(name, using) for name in ("ann", "bob"))
        if using == "default":
            ann.pk, bob.pk = users["ann"], users["bob"]
            User.objects.using(using).filter(username__in=["ann", "bob"]).delete()
            ann.save(using=using, force_insert=True)
            bob.save(using=using, force_insert=True)
        users = {"ann": ann.pk, "bob": bob.pk}
        acme = create_tenant("Acme", ann, using=using)
        Membership(tenant=acme, user=bob).save(using=using)
    settings.DATABASE_ROUTERS = [Replica()]
    return acme, bob


def test_a_revocation_counts_at_once_whatever_the_replica_says(replicated: Any) -> None:
    _, bob = replicated
    member = Membership.objects.using("default").get(user=bob)
    member.is_active = False
    member.save()
    assert resolve(bob).reason == "no_membership"
    assert resolve(bob, selected="acme").tenant is None
    assert available_tenants(bob) == []
    assert export_snapshot(bob).tenants == ()


def test_what_was_just_made_can_be_selected(replicated: Any) -> None:
    _, bob = replicated
    create_tenant("Bobs", bob)
    assert resolve(bob, selected="bobs").tenant.slug == "bobs"
    assert {one.tenant.slug for one in available_tenants(bob)} == {"acme", "bobs"}


@pytest.mark.usefixtures("replicated")
def test_verify_looks_at_what_is_written() -> None:
    Membership.objects.using("default").filter(role="owner").update(role="member")
    assert {one.kind.value for one in verify()} == {"tenant_without_owner"}


def test_a_project_may_choose_to_read_a_replica(replicated: Any, settings: Any) -> None:
    _, bob = replicated
    settings.TENANTRY = settings.TENANTRY | {"READ_FROM": "other"}
    Membership.objects.using("default").filter(user=bob).delete()
    assert resolve(bob).tenant.slug == "acme", "until the replica has caught up"
    settings.TENANTRY = settings.TENANTRY | {"READ_FROM": "nowhere"}
    with pytest.raises(ImproperlyConfigured, match="an alias of DATABASES: default, other"):
        resolve(bob)
