"""Views that ask for the tenant in each way that there is, and one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from tenantry.django.context import current_tenant


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


def only_sync(get_response: Any) -> Any:
    """A middleware that knows no event loop."""

    def middleware(request: Any) -> Any:
        return get_response(request)

    return middleware


async def ask_without_await(request: Any) -> JsonResponse:
    """What Django forbids for `request.user`."""
    return told(request)


def untouched(request: Any) -> HttpResponse:
    return HttpResponse("the same for everybody")


async def auntouched(request: Any) -> HttpResponse:
    return HttpResponse("the same for everybody")


def page(request: Any) -> HttpResponse:
    return render(request, "page.html", {"shows": "shows" in request.GET})


def stream(request: Any) -> StreamingHttpResponse:
    def chunks() -> Iterator[str]:
        for _ in range(3):
            yield f"{current_tenant()} "

    assert request.tenant is not None
    return StreamingHttpResponse(chunks())


async def astream(request: Any) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[str]:
        for _ in range(3):
            yield f"{current_tenant()} "
            await asyncio.sleep(0)

    await request.atenant()
    return StreamingHttpResponse(chunks())
