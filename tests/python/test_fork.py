"""Forks: a child inherits no connection. What was open is neither used nor closed, and no row is lost."""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import tenantry

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX forks")


@pytest.fixture(autouse=True)
def _forks_beside_threads() -> Iterator[None]:
    """Python warns of a fork in a process with threads; here that is the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def in_child(work: Callable[[], None]) -> None:
    """Runs it in a forked child, and fails if it fails there."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_parent_and_child_go_on_using_the_engine(engine: tenantry.Engine) -> None:
    engine.create("Acme", "ann")

    def child() -> None:
        assert engine.resolve("ann", selected="acme").tenant is not None
        engine.create("Globex", "bob")
        # The parent's connection would be closed here, if it had been inherited.
        engine.close()

    for _ in range(3):
        in_child(child)
        assert engine.resolve("bob").tenant is not None
        engine.create("Initech", "eve")
        engine.forget_user("bob")
    assert len(engine.tenants()) == 7
    assert engine.check_file() == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux what is open")
def test_a_child_inherits_no_descriptor_of_the_store(engine: tenantry.Engine) -> None:
    engine.create("Acme", "ann")
    assert len(descriptors(engine.path)) > 0

    def child() -> None:
        assert descriptors(engine.path) == []
        assert engine.resolve("ann").tenant is not None

    in_child(child)


def descriptors(path: Path) -> list[str]:
    """The open files of this process that are the store's: the file, its log, its shared memory."""
    links = (Path("/proc/self/fd") / descriptor for descriptor in os.listdir("/proc/self/fd"))  # noqa: PTH208
    names = (os.readlink(link) for link in links if link.is_symlink())  # noqa: PTH115
    return [name for name in names if name.startswith(str(path))]


def test_a_child_that_ends_without_a_word_leaves_all_in_order(engine: tenantry.Engine) -> None:
    engine.create("Acme", "ann")
    for _ in range(20):
        in_child(lambda: None)
        engine.create("Acme", "ann")
    assert len(engine.tenants()) == 21
    assert engine.check_file() == []


def test_a_fork_while_other_threads_read_and_write(engine: tenantry.Engine) -> None:
    acme = engine.create("Acme", "ann")
    over = threading.Event()
    made = [0]

    # By arguments: a variable shared by closures has a lock of its own in a free-threaded Python, and
    # a child would wait for ever for a thread that has it and is not there.
    def write(engine: tenantry.Engine) -> None:
        while not over.is_set():
            engine.create("Globex", "bob")
            made[0] += 1

    def read(engine: tenantry.Engine, acme: tenantry.Tenant) -> None:
        while not over.is_set():
            assert engine.resolve("ann").tenant == acme

    readers = [threading.Thread(target=read, args=(engine, acme)) for _ in range(2)]
    threads = [threading.Thread(target=write, args=(engine,)), *readers]
    for thread in threads:
        thread.start()

    def child(engine: tenantry.Engine = engine, acme: tenantry.Tenant = acme) -> None:
        assert engine.resolve("ann").tenant == acme
        engine.create("Initech", "eve")

    for _ in range(25):
        in_child(child)
    over.set()
    for thread in threads:
        thread.join()
    assert len(engine.tenants_of("eve")) == 25
    assert len(engine.tenants_of("bob")) == made[0]
    assert engine.check_file() == []


def use(path: Path, number: int) -> tuple[int, str]:
    """The work of a process of a pool."""
    engine = tenantry.Engine(path)
    tenant = engine.create("Acme", number)
    answer = engine.resolve(number)
    assert answer.tenant == tenant
    return os.getpid(), tenant.slug


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_pools_of_every_start_method(engine: tenantry.Engine, method: str) -> None:
    engine.create("Acme", "parent")
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        results = list(pool.map(use, [engine.path] * 60, range(60)))
    slugs = [slug for _, slug in results]
    assert sorted(slugs) == sorted(f"acme-{n}" for n in range(1, 61))
    assert os.getpid() not in {process for process, _ in results}
    assert len(engine.tenants()) == 61


INHERITED: tenantry.Engine | None = None
"""Set before a fork, as a module of an application would."""


def use_inherited(number: int) -> str:
    assert INHERITED is not None
    return INHERITED.create("Acme", number).slug


def test_a_forked_pool_uses_the_engine_it_inherited(
    engine: tenantry.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.create("Acme", "parent")
    monkeypatch.setattr(f"{__name__}.INHERITED", engine)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        slugs = pool.map(use_inherited, range(100), chunksize=1)
    assert len(set(slugs)) == 100
    assert len(engine.tenants()) == 101
    assert engine.check_file() == []


def test_a_fork_out_of_a_progress_callback(engine: tenantry.Engine) -> None:
    users = [(n, f"user{n}") for n in range(3000)]
    children = []

    def progress(done: int, _total: int) -> None:
        if done == 1000:
            child = os.fork()
            if child == 0:
                # Back into the run of the parent: it stops here without a trace.
                return
            children.append(child)

    parent = os.getpid()
    try:
        report = engine.backfill(users, progress=progress)
    except tenantry.TenantryError as error:
        os._exit(0 if os.getpid() != parent and error.code in ("interrupted", "forked") else 1)
    if os.getpid() != parent:
        os._exit(2)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0]
    assert report.created == 3000
    assert len(engine.tenants()) == 3000
    assert engine.check_file() == []
