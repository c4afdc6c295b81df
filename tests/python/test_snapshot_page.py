"""docs/snapshots.md: its example is a snapshot, and its table names every field."""

from __future__ import annotations

import json
import re
from pathlib import Path

import tenantry

PAGE = (Path(__file__).resolve().parents[2] / "docs/snapshots.md").read_text("utf-8")


def test_the_example_can_be_imported(tmp_path: Path) -> None:
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    snapshot = tenantry.Snapshot.from_json(example)
    with tenantry.Engine(tmp_path / "phone.db") as phone:
        phone.import_(snapshot)
        found = phone.resolve("7", selected="acme")
    assert found.tenant
    assert (found.tenant.slug, found.role) == ("acme-inc", "admin")


def test_the_table_names_every_field(tmp_path: Path) -> None:
    with tenantry.Engine(tmp_path / "server.db") as server:
        server.create("Acme", "ann")
        exported = json.loads(server.export("ann").to_json())
    named = set(re.findall(r"^\| (`[^|]*`) \|", PAGE, re.MULTILINE))
    fields = {field for row in named for field in re.findall(r"`(\w+)`", row)}
    assert fields == {*exported, *exported["tenants"][0]}
