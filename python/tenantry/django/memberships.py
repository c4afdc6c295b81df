"""The memberships of a user in the project's database, by statements that are compiled once.

The statements are Django's own, of the project's models; for a request only their parameters are new.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from django.core.signals import setting_changed
from django.db import connections
from django.db.models import Subquery
from django.db.models.expressions import RawSQL

from tenantry import canonical_host
from tenantry.django.choices import roles
from tenantry.django.swapping import all_rows, get_membership_model, get_tenant_model, own_model

__all__ = ["MembershipRow", "usable_memberships"]

ENOUGH = 3
"""So many memberships tell that there is more than one, however many a user has."""


class MembershipRow(NamedTuple):
    """A usable membership: its role, the retired slug that named its tenant, if one did, whether the host is
    a verified domain of its tenant, and the tenant."""

    role: str
    retired_slug: str | None
    has_host: bool
    tenant: Any


def usable_memberships(
    user: Any, slug: str | None, host: str | None, using: str
) -> list[MembershipRow]:
    """What the kernel needs to decide about a user, who is told by what its memberships hold of it: the
    membership in the tenant that is named, or any few.

    - `host`, if it comes before the slug, names a tenant by a verified domain.
    - `slug` names one by its slug or a retired one.

    The first query is mostly the last; the next one is asked before a user is not let in.
    """

    def ask(of: str) -> list[MembershipRow]:
        return _statement(of, using).rows(user, slug, host)

    if host is not None:
        # One that has another domain by now is not named by the old one.
        found = [
            row for row in _declared(ask("host")) if canonical_host(row.tenant.domain or "") == host
        ]
        if found:
            return found  # one at most, and it comes before the slug
    if slug is not None:
        # MariaDB finds `acme` for `ACME`.
        exactly = [row for row in _declared(ask("slug")) if row.tenant.slug == slug]
        return exactly or [row for row in _declared(ask("retired")) if row.retired_slug]
    few = ask("any")
    found = _declared(few)
    # Behind a few whose role is not declared there may be more.
    return ask("declared") if len(found) < len(few) == ENOUGH else found


def _declared(found: list[MembershipRow]) -> list[MembershipRow]:
    """Those whose role is declared. Compared here, because a statement of fewer words is planned faster."""
    known = _roles()
    return [row for row in found if not known or row.role in known]


@cache
def _roles() -> frozenset[str]:
    return frozenset(roles())


class _Statement:
    """A user's usable memberships with their tenants, a few of them at most."""

    def __init__(self, of: str, using: str) -> None:
        self.of = of
        self.using = using
        self.model: Any = get_tenant_model()
        membership: Any = get_membership_model()
        self.user_key = membership._meta.get_field("user").target_field
        rows = all_rows(membership, using).filter(
            user=_parameter("user"), is_active=True, tenant__is_active=True
        )
        if of == "declared":
            rows = rows.filter(role__in=_roles())
        self.names = [field.attname for field in self.model._meta.concrete_fields]
        columns = ["role", *(f"tenant__{name}" for name in self.names)]
        if of == "retired":
            columns.append("as_written")
        rows = self._named(rows).order_by().values_list(*columns)[:ENOUGH]
        compiler: Any = rows.query.get_compiler(using)
        sql, values = compiler.as_sql()
        # By names, because Django on SQLite finds each `%s` by a regular expression, at every execution.
        names = [
            one.name if isinstance(one, _Name) else f"constant{number}"
            for number, one in enumerate(values)
        ]
        first, *parts = sql.split("%s")
        self.sql = first + "".join(
            f"%({name})s{part}" for name, part in zip(names, parts, strict=True)
        )
        self.needed = {one.name for one in values if isinstance(one, _Name)}
        self.constants = {
            name: one for name, one in zip(names, values, strict=True) if not isinstance(one, _Name)
        }
        selected = [one[0] for one in compiler.select]
        self.converters = list(compiler.get_converters(selected).items())

    def _named(self, rows: Any) -> Any:
        """Those of the tenant that is named, and how a retired slug was written."""
        if self.of == "slug":
            return rows.filter(tenant__slug=_parameter("slug"))
        if self.of == "retired":
            retired = all_rows(own_model("RetiredSlug"), self.using).filter(
                slug=_parameter("lower")
            )
            # One at most, because the slug is the key; Django wants to be told.
            return rows.filter(tenant=Subquery(retired.values("tenant")[:1])).annotate(
                as_written=Subquery(retired.values("as_written")[:1])
            )
        if self.of == "host":
            domains = all_rows(own_model("VerifiedDomain"), self.using)
            named = domains.filter(domain=_parameter("host"))
            return rows.filter(tenant=Subquery(named.values("tenant")[:1]))
        return rows

    def rows(self, user: Any, slug: str | None, host: str | None) -> list[MembershipRow]:
        """The memberships of a user."""
        connection = connections[self.using]
        given = {
            "user": self.user_key.get_db_prep_value(user, connection),
            "slug": slug,
            "lower": slug and slug.lower(),
            "host": host,
        }
        with connection.cursor() as cursor:
            cursor.execute(self.sql, {**self.constants, **{n: given[n] for n in self.needed}})
            found = cursor.fetchall()
        return [self._read(row, slug, connection) for row in found]

    def _read(self, row: Sequence[Any], slug: str | None, connection: Any) -> MembershipRow:
        values = list(row)
        for position, (converters, expression) in self.converters:
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        retired = None
        if self.of == "retired" and slug in {str(slug).lower(), values.pop()}:
            retired = slug
        tenant = self.model.from_db(self.using, self.names, values[1:])
        return MembershipRow(values[0], retired, self.of == "host", tenant)


class _Name(NamedTuple):
    """Stands for a parameter while Django makes the statement."""

    name: str


def _parameter(name: str) -> RawSQL:
    return RawSQL("%s", (_Name(name),))


@cache
def _statement(of: str, using: str) -> _Statement:
    return _Statement(of, using)


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting in {"DATABASES", "TENANTRY_TENANT_MODEL", "TENANTRY_MEMBERSHIP_MODEL"}:
        _statement.cache_clear()
        _roles.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.memberships")
