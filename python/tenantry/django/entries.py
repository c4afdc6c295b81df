"""What an entry of the manifest remembers of its tenant."""

from __future__ import annotations

from typing import Any
from zlib import crc32

from django.db import connections

from tenantry.django.swapping import own_model

__all__ = ["checksum", "checksum_of", "enter_unless_retired"]


def checksum(tenant: Any) -> int:
    """The checksum of what a tenant is now.

    `updated_at` alone would not do: `QuerySet.update()` leaves it as it was.
    """
    return checksum_of(tenant.name, tenant.slug, tenant.domain, tenant.plan)


def checksum_of(name: str, slug: str, domain: str, plan: str) -> int:
    """The checksum of a tenant that is as the backfill makes them.

    >>> checksum_of("Acme", "acme", "", "free") == checksum_of("Acme", "acme", "", "pro")
    False
    """
    return crc32(f"{name}\0{slug}\0{domain}\0{plan}".encode())


def enter_unless_retired(tenant: Any, user_key: str, using: str) -> bool:
    """Writes the entry of a tenant that was made at sign-up, unless its slug was retired before the tenant
    got it; whether it is written.

    Both in one statement, after the tenant's: what was retired until then is seen.
    """
    entry, retired = own_model("BackfillEntry"), own_model("RetiredSlug")
    connection = connections[using]
    quoted = connection.ops.quote_name

    def column(model: Any, name: str) -> str:
        return str(quoted(model._meta.get_field(name).column))

    names = ", ".join(column(entry, name) for name in ("tenant", "user_key", "checksum"))
    fields = [entry._meta.get_field(name) for name in ("tenant", "user_key", "checksum")]
    values = [tenant.pk, user_key, checksum(tenant)]
    ready = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, values, strict=True)
    ]
    # Each statement names its tables by itself; MariaDB wants one behind FROM.
    statement = (
        f"INSERT INTO {quoted(entry._meta.db_table)} ({names}) SELECT %s, %s, %s FROM (SELECT 1) AS one "
        f"WHERE NOT EXISTS (SELECT 1 FROM {quoted(retired._meta.db_table)} "
        f"WHERE {column(retired, 'slug')} = %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*ready, tenant.slug])
        return bool(cursor.rowcount)
