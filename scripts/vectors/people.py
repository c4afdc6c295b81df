"""The 10,000 synthetic users the data comes from."""

from __future__ import annotations

import csv
from pathlib import Path

from .oracle import Json

USERS_FILE = Path(__file__).resolve().parents[2] / "tests" / "data" / "users_b_10k.csv"


def users() -> list[Json]:
    """Every user of the file, in its order, which is that of the keys."""
    with USERS_FILE.open(encoding="utf-8", newline="") as file:
        return [
            {
                "key": row["id"],
                "username": row["username"],
                "name": row["business_name"],
                "domain": row["business_domain"],
                "plan": row["tier"],
                "has_membership": False,
            }
            for row in csv.DictReader(file)
        ]


def names_by_script() -> list[str]:
    """250 distinct names: every script of the file, the plain ASCII ones not too many."""
    wanted = {"ascii": 50, "latin": 80, "cyrillic": 40, "arabic": 40, "han": 40}
    chosen: dict[str, list[str]] = {script: [] for script in wanted}
    for user in users():
        script, name = script_of(user["name"]), user["name"]
        if name and name not in chosen[script] and len(chosen[script]) < wanted[script]:
            chosen[script].append(name)
    return [name for names in chosen.values() for name in names]


def script_of(name: str) -> str:
    for script, first, last in (
        ("cyrillic", "\u0400", "\u04ff"),
        ("arabic", "\u0600", "\u06ff"),
        ("han", "\u4e00", "\u9fff"),
    ):
        if any(first <= char <= last for char in name):
            return script
    return "ascii" if name.isascii() else "latin"
