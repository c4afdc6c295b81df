"""A sign-up whose name very many tenants have, against one whose name is new, on SQLite and on PostgreSQL; and
how many statements it takes. `django_sign_up.py [sqlite|postgres]`.
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

from django_backfill import Home, equal
from figures import line

MANY = int(os.environ.get("TENANTRY_BENCH_USERS", 1_000_000)) * 26 // 100


def measured(home: Home) -> dict[str, float]:
    """The median of each case in milliseconds, in a process of its own, beside `MANY` tenants of one name."""
    home.create("base")
    rows = home.folder / "users.csv"
    rows.write_text("\n".join(",".join(map(str, user)) for user in equal(MANY)), encoding="utf-8")
    home.work("base", "users", str(rows))
    home.work("base", "ours")
    home.work("base", "analyze")
    environment = {
        **os.environ,
        "TENANTRY_BENCH_DATABASE": json.dumps(home.settings("base")),
        "DJANGO_SETTINGS_MODULE": "settings",
    }
    command = [sys.executable, str(Path(__file__).with_name("django_sign_ups.py"))]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("vendors", nargs="*", help="sqlite, postgres; both by default")
    for vendor in parser.parse_args().vendors or ("sqlite", "postgres"):
        os.environ.pop("TENANTRY_TEST_SERVER", None)
        with tempfile.TemporaryDirectory() as folder:
            found = measured(Home(vendor, Path(folder)))
        print(f"-- {vendor}: a sign-up beside {MANY:,} tenants of one name, p50", flush=True)
        line("a name that is new", found["new"], "ms")
        line("  statements", found["statements of new"], "", most=6)
        line("the first of the name that all have", found["first of same"], "ms")
        line("one more of it", found["same"], "ms")
        line("  statements", found["statements of same"], "", most=6)
        line("  ratio to a new name", found["same"] / found["new"], "", most=3)


if __name__ == "__main__":
    main()
