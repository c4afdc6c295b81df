"""The sign-ups of django_sign_up.py, timed one by one, on the database of the settings; prints JSON."""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import django
from django.db import connection
from django.test.utils import CaptureQueriesContext

sys.path.insert(0, str(Path(__file__).parent / "django_site"))

TIMES = 200


def main() -> None:
    django.setup()
    from bench.models import User
    from tenantry.django.tenants import ensure_default_tenant

    def signed_up(number: int, name: str) -> Any:
        # The users of the file have keys that the database has not given.
        return User.objects.create(
            pk=10_000_000 + number, username=f"new{number}", business_name=name
        )

    def milliseconds(user: Any) -> float:
        started = perf_counter()
        ensure_default_tenant(user)
        return (perf_counter() - started) * 1e3

    def statements(user: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            ensure_default_tenant(user)
        return len(queries)

    # The first one pays for what the planner and the connection learn.
    milliseconds(signed_up(-1, "Warm"))
    first = milliseconds(signed_up(-2, "Acme"))
    taken: dict[str, list[float]] = {"new": [], "same": []}
    for number in range(TIMES):  # in turn, for a disk is not always as fast
        taken["new"].append(milliseconds(signed_up(2 * number, f"Fresh {number}")))
        taken["same"].append(milliseconds(signed_up(2 * number + 1, "Acme")))
    found = {case: statistics.median(times) for case, times in taken.items()}
    found["first of same"] = first
    found["statements of new"] = statements(signed_up(9001, "Very fresh"))
    found["statements of same"] = statements(signed_up(9002, "Acme"))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
