"""What an entry of the manifest remembers of its tenant."""

from __future__ import annotations

from typing import Any
from zlib import crc32

__all__ = ["checksum", "checksum_of"]


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
