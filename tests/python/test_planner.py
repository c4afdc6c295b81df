"""The planner, as a driver feeds it: batches of rows in, planned tenants out."""

from __future__ import annotations

import enum
import gc
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tenantry
from hypothesis import given, settings
from hypothesis import strategies as st
from tenantry import exceptions


def slugs(planned: list[tenantry.PlannedTenant | None]) -> list[str | None]:
    return [tenant and tenant.slug for tenant in planned]


def test_batches_of_any_size_give_the_same_tenants() -> None:
    users = [(n, f"user{n}", f"Company {n % 7}", "", "pro") for n in range(1000)]
    whole = tenantry.Planner()
    expected = whole.plan(users)
    for size in (1, 3, 1000):
        planner = tenantry.Planner()
        planned = [
            one for at in range(0, 1000, size) for one in planner.plan(users[at : at + size])
        ]
        assert planned == expected
        assert planner.report() == whole.report()


def test_the_planner_and_the_engine_agree(engine: tenantry.Engine) -> None:
    users = [(n, f"user{n}", "Acme" if n % 3 else "東京", "", "gold") for n in range(500)]
    planner = tenantry.Planner()
    planned = planner.plan(users)
    report = engine.backfill(users)
    assert {t.slug for t in engine.tenants()} == set(slugs(planned))
    left_out = ("run", "seconds")
    for field in set(report.__match_args__) - set(left_out):
        assert getattr(report, field) == getattr(planner.report(), field)


def test_there_is_one_result_for_each_row_in_its_place() -> None:
    planner = tenantry.Planner(on_error="skip")
    assert slugs(planner.plan([(1, "ann"), (None, "eve"), (2, "bob")])) == [
        "anns-workspace",
        None,
        "bobs-workspace",
    ]
    planner.plan([(None, "eve")])
    assert [error.row for error in planner.report().errors] == [2, 4]
    assert planner.report().failed == 2


def test_a_row_in_error_stops_unless_told() -> None:
    planner = tenantry.Planner()
    planner.plan([(1, "ann")])
    with pytest.raises(exceptions.RowError, match="row 3: the user key") as raised:
        planner.plan([(2, "bob"), (None, "eve")])
    assert raised.value.row == 3


@pytest.mark.parametrize("key", [7, "7", uuid.UUID(int=7)], ids=repr)
def test_the_key_comes_back_as_it_was_given(key: Any) -> None:
    [planned] = tenantry.Planner().plan([(key, "ann")])
    assert planned is not None
    assert planned.user is key
    assert planned.user_key == str(key)


def test_texts_that_need_no_change_are_not_copied() -> None:
    name, domain = "Acme " * 3 + "Inc", "acme.example.com"
    [planned] = tenantry.Planner().plan([(1, "ann", name, domain)])
    assert planned is not None
    assert planned.name is name
    assert planned.domain is domain


def test_a_blank_name_as_long_as_the_fallback_is_still_blank() -> None:
    [planned] = tenantry.Planner().plan([(1, "ann", " " * len("ann's Workspace"))])
    assert planned is not None
    assert planned.name == "ann's Workspace"


def test_a_lost_slug_is_replaced_and_counted_anew() -> None:
    planner = tenantry.Planner()
    user = (1, "ann", "Acme")
    [planned] = planner.plan([user])
    assert planned is not None
    assert planner.report().slugs_unchanged == 1
    assert planner.next_slug(user, planned.slug) == "acme-1"
    assert planner.next_slug(user, "acme-1") == "acme-2"
    report = planner.report()
    assert (report.created, report.slugs_unchanged, report.slugs_suffixed) == (1, 0, 1)


def test_the_options_are_those_of_the_contract() -> None:
    planner = tenantry.Planner(slug_style="transliterate", slug_limit=16, reserved_slugs=["lodz"])
    users = [(1, "", "Łódź"), (2, "", "Grand Hotel Budapest")]
    assert slugs(planner.plan(users)) == ["lodz-1", "grand-hotel-buda"]
    rejecting = tenantry.Planner(unknown_plan="reject")
    with pytest.raises(exceptions.RowError, match="no plan"):
        rejecting.plan([(1, "", "", "", "gold")])
    with pytest.raises(exceptions.InvalidValueError, match="slug limit"):
        tenantry.Planner(slug_limit=100)


def test_a_column_may_come_in_a_later_batch_only_if_it_came_before() -> None:
    planner = tenantry.Planner()
    with pytest.raises(exceptions.InvalidValueError, match="business_name"):
        planner.plan([{"id": 1, "username": "ann"}])
    full = dict.fromkeys(("username", "business_name", "business_domain", "tier"))
    planner.plan([{"id": 1, **full}])
    [planned] = planner.plan([{"id": 2}])
    assert planned is not None
    assert planner.next_slug({"id": 2}, planned.slug) == "s-workspace-2"
    # The batch that was refused counts for nothing.
    assert planner.report().seen == 2


def test_it_is_for_one_thread_at_a_time() -> None:
    planner = tenantry.Planner()
    users = [(n, f"user{n}", f"Company {n}") for n in range(20_000)]
    refused, done = [], []

    def work() -> None:
        try:
            planner.plan(users)
        except RuntimeError as error:
            refused.append(str(error))
        else:
            done.append(True)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done
    assert planner.report().created == len(done) * len(users)
    assert all("keep it to one" in message for message in refused)


