"""Transactions that wait for their turn, and are tried again when others were in the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, TypeVar

from django.core.signals import setting_changed
from django.db import IntegrityError, OperationalError, connections, transaction

from tenantry.django.exceptions import ConflictError

__all__ = ["has_snapshot", "in_transaction", "is_callers", "is_conflict", "is_unique_violation"]

ATTEMPTS = 20
"""How often a transaction of our own is tried when others get in its way."""

T = TypeVar("T")


def in_transaction(work: Callable[[], T], using: str) -> T:
    """Returns what `work` returns, called in a transaction; nothing of it stays if it raises.

    - In a transaction of the caller's it is a savepoint of that. Raises `ConflictError` if another
      transaction got in the way: only the caller can repeat all of its own.
    - Else the transaction is its own, and is tried up to 20 times. It reads what is committed, whatever
      isolation level the project has, and on SQLite it waits for the write lock at its beginning: one
      that reads first and then writes is refused at once while another one writes.

    >>> in_transaction(lambda: 7, "default")
    7
    """
    if is_callers(using):
        try:
            with transaction.atomic(using=using):
                return work()
        except OperationalError as error:
            if isinstance(error, ConflictError) or not is_conflict(error):
                raise
            raise ConflictError from error
    attempt = 0
    while True:
        try:
            with _own_transaction(using):
                return work()
        except OperationalError as error:
            attempt += 1
            if attempt == ATTEMPTS or not is_conflict(error):
                raise
        time.sleep(0.01 * 2 ** min(attempt, 6))


def is_callers(using: str) -> bool:
    """Whether a transaction is open already, so that not we commit it."""
    connection = connections[using]
    return connection.in_atomic_block or not connection.get_autocommit()


def has_snapshot(using: str) -> bool:
    """Whether the transaction that is open reads what was committed at its first query, and not what is
    committed now: at REPEATABLE READ and SERIALIZABLE. SQLite has one writer, so there it is the same."""
    connection: Any = connections[using]
    if connection.vendor not in {"postgresql", "mysql"} or is_ours(connection):
        return False
    connection.ensure_connection()
    # Asked each time: a project may set it for a transaction, a role or the server, and not in the settings.
    if connection.vendor == "postgresql":
        question = "SHOW transaction_isolation"
    else:
        name = "tx_isolation" if connection.mysql_is_mariadb else "transaction_isolation"
        question = f"SELECT @@{name}"
    with connection.cursor() as cursor:
        cursor.execute(question)
        level = str(cursor.fetchone()[0])
    return level.replace("-", " ").lower() not in {"read committed", "read uncommitted"}


def is_ours(connection: Any) -> bool:
    """Whether the transaction that is open is one of ours, which reads what is committed now."""
    return getattr(connection, "tenantry_is_ours", False)


def is_conflict(error: OperationalError) -> bool:
    """Whether it was another transaction's doing: a deadlock, a lock that took long, or a snapshot that
    is old."""
    if isinstance(error, ConflictError):
        return True
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = error.args[0] if error.args else None
    return (
        code in {"40001", "40P01", "55P03"}
        or number in {1205, 1213, 1020}
        or "database is locked" in str(error)
    )


def is_unique_violation(error: IntegrityError, model: Any, *fields: str, using: str) -> bool:
    """Whether an error says that a row with these values is there already: one that this transaction may
    not see."""
    meta = model._meta
    columns = tuple(meta.get_field(name).column for name in fields)
    names = _unique_names(using, meta.db_table, columns)
    cause = error.__cause__
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if constraint is not None:
        return constraint in names
    text = str(error)
    # SQLite names the columns, MariaDB the key, in quotes.
    listed = ", ".join(f"{meta.db_table}.{column}" for column in columns)
    is_listed = text.endswith(f"UNIQUE constraint failed: {listed}")
    return is_listed or any(f"key '{name}'" in text or f".{name}'" in text for name in names)


@cache
def _unique_names(using: str, table: str, columns: tuple[str, ...]) -> frozenset[str]:
    """The names of the constraints and indexes by which these columns are unique."""
    connection = connections[using]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    return frozenset(
        name
        for name, one in found.items()
        if one["unique"] and sorted(one["columns"]) == sorted(columns)
    )


@contextmanager
def _own_transaction(using: str) -> Iterator[None]:
    """A transaction that reads what is committed now, whatever level the project has: every rule here waits for
    locks, and then reads what is there."""
    connection: Any = connections[using]
    # As Django does when a transaction begins; later it would be another connection.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    begin: Any = {
        "postgresql": _read_committed_postgresql,
        "mysql": _read_committed_mysql,
        "sqlite": _write_lock_at_once,
    }.get(connection.vendor, nullcontext)
    with begin(connection), transaction.atomic(using=using):
        connection.tenantry_is_ours = True
        try:
            yield
        finally:
            connection.tenantry_is_ours = False


@contextmanager
def _read_committed_postgresql(connection: Any) -> Iterator[None]:
    from psycopg import IsolationLevel

    # A part of BEGIN, and not a statement more.
    raw = connection.connection
    before = raw.isolation_level
    raw.isolation_level = IsolationLevel.READ_COMMITTED
    try:
        yield
    finally:
        if not raw.closed:
            raw.isolation_level = before


@contextmanager
def _read_committed_mysql(connection: Any) -> Iterator[None]:
    # Of the settings it is a text, or None for what the server has.
    if str(connection.isolation_level).lower() not in {"read committed", "read uncommitted"}:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    yield


@contextmanager
def _write_lock_at_once(connection: Any) -> Iterator[None]:
    """Makes the transaction that begins in here take SQLite's write lock with its first statement."""
    mode = connection.transaction_mode
    if mode in {None, "DEFERRED"}:
        connection.transaction_mode = "IMMEDIATE"
    try:
        yield
    finally:
        connection.transaction_mode = mode


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting == "DATABASES":
        _unique_names.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.transactions")
