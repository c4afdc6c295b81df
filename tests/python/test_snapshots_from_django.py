"""What a Django project exported, imported here: the same answers, as `tests/fixtures/snapshots/` has them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tenantry
from tenantry.exceptions import SnapshotError

FOLDER = Path(
    os.environ.get("TENANTRY_SNAPSHOTS", Path(__file__).resolve().parents[1] / "fixtures/snapshots")
)
ANSWERS: list[dict[str, Any]] = json.loads((FOLDER / "answers.json").read_text("utf-8"))


def read(name: str) -> tenantry.Snapshot:
    return tenantry.Snapshot.from_json((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("name", sorted({case["snapshot"] for case in ANSWERS}))
def test_an_engine_answers_as_the_project_that_exported(name: str, tmp_path: Path) -> None:
    with tenantry.Engine(tmp_path / "phone.db") as phone:
        phone.import_(read(name))
        for case in (case for case in ANSWERS if case["snapshot"] == name):
            found = phone.resolve(case["user"], selected=case["selected"])
            answer: dict[str, object] = {"tenant": None, "reason": found.reason}
            if found.tenant:
                answer = {"tenant": found.tenant.slug, "role": found.role, "source": found.source}
            assert answer == case["answer"], case


def test_what_the_later_one_revokes_is_refused_at_once(tmp_path: Path) -> None:
    with tenantry.Engine(tmp_path / "phone.db") as phone:
        before = read("ann.before.json")
        phone.import_(before)
        phone.select(before.user_key, "globex")
        phone.import_(read("ann.after.json"))
        assert phone.current(before.user_key).reason == "not_available"


@pytest.mark.parametrize("path", sorted((FOLDER / "refused").iterdir()), ids=lambda path: path.stem)
def test_what_is_damaged_or_newer_is_refused_and_changes_nothing(
    path: Path, tmp_path: Path
) -> None:
    with tenantry.Engine(tmp_path / "phone.db") as phone:
        good = read("ann.before.json")
        phone.import_(good)
        tenants = phone.tenants_of(good.user_key)
        with pytest.raises(SnapshotError):
            phone.import_(tenantry.Snapshot.from_json(path.read_text("utf-8")))
        assert phone.tenants_of(good.user_key) == tenants
