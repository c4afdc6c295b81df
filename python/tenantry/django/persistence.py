"""Transactions that are tried again when others were in their way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

__all__ = ["ATTEMPTS", "persist"]

ATTEMPTS = 20
"""How often a transaction is tried that others get in the way of."""

T = TypeVar("T")


def persist(work: Callable[[], T], using: str) -> T:
    """What `work` returns, which is a transaction, or ends in one. It is tried again, up to 20 times, when
    another transaction was in its way, unless it is a part of one of the caller's: that is then for the
    caller to repeat.

    >>> persist(lambda: 7, "default")
    7
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except OperationalError as error:
            if connections[using].in_atomic_block or not _passes(error):
                raise
            time.sleep(0.01 * 2 ** min(attempt, 6))
    return work()


def _passes(error: OperationalError) -> bool:
    """Whether it was another transaction's doing: a deadlock, a lock that took long, or a conflict."""
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = error.args[0] if error.args else None
    return (
        code in {"40001", "40P01", "55P03"}
        or number in {1205, 1213, 1020}
        or "database is locked" in str(error)
    )
