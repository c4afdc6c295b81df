"""The exceptions: one tree, with codes and fields, caught where a Python person would catch them."""

from __future__ import annotations

import errno
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tenantry
from conftest import ROOT
from tenantry import exceptions

TREE = {name: getattr(exceptions, name) for name in exceptions.__all__}


def test_all_are_under_one_root_and_have_a_code_of_their_own() -> None:
    assert all(issubclass(error, tenantry.TenantryError) for error in TREE.values())
    codes = [error.code for error in TREE.values()]
    assert len(set(codes)) == len(codes)


def test_every_kind_of_error_of_the_core_has_an_exception() -> None:
    source = (ROOT / "src" / "error" / "mod.rs").read_text(encoding="utf-8")
    codes = [
        line.split('"')[1]
        for line in source.splitlines()
        if line.strip().startswith("Self::") and '=> "' in line
    ]
    assert len(codes) == 25
    assert set(codes) <= {error.code for error in TREE.values()}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_exception_comes_out_of_a_pickle_as_it_went_in(
    engine: tenantry.Engine, protocol: int
) -> None:
    for verb in (
        lambda: engine.backfill([(None,)]),
        lambda: engine.select("ann", "acme"),
        lambda: tenantry.Engine(engine.path.parent / "none.db", create=False).tenants(),
    ):
        with pytest.raises(tenantry.TenantryError) as raised:
            verb()
        raised.value.add_note("as seen")
        other = pickle.loads(pickle.dumps(raised.value, protocol))
        assert type(other) is type(raised.value)
        assert str(other) == str(raised.value)
        assert vars(other) == vars(raised.value)
        assert other.__notes__ == ["as seen"]


def test_errors_of_rows_are_equal_by_what_they_say(engine: tenantry.Engine) -> None:
    one, other = (engine.backfill([(None,)], on_error="skip").errors[0] for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != engine.backfill([(1,), (None,)], on_error="skip").errors[0]
    assert one != "text"
    with pytest.raises(tenantry.RowError) as raised:
        raise one
    assert str(raised.value) == 'row 1: the user key "" is empty; every user needs one'
    assert tenantry.RowError("made by hand") == tenantry.RowError("by another hand")


def test_the_errors_of_a_report_are_made_once(engine: tenantry.Engine) -> None:
    report = engine.backfill([(None,)], on_error="skip")
    assert report.errors is report.errors


def test_an_error_can_be_caught_even_while_python_shuts_down(tmp_path: Path) -> None:
    code = """
import sys, tenantry
class Late:
    def __del__(self, engine=tenantry.Engine(sys.argv[1]), error=tenantry.TenantryError):
        try:
            engine.select("ann", "acme")
        except error as caught:
            print(caught.code)
late = Late()
late.itself = late
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "t.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("not_available\n", "")


def newer(path: Path) -> None:
    with sqlite3.connect(path) as conn:
        conn.execute("PRAGMA user_version = 99")
    conn.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as conn:
        conn.executescript("CREATE TABLE t (x); PRAGMA application_id = 7")
    conn.close()


def damaged(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def gone(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


TROUBLE: list[tuple[Callable[[Path], None], type[exceptions.StoreError], type[OSError], int]] = [
    (newer, exceptions.NewerStoreError, OSError, errno.EINVAL),
    (foreign, exceptions.ForeignFileError, OSError, errno.EINVAL),
    (damaged, exceptions.CorruptStoreError, OSError, errno.EIO),
    (gone, exceptions.NoStoreError, FileNotFoundError, errno.ENOENT),
    (folder, exceptions.CannotOpenError, OSError, errno.EIO),
]


@pytest.mark.parametrize(
    ("make", "error", "base", "number"), TROUBLE, ids=lambda value: getattr(value, "__name__", "")
)
def test_trouble_with_the_file_is_an_os_error(
    tmp_path: Path,
    make: Callable[[Path], None],
    error: type[exceptions.StoreError],
    base: type[OSError],
    number: int,
) -> None:
    path = tmp_path / "tenancy.db"
    with tenantry.Engine(path) as engine:
        engine.create("Acme", "ann")
    make(path)
    with pytest.raises(base) as raised:
        tenantry.Engine(path, create=False).tenants()
    assert type(raised.value) is error
    assert isinstance(raised.value, tenantry.StoreError)
    assert (raised.value.errno, raised.value.filename) == (number, str(path))
    assert raised.value.path == str(path)
    # Not OSError's "[Errno 5] ...".
    assert str(raised.value).startswith(("there is no store at", f'"{path}'))
    assert ";" in str(raised.value) or error is exceptions.CannotOpenError


def test_a_busy_store_is_a_time_out(tmp_path: Path) -> None:
    path = tmp_path / "tenancy.db"
    tenantry.Engine(path).tenants()
    code = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout
    assert other.stdout.readline() == "locked\n"
    with tenantry.Engine(path, busy_timeout=0.1) as engine, pytest.raises(TimeoutError) as raised:
        engine.create("Acme", "ann")
    other.communicate()
    assert isinstance(raised.value, exceptions.StoreBusyError)
    assert raised.value.seconds == pytest.approx(0.1)
    assert raised.value.errno == errno.ETIMEDOUT


def test_a_message_holds_the_value_and_what_to_do(engine: tenantry.Engine) -> None:
    cases: list[tuple[Callable[[], Any], str, dict[str, Any]]] = [
        (lambda: engine.create("Acme", "a", plan="gold"), "the plans are free", {"plan": "gold"}),
        (lambda: engine.join(1, "a", "boss"), "the roles are owner", {"role": "boss"}),
        (lambda: engine.create("A", "a", slug="b b"), "a slug is 1 to 80", {"value": "b b"}),
        (lambda: engine.tenants_of(True), "and not None, a bool", {"value": "True"}),
        (lambda: engine.undo(9), "list the runs", {"run": 9}),
        (lambda: engine.set_plan(9, "pro"), "may have been deleted", {"tenant_id": 9}),
    ]
    for verb, advice, fields in cases:
        with pytest.raises(tenantry.TenantryError) as raised:
            verb()
        assert advice in str(raised.value)
        assert vars(raised.value).items() >= fields.items()
        assert str(next(iter(fields.values()))) in str(raised.value)
