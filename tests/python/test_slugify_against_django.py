"""The slugs are Django's: every code point, many random strings, and the vectors."""

from __future__ import annotations

import json
import random
import sys
import unicodedata

import pytest
from conftest import ROOT, Slugify
from django.utils.text import slugify as django_slugify
from tenantry import slugify

SURROGATES = range(0xD800, 0xE000)
# Halves of surrogate pairs too: a Python text may hold them.
CODE_POINTS = range(sys.maxunicode + 1)

# The entries of the frozen table that are younger than the Unicode of the running Python.
YOUNGER_ENTRIES = {
    "14.0.0": 40,
    "15.0.0": 40,
    "15.1.0": 40,
    "16.0.0": 4,
    "17.0.0": 3,
    "18.0.0": 0,
}

# Blocks a random name is drawn from. The last is everything; ASCII is there with its controls, and
# without.
BLOCKS = [
    range(0x0080),
    range(0x0020, 0x0080),
    range(0x0080, 0x0250),
    range(0x0300, 0x0370),
    range(0x0370, 0x0600),
    range(0x0600, 0x0800),
    range(0x1E00, 0x2000),
    range(0x2000, 0x2070),
    range(0x2070, 0x2200),
    range(0x2460, 0x2500),
    range(0x3000, 0x3400),
    range(0x4E00, 0xA000),
    range(0xAC00, 0xD7B0),
    range(0xFB00, 0x10000),
    range(0x1D400, 0x1D800),
    range(0x1F100, 0x1FBFA),
    range(0x0080, sys.maxunicode + 1),
    SURROGATES,
]


def is_known(point: int) -> bool:
    """Whether this Python's Unicode has the code point."""
    return unicodedata.category(chr(point)) != "Cn"


def differing(core: list[str], django: list[str]) -> list[int]:
    assert len(core) == len(django)
    return [
        place for place, pair in enumerate(zip(core, django, strict=True)) if pair[0] != pair[1]
    ]


@pytest.mark.parametrize(("before", "after"), [("", ""), ("a", "b")], ids=["alone", "between"])
def test_every_code_point_has_the_slug_django_gives_it(before: str, after: str) -> None:
    names = [before + chr(point) + after for point in CODE_POINTS]
    places = differing([slugify(n) for n in names], [django_slugify(name) for name in names])

    points = [CODE_POINTS[place] for place in places]
    assert [f"U+{point:04X}" for point in points if is_known(point)] == []
    assert len(points) == YOUNGER_ENTRIES.get(unicodedata.unidata_version, 0)


def test_random_names_of_mixed_scripts_have_the_slugs_django_gives_them() -> None:
    source = random.Random(1_114_112)
    blocks = [[chr(point) for point in block if is_known(point)] for block in BLOCKS]
    breaks = list(" -_\t.\u00a0\u3000")

    def name() -> str:
        scripts = [*source.choices(blocks, k=3), breaks]
        return "".join(
            source.choice(source.choice(scripts)) for _ in range(source.randrange(1, 30))
        )

    names = [name() for _ in range(100_000)]
    django = [django_slugify(name) for name in names]
    places = differing([slugify(name) for name in names], django)

    assert [(names[place], django[place]) for place in places] == []


@pytest.mark.parametrize("style", ["django", "transliterate"])
def test_the_command_gives_the_slugs_of_the_vectors(core_slugify: Slugify, style: str) -> None:
    file = ROOT / "tests" / "vectors" / "slugify.json"
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    slugs = core_slugify([case["name"] for case in cases], style)

    expected = [case[style] for case in cases]
    assert [
        (cases[place]["name"], slugs[place], expected[place])
        for place in differing(slugs, expected)
    ] == []


def test_this_django_gives_the_slugs_of_the_vectors() -> None:
    file = ROOT / "tests" / "vectors" / "slugify.json"
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]:
        if "unicode" not in case:
            assert django_slugify(case["name"]) == case["django"]
