"""`tenantry.slugify` against Django's, on 20,000 realistic names."""

from __future__ import annotations

from collections.abc import Callable

import pyperf
import tenantry
from django.utils.text import slugify as django_slugify
from figures import line, seconds
from people import names

NAMES = names(20_000)


def every(slugify: Callable[[str], str]) -> None:
    for name in NAMES:
        slugify(name)


def main() -> None:
    runner = pyperf.Runner(processes=6)
    ours, theirs = (
        seconds(runner, runner.bench_func(name, every, slugify, inner_loops=len(NAMES)))
        for name, slugify in (("tenantry.slugify", tenantry.slugify), ("Django", django_slugify))
    )
    line("slugify of a name", ours * 1e9, "ns")
    line("  Django's", theirs * 1e9, "ns")
    line("  how many times as fast", theirs / ours, "", least=20)


if __name__ == "__main__":
    main()
