"""The oracle and the guide's own data migration agree about 10,000 synthetic users.

`expected_b_10k.csv` holds the slugs that migration wrote. It gave 706 users whose names leave nothing
the slugs '', '-1', '-2' and so on; we give them a fallback instead, see tests/vectors/README.md.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from conftest import ROOT
from vectors import backfill_cases, oracle, people

DATA = ROOT / "tests" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def guide() -> dict[str, str]:
    return {row["user_id"]: row["slug"] for row in rows(DATA / "expected_b_10k.csv")}


def planned(users: list[oracle.Json]) -> dict[str, str]:
    """The slug of each user's tenant."""
    run = oracle.backfill(backfill_cases.DEFAULTS, [], [], users)
    assert run["errors"] == []
    return {row["user_key"]: row["slug"] for row in run["planned"]}


def has_slug(user: oracle.Json) -> bool:
    """Whether Django's slugify leaves anything of the tenant's name."""
    name, _ = oracle.tenant_name(user["username"], user["name"])
    return oracle.slugify(name) != ""


def test_706_users_have_names_of_which_nothing_is_left(guide: dict[str, str]) -> None:
    left_out = [user["key"] for user in people.users() if not has_slug(user)]
    assert len(left_out) == 706
    assert [guide[key] for key in left_out] == ["", *(f"-{n}" for n in range(1, 706))]


def test_all_others_fed_alone_get_the_slugs_of_the_guide(guide: dict[str, str]) -> None:
    users = [user for user in people.users() if has_slug(user)]
    assert len(users) == 9_294
    slugs = planned(users)
    assert slugs == {key: guide[key] for key in slugs}


def test_fed_with_the_whole_file_nobody_makes_way_for_a_fallback(guide: dict[str, str]) -> None:
    # A fallback can take what a later user would have had: tests/vectors/backfill.json has that
    # case. Among these people no transliterated name is the slug of another.
    users = people.users()
    slugs = planned(users)
    made_way = [
        (user["key"], guide[user["key"]], slugs[user["key"]])
        for user in users
        if has_slug(user) and slugs[user["key"]] != guide[user["key"]]
    ]
    assert made_way == []


def test_every_slug_of_the_whole_file_is_valid_and_unlike_the_others() -> None:
    slugs = planned(people.users())
    assert len(slugs) == len(set(slugs.values())) == 10_000
    assert all(oracle.slug_is_valid(slug) for slug in slugs.values())
