"""The backfill command beside live traffic, beside another, killed, and without its server."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import Count
from processes import Command, run
from servers import MariaDB, PostgreSQL
from tenantry.django.backfill import backfill
from tenantry.django.models import BackfillRun, get_membership_model, get_tenant_model
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.django.undo import undo_backfill
from tenantry.django.verify import verify
from threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.per_database]
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()
NAMES = ["Acme", "Globex", "Acme", "", "Initech", "Acme", "東京"]


def make_users(count: int) -> None:
    User.objects.bulk_create(
        User(username=f"user{number}", business_name=NAMES[number % len(NAMES)])
        for number in range(count)
    )


def slugs() -> list[tuple[Any, str]]:
    return list(Membership.objects.order_by("user").values_list("user", "tenant__slug"))


def users_with_several_tenants() -> list[Any]:
    return list(
        User.objects.annotate(many=Count("memberships"))
        .filter(many__gt=1)
        .values_list("pk", flat=True)
    )


def until_it_works(work: Any) -> Any:
    """As a site does: SQLite tells a reader that becomes a writer to try again."""
    while True:
        try:
            with transaction.atomic():
                return work()
        except OperationalError:
            time.sleep(0.01)


def test_sign_ups_while_the_backfill_runs_are_neither_lost_nor_doubled() -> None:
    make_users(1500)
    users = list(User.objects.order_by("-pk")[:300])
    command = Command("backfill_tenants", "--chunk-size", "25")

    def sign_up_old(some: list[Any]) -> None:
        for user in some:
            until_it_works(partial(ensure_default_tenant, user))

    def sign_up_new(prefix: str) -> None:
        for number in range(60):

            def sign_up(name: str = f"{prefix}{number}") -> None:
                user = User(username=name, business_name="Acme")
                user.save()
                ensure_default_tenant(user)

            until_it_works(sign_up)

    def rename() -> None:
        def begin() -> Any:
            owner = User(username="renamer")
            owner.save()
            return create_tenant("Renamed", owner)

        # In one transaction, for the backfill gives a tenant to whoever has none.
        tenant = until_it_works(begin)
        for number in range(30):
            tenant.slug = f"acme-{number * 40}"
            try:
                until_it_works(tenant.save)
            except ValueError:
                continue  # taken

    outcomes = at_once(
        partial(sign_up_old, users[::2]),
        partial(sign_up_old, users[1::2]),
        partial(sign_up_new, "new-a"),
        partial(sign_up_new, "new-b"),
        rename,
    )
    code, out, err = command.wait()
    assert outcomes == [None] * 5
    assert code == 0, err
    call_command("backfill_tenants", verbosity=0)
    assert (verify(), users_with_several_tenants()) == ([], [])
    assert User.objects.count() == 1500 + 120 + 1 == Tenant.objects.count()
    assert "in error" in out


def test_two_backfills_at_once_share_the_users() -> None:
    make_users(1200)
    both = [Command("backfill_tenants", "--chunk-size", "30") for _ in range(2)]
    for command in both:
        code, _, err = command.wait()
        assert code == 0, err
    assert (verify(), users_with_several_tenants()) == ([], [])
    assert Tenant.objects.count() == 1200
    removed = 0
    while BackfillRun.objects.filter(undone_at=None).exists():
        removed += undo_backfill().removed
    assert removed == 1200


def test_an_atomic_backfill_and_a_chunked_one_at_once() -> None:
    make_users(600)
    both = [
        Command("backfill_tenants", "--atomic"),
        Command("backfill_tenants", "--chunk-size", "30"),
    ]
    for command in both:
        code, _, err = command.wait()
        assert code == 0, err
    assert (verify(), users_with_several_tenants()) == ([], [])


def test_killed_at_twenty_moments_it_ends_as_if_nobody_had_killed_it() -> None:
    make_users(3000)
    backfill()
    expected = slugs()
    undo_backfill()
    BackfillRun.objects.all().delete()
    assert Tenant.objects.count() == 0

    chance = random.Random(4)
    kills = progressed = 0
    while kills < 20:
        before = Tenant.objects.count()
        command = Command("backfill_tenants", "--chunk-size", "15", "--resume", "--json")
        # The moments are those of the work, and a few before.
        while Tenant.objects.count() == before and command.is_running:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.06)
        command.kill()
        kills += 1
        after = Tenant.objects.count()
        progressed += after > before
        # What is there is whole: a tenant, its owner, its entry.
        assert Membership.objects.count() == after
        if after == 3000:
            break
    assert progressed >= 5
    code, _, err = run("backfill_tenants", "--resume", "--json")
    assert code == 0, err
    assert slugs() == expected
    assert verify() == []
    assert BackfillRun.objects.count() == 1
    assert undo_backfill().removed == 3000


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server of the test's own, which it may kill."""
    server: Any = PostgreSQL() if connection.vendor == "postgresql" else MariaDB()
    monkeypatch.setenv("TENANTRY_TEST_SERVER", server.socket)
    return server


@pytest.mark.only(database=["postgres*", "mariadb*"])
def test_when_the_server_goes_away_it_says_so_and_goes_on_later(own_server: Any) -> None:
    on = {"TENANTRY_TEST_NAME": "gone"}
    create_database(own_server.socket)
    code, _, err = run("migrate", "--verbosity", "0", **on)
    assert code == 0, err
    make = (
        "from core.models import User;"
        "User.objects.bulk_create(User(username=f'u{n}', business_name='Acme') for n in range(4000))"
    )
    assert run("shell", "-c", make, **on)[0] == 0
    count = "from tenantry.django.models import get_tenant_model as m; print(m().objects.count())"

    begun = (
        "import time; from tenantry.django.models import get_tenant_model as m\n"
        "while not m().objects.exists(): time.sleep(0.01)"
    )

    command = Command("backfill_tenants", "--chunk-size", "10", "--json", **on)
    assert run("shell", "-v", "0", "-c", begun, **on)[0] == 0
    own_server.kill()
    code, out, err = command.wait()
    assert code == 3, err
    assert out == ""
    assert "run it again to go on" in err
    assert "Traceback" not in err

    own_server.start()
    _, kept, _ = run("shell", "-v", "0", "-c", count, **on)
    assert 0 < int(kept) < 4000
    assert int(kept) % 10 == 0
    code, out, err = run("backfill_tenants", "--resume", "--json", **on)
    assert code == 0, err
    code, out, err = run("verify_tenants", **on)
    assert (code, out) == (0, "4000 users, 4000 tenants, 4000 memberships\nevery promise holds\n")


def create_database(socket: str) -> None:
    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(host=socket, user="postgres", autocommit=True) as admin:
            admin.execute("CREATE DATABASE gone")
    else:
        import MySQLdb

        admin = MySQLdb.connect(unix_socket=socket, user="root")
        admin.cursor().execute("CREATE DATABASE gone CHARACTER SET utf8mb4")
        admin.close()
