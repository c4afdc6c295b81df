"""Many threads on one engine: the interpreter is let go while the engine works, and answers are right."""

from __future__ import annotations

import sys
import sysconfig
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tenantry
from tenantry import exceptions

READERS = 8


def in_threads(*work: Callable[[], None]) -> None:
    """Runs each in a thread of its own, and raises what any of them raises."""
    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one) for one in work]:
            done.result(timeout=600)


def test_eight_threads_resolve_while_one_writes(engine: tenantry.Engine) -> None:
    engine.backfill([(n, f"user{n}") for n in range(1000)])
    acme = engine.create("Acme", "owner")
    engine.join(acme.id, "guest", "member")
    allowed = True
    """What the writer has said last; it changes it only between two agreements with the readers."""
    barrier = threading.Barrier(READERS + 1, timeout=600)
    rounds = 100

    def write() -> None:
        nonlocal allowed
        for number in range(rounds):
            barrier.wait()
            # While the readers ask about others, all kinds of things change.
            engine.create(f"Company {number}", f"new{number}")
            engine.rename(acme.id, f"Acme {number}", slug=tenantry.NewSlug.OF_NAME)
            engine.set_membership_active(acme.id, "guest", not allowed)
            allowed = not allowed
            barrier.wait()

    def read() -> None:
        for number in range(rounds):
            barrier.wait()
            for user in range(100):
                answer = engine.resolve((number * 37 + user) % 1000)
                assert answer.source == "sole_membership"
            barrier.wait()
            # The very next request after the change.
            assert (engine.resolve("guest").tenant is not None) is allowed
            assert (engine.resolve("guest", selected="acme").tenant is not None) is allowed

    in_threads(write, *[read] * READERS)
    assert engine.verify() == []
    assert engine.check_file() == []


def test_eight_threads_write_and_no_row_is_lost(engine: tenantry.Engine) -> None:
    def write(thread: int) -> Callable[[], None]:
        def work() -> None:
            for number in range(50):
                engine.create("Acme", f"{thread}-{number}")

        return work

    in_threads(*[write(thread) for thread in range(8)])
    slugs = {tenant.slug for tenant in engine.tenants()}
    assert slugs == {"acme", *(f"acme-{n}" for n in range(1, 400))}


def test_the_last_owner_stays_whoever_asks_at_once(engine: tenantry.Engine) -> None:
    refused = []
    for number in range(50):
        tenant = engine.create(f"Company {number}", "ann")
        engine.join(tenant.id, "bob", "owner")

        def leave(user: str, tenant_id: int = tenant.id) -> Callable[[], None]:
            def work() -> None:
                try:
                    engine.leave(tenant_id, user)
                except exceptions.LastOwnerError:
                    refused.append(user)

            return work

        in_threads(leave("ann"), leave("bob"))
    assert len(refused) == 50
    assert engine.verify() == []


def test_other_threads_run_while_a_backfill_does(engine: tenantry.Engine) -> None:
    users = [(n, f"user{n}", f"Company {n}") for n in range(50_000)]
    running = threading.Event()
    over = threading.Event()

    def backfill() -> None:
        running.set()
        engine.backfill(users)
        over.set()

    thread = threading.Thread(target=backfill)
    thread.start()
    running.wait()
    turns, longest, last = 0, 0.0, time.perf_counter()
    while not over.is_set():
        time.sleep(0)
        now = time.perf_counter()
        turns, longest, last = turns + 1, max(longest, now - last), now
    thread.join()
    # A module that keeps the GIL lets nobody run until it is done.
    assert turns > 100
    assert len(engine.tenants()) == 50_000


def test_closing_waits_for_nobody_and_breaks_nothing(tmp_path: Path) -> None:
    for _ in range(20):
        engine = tenantry.Engine(tmp_path / "tenancy.db")
        engine.create("Acme", "ann")
        started = threading.Barrier(3)

        def read(engine: tenantry.Engine = engine, started: threading.Barrier = started) -> None:
            started.wait()
            try:
                while engine.resolve(None).reason == "anonymous":
                    engine.tenants()
            except exceptions.EngineClosedError:
                return

        def close(engine: tenantry.Engine = engine, started: threading.Barrier = started) -> None:
            started.wait()
            time.sleep(0.002)
            engine.close()

        in_threads(read, read, close)
    with tenantry.Engine(tmp_path / "tenancy.db") as engine:
        assert len(engine.tenants()) == 20


def test_one_allocator_in_many_threads_gives_no_slug_twice() -> None:
    slugs = tenantry.SlugAllocator()
    given: list[list[str]] = [[] for _ in range(4)]

    def allocate(mine: list[str]) -> Callable[[], None]:
        def work() -> None:
            while len(mine) < 2000:
                try:
                    mine.append(slugs.allocate("acme"))
                except RuntimeError:
                    time.sleep(0)

        return work

    in_threads(*[allocate(mine) for mine in given])
    assert len({slug for mine in given for slug in mine}) == 8000


def test_the_module_leaves_a_free_threaded_python_free() -> None:
    # To import a module that needs the GIL turns it on.
    is_enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    assert is_enabled() is not bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
