"""The rows of tenants and memberships: past the class and the manager by which they are reached, and as they
are now."""

from __future__ import annotations

from typing import Any

from django.db import connections, router
from django.db.models import F, QuerySet

from tenantry.django.integrity.stale import RemembersWhatWasLoaded
from tenantry.django.swapping import all_rows

__all__ = ["concrete", "current", "key_of", "lock", "rows", "using_of"]


def concrete(model: Any) -> Any:
    """The model whose table holds these rows: of a child or a proxy its parent's."""
    tables = [one for one in model.__mro__ if issubclass(one, RemembersWhatWasLoaded)]
    return next(one for one in reversed(tables) if not one._meta.abstract)._meta.concrete_model


def key_of(row: Any) -> Any:
    """The primary key of a row, which is not that of a child model with a key of its own."""
    return getattr(row, concrete(type(row))._meta.pk.attname)


def rows(of: Any, using: str) -> QuerySet[Any]:
    """All rows of the table in which this row, or those of this model, are."""
    return all_rows(concrete(of if isinstance(of, type) else type(of)), using)


def using_of(row: Any) -> str:
    """The database in which a row is, or will be."""
    return row._state.db or router.db_for_write(type(row), instance=row)


def lock(tenants: QuerySet[Any]) -> int:
    """Makes other changes of these tenants, and of who owns them, wait until this transaction ends. Returns how
    many there are.

    By a change that changes nothing: `SELECT FOR UPDATE` would let a transaction with an old snapshot go
    on, and does not exist on SQLite, where this takes the turn to write.
    """
    return tenants.update(slug=F("slug"))


def current(found: QuerySet[Any], using: str) -> QuerySet[Any]:
    """These rows as they are now, and not as they were when a snapshot began: InnoDB shows that only to a
    transaction that locks them. On PostgreSQL the lock on the tenant ends a transaction with an old snapshot."""
    return found.select_for_update() if connections[using].vendor == "mysql" else found
