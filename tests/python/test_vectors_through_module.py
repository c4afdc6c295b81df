"""Every case of every vector, through the Python API: the kernel, and the engine over a real file."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cmp_to_key
from pathlib import Path
from typing import Any

import pytest
import tenantry
from conftest import ROOT

VECTORS = ROOT / "tests" / "vectors"
SOMEBODY = "somebody else"
"""Owns what a case needs and none of its users has."""

Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    found: list[Case] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    assert found
    return found


def differing(name: str, answer: Callable[[Case], tuple[Any, Any]]) -> list[tuple[Case, Any]]:
    """The cases of a file whose expected answer is not the one given, with the latter."""
    answers = ((case, answer(case)) for case in cases(name))
    return [(case, got) for case, (expected, got) in answers if expected != got]


def test_a_name_becomes_the_same_slug_as_everywhere() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        styles = ("django", "transliterate")
        got = [tenantry.slugify(case["name"], style=style) for style in styles]
        return [case[style] for style in styles], got

    assert differing("slugify", answer) == []


def test_bases_in_order_get_the_first_free_slugs() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        taken = case["existing"] + case["retired"] + case["reserved"]
        slugs = tenantry.SlugAllocator(limit=case["limit"], taken=taken)
        return case["slugs"], [slugs.allocate(base) for base in case["bases"]]

    assert differing("allocation", answer) == []


def test_a_stored_slug_is_valid_or_not() -> None:
    assert (
        differing(
            "slug_validity", lambda case: (case["valid"], tenantry.is_valid_slug(case["slug"]))
        )
        == []
    )


def test_a_profile_names_its_tenant() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        got = tenantry.tenant_name(case["business_name"], case["username"])
        return (case["name"], case["cut"]), got

    assert differing("names", answer) == []


def test_a_tier_means_a_plan() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        return (case["plan"], case["known"]), tenantry.tenant_plan(case["tier"])

    assert differing("plans", answer) == []


def test_keys_have_one_order() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        return case["sorted"], sorted(case["keys"], key=cmp_to_key(tenantry.key_order))

    assert differing("key_order", answer) == []


def test_a_host_is_a_domain_or_not() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        return case["matches"], tenantry.is_host_of(case["host"], case["domain"])

    assert differing("domains", answer) == []


# The backfill.


def row(user: Case) -> tuple[Any, ...]:
    return (user["key"], user["username"], user["name"], user["domain"], user["plan"])


def slug_options(case: Case) -> dict[str, Any]:
    options = case["options"]
    return {
        "slug_style": options["style"],
        "slug_limit": options["limit"],
        "reserved_slugs": options["reserved"],
    }


def expected(case: Case) -> Case:
    errors = [{**error, "user_key": error["user_key"][:40]} for error in case["errors"]]
    return {"planned": case["planned"], "errors": errors, "report": case["report"]}


def outcome(planned: list[Case], ended: tenantry.Report | tenantry.RowError) -> Case:
    """What a run came to, in the words of `backfill.json`."""
    errors = [ended] if isinstance(ended, tenantry.RowError) else ended.errors
    listed = [{"user_key": e.user_key, "column": e.column, "code": e.fault} for e in errors]
    if isinstance(ended, tenantry.RowError):
        return {"planned": planned, "errors": listed, "report": None}
    left_out = ("run", "dry_run", "errors", "seconds")
    counters = [name for name in ended.__match_args__ if name not in left_out]
    report = {name: getattr(ended, name) for name in counters}
    return {"planned": planned, "errors": listed, "report": report}


def test_the_planner_plans_users_in_key_order() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        options = case["options"]
        planner = tenantry.Planner(
            **slug_options(case),
            unknown_plan=options["unknown_plan"],
            on_error=options["on_error"],
        )
        planner.take_slugs(case["existing"] + case["retired"])
        planned: list[Case] = []
        try:
            for user in case["users"]:
                if user["has_membership"]:
                    planner.skip()
                    continue
                [tenant] = planner.plan([row(user)])
                if tenant is not None:
                    fields = ("user_key", "name", "slug", "domain", "plan")
                    planned.append({name: getattr(tenant, name) for name in fields})
        except tenantry.RowError as error:
            return expected(case), outcome([], error)
        return expected(case), outcome(planned, planner.report())

    assert differing("backfill", answer) == []


@pytest.mark.parametrize("chunk", [None, 1, 3])
def test_the_engine_makes_exactly_the_planned_tenants(chunk: int | None, tmp_path: Path) -> None:
    folder = iter(range(10_000))

    def answer(case: Case) -> tuple[Any, Any]:
        path = tmp_path / f"{next(folder)}.db"
        with prepared(case, path) as engine:
            users = [user for user in case["users"] if not user["has_membership"]]
            try:
                report = engine.backfill(
                    # Not in the order of their keys: that is the engine's to find.
                    [row(user) for user in reversed(case["users"])],
                    chunk=chunk,
                    on_error=case["options"]["on_error"],
                    unknown_plan=case["options"]["unknown_plan"],
                )
            except tenantry.RowError as error:
                # A run that stops keeps the chunks before the error, and says how many it made.
                kept = len(made(engine, users))
                return (expected(case), kept), (outcome([], error), error.committed)
            return expected(case), outcome(made(engine, users), report)

    assert differing("backfill", answer) == []


def prepared(case: Case, path: Path) -> tenantry.Engine:
    """An engine over a store with what the case says is there."""
    # Without the case's options: what is there may be reserved, or longer than the limit.
    with tenantry.Engine(path) as engine:
        for slug in case["existing"]:
            engine.create("There already", SOMEBODY, slug=slug)
        for slug in case["retired"]:
            engine.delete(engine.create("There once", SOMEBODY, slug=slug).id)
        members = [user["key"] for user in case["users"] if user["has_membership"]]
        if members:
            tenants = engine.tenants()
            tenant = tenants[0] if tenants else engine.create("X", SOMEBODY, slug="nobody-else")
            for key in members:
                engine.join(tenant.id, key, "member")
    return tenantry.Engine(path, **slug_options(case))


def made(engine: tenantry.Engine, users: list[Case]) -> list[Case]:
    """The tenants of these users, in the order in which they were made."""
    tenants = []
    for user in users:
        # A key in error cannot be asked about.
        if not user["key"] or len(user["key"]) > 255 or "\0" in user["key"]:
            continue
        for tenant, membership in engine.tenants_of(user["key"]):
            assert (membership.role, membership.is_active) == ("owner", True)
            tenants.append((tenant.id, user["key"], tenant))
    return [
        {"user_key": key, "name": t.name, "slug": t.slug, "domain": t.domain, "plan": t.plan}
        for _, key, t in sorted(tenants, key=lambda made: made[0])
    ]


# Resolution.


def in_words(slug: str | None, answer: tenantry.Resolution | tenantry.Decision, role: Any) -> Case:
    if slug is None:
        return {"tenant": None, "reason": answer.reason}
    return {"tenant": slug, "role": role, "source": answer.source}


def test_a_request_is_in_a_tenant_or_in_none_with_a_reason() -> None:
    def answer(case: Case) -> tuple[Any, Any]:
        asked = dict(case["request"])
        user = asked.pop("user")
        need = tenantry.need(user, **asked, sources=case["sources"])
        if need.kind is tenantry.NeedKind.NOTHING:
            return case["answer"], {"tenant": None, "reason": need.reason}
        tenants = {tenant["slug"]: tenant for tenant in case["tenants"]}
        rows, roles = [], []
        for membership in case["memberships"]:
            tenant = tenants[membership["tenant"]]
            slugs = [tenant["slug"], *tenant["retired_slugs"]]
            if membership["user"] != need.user_key:
                continue
            # Only what was asked for is read.
            if need.kind is tenantry.NeedKind.TENANT and need.slug not in slugs:
                continue
            retired = need.slug if need.slug in tenant["retired_slugs"] else None
            usable = membership["is_active"] and tenant["is_active"]
            rows.append((tenant["slug"], retired, tenant["domain"], usable))
            roles.append(membership["role"])
        decision = tenantry.resolve(user, rows, **asked, sources=case["sources"])
        as_objects = [tenantry.Candidate(*fields) for fields in rows]
        assert tenantry.resolve(user, as_objects, **asked, sources=case["sources"]) == decision
        at = decision.index
        return case["answer"], in_words(
            None if at is None else rows[at][0], decision, None if at is None else roles[at]
        )

    assert differing("resolution", answer) == []


def test_the_engine_answers_every_request_as_the_kernel_does(tmp_path: Path) -> None:
    worlds: dict[str, Path] = {}

    def answer(case: Case) -> tuple[Any, Any]:
        # Many cases ask about the same tenants and memberships.
        world = json.dumps([case["tenants"], case["memberships"]])
        if world not in worlds:
            worlds[world] = tmp_path / f"{len(worlds)}.db"
            fill(worlds[world], case)
        asked = dict(case["request"])
        with tenantry.Engine(worlds[world], sources=case["sources"]) as engine:
            first = engine.resolve(asked.pop("user"), **asked)
            # The second time it is answered from memory.
            assert engine.resolve(case["request"]["user"], **asked) == first
        return case["answer"], in_words(first.tenant and first.tenant.slug, first, first.role)

    assert differing("resolution", answer) == []


def fill(path: Path, case: Case) -> None:
    with tenantry.Engine(path) as engine:
        ids = {}
        for tenant in case["tenants"]:
            # It had each of its retired slugs, one after the other.
            slugs: list[str] = [*tenant["retired_slugs"], tenant["slug"]]
            made = engine.create("Tenant", SOMEBODY, slug=slugs[0])
            for slug in slugs[1:]:
                engine.rename(made.id, "Tenant", slug=slug)
            engine.set_domain(made.id, tenant["domain"])
            engine.set_tenant_active(made.id, tenant["is_active"])
            ids[tenant["slug"]] = made.id
        for membership in case["memberships"]:
            tenant_id, user = ids[membership["tenant"]], membership["user"]
            engine.join(tenant_id, user, membership["role"])
            engine.set_membership_active(tenant_id, user, membership["is_active"])


def test_every_vector_file_is_read_here() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.stem for path in VECTORS.glob("*.json") if f'"{path.stem}"' not in here] == []
