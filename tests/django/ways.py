"""The ways in which a project writes memberships and tenants, and what each may try to break.

A cell of the table is what is tried, or a text: why it cannot be tried, or where it is held instead. One that
names a test is looked up, so that the table cannot go stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from companies.models import Company, Customer, Place, Post
from django.core import serializers
from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from tenantry.django.swapping import get_membership_model, get_tenant_model
from tenantry.django.tenants import create_tenant

Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


@dataclass
class There:
    """What there is when a way is tried: Acme, whose only owner is ann; Globex, whose owner is bob."""

    acme: Any
    globex: Any
    ann: Any
    bob: Any
    eve: Any

    @property
    def owner(self) -> Any:
        """Ann's membership, loaded anew."""
        return Membership.objects.get(tenant=self.acme, user=self.ann)


OF_KEYS_THAT_COUNT = {
    "a slug is retired": {
        "save of a known key",
        "save of a child",
        "delete of a child",
        "delete of a queryset of a child",
    },
}
"""These need a primary key without a default: Django inserts a row whose key has one, and the index refuses
that."""

Try = Callable[[There], object]
Cell = Try | str


def there(make_user: Callable[..., Any]) -> There:
    ann, bob, eve = make_user("ann"), make_user("bob"), make_user("eve")
    return There(create_tenant("Acme", ann), create_tenant("Globex", bob), ann, bob, eve)


def changed(row: Any, **values: Any) -> Any:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def as_raw(row: Any, **values: Any) -> Any:
    """The row as a fixture brings it."""
    [found] = serializers.deserialize(
        "json", serializers.serialize("json", [changed(row, **values)])
    )
    return found


def child(model: Any, row: Any, **values: Any) -> Any:
    """A new child of a row, with a primary key of its own."""
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return model(**{**columns, **values}, number=7000 + model.objects.count(), parent=row)


@contextmanager
def in_block() -> Iterator[None]:
    """A savepoint of a transaction of the caller's."""
    with transaction.atomic(), transaction.atomic():
        yield


def nested(work: Try) -> Try:
    def tried(there: There) -> None:
        with in_block():
            work(there)

    return tried


UPDATE = "it writes rows without their models: docs/django/held.md lists it, and verify finds it"
NEW = "it makes a new row, and takes nothing away"

# A tenant's last owner is taken away.

OWNER: dict[str, Cell] = {
    "save": lambda on: changed(on.owner, role="member").save(),
    "save of a known key": lambda on: Membership(
        pk=on.owner.pk, tenant=on.acme, user=on.ann, role="member"
    ).save(),
    "save of a proxy": lambda on: changed(Place.objects.get(user=on.ann), role="member").save(),
    "save of a child": lambda on: child(Post, on.owner, role="member").save(),
    "save with update_fields": lambda on: changed(on.owner, is_active=False).save(
        update_fields=iter(["is_active"])
    ),
    "save with force_update": lambda on: changed(on.owner, role="admin").save(force_update=True),
    "save with positional arguments": lambda on: Membership.save(
        changed(on.owner, role="admin"), using="default"
    ),
    "save of a fixture": lambda on: as_raw(on.owner, role="member").save(),
    "save by the base manager": lambda on: changed(
        Membership._base_manager.get(pk=on.owner.pk), role="member"
    ).save_base(),
    "save of another tenant": lambda on: changed(on.owner, tenant=on.globex).save(),
    "save of another user": "the new user owns it then; see test_an_owner_can_hand_its_membership_on",
    "save of text": lambda on: changed(on.owner, is_active="False").save(),
    "save of an expression": lambda on: changed(on.owner, is_active=Value(False)).save(),
    "save of a condition": lambda on: changed(on.owner, is_active=Q(pk__isnull=True)).save(),
    "save of a case": lambda on: changed(
        on.owner, is_active=Case(When(pk__isnull=False, then=Value(False)), default=F("is_active"))
    ).save(),
    "asave": lambda on: async_to_sync(changed(on.owner, role="member").asave)(),
    "create": NEW,
    "get_or_create": NEW,
    "update_or_create": lambda on: Membership.objects.update_or_create(
        tenant=on.acme, user=on.ann, defaults={"role": "member"}
    ),
    "bulk_create": UPDATE,
    "bulk_update": UPDATE,
    "update": UPDATE,
    "SQL": UPDATE,
    "related add": lambda on: on.globex.memberships.add(on.owner),
    "related add without bulk": lambda on: on.globex.memberships.add(on.owner, bulk=False),
    "related set": lambda on: on.globex.memberships.set([*on.globex.memberships.all(), on.owner]),
    "related remove": "the field cannot be null, so Django gives the manager no such method",
    "related clear": "the field cannot be null, so Django gives the manager no such method",
    "related update_or_create": lambda on: on.acme.memberships.update_or_create(
        user=on.ann, defaults={"is_active": False}
    ),
    "delete": lambda on: on.owner.delete(),
    "delete with positional arguments": lambda on: on.owner.delete("default"),
    "adelete": lambda on: async_to_sync(on.owner.adelete)(),
    "delete of a proxy": lambda on: Place.objects.get(user=on.ann).delete(),
    "delete of a child": lambda on: (
        child(Post, on.owner).save(),
        Post.objects.get(user=on.ann).delete(),
    ),
    "delete of a queryset": lambda on: Membership.objects.filter(
        tenant=on.acme, user=on.ann
    ).delete(),
    "delete of a queryset of a proxy": lambda on: Place.objects.filter(user=on.ann).delete(),
    "delete of a queryset of a child": lambda on: (
        child(Post, on.owner).save(),
        Post.objects.filter(user=on.ann).delete(),
    ),
    "delete of a related queryset": lambda on: on.acme.memberships.filter(user=on.ann).delete(),
    "delete by the base manager": lambda on: Membership._base_manager.filter(
        tenant=on.acme, user=on.ann
    ).delete(),
    "delete by a cascade": "of its user, who must be deletable: verify finds it; see "
    "test_deleting_a_tenant_or_a_user_is_not_refused",
    "admin form": "see test_the_last_owner_stays",
    "admin inline": "see test_the_last_owner_stays",
    "admin action": "see test_deleting_owners_from_the_list_is_refused",
    "at once": "see test_of_two_owners_one_always_stays_however_they_meet",
    "in a savepoint": nested(lambda on: changed(on.owner, role="member").save()),
    "delete in a savepoint": nested(lambda on: on.acme.memberships.filter(user=on.ann).delete()),
}

