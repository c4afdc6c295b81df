"""The backfill from Python: users of every shape, rows in error, progress, and stopping cleanly."""

from __future__ import annotations

import csv
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections import OrderedDict, UserDict, namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

import pytest
import tenantry
from conftest import ROOT
from tenantry import exceptions

FIELDS = ("id", "username", "business_name", "business_domain", "tier")
ANN = (1, "ann", "Acme", "acme.example.com", "pro")
EXPECTED = ("1", "Acme", "acme", "acme.example.com", "pro")


@dataclass
class User:
    id: Any
    username: str = ""
    business_name: str | None = None
    business_domain: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class SlottedUser:
    id: int
    username: str
    business_name: str
    business_domain: str
    tier: str


class NamedUser(NamedTuple):
    """In an order of its own."""

    tier: str
    id: int
    username: str
    business_name: str
    business_domain: str


class TupleChild(tuple[Any, ...]):
    __slots__ = ()


Row = namedtuple("Row", "id username business_name business_domain tier")


class ModelLike:
    """With fields that are computed, as those of an ORM are."""

    id = 1
    username = "ann"

    @property
    def business_name(self) -> str:
        return "Acme"

    def __getattr__(self, name: str) -> str:
        try:
            return {"business_domain": "acme.example.com", "tier": "pro"}[name]
        except KeyError:
            raise AttributeError(name) from None


def sqlite_row() -> sqlite3.Row:
    conn = sqlite3.connect(":memory:")
    conn.row_factory = sqlite3.Row
    columns = ", ".join(f"? AS {name}" for name in FIELDS)
    row: sqlite3.Row = conn.execute(f"SELECT {columns}", ANN).fetchone()
    return row


AS_DICT: dict[str, Any] = dict(zip(FIELDS, ANN, strict=True))
SHAPES = {
    "tuple": ANN,
    "list": list(ANN),
    "tuple subclass": TupleChild(ANN),
    "dict": AS_DICT,
    "OrderedDict": OrderedDict(AS_DICT),
    "UserDict": UserDict(AS_DICT),
    "MappingProxyType": MappingProxyType(AS_DICT),
    "dataclass": User(**AS_DICT),
    "dataclass with slots": SlottedUser(**AS_DICT),
    "NamedTuple": NamedUser("pro", 1, "ann", "Acme", "acme.example.com"),
    "namedtuple": Row(*ANN),
    "SimpleNamespace": SimpleNamespace(**AS_DICT),
    "object with computed fields": ModelLike(),
    "sqlite3.Row": sqlite_row(),
}


@pytest.mark.parametrize("user", SHAPES.values(), ids=SHAPES.keys())
def test_a_user_may_have_any_shape(engine: tenantry.Engine, user: Any) -> None:
    report = engine.backfill([user])
    assert report.created == 1
    [(tenant, membership)] = engine.tenants_of(1)
    got = (membership.user_key, tenant.name, tenant.slug, tenant.domain, tenant.plan)
    assert got == EXPECTED
    [planned] = tenantry.Planner().plan([user])
    assert planned is not None
    assert (planned.user_key, planned.name, planned.slug, planned.domain, planned.plan) == EXPECTED


def test_users_may_come_from_any_iterable(engine: tenantry.Engine) -> None:
    def generated() -> Iterator[tuple[int, str]]:
        yield from ((n, f"user{n}") for n in range(10_000))

    assert engine.backfill(generated()).created == 10_000
    assert engine.backfill({(10_000, "more"), (10_001, "still more")}).created == 2
    assert engine.backfill(()).seen == 0
    assert engine.verify(generated()) == [
        tenantry.Finding("missing_user", slug, key)
        for slug, key in (("mores-workspace", "10000"), ("still-mores-workspace", "10001"))
    ]


def test_a_tuple_may_end_early_and_none_is_no_text(engine: tenantry.Engine) -> None:
    engine.backfill([(3,), (1, "ann"), (2, None, None, None, None)])
    assert [(tenant.name, tenant.domain, tenant.plan) for tenant in engine.tenants()] == [
        ("ann's Workspace", "", "free"),
        ("'s Workspace", "", "free"),
        ("'s Workspace", "", "free"),
    ]


