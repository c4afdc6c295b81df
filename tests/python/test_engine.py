"""The engine as a Python person uses it: opening, closing, keys of any type, options, refusals."""

from __future__ import annotations

import gc
import os
import pickle
import uuid
import weakref
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tenantry
from tenantry import exceptions


def test_the_file_is_opened_when_it_is_first_needed(tmp_path: Path) -> None:
    path = tmp_path / "tenancy.db"
    with tenantry.Engine(path) as engine:
        assert engine.path == path
        assert not path.exists()
        assert engine.tenants() == []
        assert path.exists()


def test_a_path_may_be_text_and_is_taken_literally(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("plain.db", ":memory:", "file:x?mode=memory", "Łódź.db"):
        with tenantry.Engine(name) as engine:
            engine.create("Acme", "ann")
            assert engine.path == tmp_path / name
        assert (tmp_path / name).exists()


def test_a_closed_engine_says_so_and_another_one_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "tenancy.db"
    with tenantry.Engine(path) as engine:
        engine.create("Acme", "ann")
        assert not engine.closed
    assert engine.closed
    assert repr(engine) == f"<Engine {path}, closed>"
    engine.close()
    with pytest.raises(exceptions.EngineClosedError) as raised:
        engine.resolve("ann")
    assert raised.value.path == str(path)
    assert isinstance(raised.value, ValueError)
    # Nothing is left beside the file.
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tenancy.db"]
    assert tenantry.Engine(path).resolve("ann").tenant is not None


def test_with_closes_on_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="boom"), tenantry.Engine(tmp_path / "t.db") as engine:
        raise RuntimeError("boom")
    assert engine.closed


def open_files(folder: Path) -> list[str]:
    links = (Path("/proc/self/fd") / fd for fd in os.listdir("/proc/self/fd"))  # noqa: PTH208
    return [
        str(link.readlink()) for link in links if link.exists() and folder in link.resolve().parents
    ]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks Linux what is open")
def test_an_engine_that_is_let_go_closes_its_file(tmp_path: Path) -> None:
    engine = tenantry.Engine(tmp_path / "tenancy.db")
    engine.create("Acme", "ann")
    assert open_files(tmp_path)
    gone = weakref.ref(engine)
    del engine
    gc.collect()
    assert gone() is None
    assert open_files(tmp_path) == []


def test_two_engines_on_one_file_see_each_other_at_once(tmp_path: Path) -> None:
    path = tmp_path / "tenancy.db"
    one, two = tenantry.Engine(path), tenantry.Engine(path)
    acme = one.create("Acme", "ann")
    for active in (False, True, False):
        one.set_tenant_active(acme.id, active)
        assert (two.resolve("ann").tenant is not None) is active
    two.close()
    assert one.tenants()


KEYS = [7, 2**80, -1, "ann", "東京", uuid.UUID(int=5), Decimal(12), tenantry.Role.OWNER]


@pytest.mark.parametrize("key", KEYS, ids=repr)
def test_a_key_may_be_anything_with_a_text(engine: tenantry.Engine, key: Any) -> None:
    acme = engine.create("Acme", key)
    assert engine.members(acme.id)[0].user_key == str(key)
    assert engine.resolve(key).tenant == acme
    assert engine.resolve(str(key)).tenant == acme
    assert engine.select(key, "acme").tenant == acme
    assert engine.export(key).user_key == str(key)
    assert engine.ensure_tenant((key,)) is None
    assert engine.forget_user(key) == 1


class User:
    """Shown by its address, which another one soon has."""


class Model:
    pk = 7

    def __str__(self) -> str:
        return "a name that may change"


NO_KEYS: list[Any] = [
    *(True, False, 1.0, float("nan"), 1j, b"1", bytearray(b"1"), memoryview(b"1")),
    *("\ud800", "", "x" * 256, "a\0b"),
    *([1], (1,), {"id": 1}, User(), User, Model(), print, ...),
]


@pytest.mark.parametrize("key", [*NO_KEYS, None], ids=lambda key: repr(key)[:20])
def test_what_is_no_key_is_refused(engine: tenantry.Engine, key: Any) -> None:
    acme = engine.create("Acme", "ann")
    for refused in (
        lambda: engine.create("Globex", key),
        lambda: engine.join(acme.id, key, "member"),
        lambda: engine.select(key, "acme"),
        lambda: engine.export(key),
    ):
        with pytest.raises(exceptions.InvalidValueError, match="user key"):
            refused()
    with pytest.raises(exceptions.RowError):
        engine.ensure_tenant((key, "eve"))
    assert len(engine.tenants()) == 1