# A tenant gives its slug `acme` up, which must then be retired.

SLUG: dict[str, Cell] = {
    "save": lambda on: changed(on.acme, slug="other").save(),
    "save of a known key": lambda on: Tenant(pk=on.acme.pk, name="Other", slug="other").save(),
    "save of a proxy": lambda on: changed(Customer.objects.get(slug="acme"), slug="other").save(),
    "save of a child": lambda on: child(Company, on.acme, slug="other").save(),
    "save with update_fields": lambda on: changed(on.acme, slug="other").save(
        update_fields=iter(["slug"])
    ),
    "save with force_update": lambda on: changed(on.acme, slug="other").save(force_update=True),
    "save with positional arguments": lambda on: Tenant.save(
        changed(on.acme, slug="other"), using="default"
    ),
    "save of a fixture": lambda on: as_raw(on.acme, slug="other").save(),
    "save by the base manager": lambda on: changed(
        Tenant._base_manager.get(pk=on.acme.pk), slug="other"
    ).save_base(),
    "save of another tenant": "a tenant is in no tenant",
    "save of another user": "a tenant has no user",
    "save of text": "a slug is a text",
    "save of an expression": "see test_a_slug_that_is_an_expression_is_refused",
    "save of a condition": "see test_a_slug_that_is_an_expression_is_refused",
    "save of a case": "see test_a_slug_that_is_an_expression_is_refused",
    "asave": lambda on: async_to_sync(changed(on.acme, slug="other").asave)(),
    "create": NEW,
    "get_or_create": NEW,
    "update_or_create": lambda on: Tenant.objects.update_or_create(
        pk=on.acme.pk, defaults={"slug": "other"}
    ),
    "bulk_create": NEW,
    "bulk_update": UPDATE,
    "update": UPDATE,
    "SQL": UPDATE,
    "related add": "a tenant is on the one side of every relation",
    "related add without bulk": "a tenant is on the one side of every relation",
    "related set": "a tenant is on the one side of every relation",
    "related remove": "a tenant is on the one side of every relation",
    "related clear": "a tenant is on the one side of every relation",
    "related update_or_create": "a tenant is on the one side of every relation",
    "delete": lambda on: on.acme.delete(),
    "delete with positional arguments": lambda on: on.acme.delete("default"),
    "adelete": lambda on: async_to_sync(on.acme.adelete)(),
    "delete of a proxy": lambda on: Customer.objects.get(slug="acme").delete(),
    "delete of a child": lambda on: (
        child(Company, on.acme).save(),
        Company.objects.get(slug="acme").delete(),
    ),
    "delete of a queryset": lambda on: Tenant.objects.filter(slug="acme").delete(),
    "delete of a queryset of a proxy": lambda on: Customer.objects.filter(slug="acme").delete(),
    "delete of a queryset of a child": lambda on: (
        child(Company, on.acme).save(),
        Company.objects.filter(slug="acme").delete(),
    ),
    "delete of a related queryset": "a tenant is on the one side of every relation",
    "delete by the base manager": lambda on: Tenant._base_manager.filter(slug="acme").delete(),
    "delete by a cascade": "a tenant refers to nothing; one of a project that does is deleted by the same "
    "collector as a queryset",
    "admin form": "see test_a_new_slug_retires_the_old_one_and_an_empty_one_is_found",
    "admin inline": "a tenant is in no inline",
    "admin action": lambda on: Tenant.objects.filter(pk__in=[on.acme.pk]).delete(),
    "at once": "see test_a_slug_that_is_being_retired_is_given_to_nobody",
    "in a savepoint": nested(lambda on: changed(on.acme, slug="other").save()),
    "delete in a savepoint": nested(lambda on: on.acme.delete()),
}