def test_users_are_taken_in_the_order_of_their_keys(engine: tenantry.Engine) -> None:
    engine.backfill(
        [(10, "", "Acme"), (9, "", "Acme"), ("b", "", "Acme"), (uuid.UUID(int=0), "", "Acme")]
    )
    slugs = {key: engine.tenants_of(key)[0][0].slug for key in (9, 10, uuid.UUID(int=0), "b")}
    assert list(slugs.values()) == ["acme", "acme-1", "acme-2", "acme-3"]


def test_columns_name_what_is_called_otherwise(engine: tenantry.Engine) -> None:
    columns = {"id": "pk", "name": "company", "domain": None, "plan": None}
    users = [{"pk": 1, "username": "ann", "company": "Acme", "tier": "pro"}]
    engine.backfill(users, columns=columns)
    objects = [SimpleNamespace(pk=2, username="bob", company="Acme")]
    engine.backfill(objects, columns=columns)
    assert [(t.slug, t.plan) for t in engine.tenants()] == [("acme", "free"), ("acme-1", "free")]
    assert (
        engine.verify([*users, {"pk": 2, "username": "bob", "company": ""}], columns=columns) == []
    )
    assert engine.ensure_tenant(objects[0], columns=columns) is None


@pytest.mark.parametrize("shape", [dict, lambda **fields: SimpleNamespace(**fields)])
def test_a_column_that_no_row_has_is_misnamed(engine: tenantry.Engine, shape: Any) -> None:
    users = [shape(id=n, username="ann", company="Acme") for n in range(3)]
    with pytest.raises(exceptions.InvalidValueError) as raised:
        engine.backfill(users)
    assert (raised.value.what, raised.value.value) == ("column", "business_name")
    assert 'columns={"name": None}' in str(raised.value)
    assert engine.tenants() == []


def test_a_field_may_be_left_out_of_some_mappings(engine: tenantry.Engine) -> None:
    engine.backfill([AS_DICT, {"id": 2, "username": "bob"}])
    assert [tenant.slug for tenant in engine.tenants()] == ["acme", "bobs-workspace"]


@pytest.mark.parametrize(
    ("columns", "value"), [({"key": "pk"}, "key"), ({"id": None}, "None")], ids=["unknown", "no id"]
)
def test_wrong_columns_are_refused(
    engine: tenantry.Engine, columns: dict[str, Any], value: str
) -> None:
    with pytest.raises(exceptions.InvalidValueError) as raised:
        engine.backfill([AS_DICT], columns=columns)
    assert raised.value.value == value


def test_columns_are_not_for_tuples(engine: tenantry.Engine) -> None:
    with pytest.raises(TypeError, match="a tuple has none"):
        engine.backfill([ANN], columns={"id": "pk"})


@pytest.mark.parametrize("columns", [["id"], {"id": 5}, "id", 7])
def test_columns_that_are_no_mapping_are_refused(engine: tenantry.Engine, columns: Any) -> None:
    with pytest.raises(TypeError, match="columns is a mapping such as"):
        engine.backfill([AS_DICT], columns=columns)


@pytest.mark.parametrize("user", ["ann", 7, None, b"ann"])
def test_what_is_no_user_at_all_is_refused(engine: tenantry.Engine, user: Any) -> None:
    with pytest.raises(TypeError, match="a user is a tuple, a mapping or an object"):
        engine.backfill([user])


@pytest.mark.parametrize("user", [(), (1, "ann", "Acme", "", "pro", "more")])
def test_a_tuple_of_the_wrong_length_is_refused(engine: tenantry.Engine, user: Any) -> None:
    with pytest.raises(exceptions.InvalidValueError, match="a tuple is"):
        engine.backfill([user])


def test_what_a_row_raises_comes_out(engine: tenantry.Engine) -> None:
    class Broken:
        @property
        def id(self) -> int:
            raise RuntimeError("no connection")

    with pytest.raises(RuntimeError, match="no connection"):
        engine.backfill([ANN, Broken()])
    assert engine.tenants() == []


