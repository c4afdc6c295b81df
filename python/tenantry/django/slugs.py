"""Slugs in the project's database: which are taken, and which were a tenant's once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, count
from typing import Any, NamedTuple

from django.db import IntegrityError, connections
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from tenantry import slug_candidate
from tenantry.django.conf import RANDOM, configuration
from tenantry.django.exceptions import SlugTakenError
from tenantry.django.swapping import all_rows, get_tenant_model, own_model
from tenantry.django.transactions import has_snapshot, is_callers

__all__ = [
    "candidates",
    "exchange",
    "free_slugs",
    "held",
    "is_reserved",
    "is_retired",
    "recount",
    "released",
    "retire",
    "retired_slugs",
    "taken",
    "taken_slugs",
]

FIRST, MORE, LARGEST = 4, 72, 1000
"""How many candidates are looked up at once: few at first, because most names are free."""

SUFFIX, LETTERS = 6, "abcdefghijkmnpqrstuvwxyz23456789"
"""How long a suffix by chance is, and of what: of nothing that is read as something else."""

COUNTED = 64
"""After so many more candidates the counter of a base is moved on."""

_seen: dict[tuple[str, str], int] = {}
"""Counters as this process saw them last, by database and base: where to look, and no more than that."""


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
    size = FIRST
    while True:
        batch = list(_batch(base, range(start, start + size)).values())
        found = taken_slugs(tenants.filter(slug__in=batch), retired.filter(slug__in=batch))
        lower = {slug.lower() for slug in found}
        yield from ((slug, slug in lower) for slug in batch)
        start, size = start + size, min(size * 4, LARGEST)


def _batch(base: str, numbers: Iterable[int]) -> dict[int, str]:
    """The candidates of these numbers."""
    limit = configuration().slug_limit
    return {number: slug_candidate(base, number, limit=limit) for number in numbers}


def free_slugs(
    base: str, *, using: str, tenant: Any = None, unless: QuerySet[Any] | None = None
) -> Iterator[str]:
    """The free candidates of a base, the first one first. A caller that loses the race for one takes the next.

    - `tenant` may take back what it had itself.
    - `unless`: if this has a row, there are none.

    However many tenants have the name, this asks two queries before the first one, and one if this process
    knows where to look: a counter says below which number all candidates of the base are taken.
    """
    if configuration().slug_suffix == RANDOM:
        yield from _random_slugs(base, using, tenant, unless)
        return
    key = using, _counted_as(base)
    seen, counted, size = _seen.get(key, 0), 0, FIRST
    numbers = [*range(FIRST), *range(seen, seen + MORE)] if seen else [*range(FIRST)]
    while True:
        batch = _batch(base, numbers)
        found = _look(base, list(batch.values()), using, tenant, unless)
        if found.is_refused:
            return
        if found.counter < seen:  # a slug has become free since
            numbers, seen = numbers[:FIRST], 0
        _remember(key, found.counter)
        counted = max(counted, found.counter)
        for number in numbers:
            slug = batch[number]
            if slug in found.taken or is_reserved(slug):
                continue
            if number >= counted + COUNTED:
                _count(base, number, using)
                _remember(key, number)
                counted = number
            yield slug
        start, size = max(numbers[-1] + 1, found.counter), min(max(size * 4, MORE), LARGEST)
        if start > MORE and not counted:
            start = _first_gap(base, start, using)
        numbers = [*range(start, start + size)]


def _random_slugs(
    base: str, using: str, tenant: Any, unless: QuerySet[Any] | None
) -> Iterator[str]:
    """Slugs of a base that do not tell which others there are: each has a suffix by chance."""
    room = configuration().slug_limit - SUFFIX - 1
    stem = base[:room].rstrip("-_")
    while True:
        batch = [f"{stem}-{get_random_string(SUFFIX, LETTERS)}" for _ in range(FIRST)]
        found = _look(base, batch, using, tenant, unless)
        if found.is_refused:
            return
        yield from (slug for slug in batch if slug not in found.taken and not is_reserved(slug))


class _Found(NamedTuple):
    taken: set[str]
    counter: int
    is_refused: bool


def _look(
    base: str, batch: list[str], using: str, tenant: Any, unless: QuerySet[Any] | None
) -> _Found:
    """Which of these candidates are taken, below which number all of the base are, and whether `unless` has
    a row: one query."""
    tenants, retired = all_rows(get_tenant_model(), using), retired_slugs(using)
    if tenant is not None:
        tenants, retired = tenants.exclude(pk=tenant), retired.exclude(tenant=tenant)
    slug = Cast("slug", CharField())
    parts = [
        _part("taken", slug, tenants.filter(slug__in=batch)),
        _part("taken", slug, retired.filter(slug__in=batch)),
        _part(
            "counter", Cast("count", CharField()), _counters(using).filter(base=_counted_as(base))
        ),
    ]
    if unless is not None:
        parts.append(_part("unless", Value("", CharField()), unless))
    rows = list(parts[0].union(*parts[1:], all=True).order_by())
    return _Found(
        {text.lower() for of, text in rows if of == "taken"},
        next((int(text) for of, text in rows if of == "counter"), 0),
        any(of == "unless" for of, _ in rows),
    )


def _part(of: str, text: Any, rows: QuerySet[Any]) -> Any:
    named = rows.order_by().annotate(part_of=Value(of, CharField()), part_text=text)
    return named.values_list("part_of", "part_text")


def _first_gap(base: str, start: int, using: str) -> int:
    """The first number from `start` on whose candidate is free: by reading once all slugs of the name,
    which are many."""
    limit = configuration().slug_limit
    prefix = slug_candidate(base, 10_000_000, limit=limit)[: -len("-10000000")]
    tenants, retired = all_rows(get_tenant_model(), using), retired_slugs(using)
    found = taken_slugs(
        tenants.filter(slug__startswith=prefix), retired.filter(slug__startswith=prefix)
    )
    lower = {slug.lower() for slug in found}
    return next(n for n in count(start) if slug_candidate(base, n, limit=limit) not in lower)


def is_reserved(slug: str) -> bool:
    """Whether the setting `RESERVED_SLUGS` keeps it back."""
    return slug.lower() in {word.lower() for word in configuration().reserved_slugs}


def taken(slug: str) -> SlugTakenError:
    """The error for a slug that a tenant may not have."""
    message = _("The slug “%(slug)s” belongs to a tenant, or did once, or is reserved.")
    return SlugTakenError(message % {"slug": slug[:80]}, slug=slug[:80])


# Retired slugs


def retired_slugs(using: str) -> QuerySet[Any]:
    """All retired slugs."""
    return all_rows(own_model("RetiredSlug"), using)


def is_retired(slug: str, *, using: str, tenant: Any = None) -> bool:
    """Whether it was the slug of a tenant other than this one."""
    retired = retired_slugs(using).filter(slug=slug.lower())
    return retired.exclude(tenant=tenant).exists() if tenant is not None else retired.exists()


def retire(slug: str, *, using: str, tenant: Any = None) -> None:
    """Makes a slug one that leads to this tenant, or to none, and is given to no other.

    An empty one, and one that is retired already, stays as it is.
    """
    if not slug:
        return
    rows, lower = retired_slugs(using), slug.lower()
    rows.bulk_create([rows.model(slug=lower, tenant_id=tenant)], ignore_conflicts=True)
    if slug != lower:
        rows.filter(slug=lower, tenant=tenant).update(as_written=slug)


def _take_back(slug: str, *, using: str, tenant: Any) -> None:
    """Makes a slug that this tenant had before its own again. One that it had in capitals still leads there."""
    found = retired_slugs(using).filter(slug=slug, tenant=tenant)
    found.filter(as_written="")._raw_delete(using)


def exchange(old: str, new: str, *, using: str, tenant: Any) -> None:
    """Retires a slug that a tenant had, now that it has another, which may have been its own before."""
    retire(old, using=using, tenant=tenant)
    _take_back(new, using=using, tenant=tenant)


@contextmanager
def held(slug: str, using: str, tenant: Any = None) -> Iterator[None]:
    """Keeps a slug from being retired by other transactions meanwhile, where this one would not see it: in
    one that reads an old snapshot. One that this tenant had before in capitals is held by that.

    Raises `SlugTakenError` if it is retired already, unseen.
    """
    rows = retired_slugs(using)
    if not has_snapshot(using) or (tenant and rows.filter(slug=slug, tenant=tenant).exists()):
        yield
        return
    try:
        rows.create(slug=slug)
    except IntegrityError as error:
        raise taken(slug) from error
    yield
    rows.filter(slug=slug)._raw_delete(using)


# Counters


def recount(using: str) -> None:
    """Forgets below which numbers all candidates are taken, because a slug has become free."""
    counters = _counters(using)
    # A migration that is reversed may stand before the table, or after it was removed.
    if counters.model._meta.db_table in connections[using].introspection.table_names():
        counters._raw_delete(using)


def released(*, using: str, **_kwargs: Any) -> None:
    """A retired slug was deleted, in whatever way."""
    recount(using)


def _remember(key: tuple[str, str], counter: int) -> None:
    if len(_seen) >= LARGEST:
        _seen.clear()
    _seen.pop(key, None)
    if counter:
        _seen[key] = counter


def _counters(using: str) -> QuerySet[Any]:
    return all_rows(own_model("SlugCounter"), using)


def _counted_as(base: str) -> str:
    """What a base is counted as: its candidates depend on nothing beyond the limit."""
    limit = configuration().slug_limit
    return f"{limit}:{base[:limit]}"


def _count(base: str, number: int, using: str) -> None:
    """Notes that all candidates of the base below this number are taken."""
    if is_callers(using) and has_snapshot(using):
        return  # it is not worth a conflict
    rows, features = _counters(using), connections[using].features
    rows.bulk_create(
        [rows.model(base=_counted_as(base), count=number)],
        update_conflicts=True,
        update_fields=["count"],
        unique_fields=["base"] if features.supports_update_conflicts_with_target else None,
    )
