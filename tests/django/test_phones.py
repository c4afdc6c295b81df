"""A snapshot travels to a phone: what it holds, and what Django answers, are cases for every language.

`tests/fixtures/snapshots/` has them. If `TENANTRY_SNAPSHOTS` names a folder, those of this very run are
written there, to be read by the tests of the other languages.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rows import rows
from tenantry.django.resolution import resolve
from tenantry.django.tenants import create_tenant

pytestmark = pytest.mark.django_db

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures/snapshots"

SELECTIONS = [
    *(
        None,
        "",
        "acme",
        "acme-inc",
        "globex",
        "globex-corp",
        "dong-jing-zhi-she",
        "hooli",
        "initech",
    ),
    *("umbrella", "nowhere", "Acme", "a" * 81, "a\0"),
]

Answers = list[dict[str, Any]]


@pytest.fixture
def travels(make_user: Callable[..., Any]) -> tuple[dict[str, str], Answers]:
    """What the command writes by file, before and after a revocation, and what Django answers then."""
    ann, bob, cleo, dave = (make_user(name) for name in ("ann", "bob", "cleo", "dave"))
    acme = create_tenant("Acme", ann, domain="acme.example.com", plan="pro")
    globex = create_tenant("Globex Corp", bob)
    rows.rename(globex, "globex")
    rows.join(globex, ann, "admin")
    rows.join(create_tenant("東京支社", cleo), ann)
    hooli = create_tenant("Hooli", cleo)
    rows.join(hooli, ann)
    rows.set_active(hooli, False)
    rows.join(create_tenant("Initech", bob), ann, is_active=False)
    umbrella = create_tenant("Umbrella", bob, plan="enterprise")
    rows.join(umbrella, dave)

    files: dict[str, str] = {}
    answers: Answers = []

    def note(when: str) -> None:
        for user in (ann, dave):
            name = f"{user.username}.{when}.json"
            out = StringIO()
            call_command("export_tenants", str(user.pk), stdout=out)
            files[name] = out.getvalue()
            answers.extend(
                {"snapshot": name, "user": str(user.pk), "selected": selected, "answer": answer}
                for selected, answer in table(user)
            )

    note("before")
    rows.set_member_active(globex, ann, False)
    rows.rename(acme, "acme-inc")
    rows.set_member_active(umbrella, dave, False)
    note("after")
    return files, answers


def table(user: Any) -> Iterator[tuple[str | None, dict[str, Any]]]:
    for selected in SELECTIONS:
        found = resolve(user, selected=selected)
        if found.tenant is None:
            yield selected, {"tenant": None, "reason": found.reason}
        else:
            place = {"tenant": found.tenant.slug, "role": found.role, "source": found.source}
            yield selected, place


def refused(snapshot: str) -> Iterator[tuple[str, str]]:
    """What no phone may take, made of one that it does."""
    yield "truncated", snapshot[: len(snapshot) // 2]
    yield "empty", ""
    yield "a-list", f"[{snapshot}]"

    def with_tenant(**fields: Any) -> str:
        whole = json.loads(snapshot)
        whole["tenants"][0].update(fields)
        return json.dumps(whole)

    whole = json.loads(snapshot)
    yield "newer", json.dumps({**whole, "version": 2, "tenants": {"anything": "else"}})
    yield "another-format", json.dumps({**whole, "format": "tenantry.backup"})
    yield "without-user", json.dumps({**whole, "user_key": None})
    second = whole["tenants"][1]
    yield "slug-twice", with_tenant(slug=second["slug"])
    yield "id-twice", with_tenant(id=second["id"])
    yield "invalid-slug", with_tenant(slug="a b")
    yield "name-too-long", with_tenant(name="x" * 201)
    yield "blank-name", with_tenant(name="")
    yield "unknown-plan", with_tenant(plan="gold")
    yield "unknown-role", with_tenant(role="guest")
    yield "no-time", with_tenant(created_at="yesterday")
    yield "wrong-type", with_tenant(retired_slugs="acme")


def test_what_travels_is_what_the_phones_are_tested_with(
    travels: tuple[dict[str, str], Answers],
) -> None:
    files, answers = travels
    if folder := os.environ.get("TENANTRY_SNAPSHOTS"):
        write(Path(folder), files, answers)
    for name, snapshot in files.items():
        assert plain(json.loads(snapshot)) == plain(json.loads((FIXTURE / name).read_text("utf-8")))
    kept = json.loads((FIXTURE / "answers.json").read_text("utf-8"))
    assert [without_key(one) for one in answers] == [without_key(one) for one in kept]


def write(folder: Path, files: dict[str, str], answers: Answers) -> None:
    (folder / "refused").mkdir(parents=True, exist_ok=True)
    for name, snapshot in files.items():
        (folder / name).write_text(snapshot, "utf-8")
    for name, snapshot in refused(files["ann.before.json"]):
        (folder / "refused" / f"{name}.json").write_text(snapshot, "utf-8")
    lines = ",\n".join(f"  {json.dumps(one)}" for one in answers)
    (folder / "answers.json").write_text(f"[\n{lines}\n]\n", "utf-8")


def plain(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Without what is another in each run: keys, numbers and times."""
    for own in ("user_key", "exported_at"):
        assert snapshot.pop(own)
    for tenant in snapshot["tenants"]:
        for own in ("id", "created_at", "updated_at"):
            assert tenant.pop(own)
    snapshot["tenants"].sort(key=lambda tenant: tenant["slug"])
    return snapshot


def without_key(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "user": None}
