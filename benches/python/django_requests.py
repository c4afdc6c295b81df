"""The middleware's own share of a request, session and user already loaded, against the guide's middleware
and against what one query costs, on SQLite and on PostgreSQL. `django_requests.py [sqlite|postgres]`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django_backfill import Home
from figures import line
from people import users

MANY = int(os.environ.get("TENANTRY_BENCH_USERS", 1_000_000)) // 10

TARGETS: dict[str, dict[str, Any]] = {
    "sqlite": {"selected": ("guide", 0.2), "sole": ("guide", 0.08)},
    "postgres": {"selected": ("raw", 1.2), "sole": ("raw", 1.2)},
}


def measured(home: Home) -> dict[str, float]:
    """The median of each case in microseconds, in a process of its own."""
    home.create("base")
    rows = home.folder / "users.csv"
    lines = (",".join(map(str, (*user[:2], "", "", user[4]))) for user in users(MANY))
    rows.write_text("\n".join(lines), encoding="utf-8")
    home.work("base", "users", str(rows))
    home.work("base", "ours")
    home.work("base", "plain")
    home.work("base", "analyze")
    environment = {
        **os.environ,
        "TENANTRY_BENCH_DATABASE": json.dumps(home.settings("base")),
        "DJANGO_SETTINGS_MODULE": "settings",
    }
    script = Path(__file__).with_name("django_visits.py")
    command = [sys.executable, str(script)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("vendors", nargs="*", help=f"{', '.join(TARGETS)}; all, unless told")
    for vendor in parser.parse_args().vendors or TARGETS:
        os.environ.pop("TENANTRY_TEST_SERVER", None)
        with tempfile.TemporaryDirectory() as folder:
            found = measured(Home(vendor, Path(folder)))
        print(f"-- {vendor}: a request of one of {MANY:,} users, p50", flush=True)
        for case in ("selected", "sole"):
            peer, most = TARGETS[vendor][case]
            line(f"ours, {case}", found[f"ours {case}"], "us")
            line("  the guide", found[f"guide {case}"], "us")
            line("  one raw query through Django's cursor", found[f"raw {case}"], "us")
            line(
                f"  ratio to {peer}", found[f"ours {case}"] / found[f"{peer} {case}"], "", most=most
            )
        for case, most in (("selected", 1 / 20), ("sole", 1 / 50)):
            line(f"ours in an embedded store, {case}", found[f"embedded {case}"], "us")
            ratio = found[f"embedded {case}"] / found[f"guide {case}"]
            # The target is of SQLite's guide; a server makes the guide slower.
            line("  ratio to guide", ratio, "", most=most if vendor == "sqlite" else None)
        line("refused, a tenant that does not exist", found["nobody's"], "us")
        line("refused, somebody else's", found["another's"], "us")
        line("untouched", found["untouched"], "us", most=1.5)


if __name__ == "__main__":
    main()
