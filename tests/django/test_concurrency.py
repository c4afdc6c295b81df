"""The promises, while others write at the same moment."""

from __future__ import annotations

from functools import partial
from itertools import islice
from threading import Event
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from tenantry.django.exceptions import ConflictError
from tenantry.django.models import get_membership_model, get_tenant_model
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.django.transactions import in_transaction
from tenantry.django.verify import verify
from tenantry.exceptions import LastOwnerError, SlugTakenError
from threads import Meanwhile, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.per_database]
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()

# SQLite has one writer: there a second one waits at its first write, and reads nothing old.
needs_rows_locked = pytest.mark.only(database=["postgres*", "mariadb*"])


def make_user(name: str, **fields: Any) -> Any:
    user = User(username=name, **fields)
    user.save()
    return user


def two_owners() -> tuple[Any, Any, Any]:
    ann, bob = make_user("ann"), make_user("bob")
    acme = create_tenant("Acme", ann)
    Membership(tenant=acme, user=bob, role="owner").save()
    return acme, Membership.objects.get(user=ann), Membership.objects.get(user=bob)


def demote(pk: Any) -> None:
    membership = Membership.objects.get(pk=pk)
    membership.role = "member"
    membership.save()


def deactivate(pk: Any) -> None:
    membership = Membership.objects.get(pk=pk)
    membership.is_active = False
    membership.save()


def remove(pk: Any) -> None:
    Membership.objects.get(pk=pk).delete()


def remove_many(pk: Any) -> None:
    Membership.objects.filter(pk=pk).delete()


@needs_rows_locked
@pytest.mark.parametrize("leave", [demote, deactivate, remove, remove_many])
def test_of_two_owners_who_leave_at_once_the_second_waits_and_is_refused(leave: Any) -> None:
    acme, ann, bob = two_owners()
    with transaction.atomic():
        leave(ann.pk)
        second = Meanwhile(partial(leave, bob.pk))
        assert second.is_waiting()
    assert isinstance(second.result(), LastOwnerError)
    assert acme.memberships.filter(role="owner", is_active=True).count() == 1


@needs_rows_locked
def test_of_two_owners_one_always_stays_however_they_meet() -> None:
    acme, ann, bob = two_owners()
    for _ in range(15):
        Membership.objects.update(role="owner")
        outcomes = at_once(partial(demote, ann.pk), partial(demote, bob.pk))
        assert [type(one) for one in outcomes if one] == [LastOwnerError]
        assert acme.memberships.filter(role="owner").count() == 1


@needs_rows_locked
def test_a_save_that_waited_for_a_revocation_keeps_it() -> None:
    acme, _, bob = two_owners()
    form = Membership.objects.get(pk=bob.pk)
    form.role = "admin"
    with transaction.atomic():
        deactivate(bob.pk)
        second = Meanwhile(form.save)
        assert second.is_waiting()
    assert second.result() is None
    stored = acme.memberships.get(pk=bob.pk)
    assert (stored.role, stored.is_active) == ("admin", False)


def test_update_or_create_and_save_do_not_wait_for_each_other() -> None:
    acme, _, bob = two_owners()

    def invite_again() -> None:
        for turn in range(20):
            Membership.objects.update_or_create(
                tenant=acme, user=bob.user, defaults={"role": ("admin", "member")[turn % 2]}
            )

    def save() -> None:
        for turn in range(20):
            member = Membership.objects.get(pk=bob.pk)
            member.is_active = bool(turn % 2)
            member.save()

    assert at_once(invite_again, save, invite_again) == [None] * 3
    with transaction.atomic():
        acme.memberships.update_or_create(user=bob.user, defaults={"role": "owner"})
    assert acme.memberships.get(pk=bob.pk).role == "owner"


