"""The backfill of a Django project, on SQLite and on PostgreSQL, against three peers: the guide's own
migration, the best plain Django, and the floor, which only inserts the same rows.

Each is a process of its own on a fresh copy of the database, timed from its start to its end. Ours and
the peers take turns, and the figure is the best run. `django_backfill.py [sqlite|postgres] [CASE...]`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from figures import line
from people import ROOT, User
from people import users as realistic

sys.path.insert(0, str(ROOT / "tests" / "django"))
os.environ["TENANTRY_BENCH"] = "1"  # servers as safe as those of a live site

from servers import database

MANY = int(os.environ.get("TENANTRY_BENCH_USERS", 1_000_000))
SOME = MANY // 10


def unique(count: int) -> list[User]:
    return [(key, f"user{key}", f"Company number {key}", "", "free") for key in range(count)]


def equal(count: int) -> list[User]:
    return [(key, f"user{key}", "Acme", "", "free") for key in range(count)]


@dataclass
class Run:
    seconds: float
    mebibytes: float


@dataclass
class Home:
    """A database server, or SQLite, with copies of prepared databases."""

    vendor: str
    folder: Path
    base: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.base = database(self.vendor, "tenantry")
        self.base.pop("TEST", None)

    def settings(self, name: str) -> dict[str, Any]:
        if self.vendor == "sqlite":
            return {**self.base, "NAME": str(self.folder / f"{name}.sqlite3")}
        return {**self.base, "NAME": name}

    def sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(
            host=self.base["HOST"], user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def create(self, name: str) -> None:
        if self.vendor == "postgres":
            self.sql(f"CREATE DATABASE {name}")
        self.work(name, "tables")

    def copy(self, source: str, name: str) -> None:
        if self.vendor == "postgres":
            self.sql(f"DROP DATABASE IF EXISTS {name}")
            self.sql(f"CREATE DATABASE {name} TEMPLATE {source}")
            self.sql("CHECKPOINT")
        else:
            shutil.copyfile(self.settings(source)["NAME"], self.settings(name)["NAME"])
        os.sync()

    def work(self, name: str, *arguments: str) -> Run:
        """Runs a work in a process of its own: what it took, and the most memory that it had."""
        environment = {
            **os.environ,
            "TENANTRY_BENCH_DATABASE": json.dumps(self.settings(name)),
            "DJANGO_SETTINGS_MODULE": "settings",
        }
        script = Path(__file__).with_name("django_work.py")
        started = perf_counter()
        command = [sys.executable, str(script), *arguments]
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        taken = perf_counter() - started
        loading, peak = done.stdout.split()
        return Run(taken - float(loading), int(peak) / 1024)

    def measure(self, people: list[User], works: dict[str, int]) -> dict[str, Run]:
        """The best of so many runs of each work, on these users."""
        self.create("base")
        rows = self.folder / "users.csv"
        with rows.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(people)
        self.work("base", "users", str(rows))
        dumped = str(self.folder / "rows.pickle")
        found: dict[str, Run] = {}
        for turn in range(max(works.values())):
            for work in (one for one, turns in works.items() if turn < turns):
                self.copy("base", "run")
                given = [dumped] if work == "floor" else []
                run = self.work("run", work, *given)
                best = found.get(work)
                if best is None or run.seconds < best.seconds:
                    found[work] = run
                if work == "ours" and "floor" in works and turn == 0:
                    self.work("run", "dump", dumped)
        if self.vendor == "postgres":
            self.sql("DROP DATABASE run")
            self.sql("DROP DATABASE base")
        else:
            Path(self.settings("base")["NAME"]).unlink()
        return found


TARGETS = {
    # vendor: times as fast as plain Django with some and with many, and as slow as the floor
    "sqlite": (5.0, 8.0, 2.5),
    "postgres": (2.0, 3.0, 1.6),
}


def realistic_users(home: Home) -> None:
    least, _, most = TARGETS[home.vendor]
    runs = home.measure(realistic(SOME), {"ours": 3, "ours_in_chunks": 3, "floor": 3, "plain": 2})
    title(home, f"{SOME:,} realistic users")
    compare(runs, least, most)


def unique_names(home: Home) -> None:
    _, least, most = TARGETS[home.vendor]
    runs = home.measure(unique(MANY), {"ours": 2, "ours_in_chunks": 1, "floor": 2, "plain": 1})
    title(home, f"{MANY:,} unique names")
    compare(runs, least, most)


def equal_names(home: Home) -> None:
    one = home.measure(equal(SOME), {"ours": 3})["ours"].seconds
    none = home.measure(unique(SOME), {"ours": 3})["ours"].seconds
    title(home, f"{SOME:,} users of one name")
    line("ours", one, "s")
    line(f"  {SOME:,} of unique names", none, "s")
    line("  ratio", one / none, "", most=2.0)


def memory(home: Home) -> None:
    title(home, "memory")
    for name, people in (("unique", unique), ("equal", equal)):
        few, many = (home.measure(people(count), {"ours": 1})["ours"] for count in (SOME, MANY))
        line(f"ours, {MANY:,} {name} names", many.mebibytes, "MiB")
        line(f"  {SOME:,}", few.mebibytes, "MiB")
        each = (many.mebibytes - few.mebibytes) * 2**20 / (MANY - SOME)
        line("  for each further user", each, "B", most=80.0)


def the_guide(home: Home) -> None:
    few = MANY // 100
    runs = home.measure(realistic(few), {"ours": 3, "guide": 1})
    title(home, f"{few:,} realistic users, the guide's own migration")
    against_guide(runs)
    few = MANY // 1000
    runs = home.measure(equal(few), {"ours": 3, "guide": 1})
    title(home, f"{few:,} users of one name, the guide's own migration")
    against_guide(runs)


def title(home: Home, what: str) -> None:
    print(f"-- {home.vendor}: {what}", flush=True)


def compare(runs: dict[str, Run], least: float, most: float) -> None:
    ours, floor, plain = (runs[work] for work in ("ours", "floor", "plain"))
    line("ours, in one transaction", ours.seconds, "s")
    line("ours, in chunks of 2,000", runs["ours_in_chunks"].seconds, "s")
    line("  the best plain Django", plain.seconds, "s")
    line("  times as fast", plain.seconds / ours.seconds, "", least=least)
    line("  the floor", floor.seconds, "s")
    line("  ratio", ours.seconds / floor.seconds, "", most=most)
    line("memory at most: ours", ours.mebibytes, "MiB")
    line("  the best plain Django", plain.mebibytes, "MiB")


def against_guide(runs: dict[str, Run]) -> None:
    ours, guide = runs["ours"].seconds, runs["guide"].seconds
    line("ours", ours, "s")
    line("  the guide", guide, "s")
    line("  times as fast", guide / ours, "")


CASES = {
    case.__name__: case for case in (realistic_users, unique_names, equal_names, memory, the_guide)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    known = [*TARGETS, *CASES]
    parser.add_argument("chosen", nargs="*", help=f"any of {', '.join(known)}; all, unless told")
    chosen = parser.parse_args().chosen
    for one in chosen:
        if one not in known:
            parser.error(f"there is no {one!r}; there are {', '.join(known)}")
    for vendor in [one for one in TARGETS if one in chosen] or TARGETS:
        os.environ.pop("TENANTRY_TEST_SERVER", None)
        with tempfile.TemporaryDirectory() as folder:
            home = Home(vendor, Path(folder))
            for name in [one for one in CASES if one in chosen] or CASES:
                CASES[name](home)


if __name__ == "__main__":
    main()
