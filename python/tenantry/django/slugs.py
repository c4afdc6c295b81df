"""Slugs in the project's database: which are taken, and which were a tenant's once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet

from tenantry import slug_candidate
from tenantry.django.conf import configuration
from tenantry.django.swapping import get_tenant_model

__all__ = [
    "candidates",
    "free_slugs",
    "is_reserved",
    "is_retired",
    "retire",
    "retire_on_delete",
    "take_back",
    "taken_slugs",
]

FIRST, LARGEST = 4, 1000
"""How many candidates are looked up at once: few at first, for most names are free."""


def taken_slugs(tenants: Any, retired: Any) -> Iterator[str]:
    """All slugs that are taken, of these two querysets."""
    return chain(
        tenants.order_by().values_list("slug", flat=True).iterator(chunk_size=10_000),
        retired.order_by().values_list("slug", flat=True).iterator(chunk_size=10_000),
    )


def candidates(
    base: str, tenants: QuerySet[Any], retired: QuerySet[Any], start: int = 0
) -> Iterator[tuple[str, bool]]:
    """The candidates of a base from a number on, without an end, and whether each is taken in these two
    querysets."""
    limit = configuration().slug_limit
    size = FIRST
    while True:
        batch = [slug_candidate(base, start + more, limit=limit) for more in range(size)]
        found = taken_slugs(tenants.filter(slug__in=batch), retired.filter(slug__in=batch))
        taken = {slug.lower() for slug in found}
        yield from ((slug, slug in taken) for slug in batch)
        start, size = start + size, min(size * 4, LARGEST)


def free_slugs(base: str, *, using: str, tenant: Any = None) -> Iterator[str]:
    """The free candidates of a base, the first one first.

    Whoever loses the race for one takes the next. `tenant` may take back what it had itself.
    """
    tenants, retired = get_tenant_model()._base_manager.using(using), _retired(using)
    if tenant is not None:
        tenants, retired = tenants.exclude(pk=tenant), retired.exclude(tenant=tenant)
    for slug, is_taken in candidates(base, tenants.all(), retired):
        if not is_taken and not is_reserved(slug):
            yield slug


def is_reserved(slug: str) -> bool:
    """Whether the setting `RESERVED_SLUGS` keeps it back."""
    return slug.lower() in {word.lower() for word in configuration().reserved_slugs}


def is_retired(slug: str, *, using: str, tenant: Any = None) -> bool:
    """Whether it was the slug of a tenant other than this one."""
    retired = _retired(using).filter(slug=slug.lower())
    return retired.exclude(tenant=tenant).exists() if tenant is not None else retired.exists()


def retire(slug: str, *, using: str, tenant: Any = None) -> None:
    """Makes a slug one that leads to this tenant, or to nobody, and is given to no other.

    An empty one, and one that is retired for another tenant already, is left as it is.
    """
    if slug:
        _retired(using).get_or_create(slug=slug.lower(), defaults={"tenant_id": tenant})


def take_back(slug: str, *, using: str, tenant: Any) -> None:
    """Makes a slug that this tenant had before its own again."""
    _retired(using).filter(slug=slug, tenant=tenant).delete()


def retire_on_delete(*, instance: Model, using: str, **_kwargs: Any) -> None:
    """Retires the slug of a tenant that is being deleted, in whatever way."""
    retire(str(getattr(instance, "slug", "")), using=using)


def _retired(using: str) -> QuerySet[Any]:
    # By its name: the models import this.
    rows: QuerySet[Any] = apps.get_model("tenantry", "RetiredSlug")._base_manager.using(using)
    return rows
