"""Which tenant a user is in: one read of the rows, and the kernel's answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import router
from django.db.models import Model

from tenantry import NeedKind, Reason, Role, Source, need
from tenantry import resolve as decide
from tenantry.django.conf import configuration
from tenantry.django.homes import embedded_home
from tenantry.django.memberships import usable_memberships
from tenantry.django.swapping import get_membership_model
from tenantry.django.words import ROLES

__all__ = [
    "AvailableTenant",
    "TenantResolution",
    "aavailable_tenants",
    "aresolve",
    "available_tenants",
    "resolve",
]


KNOWN = frozenset(Role)


@dataclass(frozen=True, slots=True)
class TenantResolution:
    """A tenant, with the user's role in it and the source that named it; or none, and the reason.

    >>> TenantResolution(reason=Reason.ANONYMOUS).tenant is None
    True
    """

    tenant: Any = None
    role: Role | None = None
    source: Source | None = None
    reason: Reason | None = None


def resolve(
    user: Any,
    *,
    selected: object = None,
    header: object = None,
    host: str | None = None,
    sources: Sequence[str] | None = None,
    using: str | None = None,
) -> TenantResolution:
    """Decides which tenant a user is in, afresh, by one query at most.

    - `user` is a user; None or one that is not authenticated is nobody.
    - `selected` is the slug that the session holds, `header` that of an API client, `host` the host
      of the request.
    - `sources` says which of these count, in the order of trying; `TENANTRY["SOURCES"]`, unless told.

    >>> acme = create_tenant("Acme", ann)
    >>> found = resolve(ann)
    >>> found.tenant.slug, found.role.value, found.source.value
    ('acme', 'owner', 'sole_membership')
    >>> resolve(ann, selected="globex").reason.value
    'not_available'
    """
    key = user.pk if user is not None and user.is_authenticated else None
    name = None if key is None else str(key)
    sources = configuration().sources if sources is None else sources
    asked: dict[str, Any] = {"selected": selected, "header": header, "host": host}
    if home := embedded_home():
        answer = home.resolve(name, sources, **asked)
        return TenantResolution(answer.tenant, answer.role, answer.source, answer.reason)
    needed = need(name, **asked, sources=sources)
    if needed.kind is NeedKind.NOTHING:
        return TenantResolution(reason=needed.reason)
    using = using or _database(user)
    rows = usable_memberships(needed.kind, key, needed.slug, using)
    # Only usable ones are read; but a role may be none, after an `update()`.
    candidates = [
        (row.tenant.slug, row.retired_slug, row.tenant.domain, row.role in KNOWN) for row in rows
    ]
    decision = decide(name, candidates, **asked, sources=sources)
    if decision.index is None:
        return TenantResolution(reason=decision.reason)
    chosen = rows[decision.index]
    return TenantResolution(chosen.tenant, Role(chosen.role), decision.source)


async def aresolve(
    user: Any,
    *,
    selected: object = None,
    header: object = None,
    host: str | None = None,
    sources: Sequence[str] | None = None,
    using: str | None = None,
) -> TenantResolution:
    """`resolve`, for code that runs in an event loop.

    >>> from asgiref.sync import async_to_sync
    >>> async_to_sync(aresolve)(None).reason.value
    'anonymous'
    """
    return await sync_to_async(resolve)(
        user, selected=selected, header=header, host=host, sources=sources, using=using
    )


@dataclass(frozen=True, slots=True)
class AvailableTenant:
    """A tenant that a user may enter, with the user's role in it."""

    tenant: Any
    role: Role

    @property
    def role_name(self) -> str:
        """The role as people read it, in their language."""
        return str(dict(ROLES)[self.role.value])


def available_tenants(user: Any, *, using: str | None = None) -> list[AvailableTenant]:
    """The tenants that a user may enter, by name: what a chooser shows. One query; nobody has none.

    >>> acme, globex = create_tenant("Acme", ann), create_tenant("Globex", ann)
    >>> [(one.tenant.slug, one.role.value) for one in available_tenants(ann)]
    [('acme', 'owner'), ('globex', 'owner')]
    """
    if user is None or not user.is_authenticated:
        return []
    if home := embedded_home():
        return [AvailableTenant(tenant, role) for tenant, role in home.available(str(user.pk))]
    model: Any = get_membership_model()
    using = using or _database(user)
    rows = model._base_manager.using(using).filter(
        user=user.pk, is_active=True, tenant__is_active=True
    )
    found = rows.select_related("tenant").order_by("tenant__name", "tenant__slug")
    return [AvailableTenant(row.tenant, Role(row.role)) for row in found if row.role in KNOWN]


async def aavailable_tenants(user: Any, *, using: str | None = None) -> list[AvailableTenant]:
    """`available_tenants`, for async views.

    >>> from asgiref.sync import async_to_sync
    >>> async_to_sync(aavailable_tenants)(None)
    []
    """
    return await sync_to_async(available_tenants)(user, using=using)


def _database(user: Any) -> str:
    # An API may bring a user that is no row.
    hints = {"instance": user} if isinstance(user, Model) else {}
    return router.db_for_read(get_membership_model(), **hints)