def test_many_batches_leave_nothing_behind() -> None:
    def resident() -> int:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        [line] = [line for line in status.splitlines() if line.startswith("VmRSS")]
        return int(line.split()[1])

    users = [(n, f"user{n}", "Acme & Söhne") for n in range(2000)]
    for _ in range(20):
        tenantry.Planner().plan(users)
    gc.collect()
    before = resident()
    for _ in range(300):
        tenantry.Planner().plan(users)
    gc.collect()
    # A leak of one text a row would be 30 MB.
    assert resident() - before < 8_000


def naive(names: list[str]) -> Iterator[str]:
    """The guide's loop."""
    taken: set[str] = set()
    for name in names:
        base = slug = tenantry.slug_base(name, "")[:70]
        counter = 1
        while slug in taken:
            slug = f"{base}-{counter}"
            counter += 1
        taken.add(slug)
        yield slug


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["Acme", "acme", "Acme 1", "Acme-2", "Globex", "東京", "-", "a_b"]))
)
def test_it_gives_the_slugs_of_the_naive_loop(names: list[str]) -> None:
    planned = tenantry.Planner().plan([(n, "", name) for n, name in enumerate(names)])
    assert slugs(planned) == list(naive([f"{name}" for name in names]))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.binary(), st.floats()),
            *[st.one_of(st.none(), st.text(), st.integers(), st.binary())] * 4,
        )
    )
)
def test_no_row_is_lost_and_nothing_crashes_whatever_it_holds(rows: list[Any]) -> None:
    planner = tenantry.Planner(on_error="skip")
    planned = planner.plan(rows)
    report = planner.report()
    assert len(planned) == len(rows) == report.seen == report.created + report.failed
    assert report.failed == planned.count(None) == len(report.errors)
    found = [slug for slug in slugs(planned) if slug is not None]
    assert len(set(found)) == len(found)
    assert all(tenantry.is_valid_slug(slug) for slug in found)
    for tenant in planned:
        assert tenant is None or 1 <= len(tenant.name) <= 200


def test_a_second_one_that_plans_is_refused_while_the_first_still_reads() -> None:
    planner = tenantry.Planner()
    refused: list[str] = []

    def users() -> Iterator[tuple[int, str]]:
        yield (1, "ann")
        with pytest.raises(RuntimeError) as raised:
            planner.plan([(2, "bob")])
        refused.append(str(raised.value))
        # To count those who need no tenant is no planning.
        planner.skip(2)
        yield (3, "eve")

    assert slugs(planner.plan(users())) == ["anns-workspace", "eves-workspace"]
    assert "planning already" in refused[0]
    report = planner.report()
    assert (report.seen, report.created, report.skipped) == (4, 2, 2)
    # It is free again, whatever became of the batch.
    with pytest.raises(ZeroDivisionError):
        planner.plan(1 // 0 for _ in range(1))
    planner.plan([(4, "joe")])


def test_a_length_that_is_not_true_does_no_harm() -> None:
    class Liar:
        def __len__(self) -> int:
            return 10**12

        def __iter__(self) -> Iterator[tuple[int, str]]:
            return iter([(1, "ann")])

    assert slugs(tenantry.Planner().plan(Liar())) == ["anns-workspace"]


def test_a_misnamed_column_is_found_whatever_comes_behind_it() -> None:
    users = [{"id": 1, "login": "ann", "company": "Acme"}, (2, "eve", "Initech")]
    for order in (users, users[::-1]):
        with pytest.raises(exceptions.InvalidValueError, match="username"):
            tenantry.Planner().plan(order)


def test_one_text_is_not_several() -> None:
    with pytest.raises(TypeError, match="this is one text"):
        tenantry.Planner().take_slugs("acme")
    with pytest.raises(TypeError, match="this is one text"):
        tenantry.SlugAllocator(taken="acme")


def test_the_key_as_text_is_the_one_that_the_engine_keeps(engine: tenantry.Engine) -> None:
    class Key(str, enum.Enum):  # noqa: UP042 - its str() is another text
        A = "a"

    [planned] = tenantry.Planner().plan([(Key.A, "ann")])
    assert planned is not None
    engine.backfill([(Key.A, "ann")])
    [(_, membership)] = engine.tenants_of(Key.A)
    assert planned.user_key == membership.user_key == "a"


def test_ctrl_c_stops_a_batch_that_is_being_read() -> None:
    code = """
import itertools, tenantry
print("reading", flush=True)
tenantry.Planner().plan(itertools.repeat((1, "ann")))
"""
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in child.communicate(timeout=600)[1]


def test_rows_of_many_types_are_read_each_by_its_own(engine: tenantry.Engine) -> None:
    def users() -> Iterator[Any]:
        fields = ("id", "username", "business_name", "business_domain", "tier")
        for number in range(2000):
            row = (number, "", "Acme", "", "")
            # A class of its own for each, which is gone soon, and its address another's.
            if number % 2:
                yield type("Row", (tuple,), {})(row)
            else:
                yield type("Row", (), dict(zip(fields, row, strict=True)))()

    assert engine.backfill(users()).created == 2000


def test_withdrawing_what_was_never_planned_counts_nothing_below_zero() -> None:
    planner = tenantry.Planner()
    planner.withdraw((1, "ann", "x" * 201, "", "gold"), "x")
    report = planner.report()
    assert (report.created, report.skipped, report.names_cut) == (0, 1, 0)


def test_a_withdrawn_tenant_is_counted_as_if_it_had_not_been_planned() -> None:
    users = [(1, "ann", "x" * 201, "", "gold"), (2, "bob", "東京", "", "pro"), (3, "eve")]
    planner = tenantry.Planner()
    for user, planned in zip(users, planner.plan(users), strict=True):
        assert planned is not None
        planner.withdraw(user, planned.slug)
    assert planner.report() == tenantry.Report(skipped=3, seen=3)