BAD_ROWS = [
    ((None, "ann"), "key", "empty"),
    ((True, "ann"), "key", "wrong_type"),
    ((1.0, "ann"), "key", "wrong_type"),
    (("\ud800", "ann"), "key", "not_utf8"),
    (("x" * 256,), "key", "too_long"),
    ((1, b"ann"), "username", "wrong_type"),
    ((1, "ann", 1.5), "name", "wrong_type"),
    ((1, "ann", "A\0"), "name", "nul"),
    ((1, "ann", "\udfff"), "name", "not_utf8"),
    ((1, "ann", "", "x" * 256), "domain", "too_long"),
    ((1, "ann", "", "", ["pro"]), "plan", "wrong_type"),
]


@pytest.mark.parametrize(("row", "column", "fault"), BAD_ROWS, ids=lambda value: repr(value)[:30])
def test_a_row_in_error_stops_the_run_or_is_listed(
    engine: tenantry.Engine, row: Any, column: str, fault: str
) -> None:
    users = [(10, "bob"), row, (11, "eve")]
    with pytest.raises(exceptions.RowError) as raised:
        engine.backfill(users)
    assert (raised.value.row, raised.value.column, raised.value.fault) == (2, column, fault)
    assert engine.tenants() == []
    report = engine.backfill(users, on_error="skip")
    assert (report.created, report.failed) == (2, 1)
    [listed] = report.errors
    assert (listed.row, listed.column, listed.fault) == (2, column, fault)


def test_a_key_that_stands_twice_is_in_error(engine: tenantry.Engine) -> None:
    report = engine.backfill([(1, "ann"), ("1", "ann again")], on_error="skip")
    [error] = report.errors
    assert (error.row, error.user_key, error.fault) == (2, "1", "duplicate")


def test_an_unknown_plan_is_counted_or_rejected(engine: tenantry.Engine) -> None:
    users = [(1, "ann", "", "", "gold"), (2, "bob", "", "", "gold"), (3, "eve", "", "", 3)]
    report = engine.backfill(users, dry_run=True)
    assert dict(report.unknown_plans) == {"3": 1, "gold": 2}
    with pytest.raises(exceptions.RowError, match='the tier "gold" is no plan'):
        engine.backfill(users, unknown_plan=tenantry.UnknownPlan.REJECT)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    report = tenantry.Engine(path, create=False).backfill([ANN], dry_run=True)
    assert (report.created, report.dry_run, report.run) == (1, True, None)
    assert not path.exists()


def test_a_chunk_is_at_least_one(engine: tenantry.Engine) -> None:
    with pytest.raises(exceptions.InvalidValueError, match="chunk"):
        engine.backfill([ANN], chunk=0)
    with pytest.raises(exceptions.InvalidValueError, match="negative"):
        engine.backfill([ANN], chunk=-1)
    assert engine.backfill([ANN], chunk=1).created == 1


USERS = [(n, f"user{n}") for n in range(10_000)]


def test_progress_is_told_now_and_then(engine: tenantry.Engine) -> None:
    told: list[tuple[int, int]] = []
    engine.backfill(USERS, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 10_000) for done in range(0, 10_001, 1000)]
    told.clear()
    engine.backfill(USERS, chunk=4000, progress=lambda *now: told.append(now))
    assert told == [(4000, 10_000), (8000, 10_000), (10_000, 10_000)]


class StopError(Exception):
    pass


def stop_at(limit: int) -> Any:
    def progress(done: int, total: int) -> None:
        if done >= limit:
            raise StopError(f"at {done} of {total}")

    return progress


def test_an_exception_in_progress_stops_an_atomic_run_which_keeps_nothing(
    engine: tenantry.Engine,
) -> None:
    with pytest.raises(StopError, match="at 5000 of 10000") as raised:
        engine.backfill(USERS, progress=stop_at(5000))
    assert raised.value.__notes__[0].startswith("interrupted; nothing was made")
    assert engine.tenants() == []
    assert engine.runs() == []


