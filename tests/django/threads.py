"""Work at the same moment, each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

from django.db import connections


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

    def is_waiting(self, seconds: float = 0.3) -> bool:
        """Whether it is not done within this time."""
        return not wait([self._future], seconds).done

    def result(self) -> Any:
        """What it returned or raised."""
        return self._future.result(timeout=60)[0]
