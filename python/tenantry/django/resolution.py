"""Which tenant a user is in: one read of the rows, and the kernel's answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import router
from django.db.models import Model, Q

from tenantry import NeedKind, Reason, Role, Source, canonical_host, need
from tenantry import resolve as decide
from tenantry.django.choices import as_role, roles
from tenantry.django.conf import configuration
from tenantry.django.homes import embedded_home
from tenantry.django.memberships import usable_memberships
from tenantry.django.swapping import all_rows, get_membership_model
from tenantry.django.users import member_key, user_key

__all__ = [
    "AvailableTenant",
    "TenantResolution",
    "aavailable_tenants",
    "aresolve",
    "available_tenants",
    "reading_database",
    "resolve",
]


@dataclass(frozen=True, slots=True)
class TenantResolution:
    """A tenant, with the user's role in it and the source that named it; or none, and the reason.

    >>> TenantResolution(reason=Reason.ANONYMOUS).tenant is None
    True
    """

    tenant: Any = None
    role: Role | str | None = None
    """A `Role`, or the text of one that the project has declared itself."""
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
    """Decides which tenant a user is in, afresh: by one query if there is one, by two at most if not.

    - `user` is a user. None, an anonymous user and what is not a user of the project are in none.
    - `selected` is the slug that the session holds, `header` that of an API client, `host` the host
      of the request.
    - `sources` says which of these count, in the order of trying. Default: `TENANTRY["SOURCES"]`.
    - `using` is the database to read. Default: the one that is written, so that a revocation counts at
      once, or `TENANTRY["READ_FROM"]`.

    >>> acme = create_tenant("Acme", ann)
    >>> found = resolve(ann)
    >>> found.tenant.slug, found.role.value, found.source.value
    ('acme', 'owner', 'sole_membership')
    >>> resolve(ann, selected="globex").reason.value
    'not_available'
    """
    key = user_key(user)
    name = None if key is None else str(key)
    sources = configuration().sources if sources is None else sources
    asked: dict[str, Any] = {"selected": selected, "header": header, "host": host}
    if home := embedded_home():
        answer = home.resolve(name, sources, **asked)
        return TenantResolution(answer.tenant, answer.role, answer.source, answer.reason)
    needed = need(name, **asked, sources=sources)
    if needed.kind is NeedKind.NOTHING:
        return TenantResolution(reason=needed.reason)
    is_by_host = needed.kind is NeedKind.MEMBERSHIPS and Source.DOMAIN in sources and host
    canonical = canonical_host(host) if is_by_host and host else None
    rows = usable_memberships(
        member_key(user), needed.slug, canonical, using or reading_database(user)
    )
    candidates = [
        (row.tenant.slug, row.retired_slug, row.tenant.domain if row.has_host else "", True)
        for row in rows
    ]
    decision = decide(name, candidates, **asked, sources=sources)
    if decision.index is None:
        return TenantResolution(reason=decision.reason)
    chosen = rows[decision.index]
    return TenantResolution(chosen.tenant, as_role(chosen.role), decision.source)


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
    role: Role | str

    @property
    def role_name(self) -> str:
        """The role as people read it, in their language."""
        return str(roles().get(self.role, self.role))


def available_tenants(
    user: Any,
    *,
    search: str = "",
    start: int = 0,
    count: int | None = None,
    using: str | None = None,
) -> list[AvailableTenant]:
    """The tenants that a user may enter, by name: what a chooser shows. One query; an anonymous user has none.

    - `search`: only tenants whose name or slug contains this, in any case.
    - `start` and `count`: a page of them. Default: all.

    >>> acme, globex = create_tenant("Acme", ann), create_tenant("Globex", ann)
    >>> [(one.tenant.slug, one.role.value) for one in available_tenants(ann)]
    [('acme', 'owner'), ('globex', 'owner')]
    >>> [one.tenant.slug for one in available_tenants(ann, search="GLOB", count=10)]
    ['globex']
    """
    key = user_key(user)
    if key is None:
        return []
    end = None if count is None else start + count
    if home := embedded_home():
        found = home.available(str(key), search)
        return [AvailableTenant(tenant, role) for tenant, role in found[start:end]]
    rows = all_rows(get_membership_model(), using or reading_database(user)).filter(
        user=member_key(user), is_active=True, tenant__is_active=True
    )
    if declared := list(roles()):
        rows = rows.filter(role__in=declared)
    if search:
        rows = rows.filter(Q(tenant__name__icontains=search) | Q(tenant__slug__icontains=search))
    rows = rows.select_related("tenant").order_by("tenant__name", "tenant__slug")
    return [AvailableTenant(row.tenant, as_role(row.role)) for row in rows[start:end]]


async def aavailable_tenants(user: Any, **options: Any) -> list[AvailableTenant]:
    """`available_tenants`, for async views.

    >>> from asgiref.sync import async_to_sync
    >>> async_to_sync(aavailable_tenants)(None)
    []
    """
    return await sync_to_async(available_tenants)(user, **options)


def reading_database(user: Any = None) -> str:
    """The database that decides who may enter what: the one that is written, because a replica lags behind,
    unless `TENANTRY["READ_FROM"]` names another.

    >>> reading_database()
    'default'
    """
    if alias := configuration().read_from:
        return alias
    # A token may bring a user that is not a row.
    hints = {"instance": user} if isinstance(user, Model) else {}
    return router.db_for_write(get_membership_model(), **hints)
