"""What is measured: `django_work.py WORK`, in a process of its own, on the database of the settings.

It prints how long it took to read what does not count, and the most memory that it had, in KiB.
"""

from __future__ import annotations

import csv
import pickle
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.text import slugify

sys.path.insert(0, str(Path(__file__).parent / "django_site"))


def tables() -> None:
    """An empty database with all tables."""
    call_command("migrate", run_syncdb=True, verbosity=0)


def users(path: str) -> None:
    """The users of a file."""
    from bench.models import User

    with Path(path).open(encoding="utf-8", newline="") as file, transaction.atomic():
        rows = (
            User(
                pk=int(key) + 1,
                username=name,
                business_name=title,
                business_domain=domain,
                tier=tier,
            )
            for key, name, title, domain, tier in csv.reader(file)
        )
        while batch := list(islice(rows, 10_000)):
            User.objects.bulk_create(batch)
    analyze()


def analyze() -> None:
    """What a server does by itself in time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def ours() -> None:
    """tenantry, in one transaction, as in an atomic migration."""
    from tenantry.django.backfill import backfill

    backfill(chunk_size=None)


def ours_in_chunks() -> None:
    """tenantry, as its command does it unless told otherwise."""
    from tenantry.django.backfill import backfill

    backfill()


def guide() -> None:
    """The guide's own migration, in one transaction as Django runs it."""
    from bench.models import Membership, Tenant, User

    with transaction.atomic():
        for user in User.objects.all():
            tenant_name = user.business_name or f"{user.username}'s Workspace"
            slug = slugify(tenant_name)
            base_slug = slug
            counter = 1
            while Tenant.objects.filter(slug=slug).exists():
                slug = f"{base_slug}-{counter}"
                counter += 1
            tenant = Tenant.objects.create(
                name=tenant_name,
                slug=slug,
                domain=user.business_domain or "",
                plan=user.tier or "free",
                is_active=True,
            )
            Membership.objects.create(tenant=tenant, user=user, role="owner", is_active=True)


def plain() -> None:
    """The best plain Django: slugs by a set in memory, `iterator()`, `bulk_create`, one transaction."""
    from bench.models import Membership, Tenant, User

    taken = set(Tenant.objects.values_list("slug", flat=True))
    counters: dict[str, int] = {}

    def free(base: str) -> str:
        slug, counter = base, counters.get(base, 1)
        while slug in taken:
            slug = f"{base}-{counter}"
            counter += 1
        counters[base] = counter
        taken.add(slug)
        return slug

    with transaction.atomic():
        people = User.objects.order_by("pk").iterator()
        while batch := list(islice(people, 2000)):
            names = [user.business_name or f"{user.username}'s Workspace" for user in batch]
            tenants = Tenant.objects.bulk_create(
                [
                    Tenant(
                        name=name,
                        slug=free(slugify(name)),
                        domain=user.business_domain or "",
                        plan=user.tier or "free",
                        is_active=True,
                    )
                    for name, user in zip(names, batch, strict=True)
                ],
                batch_size=2000,
            )
            Membership.objects.bulk_create(
                [
                    Membership(tenant=tenant, user=user, role="owner", is_active=True)
                    for tenant, user in zip(tenants, batch, strict=True)
                ],
                batch_size=2000,
            )


TABLES = ("tenantry_tenant", "tenantry_membership", "tenantry_backfillentry")


def dump(path: str) -> None:
    """The rows that tenantry wrote, to a file, for the floor."""
    found: list[tuple[str, list[str], list[tuple[Any, ...]]]] = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            columns = [column[0] for column in cursor.description]
            rows = [tuple(map(_ready, row)) for row in cursor.fetchall()]
            found.append((table, columns, rows))
    with Path(path).open("wb") as file:
        pickle.dump(found, file)


def _ready(value: Any) -> Any:
    """A value as the driver takes it without a thought."""
    if isinstance(value, datetime):
        return str(value)
    return int(value) if isinstance(value, bool) and connection.vendor == "sqlite" else value


def floor(path: str) -> float:
    """The same rows, already computed, as fast as the database takes them from Python; how long it took
    to read them from the file, which does not count."""
    started = perf_counter()
    with Path(path).open("rb") as file:
        found = pickle.load(file)
    loading = perf_counter() - started
    # The memberships refer to users and tenants, and are checked for it as ours are.
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in found:
            names = ", ".join(columns)
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    return loading


WORKS: dict[str, Callable[..., float | None]] = {
    work.__name__: work
    for work in (tables, users, analyze, ours, ours_in_chunks, guide, plain, dump, floor)
}


def main() -> None:
    django.setup()
    loading = WORKS[sys.argv[1]](*sys.argv[2:]) or 0.0
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    print(loading, peak)


if __name__ == "__main__":
    main()
