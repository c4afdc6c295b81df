"""Five threads write to the same two tenants in ten ways at once, at every isolation level: the promises hold
after each round, and whoever is refused is told by an error of ours."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, connections, transaction
from tenantry.django.models import RetiredSlug, get_membership_model, get_tenant_model
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.django.transactions import is_conflict
from tenantry.django.verify import verify
from tenantry.exceptions import TenantryError
from threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.per_database]
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()

THREADS, ROUNDS, TURNS = 5, 4, 12

LEVELS = {
    "sqlite": ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"],
    "postgresql": ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
    "mysql": ["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"],
}[connection.vendor]


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> Iterator[str]:
    """The isolation level of every connection that is opened from here on; on SQLite, where there is one
    level, the kind of transaction."""
    options = connections.settings["default"]["OPTIONS"]
    before = dict(options)
    if connection.vendor == "sqlite":
        options["transaction_mode"] = request.param
    elif connection.vendor == "mysql":
        options["isolation_level"] = request.param.lower()
    else:
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel[request.param.replace(" ", "_")]
    connections.close_all()
    yield request.param
    options.clear()
    options.update(before)
    connections.close_all()


def change(**values: Any) -> Callable[[Any], None]:
    """Changes a membership that was loaded just before."""

    def work(chance: random.Random) -> None:
        row = chance.choice(list(Membership.objects.all()))
        for name, value in values.items():
            setattr(row, name, value)
        row.save()

    return work


def make_of_key(chance: random.Random) -> None:
    row = chance.choice(list(Membership.objects.all()))
    Membership(pk=row.pk, tenant_id=row.tenant_id, user_id=row.user_id, role="member").save()


def delete_one(chance: random.Random) -> None:
    chance.choice(list(Membership.objects.all())).delete()


def delete_all_but_one(chance: random.Random) -> None:
    kept = chance.choice(list(Membership.objects.all()))
    Membership.objects.filter(tenant=kept.tenant_id).exclude(pk=kept.pk).delete()


def move(chance: random.Random) -> None:
    chance.choice(list(Tenant.objects.all())).memberships.add(
        chance.choice(list(Membership.objects.all()))
    )


def join(chance: random.Random) -> None:
    tenant = chance.choice(list(Tenant.objects.all()))
    user = chance.choice(list(User.objects.all()))
    tenant.memberships.create(user=user, role=chance.choice(["owner", "member"]))


def hand_over(chance: random.Random) -> None:
    """In a transaction of the caller's."""
    with transaction.atomic():
        old = chance.choice(list(Membership.objects.filter(role="owner")))
        new = chance.choice(list(Membership.objects.filter(tenant=old.tenant_id)))
        new.role, new.is_active = "owner", True
        new.save()
        if new.pk != old.pk:
            old.role = "member"
            old.save()


def rename(chance: random.Random) -> None:
    tenant = chance.choice(list(Tenant.objects.all()))
    tenant.slug = chance.choice(["acme", "globex", "initech", "hooli"])
    tenant.save()


def found_a_company(chance: random.Random) -> None:
    user = chance.choice(list(User.objects.all()))
    create_tenant(chance.choice(["Acme", "Globex", "Initech"]), user)


WAYS = {
    "demote": change(role="member"),
    "promote": change(role="owner", is_active=True),
    "deactivate": change(is_active=False),
    "make of a known key": make_of_key,
    "delete one": delete_one,
    "delete all but one": delete_all_but_one,
    "move to another tenant": move,
    "join": join,
    "hand over": hand_over,
    "rename": rename,
    "create": found_a_company,
}


def is_told(error: BaseException) -> bool:
    """Whether an error is one of ours, or one of the database's that ended the caller's own transaction."""
    if isinstance(error, (TenantryError, IndexError)):  # there was nothing to choose from
        return True
    return isinstance(error, OperationalError) and is_conflict(error)


def hammer(seed: int) -> list[Exception]:
    chance, wrong = random.Random(seed), []
    for _ in range(TURNS):
        way = chance.choice(list(WAYS))
        try:
            WAYS[way](chance)
        except Exception as error:
            if not is_told(error):
                error.add_note(way)
                wrong.append(error)
    return wrong


def test_the_promises_hold_under_a_hammer(level: str) -> None:
    users = [User(username=f"user{number}") for number in range(THREADS)]
    for user in users:
        user.save()
        ensure_default_tenant(user)
    create_tenant("Acme", users[0])
    create_tenant("Globex", users[1])
    given: dict[str, set[Any]] = {}
    for round_ in range(ROUNDS):
        found = at_once(*(partial(hammer, 100 * round_ + number) for number in range(THREADS)))
        assert found == [[]] * THREADS
        kinds = Counter(one.kind.value for one in verify())
        assert kinds.keys() <= {"user_without_membership"}, kinds
        for slug, tenant in [
            *Tenant.objects.values_list("slug", "pk"),
            *RetiredSlug.objects.exclude(tenant=None).values_list("slug", "tenant"),
        ]:
            given.setdefault(slug, set()).add(tenant)
        assert {slug: of for slug, of in given.items() if len(of) > 1} == {}, "given once, ever"
