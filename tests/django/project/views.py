"""Views that ask for the tenant in each way that there is, and one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import SynchronousOnlyOperation
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views import View
from tenantry.django.context import current_tenant
from tenantry.django.decorators import role_required, tenant_required
from tenantry.django.mixins import RoleRequiredMixin, TenantRequiredMixin


def told(request: Any) -> JsonResponse:
    found = request.tenant_resolution
    answer = {
        "tenant": found.tenant and found.tenant.slug,
        "role": found.role,
        "source": found.source,
        "reason": found.reason,
        "is_none": request.tenant is None,
        "current": current_tenant() and current_tenant().slug,
    }
    return JsonResponse(answer)


def ask(request: Any) -> JsonResponse:
    return told(request)


async def aask(request: Any) -> JsonResponse:
    await request.atenant()
    return told(request)


async def auser_first(request: Any) -> HttpResponse:
    await request.auser()
    return HttpResponse((await request.atenant()).slug)


def only_sync(get_response: Any) -> Any:
    """A middleware that knows no event loop."""

    def middleware(request: Any) -> Any:
        return get_response(request)

    return middleware


def asks_early(get_response: Any) -> Any:
    """A middleware that asks for the tenant before the view knows the user."""

    def middleware(request: Any) -> Any:
        assert request.tenant is None
        return get_response(request)

    return middleware


async def ask_without_await(request: Any) -> JsonResponse:
    """What Django forbids for `request.user` too."""
    try:
        return JsonResponse({"tenant": request.tenant})
    except SynchronousOnlyOperation as error:
        return JsonResponse({"error": str(error)})


def untouched(request: Any) -> HttpResponse:
    return HttpResponse("the same for everybody")


async def auntouched(request: Any) -> HttpResponse:
    return HttpResponse("the same for everybody")


def page(request: Any) -> HttpResponse:
    return render(request, "page.html", {"shows": "shows" in request.GET})


def stream(request: Any) -> StreamingHttpResponse:
    def chunks() -> Iterator[str]:
        for _ in range(3):
            yield f"{current_tenant().name} "

    assert request.tenant is not None
    return StreamingHttpResponse(chunks())


async def astream(request: Any) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[str]:
        for _ in range(3):
            yield f"{current_tenant().name} "
            await asyncio.sleep(0)

    await request.atenant()
    return StreamingHttpResponse(chunks())


def become(request: Any) -> JsonResponse:
    """The tenants of who asks, of who then logs in, and of nobody."""
    found = [request.tenant]
    login(request, authenticate(request, **request.POST.dict()))
    found.append(request.tenant)
    logout(request)
    found.append(request.tenant)
    return JsonResponse([tenant and tenant.slug for tenant in found], safe=False)


# Guarded


def entered(request: Any) -> HttpResponse:
    assert request.tenant == current_tenant()
    return HttpResponse(request.tenant.slug)


@tenant_required
def needs_tenant(request: Any) -> HttpResponse:
    return entered(request)


@tenant_required()
async def aneeds_tenant(request: Any) -> HttpResponse:
    return entered(request)


class NeedsTenant(TenantRequiredMixin, View):
    def get(self, request: Any) -> HttpResponse:
        return entered(request)

    post = get


class ANeedsTenant(TenantRequiredMixin, View):
    async def get(self, request: Any) -> HttpResponse:
        return entered(request)


@role_required("owner", "admin")
def needs_role(request: Any) -> HttpResponse:
    return entered(request)


@role_required("owner", "admin")
async def aneeds_role(request: Any) -> HttpResponse:
    return entered(request)


class NeedsRole(RoleRequiredMixin, View):
    required_roles = ("owner", "admin")

    def get(self, request: Any) -> HttpResponse:
        return entered(request)


class ANeedsRole(RoleRequiredMixin, View):
    required_roles = ("owner", "admin")

    async def get(self, request: Any) -> HttpResponse:
        return entered(request)
