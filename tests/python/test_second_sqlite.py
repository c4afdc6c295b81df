"""Two copies of SQLite in one process, Python's and ours: refused, and what would be lost if not.

POSIX locks belong to the process and not to the library: when one copy closes a file, the locks of the
other on it are gone.
"""

from __future__ import annotations

import ctypes
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import tenantry
import tenantry._native
from tenantry import exceptions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the guard asks Linux")

OUTSIDER = """
import os, sqlite3, sys
conn = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("INSERT INTO t VALUES ('theirs')")
    conn.execute("COMMIT")
    print("committed", flush=True)
except sqlite3.OperationalError:
    print("busy", flush=True)
os._exit(0)  # as one that is killed: nothing is closed or tidied
"""


def outsider(path: Path) -> str:
    """Another process tries to write a row; `committed` or `busy`."""
    done = subprocess.run(
        [sys.executable, "-c", OUTSIDER, str(path)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


# In a process of its own, for it ends in a state that no test should go on from.
HOST = f"""
import sqlite3, subprocess, sys
OUTSIDER = {OUTSIDER!r}
path, visitor = sys.argv[1:]

def outsider():
    done = subprocess.run([sys.executable, "-c", OUTSIDER, path], capture_output=True, text=True)
    return done.stdout.strip()

host = sqlite3.connect(path, isolation_level=None)
host.execute("PRAGMA journal_mode = WAL")
host.execute("CREATE TABLE t (who TEXT)")
host.execute("BEGIN IMMEDIATE")
host.execute("INSERT INTO t VALUES ('ours')")
print("before:", outsider())

if visitor == "unguarded":
    import apsw  # another copy of SQLite, which does not look out for the first
    assert apsw.using_amalgamation
    conn = apsw.Connection(path)
    conn.execute("SELECT count(*) FROM t").fetchall()
    conn.close()
else:
    import tenantry
    try:
        tenantry.Engine(path).tenants()
    except tenantry.exceptions.SecondSqliteError as error:
        print("refused:", error)

print("after:", outsider())
host.execute("COMMIT")
print("host:", *sorted(who for (who,) in host.execute("SELECT who FROM t")))
"""


def host(path: Path, visitor: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", HOST, str(path), visitor], capture_output=True, text=True, check=True
    )
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def left_in(path: Path) -> list[str]:
    """What is in the file, for a process that sees it first now."""
    code = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
print(*sorted(who for (who,) in conn.execute("SELECT who FROM t")))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_without_the_guard_a_committed_row_is_lost_and_nobody_would_notice(tmp_path: Path) -> None:
    path = tmp_path / "host.db"
    said = host(path, "unguarded")
    assert said["before"] == "busy", "the lock holds"
    assert said["after"] == "committed", "the other copy has taken the lock along"
    # The integrity check says "ok", and the row that was committed is not there.
    assert left_in(path) == ["ours"]


def test_with_the_guard_the_engine_is_refused_and_the_locks_stay(tmp_path: Path) -> None:
    path = tmp_path / "host.db"
    said = host(path, "tenantry")
    assert (said["before"], said["after"]) == ("busy", "busy")
    assert "through another copy of SQLite or as a file" in said["refused"]
    assert said["host"] == "ours"
    assert left_in(path) == ["ours"]
    assert outsider(path) == "committed"
    assert left_in(path) == ["ours", "theirs"]


@pytest.mark.parametrize("through", ["path", "symlink", "hard link", "other folder"])
def test_a_store_that_sqlite3_holds_open_is_refused(tmp_path: Path, through: str) -> None:
    path = tmp_path / "tenancy.db"
    with tenantry.Engine(path) as engine:
        engine.create("Acme", "ann")
    known = {
        "path": path,
        "symlink": tmp_path / "link.db",
        "hard link": tmp_path / "hard.db",
        "other folder": tmp_path / "folder" / ".." / "tenancy.db",
    }[through]
    if through == "symlink":
        known.symlink_to(path)
    elif through == "hard link":
        known.hardlink_to(path)
    elif through == "other folder":
        (tmp_path / "folder").mkdir()
    host = sqlite3.connect(path)
    host.execute("SELECT count(*) FROM tenant").fetchone()
    with pytest.raises(exceptions.SecondSqliteError) as raised:
        tenantry.Engine(known).tenants()
    assert isinstance(raised.value, OSError)
    assert "close it there and try again, or use the store from a process of its own" in str(
        raised.value
    )
    host.close()
    assert len(tenantry.Engine(known).tenants()) == 1


def test_a_copy_that_comes_later_stops_all_writing_until_it_has_gone(
    engine: tenantry.Engine,
) -> None:
    engine.create("Acme", "ann")
    stranger = sqlite3.connect(engine.path)
    stranger.execute("SELECT count(*) FROM tenant").fetchone()
    with pytest.raises(exceptions.SecondSqliteError):
        engine.create("Globex", "bob")
    assert engine.resolve("ann").tenant is not None
    stranger.close()
    engine.create("Globex", "bob")
    assert len(engine.tenants()) == 2
    assert engine.check_file() == []


def peek_by_sqlite(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("SELECT count(*) FROM tenant").fetchone()
    conn.close()


def peek_by_reading(path: Path) -> None:
    path.read_bytes()


PEEKS = [peek_by_sqlite, peek_by_reading]

OTHER_WRITER = """
import sys, tenantry
try:
    with tenantry.Engine(sys.argv[1], busy_timeout=0.2) as engine:
        print(engine.create("Theirs", "bob").slug)
except tenantry.exceptions.StoreBusyError:
    print("busy")
"""


def other_writer(path: Path) -> str:
    command = [sys.executable, "-c", OTHER_WRITER, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("peek", PEEKS)
def test_who_peeked_and_went_took_the_locks_along_and_nothing_is_lost(
    engine: tenantry.Engine, peek: Callable[[Path], None]
) -> None:
    expected = set()
    for number in range(10):
        expected.add(engine.create("Ours", "ann").slug)
        peek(engine.path)
        expected.add(other_writer(engine.path))
        assert (engine.resolve("bob").tenant is not None) is (number == 0)
    assert {tenant.slug for tenant in engine.tenants()} == expected
    assert len(expected) == 20
    assert engine.check_file() == []


@pytest.mark.parametrize("peek", PEEKS)
def test_who_peeks_while_a_backfill_writes_ends_it_and_nothing_is_lost(
    engine: tenantry.Engine, peek: Callable[[Path], None]
) -> None:
    engine.create("Ours", "ann")
    users = [(n, f"user{n}") for n in range(5000)]
    others = []

    def progress(done: int, _total: int) -> None:
        if done == 2000:
            peek(engine.path)
            others.append(other_writer(engine.path))

    with pytest.raises(exceptions.SecondSqliteError):
        engine.backfill(users, progress=progress)
    # Nothing of the run was kept; the other writer had to wait, or its row is there.
    slugs = {"ours", *others} - {"busy"}
    assert {tenant.slug for tenant in engine.tenants()} == slugs
    assert engine.backfill(users).created == 5000
    assert engine.check_file() == []


def test_python_keeps_its_own_database_beside_the_store(tmp_path: Path) -> None:
    # One process, two copies of SQLite, each with a file of its own.
    host = sqlite3.connect(tmp_path / "host.db", isolation_level=None)
    host.execute("CREATE TABLE t (who TEXT)")
    with tenantry.Engine(tmp_path / "tenancy.db") as engine:
        host.execute("BEGIN IMMEDIATE")
        host.execute("INSERT INTO t VALUES ('ours')")
        engine.create("Acme", "ann")
        assert outsider(tmp_path / "host.db") == "busy"
        host.execute("COMMIT")
        assert outsider(tmp_path / "host.db") == "committed"
        assert len(engine.tenants()) == 1
    host.close()


def test_the_module_lends_its_sqlite_to_nobody() -> None:
    # Else another library that looks for the functions of SQLite might find ours.
    assert tenantry._native.__file__
    library = ctypes.CDLL(tenantry._native.__file__)
    assert library.PyInit__native
    for name in ("sqlite3_open", "sqlite3_open_v2", "sqlite3_close", "sqlite3_libversion"):
        with pytest.raises(AttributeError):
            getattr(library, name)