def revoked(on: There) -> Any:
    """Bob's membership of Acme as a form has loaded it, and then it was revoked."""
    loaded = Membership.objects.get(tenant=on.acme, user=on.bob)
    changed(Membership.objects.get(pk=loaded.pk), is_active=False).save()
    return loaded


# A form that was loaded before Bob was revoked is saved.

STALE: dict[str, Cell] = {
    "save": lambda on: changed(revoked(on), role="admin").save(),
    "save of a known key": "who makes a row of values alone means each of them",
    "save of a proxy": lambda on: changed(
        Place.objects.get(pk=revoked(on).pk), role="admin"
    ).save(),
    "save of a child": "a new child is made of values, each of which is meant",
    "save with update_fields": lambda on: changed(revoked(on), role="admin").save(
        update_fields=["role"]
    ),
    "save with force_update": lambda on: changed(revoked(on), role="admin").save(force_update=True),
    "save with positional arguments": lambda on: Membership.save(
        changed(revoked(on), role="admin"), using="default"
    ),
    "save of a fixture": "a fixture says what is to be, whatever there was",
    "save by the base manager": lambda on: changed(revoked(on), role="admin").save_base(),
    "save of another tenant": lambda on: changed(revoked(on), tenant=on.globex, user=on.eve).save(),
    "save of another user": lambda on: changed(revoked(on), user=on.eve).save(),
    "save of text": lambda on: changed(revoked(on), role="admin").save(),
    **{
        f"save of {what}": "what is assigned was touched, and is meant"
        for what in ("an expression", "a condition", "a case")
    },
    "asave": lambda on: async_to_sync(changed(revoked(on), role="admin").asave)(),
    "create": NEW,
    "get_or_create": lambda on: (
        revoked(on),
        Membership.objects.get_or_create(tenant=on.acme, user=on.bob)[0].save(),
    ),
    "update_or_create": lambda on: (
        revoked(on),
        Membership.objects.update_or_create(
            tenant=on.acme, user=on.bob, defaults={"role": "admin"}
        ),
    ),
    "bulk_create": UPDATE,
    "bulk_update": UPDATE,
    "update": UPDATE,
    "SQL": UPDATE,
    "related add": lambda on: on.acme.memberships.add(revoked(on)),
    "related add without bulk": lambda on: on.acme.memberships.add(revoked(on), bulk=False),
    "related set": lambda on: on.acme.memberships.set([on.owner, revoked(on)]),
    "related remove": "the field cannot be null, so Django gives the manager no such method",
    "related clear": "the field cannot be null, so Django gives the manager no such method",
    "related update_or_create": lambda on: (
        revoked(on),
        on.acme.memberships.update_or_create(user=on.bob, defaults={"role": "admin"}),
    ),
    **{
        way: "who deletes a membership takes access away, and gives none"
        for way in OWNER
        if "delete" in way
    },
    "admin form": "see test_a_page_that_was_loaded_before_a_change_of_others_keeps_it",
    "admin inline": "see test_a_page_that_was_loaded_before_a_change_of_others_keeps_it",
    "admin action": "an action loads the rows when it is carried out",
    "at once": "see test_a_save_that_waited_for_a_revocation_keeps_it",
    "in a savepoint": nested(lambda on: changed(revoked(on), role="admin").save()),
}

TABLE: dict[str, dict[str, Cell]] = {
    "a tenant keeps an owner": OWNER,
    "a slug is retired": SLUG,
    "a revocation stays": STALE,
}
WAYS = list(OWNER)


def tried(promise: str) -> list[Any]:
    """The ways that are tried against a promise, and not told about."""
    found = []
    for way, cell in TABLE[promise].items():
        if not isinstance(cell, str):
            needs = pytest.mark.only(models="own")
            marks = [needs] if way in OF_KEYS_THAT_COUNT.get(promise, ()) else []
            found.append(pytest.param(way, marks=marks))
    return found


def written() -> str:
    """What is there now, as SQL sees it, to compare."""
    with connection.cursor() as cursor:
        rows = []
        for model in (Tenant, Membership):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows += sorted(map(str, cursor.fetchall()))
        return "\n".join(rows)
