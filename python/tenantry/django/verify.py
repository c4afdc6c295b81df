"""Verify: which rows do not keep the promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from tenantry import Finding, Verifier
from tenantry.django.choices import is_plan, is_role
from tenantry.django.conf import configuration
from tenantry.django.homes import embedded_home
from tenantry.django.swapping import all_rows, get_membership_model, get_tenant_model, own_model
from tenantry.enums import Plan, Role

__all__ = ["Counts", "counts", "verify"]


@dataclass(frozen=True)
class Counts:
    """How many there are. Right after the backfill of a project all three are equal."""

    users: int
    tenants: int
    memberships: int


def counts(*, using: str | None = None) -> Counts:
    """How many users, tenants and memberships there are.

    >>> counts()
    Counts(users=1, tenants=0, memberships=0)
    """
    if home := embedded_home():
        return Counts(*home.counts(using))
    using = using or router.db_for_write(get_tenant_model())
    models: tuple[Any, ...] = (get_user_model(), get_tenant_model(), get_membership_model())
    return Counts(*(all_rows(model, using).count() for model in models))


def verify(*, using: str | None = None) -> list[Finding]:
    """Everything that does not keep the promises, as findings with the keys involved.

    >>> [str(finding) for finding in verify()]
    ['user "1" has no membership']
    """
    if home := embedded_home():
        return home.verify(using)
    using = using or router.db_for_write(get_tenant_model())
    users = all_rows(get_user_model(), using)
    tenants = all_rows(get_tenant_model(), using)
    memberships = all_rows(get_membership_model(), using)

    verifier = Verifier(reserved_slugs=configuration().reserved_slugs)
    owners = memberships.filter(tenant=OuterRef("pk"), role=Role.OWNER.value, is_active=True)
    retired = own_model("RetiredSlug").objects.using(using).filter(slug=Lower(OuterRef("slug")))
    rows = tenants.annotate(
        has_owner=Exists(owners), is_retired=Exists(retired.exclude(tenant=OuterRef("pk")))
    ).order_by(Lower("slug"), "pk")
    columns = ("pk", "name", "slug", "domain", "plan", "has_owner", "is_retired")
    verifier.tenants(
        (*row[:3], row[3] or "", _plan(row[4]), int(row[5]), bool(row[6]))
        for row in rows.values_list(*columns).iterator()
    )
    known = memberships.annotate(exists=Exists(users.filter(pk=OuterRef("user")))).order_by("pk")
    found = known.values_list("tenant__slug", "user", "role", "exists").iterator()
    verifier.memberships((*row[:2], _role(row[2]), bool(row[3])) for row in found)
    without = users.filter(~Exists(memberships.filter(user=OuterRef("pk")))).order_by("pk")
    verifier.users_without_membership(without.values_list("pk", flat=True).iterator())
    return verifier.findings()


def _plan(plan: str) -> str:
    """A plan as the verifier knows it: each that the project declares is as good as another."""
    return Plan.FREE.value if is_plan(plan) else plan


def _role(role: str) -> str:
    return Role.MEMBER.value if is_role(role) and role != Role.OWNER else role
