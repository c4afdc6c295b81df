"""The examples run, and print what they are meant to show."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

EXAMPLES = ROOT / "examples" / "python"


def run(name: str, stdin: Path | None = None) -> str:
    with (stdin or EXAMPLES / name).open("rb") as file:
        command = [sys.executable, str(EXAMPLES / name)]
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def test_the_service_shows_a_switch_and_a_revocation() -> None:
    assert run("service.py").splitlines() == [
        "2 users had no tenant and got one",
        "user 3, session holds nothing: no tenant, ambiguous",
        "user 3, session holds acme-inc: Acme Inc. as member, by session",
        "user 3, session holds acme-inc: no tenant, not_available",
        "user 3, session holds nothing: bob's Workspace as owner, by sole_membership",
    ]


def test_csv_becomes_tenants() -> None:
    text = run("csv_to_tenants.py", ROOT / "tests" / "data" / "users_b_10k.csv")
    tenants = list(csv.DictReader(text.splitlines()))
    assert len({tenant["slug"] for tenant in tenants}) == 10_000
    assert tenants[4]["slug"] == "green-labs-1"


def test_every_example_is_tested() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in EXAMPLES.glob("*.py") if f'"{path.name}"' not in here] == []
