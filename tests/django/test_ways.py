"""Each promise, by each way in which a project writes: see ways.py."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from companies.models import Branch, Desk, Post
from core.models import Employee
from django.db import NotSupportedError, transaction
from django.db.models import F, Value
from django.db.models.signals import pre_save
from django.utils.functional import SimpleLazyObject
from tenantry.django.exceptions import AlreadyMemberError
from tenantry.django.integrity import memberships
from tenantry.django.models import RetiredSlug, get_membership_model, get_tenant_model
from tenantry.django.resolution import resolve
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.django.verify import verify
from tenantry.exceptions import (
    InvalidValueError,
    LastOwnerError,
    NoSuchMembershipError,
    NoSuchTenantError,
    SlugTakenError,
    UnknownPlanError,
)
from ways import OWNER, SLUG, STALE, TABLE, WAYS, There, changed, child, there, tried, written

pytestmark = pytest.mark.django_db
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


@pytest.fixture
def on(make_user: Callable[..., Any]) -> There:
    return there(make_user)


@pytest.mark.once
def test_every_cell_of_the_table_is_filled() -> None:
    empty = [(promise, way) for promise, cells in TABLE.items() for way in WAYS if not cells[way]]
    assert empty == []
    assert all(set(cells) == set(WAYS) for cells in TABLE.values())
    text = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = {
        name
        for cells in TABLE.values()
        for cell in cells.values()
        if isinstance(cell, str)
        for name in re.findall(r"test_\w+", cell)
    }
    assert {name for name in named if f"def {name}(" not in text} == set()


@pytest.mark.parametrize("way", tried("a tenant keeps an owner"))
def test_the_last_owner_is_not_taken_away(on: There, way: str) -> None:
    before = written()
    # A savepoint, so that a child row that the way made before goes too.
    with pytest.raises(LastOwnerError), transaction.atomic():
        OWNER[way](on)  # type: ignore[operator]
    assert written() == before, "refused is untouched"
    on.acme.memberships.create(user=on.bob, role="owner")
    OWNER[way](on)  # type: ignore[operator]
    assert on.acme.memberships.filter(role="owner", is_active=True).exists()


@pytest.mark.parametrize("way", tried("a slug is retired"))
def test_a_slug_that_is_given_up_is_no_one_elses(on: There, way: str) -> None:
    SLUG[way](on)  # type: ignore[operator]
    assert RetiredSlug.objects.filter(slug="acme").exists()
    assert create_tenant("Acme", on.eve).slug == "acme-1"
    with pytest.raises(SlugTakenError):
        create_tenant("Eve", on.eve, slug="acme")
    assert not resolve(on.eve, selected="acme").tenant
    with pytest.raises(SlugTakenError):
        changed(on.globex, slug="acme").save()


@pytest.mark.parametrize("way", tried("a revocation stays"))
def test_a_form_that_was_loaded_before_a_revocation_does_not_undo_it(on: There, way: str) -> None:
    on.acme.memberships.create(user=on.bob)
    STALE[way](on)  # type: ignore[operator]
    assert resolve(on.bob, selected="acme").tenant is None
    assert not resolve(on.eve, selected="acme").tenant


def findings() -> set[str]:
    """What verify finds, apart from users who were never given a tenant."""
    return {one.kind.value for one in verify()} - {"user_without_membership"}


# The same kinds by ways of their own


def test_an_owner_can_hand_its_membership_on(on: There) -> None:
    changed(on.owner, user=on.eve).save()
    assert resolve(on.eve).role == "owner"


@pytest.mark.parametrize("slug", [Value("other"), F("name")])
def test_a_slug_that_is_an_expression_is_refused(on: There, slug: Any) -> None:
    with pytest.raises(InvalidValueError):
        changed(on.acme, slug=slug).save()
    assert Tenant.objects.get(pk=on.acme.pk).slug == "acme"


def test_what_was_deleted_meanwhile_is_not_inserted_again(on: There) -> None:
    member = on.acme.memberships.create(user=on.bob)
    Membership.objects.get(pk=member.pk).delete()
    with pytest.raises(NoSuchMembershipError):
        member.save()
    loaded = Tenant.objects.get(pk=on.acme.pk)
    Tenant.objects.get(pk=on.acme.pk).delete()
    with pytest.raises(NoSuchTenantError):
        changed(loaded, name="Back").save()
    assert findings() == set()


def test_a_closed_tenant_is_not_reopened_by_a_form(on: There) -> None:
    form = Tenant.objects.get(pk=on.acme.pk)
    changed(on.acme, is_active=False, slug="closed").save()
    changed(form, name="Acme Ltd.").save()
    stored = Tenant.objects.get(pk=on.acme.pk)
    assert (stored.name, stored.is_active, stored.slug) == ("Acme Ltd.", False, "closed")


@pytest.mark.parametrize("slug", ["", "unsaved", "globex"])
def test_what_an_instance_says_is_not_what_is_retired(on: There, slug: str) -> None:
    loaded = changed(Tenant.objects.get(pk=on.acme.pk), slug=slug)
    changed(on.acme, slug="renamed").save()
    loaded.delete()
    assert {one.slug for one in RetiredSlug.objects.all()} == {"acme", "renamed"}


def test_a_slug_with_capitals_leads_home_after_it_was_changed(on: There) -> None:
    Tenant.objects.filter(pk=on.acme.pk).update(slug="Acme")
    changed(Tenant.objects.get(pk=on.acme.pk), slug="acme-inc").save()
    assert resolve(on.ann, selected="Acme").tenant == on.acme
    assert resolve(on.ann, selected="acme").tenant == on.acme
    assert resolve(on.ann, selected="ACME").tenant is None
    with pytest.raises(SlugTakenError):
        create_tenant("Eve", on.eve, slug="ACME")
    changed(Tenant.objects.get(pk=on.acme.pk), slug="acme").save()
    assert resolve(on.ann, selected="Acme").tenant == on.acme, "it still does"
    assert findings() == set()


def test_adding_a_member_twice_leaves_the_transaction_usable(on: There) -> None:
    with transaction.atomic():
        with pytest.raises(AlreadyMemberError):
            on.acme.memberships.create(user=on.ann)
        on.acme.memberships.create(user=on.bob)
    assert on.acme.memberships.count() == 2


# A transaction that is repeated, and rows that were loaded in part


@pytest.mark.parametrize("is_nested", [True, False])
def test_a_change_that_was_rolled_back_can_be_made_again(on: There, is_nested: bool) -> None:
    member = on.acme.memberships.create(user=on.bob)
    rows = [Membership.objects.get(pk=member.pk), Tenant.objects.get(pk=on.acme.pk)]
    for turn in range(2):
        with suppress(RuntimeError), transaction.atomic():
            for row in rows:
                row.is_active = False
                with transaction.atomic() if is_nested else nullcontext():
                    row.save()
            if turn == 0:
                raise RuntimeError
    assert [type(row).objects.get(pk=row.pk).is_active for row in rows] == [False, False]


def test_a_new_row_that_was_rolled_back_can_be_saved_again(on: There) -> None:
    rows = [Tenant(name="New"), Membership(tenant=on.acme, user=on.eve)]
    for row in rows:
        with suppress(RuntimeError), transaction.atomic():
            row.save()
            raise RuntimeError
        row.save()
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "loaded",
    [
        lambda: Membership.objects.defer("created_at"),
        lambda: Membership.objects.only("role", "is_active", "tenant", "user"),
        lambda: Membership.objects.defer("user"),
        lambda: Membership.objects.only("role", "is_active"),
    ],
)
def test_a_membership_that_was_loaded_in_part_does_not_undo_a_revocation(
    on: There, loaded: Any
) -> None:
    member = on.acme.memberships.create(user=on.bob)
    form = loaded().get(pk=member.pk)
    changed(Membership.objects.get(pk=member.pk), is_active=False).save()
    changed(form, role="admin").save()
    stored = Membership.objects.get(pk=member.pk)
    assert (stored.role, stored.is_active) == ("admin", False)


def test_a_tenant_that_was_loaded_in_part_is_not_reopened(on: There) -> None:
    found = Membership.objects.select_related("tenant").only(
        "role", "tenant__name", "tenant__slug", "tenant__is_active"
    )
    forms = [Tenant.objects.defer("domain").get(pk=on.acme.pk), found.get(user=on.ann).tenant]
    changed(on.acme, is_active=False, slug="closed").save()
    for form in forms:
        changed(form, name="Acme Ltd.").save()
        stored = Tenant.objects.get(pk=on.acme.pk)
        assert (stored.name, stored.slug, stored.is_active) == ("Acme Ltd.", "closed", False)


def test_a_save_that_was_refused_leaves_the_instance_as_it_was(on: There) -> None:
    member = on.acme.memberships.create(user=on.bob)
    form = Membership.objects.get(pk=member.pk)
    changed(Membership.objects.get(pk=member.pk), is_active=False).save()
    with pytest.raises(AlreadyMemberError):
        changed(form, user=on.ann).save()
    assert form.is_active is True
    tenant = Tenant(name="Acme", plan="gold")
    with pytest.raises(UnknownPlanError):
        tenant.save()
    assert tenant.slug == ""


def test_a_receiver_that_changes_a_slug_retires_the_old_one(on: There) -> None:
    def by_name(instance: Any, **_kwargs: Any) -> None:
        instance.slug = f"auto-{instance.name.lower()}"

    pre_save.connect(by_name, sender=Tenant)
    try:
        tenant = create_tenant("One", on.eve)
        changed(tenant, name="Two").save()
    finally:
        pre_save.disconnect(by_name, sender=Tenant)
    assert Tenant.objects.get(pk=tenant.pk).slug == "auto-two"
    with pytest.raises(SlugTakenError):
        create_tenant("Bob", on.bob, slug="auto-one")


# Cascades


def test_what_takes_the_last_owner_along_is_refused(on: There) -> None:
    branch = Branch.objects.create()
    desk = Desk.objects.create(branch=branch)
    post = child(Post, on.owner, desk=desk)
    post.save()
    for refused in (branch.delete, desk.delete, Branch.objects.all().delete):
        with pytest.raises(LastOwnerError), transaction.atomic():
            refused()
    assert on.owner.role == "owner"
    on.acme.memberships.create(user=on.bob, role="owner")
    branch.delete()
    assert not on.acme.memberships.filter(user=on.ann).exists()


def test_who_invited_an_owner_can_be_deleted(on: There) -> None:
    post = child(Post, on.owner, invited_by=on.eve)
    post.save()
    on.eve.delete()
    type(on.bob).objects.filter(pk=on.ann.pk).delete()
    assert not Membership.objects.filter(tenant=on.acme).exists()


def test_a_user_is_added_to_a_tenant_from_its_own_side(on: There) -> None:
    member = on.acme.memberships.create(user=on.bob)
    with transaction.atomic():
        with pytest.raises(AlreadyMemberError):
            on.ann.memberships.add(member)
        on.eve.memberships.add(member)
    assert on.acme.memberships.filter(user=on.eve).exists()


def test_more_memberships_are_deleted_than_a_statement_takes(
    on: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memberships, "MANY", 2)
    users = [type(on.ann)(username=f"many{number}") for number in range(7)]
    for user in users:
        user.save()
        on.acme.memberships.create(user=user)
    with pytest.raises(LastOwnerError):
        on.acme.memberships.all().delete()
    assert on.acme.memberships.exclude(user=on.ann).delete()[0] == 7
    assert on.acme.memberships.get().user == on.ann
    assert Membership.objects.filter(role="nobody").delete() == (0, {})


@pytest.mark.parametrize(
    "few",
    [lambda found: found[:1], lambda found: found.values("pk"), lambda found: found.union(found)],
)
def test_what_django_does_not_delete_is_told_by_django(on: There, few: Any) -> None:
    with pytest.raises((TypeError, NotSupportedError), match=r"delete"):
        few(Membership.objects.all()).delete()


# Users


def test_a_lazy_user_and_a_child_of_the_user_sign_up(on: There) -> None:
    lazy: Any = SimpleLazyObject(lambda: on.eve)
    assert ensure_default_tenant(lazy).slug.startswith("eve")
    cid = type(on.ann)(username="cid", business_name="Cid Corp")
    cid.save()
    employee: Any = Employee(parent=cid, number=on.ann.pk if isinstance(on.ann.pk, int) else 7)
    employee.save_base(raw=True)
    employee = Employee.objects.get(parent=cid)
    assert ensure_default_tenant(employee).slug == "cid-corp"
    assert ensure_default_tenant(employee) is None
