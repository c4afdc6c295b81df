"""Django's test client in a tenant."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from tenantry.django import selection

__all__ = ["aselect_tenant", "select_tenant"]


def select_tenant(client: Any, tenant: Any) -> Any:
    """Selects a tenant, or that of a slug, for a test client that is logged in; the tenant.

    Raises `NotAvailableError` if the user of the client may not enter it.

    >>> from django.test import Client
    >>> from tenantry.django.testing import select_tenant
    >>> acme, globex = create_tenant("Acme", ann), create_tenant("Globex", ann)
    >>> client = Client()
    >>> client.force_login(ann)
    >>> select_tenant(client, globex) == globex
    True
    """
    request: Any = HttpRequest()
    request.session = client.session
    request.user = get_user(request)
    found = selection.select_tenant(request, getattr(tenant, "slug", tenant))
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return found


async def aselect_tenant(client: Any, tenant: Any) -> Any:
    """`select_tenant`, for async tests."""
    return await sync_to_async(select_tenant)(client, tenant)
