"""Plans tenants for the users of a CSV file, in batches, and writes them as CSV: no store at all.

python examples/python/csv_to_tenants.py <tests/data/users_b_10k.csv >tenants.csv
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TextIO

import tenantry

BATCH = 2000


def batches(rows: Iterable[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def main(users: TextIO, tenants: TextIO) -> tenantry.Report:
    out = csv.writer(tenants, lineterminator="\n")
    out.writerow(("owner", "name", "slug", "domain", "plan"))
    planner = tenantry.Planner(on_error="skip")
    for batch in batches(csv.DictReader(users)):
        planned = [tenant for tenant in planner.plan(batch) if tenant is not None]
        out.writerows((one.user, one.name, one.slug, one.domain, one.plan) for one in planned)
    return planner.report()


if __name__ == "__main__":
    report = main(sys.stdin, sys.stdout)
    print(f"{report.created} planned, {report.failed} in error", file=sys.stderr)
