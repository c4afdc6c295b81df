"""The kernel's functions: what they take and refuse. Their answers are held by the vectors."""

from __future__ import annotations

from typing import Any

import pytest
import tenantry
from tenantry import exceptions


def test_slugify_takes_what_django_takes_of_text() -> None:
    class Text(str):
        __slots__ = ()

    assert tenantry.slugify(Text("Acme & Co")) == "acme-co"
    assert tenantry.slugify("") == ""
    assert tenantry.slugify("\ud83d Acme \ude00") == "acme"
    assert tenantry.slugify("Ł \ud83d", style="transliterate") == "l"
    assert tenantry.slugify("é " * 100_000) == "-".join("e" * 100_000)
    assert tenantry.slugify("Łódź", style=tenantry.Style.TRANSLITERATE) == "lodz"


@pytest.mark.parametrize("name", [None, 7, b"Acme", ["Acme"]])
def test_slugify_takes_text_only(name: Any) -> None:
    with pytest.raises(TypeError):
        tenantry.slugify(name)


def test_an_unknown_style_is_named_with_the_choices() -> None:
    with pytest.raises(exceptions.InvalidValueError, match="it is django or transliterate"):
        tenantry.slugify("Acme", style="latin")
    with pytest.raises(TypeError):
        tenantry.slugify("Acme", style=7)  # type: ignore[arg-type]


def test_an_allocator_refuses_what_slugify_would_not_give() -> None:
    slugs = tenantry.SlugAllocator()
    for base in ("", "a b", "Acme", "é", "-"):
        with pytest.raises(exceptions.InvalidValueError) as raised:
            slugs.allocate(base)
        assert raised.value.what == "slug base"
    assert len(slugs) == 0
    assert repr(slugs) == "<SlugAllocator: 0 taken>"
    with pytest.raises(TypeError):
        tenantry.SlugAllocator(taken=[7])  # type: ignore[list-item]


def test_a_hundred_thousand_equal_names_are_one_pass() -> None:
    slugs = tenantry.SlugAllocator()
    assert [slugs.allocate("acme") for _ in range(100_000)][-1] == "acme-99999"


def test_unicode_is_frozen() -> None:
    assert tenantry.UNICODE_VERSION == (18, 0, 0)


def test_resolve_takes_rows_as_objects_or_tuples_from_any_iterable() -> None:
    rows = (row for row in [("acme", None, "", False), tenantry.Candidate("globex", usable=True)])
    assert tenantry.resolve(7, rows) == tenantry.Decision(1, "sole_membership")  # type: ignore[arg-type]


def test_resolve_takes_rows_as_a_database_gives_them() -> None:
    rows = [("acme", None, None, 0), ("globex", "old", None, 1)]
    assert tenantry.resolve(7, rows).index == 1
    assert tenantry.resolve(7, rows, selected="old").index == 1


ROWS = [("acme",), "acme", ("acme", None, "", "yes"), {"slug": "acme"}, ("acme", None, "", 2), None]


@pytest.mark.parametrize("row", ROWS)
def test_resolve_refuses_rows_of_another_form_and_says_which(row: Any) -> None:
    with pytest.raises(TypeError, match="row 2: a row is a Candidate or a tuple"):
        tenantry.resolve(7, [("acme", None, "", True), row])


def test_half_a_surrogate_pair_is_in_no_host_and_in_no_slug(engine: tenantry.Engine) -> None:
    assert not tenantry.is_host_of("\ud800", "\ud800")
    assert not tenantry.is_valid_slug("\ud800")
    assert engine.tenant_by_slug("\ud800") is None
    assert not engine.release_slug("\ud800")
    with pytest.raises(exceptions.InvalidValueError, match="half of a surrogate pair"):
        tenantry.slug_base("\ud800")


def test_a_number_out_of_range_is_named() -> None:
    with pytest.raises(exceptions.InvalidValueError, match="negative or too large") as raised:
        tenantry.slug_candidate("acme", 2**32)
    assert raised.value.value == str(2**32)


def test_a_candidate_is_unusable_unless_told() -> None:
    assert tenantry.resolve(7, [tenantry.Candidate("acme")]).reason == "no_membership"


@pytest.mark.parametrize("selected", [0, False, b"acme", "a b", "\ud800", "x" * 81])
def test_what_cannot_be_a_slug_needs_no_reading(selected: Any) -> None:
    need = tenantry.need(7, selected=selected)
    assert (need.kind, need.reason) == ("nothing", "not_available")
    rows = [tenantry.Candidate("acme", usable=True)]
    assert tenantry.resolve(7, rows, selected=selected).reason == "not_available"


def test_the_domain_source_needs_all_memberships() -> None:
    asked: dict[str, Any] = {"host": "acme.example.com", "sources": ["domain", "session"]}
    need = tenantry.need(7, selected="globex", **asked)
    assert (need.kind, need.user_key, need.slug) == ("memberships", "7", "globex")
    rows = [("acme", None, "acme.example.com", True), ("globex", None, "", True)]
    assert tenantry.resolve(7, rows, selected="globex", **asked).index == 0
