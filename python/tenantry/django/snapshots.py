"""Snapshots: what one user may enter, for a phone that resolves offline by the same rules."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from django.db import router

from tenantry import Snapshot, SnapshotTenant
from tenantry.django.homes import embedded_home
from tenantry.django.swapping import get_membership_model, get_tenant_model, own_model

__all__ = ["export_snapshot"]


def export_snapshot(user: Any, *, using: str | None = None) -> Snapshot:
    """A user's usable memberships with their tenants, read in one transaction's view or none.

    `user` is a user or a primary key. What the user may not enter is left out.

    >>> tenant = create_tenant("Acme", ann)
    >>> [one.slug for one in export_snapshot(ann).tenants]
    ['acme']
    """
    key = getattr(user, "pk", user)
    if home := embedded_home():
        return home.export(key)
    model = get_tenant_model()
    using = using or router.db_for_read(model)
    memberships: Any = get_membership_model()._base_manager.using(using)
    usable = memberships.filter(user=key, is_active=True, tenant__is_active=True)
    rows = list(usable.select_related("tenant").order_by("tenant__slug"))
    retired = defaultdict(list)
    slugs = (
        own_model("RetiredSlug")
        .objects.using(using)
        .filter(tenant__in=[row.tenant_id for row in rows])
    )
    for slug, tenant in slugs.order_by("slug").values_list("slug", "tenant"):
        retired[tenant].append(slug)
    tenants = [_carried(row, retired[row.tenant_id]) for row in rows]
    return Snapshot(str(key), tenants, datetime.now(UTC))


def _carried(membership: Any, retired_slugs: list[str]) -> SnapshotTenant:
    tenant = membership.tenant
    made = _utc(tenant.created_at)
    # The number alone would be that of another company at another server.
    identity = f"{tenant._meta.label_lower}-{tenant.pk}-{int(made.timestamp() * 1_000_000)}"
    return SnapshotTenant(
        identity,
        tenant.name,
        tenant.slug,
        retired_slugs,
        tenant.domain,
        tenant.plan,
        made,
        _utc(tenant.updated_at),
        membership.role,
    )


def _utc(time: datetime) -> datetime:
    # Without USE_TZ Django's times are local ones.
    return time.astimezone(UTC)
