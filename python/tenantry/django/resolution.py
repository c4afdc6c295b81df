"""Which tenant a user is in: one read of the project's database, and the kernel's answer to it.

The statements are Django's own, of the project's models. They are compiled once; for a request only
their parameters are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from asgiref.sync import sync_to_async
from django.core.signals import setting_changed
from django.db import connections, router
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL

from tenantry import NeedKind, Reason, Role, Source, need
from tenantry import resolve as decide
from tenantry.django.conf import configuration
from tenantry.django.models import RetiredSlug, get_membership_model, get_tenant_model

__all__ = ["TenantResolution", "aresolve", "resolve"]


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
    sources = configuration().sources if sources is None else sources
    asked: dict[str, Any] = {"selected": selected, "header": header, "host": host}
    needed = need(None if key is None else str(key), **asked, sources=sources)
    if needed.kind is NeedKind.NOTHING:
        return TenantResolution(reason=needed.reason)
    using = using or router.db_for_read(get_membership_model(), instance=user)
    rows = _statement(needed.kind, needed.slug is not None, using).rows(key, needed.slug)
    # Only usable ones are read.
    candidates = [(row.tenant.slug, row.retired_slug, row.tenant.domain, True) for row in rows]
    decision = decide(str(key), candidates, **asked, sources=sources)
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


class _Row(NamedTuple):
    role: str
    retired_slug: str | None
    tenant: Any


USER, SLUG = object(), object()


class _Statement:
    """A user's usable memberships with their tenants: all of them, or the one in the tenant of a slug or
    retired slug."""

    def __init__(self, kind: NeedKind, has_slug: bool, using: str) -> None:
        self.kind = kind
        self.using = using
        self.model: Any = get_tenant_model()
        membership: Any = get_membership_model()
        self.user_key = membership._meta.get_field("user").target_field
        rows = membership._base_manager.using(using).filter(
            user=_parameter(USER), is_active=True, tenant__is_active=True
        )
        named = RetiredSlug.objects.using(using).filter(slug=_parameter(SLUG))
        retired: Any = Value(None, output_field=CharField())
        if kind is NeedKind.TENANT:
            # One at most, for the slug is the key; Django wants to be told.
            of_old = Q(tenant=Subquery(named.values("tenant")[:1]))
            rows = rows.filter(Q(tenant__slug=_parameter(SLUG)) | of_old)
        elif has_slug:
            retired = Subquery(named.filter(tenant=OuterRef("tenant")).values("slug"))
        self.names = [field.attname for field in self.model._meta.concrete_fields]
        columns = (f"tenant__{name}" for name in self.names)
        compiler: Any = (
            rows.order_by().values_list("role", retired, *columns).query.get_compiler(using)
        )
        self.sql, self.parameters = compiler.as_sql()
        selected = [one[0] for one in compiler.select]
        self.converters = list(compiler.get_converters(selected).items())

    def rows(self, user: Any, slug: str | None) -> list[_Row]:
        """The memberships of a user."""
        connection = connections[self.using]
        given = {USER: self.user_key.get_db_prep_value(user, connection), SLUG: slug}
        values = [given[one] if type(one) is object else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchall()
        return [self._read(row, slug, connection) for row in found]

    def _read(self, row: Sequence[Any], slug: str | None, connection: Any) -> _Row:
        values = list(row)
        for position, (converters, expression) in self.converters:
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        role, retired, *rest = values
        tenant = self.model.from_db(self.using, self.names, rest)
        if self.kind is NeedKind.TENANT and slug != tenant.slug:
            # MariaDB finds `acme` for `ACME`, and the kernel compares exactly. Retired ones are in lower case.
            is_alike = connection.vendor == "mysql" and (
                tenant.slug.lower() == slug or slug != str(slug).lower()
            )
            retired = None if is_alike else slug
        return _Row(role, retired, tenant)


def _parameter(mark: object) -> RawSQL:
    return RawSQL("%s", (mark,))


@cache
def _statement(kind: NeedKind, has_slug: bool, using: str) -> _Statement:
    return _Statement(kind, has_slug, using)


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting in {"DATABASES", "TENANTRY_TENANT_MODEL", "TENANTRY_MEMBERSHIP_MODEL"}:
        _statement.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.resolution")