def test_nobody_is_none_and_false_is_a_slip(engine: tenantry.Engine) -> None:
    assert engine.resolve(None).reason == "anonymous"
    with pytest.raises(exceptions.InvalidValueError, match="and not None, a bool"):
        engine.resolve(False)


@pytest.mark.parametrize(
    "selected", [0, 7, False, True, b"acme", ["acme"], {}, 1.5, "a b", "x" * 81, "a\0", "\ud800"]
)
def test_a_selection_that_cannot_be_a_slug_is_not_available(
    engine: tenantry.Engine, selected: Any
) -> None:
    engine.create("Acme", "ann")
    nothing = tenantry.Resolution(reason="not_available")
    assert engine.resolve("ann", selected=selected) == nothing
    assert engine.resolve("ann", selected="no-such") == nothing
    with pytest.raises(exceptions.NotAvailableError) as raised:
        engine.select("ann", selected)
    shown = selected if isinstance(selected, str) else repr(selected)
    if shown.isprintable():
        assert raised.value.slug == shown[:80]
    with_header = tenantry.Engine(engine.path, sources=["header"])
    assert with_header.resolve("ann", header=selected) == nothing


def test_no_selection_is_none_or_an_empty_text(engine: tenantry.Engine) -> None:
    engine.create("Acme", "ann")
    assert engine.resolve("ann", selected=None) == engine.resolve("ann", selected="")
    assert engine.resolve("ann", selected="").source == "sole_membership"


def test_header_and_host_count_where_they_are_sources(tmp_path: Path) -> None:
    path = tmp_path / "tenancy.db"
    plain = tenantry.Engine(path)
    plain.create("Acme", "ann", domain="acme.example.com")
    plain.create("Globex", "ann")
    asked = {"header": "globex", "host": "acme.example.com:8000"}
    assert plain.resolve("ann", **asked).reason == "ambiguous"
    by_header = tenantry.Engine(path, sources=("header", "domain")).resolve("ann", **asked)
    by_domain = tenantry.Engine(path, sources=[tenantry.Source.DOMAIN]).resolve("ann", **asked)
    assert (by_header.tenant and by_header.tenant.slug, by_header.source) == ("globex", "header")
    assert (by_domain.tenant and by_domain.tenant.slug, by_domain.source) == ("acme", "domain")
    assert plain.resolve("ann", host="\ud800").reason == "ambiguous"
    with pytest.raises(TypeError):
        plain.resolve("ann", host=7)  # type: ignore[arg-type]


def test_a_stranger_and_an_ex_member_get_the_answer_of_a_slug_that_does_not_exist(
    engine: tenantry.Engine,
) -> None:
    acme = engine.create("Acme", "ann")
    engine.join(acme.id, "bob", "admin")
    assert engine.resolve("bob", selected="acme").role == "admin"
    engine.set_membership_active(acme.id, "bob", False)
    answers = {
        engine.resolve("bob", selected="acme"),
        engine.resolve("eve", selected="acme"),
        engine.resolve("eve", selected="no-such"),
    }
    assert answers == {tenantry.Resolution(reason="not_available")}
    messages = set()
    for slug in ("acme", "no-such"):
        with pytest.raises(exceptions.NotAvailableError) as raised:
            engine.select("eve", slug)
        messages.add(str(raised.value).replace(slug, "SLUG"))
    assert len(messages) == 1


def test_the_options_of_slugs(tmp_path: Path) -> None:
    engine = tenantry.Engine(
        tmp_path / "t.db", slug_style="transliterate", slug_limit=16, reserved_slugs=["Admin"]
    )
    assert engine.create("Łódź", "ann").slug == "lodz"
    assert engine.create("Grand Hotel Budapest", "ann").slug == "grand-hotel-buda"
    assert engine.create("Admin", "ann").slug == "admin-1"
    with pytest.raises(exceptions.SlugTakenError):
        engine.create("Admin", "ann", slug="ADMIN")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"slug_limit": 8}, "slug limit"),
        ({"slug_limit": -1}, "number"),
        ({"max_readers": -1}, "number"),
        ({"cache_size": 2**64}, "number"),
        ({"busy_timeout": -1}, "busy time-out"),
        ({"busy_timeout": float("nan")}, "busy time-out"),
        ({"slug_style": "latin"}, "slug style"),
        ({"sources": ["cookie"]}, "source"),
    ],
)
def test_an_option_out_of_range_is_refused(
    tmp_path: Path, options: dict[str, Any], what: str
) -> None:
    with pytest.raises(exceptions.InvalidValueError) as raised:
        tenantry.Engine(tmp_path / "t.db", **options)
    assert raised.value.what == what


