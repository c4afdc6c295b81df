"""`tenantry.Planner` in batches of 2,000 tuples, against the best plain Python: Django's slugify and a set."""

from __future__ import annotations

import pyperf
import tenantry
from django.utils.text import slugify as django_slugify
from figures import line, seconds
from people import User, users

USERS = users(100_000)
BATCH = 2000
PLANS = {"free", "starter", "growth", "pro", "enterprise"}

Planned = tuple[str, str, str, str, str]


def plan() -> int:
    planner = tenantry.Planner()
    return sum(len(planner.plan(USERS[at : at + BATCH])) for at in range(0, len(USERS), BATCH))


def plain() -> int:
    taken: set[str] = set()
    planned: list[Planned] = []
    for user in USERS:
        planned.append(plan_one(user, taken))
    return len(planned)


def plan_one(user: User, taken: set[str]) -> Planned:
    key, username, business_name, domain, tier = user
    name = business_name.strip() or f"{username}'s Workspace"
    base = slug = django_slugify(name)[:80].rstrip("-_") or "workspace"
    number = 1
    while slug in taken:
        slug = f"{base}-{number}"
        number += 1
    taken.add(slug)
    return str(key), name, slug, domain.strip(), tier if tier in PLANS else "free"


def main() -> None:
    runner = pyperf.Runner(processes=6)
    ours, theirs = (
        seconds(runner, runner.bench_func(name, work, inner_loops=len(USERS)))
        for name, work in (("tenantry.Planner", plan), ("plain Python", plain))
    )
    line("users planned a second, tuples in and objects out", 1 / ours, "", least=500_000)
    line("  plain Python", 1 / theirs, "")
    line("  how many times as fast", theirs / ours, "")


if __name__ == "__main__":
    main()
