"""Values are frozen, and are compared, hashed, shown, matched and pickled by their fields."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import tenantry
from tenantry import enums

NOON = datetime(2026, 11, 25, 12, 0, 0, 123456, tzinfo=UTC)
TENANT = tenantry.Tenant(1, "Acme", "acme", "acme.example.com", "pro", True, NOON, NOON)


def values(engine: tenantry.Engine) -> Iterator[Any]:
    """One value of each class, as the engine and the kernel make them."""
    report = engine.backfill(
        [(1, "ann", "Acme", "", "gold"), (2, "bob", "Acme"), (None, "eve")], on_error="skip"
    )
    yield report
    [(tenant, membership)] = engine.tenants_of(1)
    yield tenant
    yield membership
    yield engine.resolve(1)
    yield engine.resolve(None)
    yield engine.runs()[0]
    engine.rename(tenant.id, "Acme", slug="acme-inc")
    snapshot = engine.export(1)
    yield snapshot
    yield snapshot.tenants[0]
    engine.join(tenant.id, 3, "member")
    undone = engine.undo()
    yield undone
    yield undone.kept[0]
    engine.forget_user(1)
    yield engine.verify()[0]
    yield tenantry.need(1, selected="acme")
    yield tenantry.Candidate("acme", usable=True)
    yield tenantry.resolve(1, [("acme", None, "", True)])
    yield tenantry.Planner().plan([(1, "ann", " Acme ")])[0]


@pytest.fixture(params=range(15))
def value(request: pytest.FixtureRequest, engine: tenantry.Engine) -> Any:
    return list(values(engine))[request.param]


def test_there_is_a_value_of_each_class(engine: tenantry.Engine) -> None:
    classes = {
        thing for thing in map(tenantry.__dict__.get, tenantry.__all__) if isinstance(thing, type)
    }
    with_fields = {cls for cls in classes if hasattr(cls, "__match_args__")}
    found = [type(value) for value in values(engine)]
    assert with_fields == set(found)
    assert len(found) == 15


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_value_comes_out_of_a_pickle_as_it_went_in(value: Any, protocol: int) -> None:
    other = pickle.loads(pickle.dumps(value, protocol))
    assert type(other) is type(value)
    assert other == value
    assert hash(other) == hash(value)
    assert repr(other) == repr(value)
    assert copy.deepcopy(value) == value


def test_a_value_is_not_equal_to_anything_else(value: Any) -> None:
    assert value != object()
    assert (value == "text") is False
    assert value != TENANT or type(value) is tenantry.Tenant
    with pytest.raises(TypeError):
        _ = value < value


def test_a_value_shows_its_fields_and_its_class(value: Any) -> None:
    shown = repr(value)
    assert shown.startswith(type(value).__name__ + "(")
    for field in value.__match_args__:
        assert f"{field}={getattr(value, field)!r}" in shown


def test_a_value_is_frozen(value: Any) -> None:
    for field in [*value.__match_args__, "anything"]:
        with pytest.raises(AttributeError):
            setattr(value, field, None)
    with pytest.raises(TypeError):
        type("Child", (type(value),), {})


def test_a_value_is_made_by_position_and_by_name() -> None:
    by_name = tenantry.Tenant(
        id=1,
        name="Acme",
        slug="acme",
        domain="acme.example.com",
        plan=tenantry.Plan.PRO,
        is_active=True,
        created_at=NOON,
        updated_at=NOON,
    )
    assert by_name == TENANT
    assert len({by_name, TENANT}) == 1
    assert repr(TENANT) == (
        "Tenant(id=1, name='Acme', slug='acme', domain='acme.example.com', plan=<Plan.PRO: 'pro'>, "
        "is_active=True, created_at=datetime.datetime(2026, 11, 25, 12, 0, 0, 123456, "
        "tzinfo=datetime.timezone.utc), updated_at=datetime.datetime(2026, 11, 25, 12, 0, 0, "
        "123456, tzinfo=datetime.timezone.utc))"
    )


def test_a_value_is_matched_by_its_fields() -> None:
    match TENANT:
        case tenantry.Tenant(1, name, slug="acme", plan="pro"):
            assert name == "Acme"
        case _:
            pytest.fail("did not match")


def test_times_are_in_utc_whatever_their_zone_was() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-7)))
    tenant = tenantry.Tenant(1, "Acme", "acme", "", "free", True, elsewhere, NOON)
    assert tenant.created_at == NOON
    assert tenant.created_at.tzinfo is UTC
    assert tenant == tenantry.Tenant(1, "Acme", "acme", "", "free", True, NOON, NOON)


@pytest.mark.parametrize(
    "time",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(9999, 12, 30, 22, 0, 0, 999999, tzinfo=UTC),
    ],
)
def test_far_times_come_out_as_they_went_in(time: datetime) -> None:
    assert tenantry.Tenant(1, "Acme", "acme", "", "free", True, time, time).created_at == time


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 11, 25)
    with pytest.raises(ValueError, match="has no time zone"):
        tenantry.Tenant(1, "Acme", "acme", "", "free", True, naive, NOON)


def test_the_time_of_the_store_is_now_in_utc(engine: tenantry.Engine) -> None:
    before = datetime.now(UTC)
    tenant = engine.create("Acme", "ann")
    after = datetime.now(UTC)
    a_microsecond = timedelta(microseconds=1)
    assert before - a_microsecond <= tenant.created_at <= after + a_microsecond
    assert tenant.updated_at == tenant.created_at


def test_a_word_is_its_text() -> None:
    assert isinstance(tenantry.Plan.PRO, str)
    assert TENANT.plan == "pro"
    assert f"{tenantry.Role.OWNER}" == "owner"
    assert TENANT.plan is tenantry.Plan.PRO
    assert pickle.loads(pickle.dumps(TENANT)).plan is tenantry.Plan.PRO


def test_every_word_of_the_core_has_its_member(engine: tenantry.Engine) -> None:
    # The module looks every word of the core up when it is imported; here the other way round.
    for plan in enums.Plan:
        assert engine.set_plan(engine.create(plan, "ann").id, plan).plan is plan
    for reason in enums.Reason:
        assert tenantry.Resolution(reason=reason).reason is reason
    for source in enums.Source:
        assert tenantry.Resolution(source=source).source is source
    for kept in enums.Kept:
        assert tenantry.KeptTenant("acme", "1", kept).reason is kept
    for kind in enums.FindingKind:
        finding = tenantry.Finding(
            kind, "acme", "ann", "1", "acme", "Acme", "acme.example", "gold", "boss"
        )
        assert finding.kind is kind
        assert '"' in str(finding)
    for need in enums.NeedKind:
        assert tenantry.Need(need).kind is need
    for column in enums.Column:
        for fault in enums.RowFault:
            error = tenantry.RowError(
                "", row=1, user_key=None, column=column, fault=fault, value=""
            )
            [listed] = tenantry.Report(errors=[error]).errors
            assert (listed.column, listed.fault) == (column, fault)


def test_a_report_cannot_be_changed_from_behind() -> None:
    report = tenantry.Report(unknown_plans={"gold": 2})
    with pytest.raises(TypeError):
        report.unknown_plans["gold"] = 3  # type: ignore[index]
    assert dict(report.unknown_plans) == {"gold": 2}


def test_a_tuple_is_not_made_of_one_text() -> None:
    with pytest.raises(TypeError, match="this is one text"):
        tenantry.SnapshotTenant("1", "Acme", "acme", "old", "", "free", NOON, NOON, "owner")
