"""The middleware that gives requests their tenant."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import FileResponse, HttpRequest
from django.utils.cache import patch_vary_headers

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.context import current_tenant, leave_request, use_tenant
from tenantry.django.requests import begin

__all__ = ["TenantMiddleware"]


class TenantMiddleware:
    """Gives requests `tenant`, `tenant_resolution` and `atenant()`; see `TenantRequest`.

    Put it after Django's `AuthenticationMiddleware`. A view that does not ask for the tenant costs
    no query, touches no session, and gets no `Vary`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """The response, or in an event loop what gives it."""
        if self.is_async:
            return self._answer(request)
        tokens = begin(request)
        try:
            return _finished(request, self.get_response(request))
        finally:
            leave_request(tokens)

    async def _answer(self, request: Any) -> Any:
        tokens = begin(request)
        try:
            return _finished(request, await self.get_response(request))
        finally:
            leave_request(tokens)


def _finished(request: Any, response: Any) -> Any:
    if request.was_asked_for_tenant:
        config = configuration()
        if Source.HEADER in config.sources:
            patch_vary_headers(response, [config.header])
    is_made_later = response.streaming and not isinstance(response, FileResponse)
    if is_made_later and current_tenant() is not None:
        # What it streams is made when this middleware is long done.
        stream = _astreamed if response.is_async else _streamed
        response.streaming_content = stream(response.streaming_content, current_tenant())
    return response


def _streamed(chunks: Iterable[Any], tenant: Any) -> Iterator[Any]:
    rest = iter(chunks)
    while True:
        # Not around `yield`: what runs there is other code's.
        with use_tenant(tenant):
            try:
                chunk = next(rest)
            except StopIteration:
                return
        yield chunk


async def _astreamed(chunks: AsyncIterable[Any], tenant: Any) -> AsyncIterator[Any]:
    rest = aiter(chunks)
    while True:
        with use_tenant(tenant):
            try:
                chunk = await anext(rest)
            except StopAsyncIteration:
                return
        yield chunk
