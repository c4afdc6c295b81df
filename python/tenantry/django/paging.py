"""The tenants that a user may enter, a page at a time: for the chooser, and for its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tenantry.django.resolution import AvailableTenant, available_tenants

__all__ = ["TenantPage", "page_number", "tenant_page"]


class TenantPage(NamedTuple):
    """A page of them."""

    choices: list[AvailableTenant]
    search: str
    """What was searched for; the empty text for all."""
    number: int
    """From 1 on."""
    is_last: bool


def tenant_page(user: Any, query: Mapping[str, Any], size: int) -> TenantPage:
    """The page that a query asks for by `search` and `page`. One query.

    >>> acme, globex = create_tenant("Acme", ann), create_tenant("Globex", ann)
    >>> found = tenant_page(ann, {"page": "2"}, 1)
    >>> [one.tenant.slug for one in found.choices], found.number, found.is_last
    (['globex'], 2, True)
    """
    search, number = str(query.get("search", ""))[:200], page_number(query.get("page"))
    start = (number - 1) * size
    found = available_tenants(user, search=search, start=start, count=size + 1)
    return TenantPage(found[:size], search, number, len(found) <= size)


def page_number(text: Any) -> int:
    """The number of a page, as a query says it.

    >>> page_number("3"), page_number("x"), page_number(None)
    (3, 1, 1)
    """
    # No database counts further, and no one turns so many pages.
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 8
    return max(int(text), 1) if is_number else 1
