"""Switching: a user selects a tenant for the session, or forgets the selection."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.resolution import resolve
from tenantry.django.sessions import forget_selection, remember_selection
from tenantry.exceptions import NotAvailableError

__all__ = ["aclear_tenant", "aselect_tenant", "clear_tenant", "select_tenant"]


def select_tenant(request: Any, slug: object) -> Any:
    """Selects the tenant of a slug or retired slug for this session, which gets a new key. Returns the tenant.

    From now on it is `request.tenant`, in this request too, unless a source that stands before `session`
    in `SOURCES` names another.

    Raises `NotAvailableError` for what the user may not enter and for what does not exist, alike;
    the selection is then what it was. Raises `ImproperlyConfigured` if `SOURCES` lacks `session`, or the
    client has a token instead of a session, and `SessionInterrupted` if the user has logged out meanwhile.

    >>> acme = create_tenant("Acme", ann)
    >>> select_tenant(request, "acme") == acme
    True
    >>> request.session["tenant_slug"]
    'acme'
    """
    if Source.SESSION not in configuration().sources:
        message = 'a selection does not count: put "session" into TENANTRY["SOURCES"], or let clients name it'
        raise ImproperlyConfigured(message)
    found = resolve(request.user, selected=slug, sources=[Source.SESSION])
    if found.source is not Source.SESSION:
        text = slug[:80] if isinstance(slug, str) else ""
        message = _("The tenant “%(slug)s” is not available to you; choose one of your own.")
        raise NotAvailableError(message % {"slug": text}, slug=text)
    remember_selection(request, request.user, found.tenant.slug)
    _forget(request)
    return found.tenant


def clear_tenant(request: Any) -> None:
    """Forgets the selection; the session gets a new key. A user with one tenant is then in that; a user with
    several is in none.

    >>> clear_tenant(request)
    >>> "tenant_slug" in request.session
    False
    """
    forget_selection(request, request.user)
    _forget(request)


async def aselect_tenant(request: Any, slug: object) -> Any:
    """`select_tenant`, for async views."""
    return await sync_to_async(select_tenant)(request, slug)


async def aclear_tenant(request: Any) -> None:
    """`clear_tenant`, for async views."""
    await sync_to_async(clear_tenant)(request)


def _forget(request: Any) -> None:
    # Not by its type: Django REST framework has a request around the request.
    if hasattr(request, "forget_tenant"):
        request.forget_tenant()