@needs_rows_locked
@pytest.mark.parametrize("give_up", ["rename", "delete"])
def test_a_snapshot_that_the_settings_do_not_tell_of_gives_no_slug_away(give_up: str) -> None:
    ann, bob = make_user("ann"), make_user("bob")
    acme = create_tenant("Acme", ann)

    def take() -> Any:
        with connection.cursor() as cursor:
            if connection.vendor == "mysql":
                cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                assert Tenant.objects.filter(slug="acme").exists()  # the snapshot
                looked.set()
                given_up.wait()
                create_tenant("Bob", bob, slug="acme")

    looked, given_up = Event(), Event()
    second = Meanwhile(take)
    looked.wait()
    if give_up == "rename":
        acme.slug = "acme-inc"
        acme.save()
    else:
        acme.delete()
    given_up.set()
    assert isinstance(second.result(), SlugTakenError)
    assert not Tenant.objects.filter(slug="acme").exists()


@pytest.mark.only(database=["postgres*"])
@pytest.mark.parametrize("change", ["delete", "name"])
def test_a_conflict_about_a_tenant_is_told_as_one(change: str) -> None:
    acme = create_tenant("Acme", make_user("ann"))

    def rename() -> None:
        acme.name = "Acme Ltd."
        acme.save()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        loaded = Tenant.objects.get(pk=acme.pk)
        loaded.name = "Acme Corp."
        assert at_once(rename) == [None]
        late = loaded.delete if change == "delete" else partial(loaded.save, update_fields=["name"])
        with pytest.raises(ConflictError):
            late()
        transaction.set_rollback(True)


@needs_rows_locked
def test_a_slug_that_is_being_retired_is_given_to_nobody() -> None:
    ann, bob = make_user("ann"), make_user("bob")
    acme = create_tenant("Acme", ann)

    def take_it() -> Any:
        return create_tenant("Other", bob, slug="acme")

    def take_a_free_one() -> Any:
        return create_tenant("Acme", bob).slug

    for take, expected in ((take_it, SlugTakenError), (take_a_free_one, str)):
        with transaction.atomic():
            acme.slug = f"was-{acme.slug}"
            acme.save()
            second = Meanwhile(take)
            second.is_waiting()
        result = second.result()
        assert isinstance(result, expected)
        acme.slug = "acme"
        acme.save()
    assert result == "acme-1"
    assert verify() == []


def test_sign_ups_of_one_name_get_a_slug_each() -> None:
    users = [make_user(f"user{number}", business_name="Acme") for number in range(24)]

    def sign_up(user: Any) -> None:
        with transaction.atomic():
            ensure_default_tenant(user)
            # The caller's transaction is sound after every lost race.
            User.objects.filter(pk=user.pk).update(first_name="Ann")

    def sign_up_all(some: list[Any]) -> None:
        for user in some:
            # On MariaDB a deadlock ends the caller's transaction, on SQLite a reader that becomes a writer
            # finds the database locked: the caller tries again.
            in_transaction(partial(sign_up, user), "default")

    parts = [users[start::4] for start in range(4)]
    assert at_once(*(partial(sign_up_all, part) for part in parts)) == [None] * 4
    slugs = sorted(
        Tenant.objects.values_list("slug", flat=True), key=lambda slug: (len(slug), slug)
    )
    assert slugs == ["acme", *(f"acme-{number}" for number in range(1, 24))]
    assert verify() == []


def test_one_user_who_signs_up_many_times_at_once_gets_one_tenant() -> None:
    for number in range(5):
        user = make_user(f"user{number}", business_name="Acme")
        at_once(*[partial(ensure_default_tenant, user)] * 6)
        ensure_default_tenant(user)
        assert user.memberships.count() == 1
    assert Tenant.objects.count() == 5


def test_a_slug_that_was_taken_and_given_up_between_look_and_save_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tenantry.django import slugs

    ann, bob = make_user("ann"), make_user("bob")
    free_slugs = slugs.free_slugs

    def free_slugs_and_late(base: str, **options: Any) -> Any:
        found = list(islice(free_slugs(base, **options), 3))
        monkeypatch.undo()
        other = create_tenant("Acme", ann)
        other.slug = "globex"
        other.save()
        return iter(found)

    monkeypatch.setattr(slugs, "free_slugs", free_slugs_and_late)
    assert create_tenant("Acme", bob).slug == "acme-1"
    assert verify() == []
