"""The backfill over the project's database."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from people import make_users
from tenantry.django.backfill import backfill
from tenantry.django.models import (
    BackfillEntry,
    BackfillRun,
    RetiredSlug,
    get_membership_model,
    get_tenant_model,
)
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.django.undo import undo_backfill
from tenantry.django.users import user_fields
from tenantry.django.verify import counts, verify
from tenantry.exceptions import InvalidValueError, NoSuchRunError, RowError

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


def slugs() -> list[str]:
    """The slug of each user's tenant, in the order of the users."""
    found = Membership.objects.order_by("user").values_list("tenant__slug", flat=True)
    return list(found)


def test_every_user_gets_a_tenant_in_the_order_of_the_keys(make_user: Callable[..., Any]) -> None:
    make_user("ann", business_name=" Acme Inc. ", business_domain=" acme.example ", tier="pro")
    make_user("bob", business_name="Acme Inc.", tier="gold")
    make_user("eve", business_name="東京", tier=None)
    make_user("dan")
    report = backfill()
    assert (report.seen, report.created, report.skipped, report.failed) == (4, 4, 0, 0)
    assert dict(report.unknown_plans) == {"gold": 1}
    assert (report.slugs_suffixed, report.slugs_transliterated) == (1, 1)
    by_user = {one.user.username: one for one in Membership.objects.all()}
    acme = by_user["ann"].tenant
    assert (acme.name, acme.slug, acme.domain, acme.plan, acme.is_active) in [
        ("Acme Inc.", slug, "acme.example", "pro", True) for slug in ("acme-inc", "acme-inc-1")
    ]
    assert acme.created_at == acme.updated_at
    assert by_user["eve"].tenant.slug == "dong-jing"
    assert by_user["dan"].tenant.name == "dan's Workspace"
    assert {one.role for one in by_user.values()} == {"owner"}
    assert verify() == []
    assert counts().users == counts().tenants == counts().memberships == 4


def test_a_second_run_makes_nothing_and_leaves_no_trace() -> None:
    make_users("Acme", "Acme")
    first = backfill()
    assert first.run is not None
    second = backfill()
    assert (second.run, second.created, second.skipped) == (None, 0, 2)
    assert BackfillRun.objects.count() == 1


def test_a_user_with_any_membership_is_skipped(ann: Any, bob: Any) -> None:
    acme = create_tenant("Acme", ann)
    Membership(tenant=acme, user=bob, is_active=False).save()
    report = backfill()
    assert (report.created, report.skipped) == (0, 2)


@pytest.mark.parametrize("chunk_size", [1, 3, 7, 2000, None])
def test_the_result_does_not_depend_on_the_chunks(chunk_size: int | None) -> None:
    make_users(*["Acme"] * 5, "Globex", "Acme", "", "Globex")
    report = backfill(chunk_size=chunk_size)
    expected = [
        "acme",
        "acme-1",
        "acme-2",
        "acme-3",
        "acme-4",
        "globex",
        "acme-5",
        None,
        "globex-1",
    ]
    if User._meta.pk.get_internal_type() == "BigAutoField":
        assert [a for a, b in zip(slugs(), expected, strict=True) if b] == [
            b for b in expected if b
        ]
    assert (report.created, len(set(slugs()))) == (9, 9)
    assert BackfillEntry.objects.filter(run=report.run).count() == 9
    assert BackfillRun.objects.get().finished_at is not None


def test_taken_retired_and_reserved_slugs_are_not_given_out(ann: Any, settings: Any) -> None:
    settings.TENANTRY = {"RESERVED_SLUGS": ["acme-2"]}
    acme = create_tenant("Acme", ann, slug="acme-1")
    acme.slug = "acme"
    acme.save()
    Tenant.objects.filter(pk=acme.pk).update(slug="Acme")
    make_users("Acme")
    backfill()
    assert slugs()[-1] == "acme-3" or "acme-3" in slugs()


def test_a_dry_run_reports_the_same_and_writes_nothing() -> None:
    make_users("Acme", "Acme", "Globex", tier="gold")
    dry = backfill(dry_run=True)
    assert (Tenant.objects.count(), BackfillRun.objects.count()) == (0, 0)
    real = backfill()
    for name in ("seen", "created", "slugs_suffixed", "unknown_plans"):
        assert getattr(dry, name) == getattr(real, name)
    assert dry.dry_run
    assert dry.run is None


def test_a_row_in_error_stops_the_run_and_nothing_of_its_chunk_is_kept() -> None:
    make_users("A", "B")
    bad = make_users("C", business_domain="x" * 256)[0]
    make_users("D")
    with pytest.raises(RowError) as caught:
        backfill(chunk_size=2)
    error = caught.value
    assert (error.user_key, error.column, error.committed) == (
        str(bad.pk),
        "domain",
        Tenant.objects.count(),
    )
    before = Tenant.objects.count()
    with pytest.raises(RowError):
        backfill(chunk_size=None)
    assert Tenant.objects.count() == before, "and nothing at all of an atomic one"
    report = backfill(on_error="skip", resume=True)
    assert report.created + before == 3
    assert [one.user_key for one in report.errors] == [str(bad.pk)]
    assert BackfillRun.objects.filter(finished_at=None).count() == 0


def test_fields_that_a_project_lacks_are_not_mapped_and_misnamed_ones_are_refused(
    settings: Any,
) -> None:
    assert user_fields().name == "business_name"
    assert user_fields(plan=None).plan is None
    with pytest.raises(ImproperlyConfigured, match="busines_name"):
        user_fields(name="busines_name")
    settings.TENANTRY = {"USER_FIELDS": {"name": "first_name", "plan": None}}
    make_users("Acme", first_name="Ann", tier="pro")
    backfill()
    [tenant] = Tenant.objects.all()
    assert (tenant.name, tenant.plan) == ("Ann", "free")


