"""Switching: a user selects a tenant for the session, or forgets the selection."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.requests import SESSION_KEY
from tenantry.django.resolution import resolve
from tenantry.exceptions import NotAvailableError

__all__ = ["aclear_tenant", "aselect_tenant", "clear_tenant", "select_tenant"]


def select_tenant(request: Any, slug: object) -> Any:
    """Selects the tenant of a slug or retired slug for this session, which gets a new key; the tenant.

    From now on it is `request.tenant`, in this request too, unless a source that stands before `session`
    in `SOURCES` names another.

    Raises `NotAvailableError` for what the user may not enter and for what does not exist, alike;
    the selection is then what it was. `ImproperlyConfigured` if `SOURCES` lacks `session`.

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
    request.session[SESSION_KEY] = found.tenant.slug
    request.session.cycle_key()
    _forget(request)
    return found.tenant


def clear_tenant(request: Any) -> None:
    """Forgets the selection. A user with one tenant is in that; of several, none is chosen.

    >>> clear_tenant(request)
    >>> "tenant_slug" in request.session
    False
    """
    request.session.pop(SESSION_KEY, None)
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