@pytest.mark.parametrize(
    "options",
    [{"reserved_slugs": "admin"}, {"sources": "session"}, {"create": "yes"}, {"limit": 3}],
)
def test_an_option_of_the_wrong_type_is_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        tenantry.Engine(tmp_path / "t.db", **options)


def test_options_are_by_keyword_only(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        tenantry.Engine(tmp_path / "t.db", False)  # type: ignore[call-arg]


Verb = Callable[[tenantry.Engine], Any]


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (lambda e: e.create("  ", "ann"), exceptions.InvalidValueError),
        (lambda e: e.create("x" * 201, "ann"), exceptions.InvalidValueError),
        (lambda e: e.create("Acme", "ann", slug="a b"), exceptions.InvalidValueError),
        (lambda e: e.create("Acme", "ann", slug="acme"), exceptions.SlugTakenError),
        (lambda e: e.create("Acme", "ann", plan="gold"), exceptions.UnknownPlanError),
        (lambda e: e.create(7, "ann"), TypeError),
        (lambda e: e.set_plan(9, "pro"), exceptions.NoSuchTenantError),
        (lambda e: e.join(9, "ann", "member"), exceptions.NoSuchTenantError),
        (lambda e: e.join(1, "bob", "boss"), exceptions.UnknownRoleError),
        (lambda e: e.join(1, "ann", "member"), exceptions.AlreadyMemberError),
        (lambda e: e.leave(1, "bob"), exceptions.NoSuchMembershipError),
        (lambda e: e.leave(1, "ann"), exceptions.LastOwnerError),
        (lambda e: e.set_membership_active(1, "ann", False), exceptions.LastOwnerError),
        (lambda e: e.undo(), exceptions.NoSuchRunError),
        (lambda e: e.rename(1, "Acme", slug=7), TypeError),
        (lambda e: e.import_("{}"), TypeError),
        (lambda e: e.tenant(2**64), exceptions.InvalidValueError),
        (lambda e: e.tenant(True), TypeError),
        (lambda e: e.create("\ud800", "ann"), exceptions.InvalidValueError),
        (lambda e: e.rename(1, "Acme", slug="\ud800"), exceptions.InvalidValueError),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    engine: tenantry.Engine, verb: Verb, error: type[Exception]
) -> None:
    acme = engine.create("Acme", "ann")
    with pytest.raises(error):
        verb(engine)
    assert engine.tenants() == [acme]
    assert [member.user_key for member in engine.members(acme.id)] == ["ann"]


def test_a_snapshot_brings_and_takes_away(tmp_path: Path) -> None:
    server, phone = (tenantry.Engine(tmp_path / name) for name in ("server.db", "phone.db"))
    acme, globex = server.create("Acme", "bob"), server.create("Globex", "bob")
    server.join(acme.id, "ann", "member")
    server.join(globex.id, "ann", "admin")
    assert phone.import_(tenantry.Snapshot.from_json(server.export("ann").to_json())) == 2
    assert phone.select("ann", "globex").role == "admin"
    server.set_membership_active(globex.id, "ann", False)
    assert phone.import_(server.export("ann")) == 1
    assert phone.current("ann").reason == "not_available"
    early = (
        server.export("ann")
        .to_json()
        .replace('"exported_at":"2', '"exported_at":"-000001-01-01T00:00:00Z","x":"2')
    )
    for damaged in (
        early,
        "",
        "{",
        "[]",
        server.export("ann").to_json().replace('"version":1', '"version":2'),
    ):
        with pytest.raises(exceptions.SnapshotError):
            tenantry.Snapshot.from_json(damaged)


def test_an_engine_does_not_go_into_a_pickle(engine: tenantry.Engine) -> None:
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(engine)


def test_a_selection_that_cannot_even_be_shown_is_not_available(engine: tenantry.Engine) -> None:
    class Unspeakable:
        def __repr__(self) -> str:
            raise RuntimeError("nobody needs to see it")

    engine.create("Acme", "ann")
    assert engine.resolve("ann", selected=Unspeakable()).reason == "not_available"
    assert tenantry.need("ann", selected=Unspeakable()).reason == "not_available"
