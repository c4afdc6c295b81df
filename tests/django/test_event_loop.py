"""`request.tenant` in an event loop, which must not wait for the database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import AsyncClient, Client, RequestFactory
from tenantry.django.context import current_tenant
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.tenants import create_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(ann: Any) -> Any:
    return create_tenant("Acme", ann)


def test_an_async_view_that_does_not_await_is_told_so(client: Client, ann: Any, acme: Any) -> None:
    client.force_login(ann)

    async def visit() -> Any:
        visitor = AsyncClient()
        await visitor.aforce_login(ann)
        return (await visitor.get("/ask-without-await/")).json()

    assert "await request.atenant()" in async_to_sync(visit)()["error"]


def test_a_user_who_changes_while_the_tenant_is_awaited_gets_its_own(ann: Any, bob: Any) -> None:
    create_tenant("Anns", ann)
    bobs = create_tenant("Bobs", bob)
    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, {}

    async def impersonate() -> None:
        await asyncio.sleep(0)
        request.user = bob

    async def get_response(request: Any) -> HttpResponse:
        await asyncio.gather(request.atenant(), impersonate())
        assert await request.atenant() == request.tenant == current_tenant() == bobs
        return HttpResponse()

    async_to_sync(TenantMiddleware(get_response))(request)
