"""The memberships of a user in the project's database, read by one statement.

The statements are Django's own, of the project's models. They are compiled once; for a request only
their parameters are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.db import connections
from django.db.models import CharField, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL

from tenantry import NeedKind
from tenantry.django.swapping import get_membership_model, get_tenant_model, own_model

__all__ = ["MembershipRow", "usable_memberships"]


class MembershipRow(NamedTuple):
    """A usable membership: its role, the retired slug that named its tenant, if one did, and the tenant."""

    role: str
    retired_slug: str | None
    tenant: Any


def usable_memberships(
    kind: NeedKind, user: Any, slug: str | None, using: str
) -> list[MembershipRow]:
    """What the kernel needs to decide: all usable memberships of the user with this primary key, or the
    one in the tenant of a slug or retired slug."""
    return _statement(kind, slug is not None, using).rows(user, slug)


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
        named = own_model("RetiredSlug").objects.using(using).filter(slug=_parameter(SLUG))
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

    def rows(self, user: Any, slug: str | None) -> list[MembershipRow]:
        """The memberships of a user."""
        connection = connections[self.using]
        given = {USER: self.user_key.get_db_prep_value(user, connection), SLUG: slug}
        values = [given[one] if type(one) is object else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchall()
        return [self._read(row, slug, connection) for row in found]

    def _read(self, row: Sequence[Any], slug: str | None, connection: Any) -> MembershipRow:
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
        return MembershipRow(role, retired, tenant)


def _parameter(mark: object) -> RawSQL:
    return RawSQL("%s", (mark,))


@cache
def _statement(kind: NeedKind, has_slug: bool, using: str) -> _Statement:
    return _Statement(kind, has_slug, using)


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting in {"DATABASES", "TENANTRY_TENANT_MODEL", "TENANTRY_MEMBERSHIP_MODEL"}:
        _statement.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.memberships")
