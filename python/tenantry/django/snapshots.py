"""Snapshots: what one user may enter, for a phone that resolves offline by the same rules."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.translation import gettext as _

from tenantry import Snapshot, SnapshotTenant
from tenantry.django.homes import embedded_home
from tenantry.django.resolution import reading_database
from tenantry.django.swapping import all_rows, get_membership_model, own_model
from tenantry.django.users import user_key
from tenantry.exceptions import InvalidValueError

__all__ = ["export_snapshot"]


def export_snapshot(user: Any, *, using: str | None = None) -> Snapshot:
    """A user's usable memberships with their tenants, read in one transaction's view or none.

    `user` is a user or a primary key. What the user may not enter is left out.

    Raises `InvalidValueError` for what is not a user of the project.

    >>> tenant = create_tenant("Acme", ann)
    >>> [one.slug for one in export_snapshot(ann).tenants]
    ['acme']
    """
    is_object = isinstance(user, Model) or hasattr(user, "is_authenticated")
    key = user_key(user) if is_object else user
    if key is None:
        reason = _("It is not a user of this project.")
        raise InvalidValueError(reason, what="user", value=str(user)[:80], reason=reason)
    if home := embedded_home():
        return home.export(key)
    using = using or reading_database(user)
    # By the user, because memberships may refer to another of its fields than the primary key.
    usable = all_rows(get_membership_model(), using).filter(
        user__in=all_rows(get_user_model(), using).filter(pk=key),
        is_active=True,
        tenant__is_active=True,
    )
    rows = list(usable.select_related("tenant").order_by("tenant__slug"))
    retired: defaultdict[Any, list[str]] = defaultdict(list)
    slugs = (
        own_model("RetiredSlug")
        .objects.using(using)
        .filter(tenant__in=[row.tenant_id for row in rows])
    )
    for slug, as_written, tenant in slugs.order_by("slug").values_list(
        "slug", "as_written", "tenant"
    ):
        retired[tenant] += [slug, as_written] if as_written else [slug]
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
        [slug for slug in retired_slugs if slug != tenant.slug],
        tenant.domain or "",
        tenant.plan,
        made,
        _utc(tenant.updated_at),
        membership.role,
    )


def _utc(time: datetime) -> datetime:
    # Without USE_TZ Django's times are local ones.
    return time.astimezone(UTC)