def test_progress_is_told() -> None:
    make_users("A", "B", "C")
    told: list[tuple[int, int]] = []
    backfill(chunk_size=2, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]


def test_a_chunk_of_no_users_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="chunk size 0"):
        backfill(chunk_size=0)


def test_the_number_of_queries_does_not_grow_with_the_users() -> None:
    make_users(*["Acme"] * 10)
    with CaptureQueriesContext(connection) as few:
        backfill()
    make_users(*["Acme"] * 200)
    with CaptureQueriesContext(connection) as many:
        backfill()
    assert len(many) == len(few)


def test_it_catches_up_with_the_many_slugs_that_others_took_meanwhile() -> None:
    make_users(*["Acme"] * 3, tier="free")

    def sign_ups(done: int, _total: int) -> None:
        if done == 1:
            Tenant.objects.bulk_create(
                Tenant(name="Acme", slug=f"acme-{number}") for number in range(1, 500)
            )

    backfill(chunk_size=1, progress=sign_ups)
    made = Membership.objects.order_by("user").values_list("tenant__slug", flat=True)
    assert list(made) == ["acme", "acme-500", "acme-501"]


@pytest.mark.only(users="int")  # keys of other kinds are in another order
@pytest.mark.per_database
def test_10k_users_get_the_slugs_that_the_guides_migration_gave_them() -> None:
    with (ROOT / "tests/data/users_b_10k.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (ROOT / "tests/data/expected_b_10k.csv").open(encoding="utf-8", newline="") as file:
        guide = {int(row["user_id"]): row["slug"] for row in csv.DictReader(file)}
    columns = ("username", "business_name", "business_domain", "tier")
    # The guide gave names that leave nothing '', '-1', '-2': here they get a fallback.
    rows = [row for row in rows if guide[int(row["id"])].strip("-0123456789")]
    User.objects.bulk_create(
        [User(id=int(row["id"]), **{name: row[name] for name in columns}) for row in rows]
    )
    backfill()
    found = dict(Membership.objects.values_list("user", "tenant__slug"))
    assert len(found) > 9000
    assert found == {int(row["id"]): guide[int(row["id"])] for row in rows}


def test_undo_removes_what_the_run_made_and_can_be_done_again() -> None:
    make_users("Acme", "Acme", "Globex")
    made = backfill()
    before = sorted(slugs())
    undone = undo_backfill()
    assert (undone.run, undone.removed, undone.kept) == (made.run, 3, ())
    assert (Tenant.objects.count(), BackfillEntry.objects.count()) == (0, 0)
    assert RetiredSlug.objects.count() == 0
    backfill()
    assert sorted(slugs()) == before


def test_slugs_that_undo_has_freed_are_given_again_from_the_first_on() -> None:
    make_users(*["Acme"] * 150)
    backfill()
    one, two, three = make_users(*["Acme"] * 3)
    for user in (one, two):  # the second is told by a counter where to look
        ensure_default_tenant(user)
    undo_backfill()
    assert ensure_default_tenant(three).slug == "acme"
    users = make_users(*["Acme"] * 5)
    slugs = [ensure_default_tenant(user).slug for user in users]
    assert slugs == [f"acme-{number}" for number in range(1, 6)]


def test_undo_keeps_and_lists_what_has_changed(bob: Any) -> None:
    users = make_users(*"ABCDEFGHIJ")
    bob_made: Any = ensure_default_tenant(bob)
    backfill()
    tenants = {one.user: one.tenant for one in Membership.objects.select_related("tenant", "user")}
    a, b, c, d, e, f, g, h, i, _j = (tenants[user] for user in users)
    Membership(tenant=a, user=bob).save()
    b.name = "Bee"
    b.save()
    Tenant.objects.filter(pk=c.pk).update(plan="pro")
    Membership.objects.filter(tenant=d).update(role="admin")
    Membership.objects.filter(tenant=e)._raw_delete("default")
    from core.models import Invoice

    Invoice.objects.create(tenant=f)
    g.slug = "gee"
    g.save()
    g.slug = "g"
    g.save()
    h.delete()
    Tenant.objects.filter(pk=i.pk).update(is_active=False)
    dry = undo_backfill(dry_run=True)
    undone = undo_backfill()
    assert dry == undone
    assert undone.removed == 1
    assert {one.slug: str(one.reason) for one in undone.kept} == {
        "a": "has_other_members",
        "b": "changed",
        "c": "changed",
        "d": "owner_changed",
        "e": "owner_changed",
        "f": "referred_to",
        "g": "changed",
        "i": "changed",
    }
    assert Tenant.objects.filter(pk=bob_made.pk).exists(), "a tenant of a sign-up is no run's"
    with pytest.raises(NoSuchRunError):
        undo_backfill()


def test_in_a_transaction_of_the_callers_there_is_only_that_one() -> None:
    make_users("Acme", "Globex", "Initech")
    with transaction.atomic():
        backfill(chunk_size=1)
        transaction.set_rollback(True)
    assert (Tenant.objects.count(), BackfillRun.objects.count()) == (0, 0)


def test_trouble_with_the_database_is_told_with_what_to_do(monkeypatch: Any) -> None:
    make_users("Acme")

    def refuse(*_arguments: Any) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr("tenantry.django.tables.Table.insert", refuse)
    with pytest.raises(CommandError, match="the server is gone") as caught:
        call_command("backfill_tenants")
    assert caught.value.returncode == 3
    assert "run it again" in str(caught.value)
