"""Work at the same moment, each on a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of these returned or raised; they begin together."""
    barrier = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


class Meanwhile:
    """Work in another thread that has begun."""

    def __init__(self, work: Callable[[], Any]) -> None:
        pool = ThreadPoolExecutor(1)
        self._future = pool.submit(at_once, work)
        pool.shutdown(wait=False)

    def is_waiting(self) -> bool:
        """Whether it waits for a lock of another transaction, by what the database says: asked until it
        does, or has ended."""
        while not self._future.done():
            if is_any_waiting():
                return True
            time.sleep(PAUSE)
        return False

    def result(self) -> Any:
        """What it returned or raised."""
        return self._future.result()[0]


PAUSE = 0.15
"""Seconds between two looks: InnoDB answers one within 0.1 s of the last with what it said then."""

WAITING = {
    # Of this database, or of none in particular, such as another transaction's number.
    "postgresql": "SELECT count(*) FROM pg_locks LEFT JOIN pg_database ON oid = database "
    "WHERE NOT granted AND coalesce(datname, current_database()) = current_database()",
    "mysql": "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}


def is_any_waiting() -> bool:
    """Whether a transaction in the database of the test waits for another one."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING[connection.vendor])
        return bool(cursor.fetchone()[0])
