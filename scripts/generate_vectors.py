#!/usr/bin/env python3
"""Generate tests/vectors/*.json, the cases every language's test suite reads.

    pip install -r tests/python/requirements.txt
    python scripts/generate_vectors.py          # write the vectors
    python scripts/generate_vectors.py --check  # exit 1 if a checked-in file differs
    python scripts/generate_vectors.py --names  # the names transliterations.json must answer
    python scripts/generate_vectors.py --record FILE  # record the answers to those names

The answers come from scripts/vectors/oracle.py; tests/vectors/README.md says what each file holds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import unicodedata2
from vectors import backfill_cases, oracle, profile_cases, resolution_cases, slug_cases
from vectors.layout import laid_out

VECTORS_DIR = Path(__file__).resolve().parent.parent / "tests" / "vectors"

FILES: dict[str, Callable[[], oracle.Json]] = {
    "slugify.json": slug_cases.slugify,
    "allocation.json": slug_cases.allocation,
    "slug_validity.json": slug_cases.slug_validity,
    "names.json": profile_cases.names,
    "plans.json": profile_cases.plans,
    "domains.json": profile_cases.domains,
    "key_order.json": profile_cases.key_order,
    "resolution.json": resolution_cases.resolution,
    "backfill.json": backfill_cases.backfill,
}


def names_to_transliterate() -> list[str]:
    """Every name whose transliteration is needed."""
    oracle.transliterate.may_miss = True
    for build in FILES.values():
        build()
    backfill_cases.ten_thousand()
    return sorted(oracle.transliterate.asked)


def record(answers: Path) -> None:
    """Write transliterations.json from a file that answers --names line by line."""
    slugs = [json.loads(line) for line in answers.read_text(encoding="utf-8").split("\n") if line]
    recorded = {
        "description": "Answers of the transliterate style, of which Python has no equal: name to slug,"
        " as slug::slugify() of these crates gave it. tests/vectors/README.md says how to make the file.",
        "crates": {"slug": "0.1.6", "deunicode": "1.6.2"},
        "slugs": dict(zip(names_to_transliterate(), slugs, strict=True)),
    }
    oracle.TRANSLITERATIONS_FILE.write_text(
        laid_out(recorded) + "\n", encoding="utf-8", newline="\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare, write nothing")
    mode.add_argument("--names", action="store_true", help="print the names to transliterate")
    mode.add_argument("--record", type=Path, metavar="FILE", help="record the answers to --names")
    arguments = parser.parse_args()

    if unicodedata2.unidata_version != "18.0.0":
        print(
            f"unicodedata2 is Unicode {unicodedata2.unidata_version}, not 18.0.0", file=sys.stderr
        )
        return 1
    if arguments.names:
        for name in names_to_transliterate():
            print(json.dumps(name))
        return 0
    if arguments.record:
        record(arguments.record)
        return 0

    stale = []
    for file_name, build in FILES.items():
        vectors = build()
        written = laid_out(vectors) + "\n"
        path = VECTORS_DIR / file_name
        if arguments.check:
            if not path.exists() or path.read_text(encoding="utf-8") != written:
                stale.append(file_name)
            continue
        path.write_text(written, encoding="utf-8", newline="\n")
        print(f"{file_name}: {len(vectors['cases'])} cases")
    if stale:
        print(f"not what the oracle says, run without --check: {', '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