def test_an_exception_in_progress_stops_a_chunked_run_which_keeps_its_chunks(
    engine: tenantry.Engine,
) -> None:
    with pytest.raises(StopError) as raised:
        engine.backfill(USERS, chunk=1000, progress=stop_at(3000))
    assert raised.value.__notes__[0].startswith("interrupted; 3000 tenants were made and stay")
    assert len(engine.tenants()) == 3000
    report = engine.backfill(USERS, chunk=1000)
    assert (report.created, report.skipped) == (7000, 3000)
    assert len(engine.runs()) == 1


def test_an_exception_behind_the_last_chunk_says_that_all_is_done(engine: tenantry.Engine) -> None:
    with pytest.raises(StopError) as raised:
        engine.backfill(USERS, progress=stop_at(10_000))
    assert raised.value.__notes__ == ["the backfill was done: 10000 tenants stay"]
    assert len(engine.tenants()) == 10_000


def test_without_users_there_is_no_progress(engine: tenantry.Engine) -> None:
    engine.backfill([], progress=lambda done, total: done / total)
    engine.backfill([], chunk=10, progress=lambda done, total: done / total)


def test_an_exception_that_takes_no_notes_comes_out_all_the_same(engine: tenantry.Engine) -> None:
    class StubbornError(StopError):
        add_note = None  # type: ignore[assignment]

    def progress(*_now: int) -> None:
        raise StubbornError

    with pytest.raises(StubbornError):
        engine.backfill(USERS, progress=progress)


def test_progress_may_ask_the_engine(engine: tenantry.Engine) -> None:
    answers = []

    def progress(*_now: int) -> None:
        answers.append(engine.resolve(0).tenant is not None)

    engine.backfill(USERS, chunk=5000, progress=progress)
    assert answers == [True, True]


CTRL_C = """
import sys, tenantry
engine = tenantry.Engine(sys.argv[1])
users = [(n, f"user{n}") for n in range(400_000)]
def progress(done, total):
    if done == 20_000:
        print("running", flush=True)
try:
    engine.backfill(users, chunk=int(sys.argv[2]) or None, progress=progress)
except KeyboardInterrupt as error:
    print(*error.__notes__)
    print(len(engine.tenants()))
"""


@pytest.mark.parametrize("chunk", [0, 10_000])
def test_ctrl_c_stops_a_run_cleanly(tmp_path: Path, chunk: int) -> None:
    path = tmp_path / "t.db"
    child = subprocess.Popen(
        [sys.executable, "-c", CTRL_C, str(path), str(chunk)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "running\n"
    child.send_signal(signal.SIGINT)
    note, kept = child.communicate(timeout=600)[0].splitlines()
    if chunk:
        assert note.startswith(f"interrupted; {kept} tenants were made and stay")
        assert 20_000 <= int(kept) < 400_000
        assert int(kept) % chunk == 0
    else:
        assert (note, kept) == (
            "interrupted; nothing was made, and running the same again starts anew",
            "0",
        )
    with tenantry.Engine(path) as engine:
        assert engine.check_file() == []
        assert len(engine.tenants()) == int(kept)


def test_ctrl_c_stops_the_reading_of_users(tmp_path: Path) -> None:
    code = """
import itertools, sys, tenantry
row = (1, "ann")
print("reading", flush=True)
tenantry.Engine(sys.argv[1]).backfill(itertools.repeat(row))
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "t.db")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in child.communicate(timeout=600)[1]


def test_ten_thousand_users_get_the_slugs_of_the_guide(engine: tenantry.Engine) -> None:
    def rows(name: str) -> Iterator[dict[str, str]]:
        with (ROOT / "tests" / "data" / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    report = engine.backfill(rows("users_b_10k.csv"))
    assert (report.created, report.failed) == (10_000, 0)
    guide = {row["user_id"]: row["slug"] for row in rows("expected_b_10k.csv")}
    # 706 have no slug in the guide: '', '-1', '-2' and so on.
    valid = {key: slug for key, slug in guide.items() if slug.strip("-0123456789")}
    ours = {key: engine.tenants_of(key)[0][0].slug for key in valid}
    assert ours == valid
    assert engine.verify(rows("users_b_10k.csv")) == []
    assert engine.undo(report.run).removed == 10_000
