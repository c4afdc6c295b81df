"""The vectors of the backfill, through real rows on a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from tenantry.django.backfill import backfill
from tenantry.django.models import RetiredSlug, get_membership_model, get_tenant_model
from tenantry.django.users import user_fields
from tenantry.exceptions import RowError

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CASES = json.loads((VECTORS / "backfill.json").read_text(encoding="utf-8"))["cases"]
COUNTERS = next(case["report"] for case in CASES if case["report"])
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


def can_stand_here(case: dict[str, Any]) -> bool:
    """Whether this database can hold the case's users. Their keys are its own, and so never wrong."""
    if any(error["column"] == "key" for error in case["errors"]):
        return False
    return connection.vendor != "postgresql" or "\\u0000" not in json.dumps(case["users"])


def stand(case: dict[str, Any]) -> list[Any]:
    """Brings about what the case says is there; its users, in the order of their keys."""
    somebody = User(username="somebody")
    somebody.save()
    taken = [Tenant(name="There already", slug=slug) for slug in case["existing"]]
    Tenant.objects.bulk_create(taken)
    RetiredSlug.objects.bulk_create([RetiredSlug(slug=slug.lower()) for slug in case["retired"]])
    tenant = Tenant(name="Somebody's", slug="nobody-elses")
    Tenant.objects.bulk_create([tenant])
    tenant = Tenant.objects.get(slug="nobody-elses")
    Membership(tenant=tenant, user=somebody, role="owner").save()
    users = []
    for number, row in enumerate(case["users"]):
        user = User(
            username=f"user{number}",
            handle=row["username"],
            business_name=row["name"],
            business_domain=row["domain"],
            tier=row["plan"],
        )
        user.save()
        if row["has_membership"]:
            Membership(tenant=tenant, user=user).save()
        users.append(user)
    return users


def outcome(case: dict[str, Any], chunk_size: int | None) -> tuple[Any, Any]:
    """What should come of the case, and what does."""
    users = stand(case)
    keys = {user["key"]: str(made.pk) for user, made in zip(case["users"], users, strict=True)}
    errors = [(keys[one["user_key"]], one["column"], one["code"]) for one in case["errors"]]
    try:
        report = backfill(
            chunk_size=chunk_size,
            on_error=case["options"]["on_error"],
            fields=user_fields(username="handle"),
        )
    except RowError as error:
        kept = Membership.objects.exclude(tenant__slug="nobody-elses").count()
        assert error.committed == (kept if chunk_size else 0)
        listed = [(error.user_key, error.column, error.fault)]
        return (errors, None), (listed, None)
    planned = {keys[one["user_key"]]: one for one in case["planned"]}
    wanted = [(one["name"], one["slug"], one["domain"], one["plan"]) for one in case["planned"]]
    rows = Membership.objects.filter(user__in=list(planned)).exclude(tenant__slug="nobody-elses")
    found = {
        str(one.user_id): (one.tenant.name, one.tenant.slug, one.tenant.domain, one.tenant.plan)
        for one in rows.select_related("tenant")
    }
    listed = [(one.user_key, one.column, one.fault) for one in report.errors]
    counted = {name: getattr(report, name) for name in COUNTERS}
    expected = {
        **case["report"],
        "seen": case["report"]["seen"] + 1,
        "skipped": case["report"]["skipped"] + 1,  # somebody
    }
    made = [found.get(key) for key in planned]
    return (errors, wanted, expected), (listed, made, counted)


@pytest.mark.django_db
@pytest.mark.only(users="int")  # keys of other kinds are in another order
@pytest.mark.per_database
@pytest.mark.parametrize("chunk_size", [None, 1, 3])
def test_the_backfill_makes_exactly_the_planned_tenants(
    chunk_size: int | None, settings: Any
) -> None:
    tried = 0
    for case in CASES:
        if not can_stand_here(case):
            continue
        options = case["options"]
        settings.TENANTRY = {
            "SLUG_STYLE": options["style"],
            "SLUG_LIMIT": options["limit"],
            "RESERVED_SLUGS": options["reserved"],
            "UNKNOWN_PLAN": options["unknown_plan"],
        }
        with transaction.atomic():
            wanted, found = outcome(case, chunk_size)
            transaction.set_rollback(True)
        assert found == wanted, case["description"]
        tried += 1
    assert tried > 45
