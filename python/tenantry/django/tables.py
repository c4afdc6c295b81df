"""Rows in bulk: how planned tenants get into their tables, fast, on whatever database.

`bulk_create` builds a model instance and a part of a statement for every row. Here a row is a tuple,
and goes by `COPY` on PostgreSQL with psycopg 3, and by `INSERT` elsewhere, always through Django's own
connection and in its transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby, repeat
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.models import NOT_PROVIDED, Model
from django.db.models.fields import AutoFieldMixin
from django.utils import timezone

__all__ = ["Table", "new_keys", "new_keys_are_known"]

ROWS = 500
"""How many rows one `INSERT` carries at most: with so many it takes half as long as with one."""

PARAMETERS = 30_000
"""How many values one `INSERT` carries at most."""

PLAIN = {"BooleanField", "CharField", "IntegerField", "SlugField", "TextField"}
PLAIN |= {f"{size}{kind}Field" for size in ("", "Big", "Small") for kind in ("Auto", "Integer")}
"""Types whose values every database takes as Python has them."""

Row = tuple[Any, ...]


class Table:
    """The table of a model, for many rows that each give the fields `given`, by name.

    The other fields get their defaults, and the times the time of the insert. Raises
    `ImproperlyConfigured` for a field that has no default.
    """

    def __init__(self, model: type[Model], given: Sequence[str], using: str) -> None:
        meta = model._meta
        if meta.parents:
            raise ImproperlyConfigured(
                f"{meta.label} inherits from the table of another model, and the backfill inserts into "
                "one table; make that model abstract"
            )
        self.model = model
        self.connection = connections[using]
        self.given = [meta.get_field(name) if name != "pk" else meta.pk for name in given]
        others = [field for field in meta.concrete_fields if field not in (*self.given, meta.pk)]
        self.others = [field for field in others if not _is_the_databases(field)]
        for field in self.others:
            is_known = _is_now(field) or field.has_default() or field.null
            if not is_known and not field.empty_strings_allowed:
                raise ImproperlyConfigured(
                    f"{meta.label}.{field.name} has no default, and the backfill knows no value for it; "
                    "give it a default, or allow null"
                )

    def insert(self, *columns: Iterable[Any]) -> None:
        """Inserts rows, given as the values of each of the given fields, in their order. As many as
        the shortest column has: `repeat(True)` is a value for all.

        Raises what the database does; a savepoint of the caller's then keeps the transaction sound.
        """
        rows = self._rows(columns)
        if not rows:
            return
        name = self.connection.ops.quote_name
        table = name(self.model._meta.db_table)
        fields: list[Any] = [*self.given, *self.others]
        names = ", ".join(name(field.column) for field in fields)
        one = "(" + ", ".join(["%s"] * len(fields)) + ")"
        statement = f"INSERT INTO {table} ({names}) VALUES "
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql" and hasattr(cursor, "copy"):
                with (
                    self.connection.wrap_database_errors,
                    cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
                ):
                    for row in rows:
                        copy.write_row(row)
            else:
                size = min(ROWS, self._most_parameters() // len(fields))
                starts = range(0, len(rows), size)
                batches = [list(chain.from_iterable(rows[at : at + size])) for at in starts]
                # Django rewrites the text of a statement at each call, and there are two texts.
                for length, group in groupby(batches, key=len):
                    values = ", ".join([one] * (length // len(fields)))
                    cursor.executemany(statement + values, list(group))

    def _most_parameters(self) -> int:
        if self.connection.vendor != "sqlite":
            return PARAMETERS
        limit = self.connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return min(PARAMETERS, int(limit))

    def _rows(self, columns: Sequence[Iterable[Any]]) -> list[Row]:
        prepare = [self._preparation(field) for field in self.given]
        ready = (
            map(do, values) if do else values for do, values in zip(prepare, columns, strict=True)
        )
        now = timezone.now()
        return list(zip(*ready, *(self._others(field, now) for field in self.others), strict=False))

    def _preparation(self, field: Any) -> Callable[[Any], Any] | None:
        """What makes a value ready for the database; None if it is."""
        target = field
        while target.remote_field is not None:
            target = target.target_field
        kind = target.get_internal_type()
        if kind == "BooleanField" and self.connection.vendor == "sqlite":
            return int  # for sqlite3 looks up every bool what it is
        if kind in PLAIN:
            return None
        return lambda value: field.get_db_prep_save(value, self.connection)

    def _others(self, field: Any, now: datetime) -> Iterator[Any]:
        """The values of a field that is not given, without an end."""
        if callable(field.default) and not _is_now(field):
            return (
                field.get_db_prep_save(field.get_default(), self.connection) for _ in repeat(None)
            )
        value = now if _is_now(field) else field.get_default()
        ready = field.get_db_prep_save(field.to_python(value), self.connection)
        # As text, which psycopg would make of every one again.
        return repeat(ready.isoformat() if isinstance(ready, datetime) else ready)


def new_keys(model: type[Model], count: int, using: str) -> list[Any] | None:
    """Primary keys for so many new rows, or None where only the database gives them.

    Raises `ImproperlyConfigured` for a key that nobody gives.
    """
    new_keys_are_known(model)
    key = model._meta.pk
    connection = connections[using]
    if key.db_default is not NOT_PROVIDED:
        return None
    if not isinstance(key, AutoFieldMixin):
        return [key.get_default() for _ in range(count)]
    table, quoted = model._meta.db_table, connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, key.column])
            [sequence] = cursor.fetchone()
            if sequence is None:
                return None
            statement = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"
            cursor.execute(statement, [sequence, count])
            return [number for (number,) in cursor.fetchall()]
        if connection.vendor == "sqlite":
            # The transaction has written, and so nobody else gives out numbers.
            cursor.execute(f"SELECT max({connection.ops.quote_name(key.column)}) FROM {quoted}")
            [last] = cursor.fetchone()
            cursor.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = %s", [table])
            [given] = cursor.fetchone()
            first = max(last or 0, given or 0) + 1
            return list(range(first, first + count))
    return None


def new_keys_are_known(model: type[Model]) -> None:
    """Raises `ImproperlyConfigured` where neither the database nor a default gives a primary key."""
    key = model._meta.pk
    is_known = isinstance(key, AutoFieldMixin) or key.has_default()
    if not is_known and key.db_default is NOT_PROVIDED:
        raise ImproperlyConfigured(
            f"{model._meta.label}.{key.name} has no default, and the backfill knows no value for it; "
            "give it a default, such as uuid.uuid4"
        )


def _is_now(field: Any) -> bool:
    """Whether the field holds the time of the insert."""
    is_automatic = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return is_automatic or field.default is timezone.now


def _is_the_databases(field: Any) -> bool:
    """Whether the database fills the field by itself."""
    is_automatic = isinstance(field, AutoFieldMixin)
    return is_automatic or field.generated or field.db_default is not NOT_PROVIDED
