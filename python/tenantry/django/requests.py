"""What a request gets: `tenant`, `tenant_resolution` and `atenant()`, each resolved once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any, cast

from asgiref.sync import AsyncToSync, sync_to_async
from django.core.exceptions import DisallowedHost, ImproperlyConfigured
from django.http import HttpRequest

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.context import enter_request
from tenantry.django.resolution import TenantResolution, resolve

__all__ = ["SESSION_KEY", "TenantRequest", "begin", "tenant_of"]

SESSION_KEY = "tenant_slug"
"""Where the session holds the selection: the guide's own key, so that sessions stay as they are."""


PATIENCE = 30
"""For how many seconds an event loop stands still for `request.tenant` at most."""


class TenantRequest(HttpRequest):
    """What `TenantMiddleware` makes of a request. For annotations: a request is never made of it."""

    @property
    def tenant(self) -> Any:
        """The tenant that the request is in, or None. It is resolved when it is first asked for, by one
        query at most, and again if the user has become another, by a log-in or by the authentication of
        an API. Set by hand, it stays."""
        if "_tenant" in self.__dict__:
            return self.__dict__["_tenant"]
        return self.tenant_resolution.tenant

    @tenant.setter
    def tenant(self, tenant: Any) -> None:
        self.__dict__["_tenant"] = tenant

    @property
    def known_tenant(self) -> Any:
        """The tenant as far as it was asked for, or set by hand; else None. It asks nothing."""
        own = self.__dict__
        if "_tenant" in own:
            return own["_tenant"]
        return own["_tenant_resolution"].tenant if self._is_resolved() else None

    @property
    def tenant_resolution(self) -> TenantResolution:
        """The tenant with the role, the source or the reason."""
        if not self._is_resolved():
            self._take(_outside_the_loop(lambda: _resolve(self)))
        return cast("TenantResolution", self.__dict__["_tenant_resolution"])

    async def atenant(self) -> Any:
        """`tenant`, for async views."""
        if "_tenant" not in self.__dict__ and not self._is_resolved():
            self._take(await sync_to_async(_resolve)(self))
        return self.tenant

    def forget_tenant(self) -> None:
        """Resolves anew when it is asked next: the selection has changed."""
        self.__dict__.pop("_tenant", None)
        self.__dict__.pop("_tenant_user", None)

    def _is_resolved(self) -> bool:
        own = self.__dict__
        return "_tenant_user" in own and own["_tenant_user"] is getattr(self, "user", None)

    def _take(self, resolution: TenantResolution) -> None:
        own = self.__dict__
        own["_tenant_user"], own["_tenant_resolution"] = self.user, resolution


def tenant_of(request: Any) -> Any:
    """`request.tenant`.

    Raises `ImproperlyConfigured` if there is no such thing, for the middleware is missing.

    >>> from django.http import HttpRequest
    >>> tenant_of(HttpRequest())
    Traceback (most recent call last):
    django.core.exceptions.ImproperlyConfigured: request.tenant is missing: put \
tenantry.django.middleware.TenantMiddleware into MIDDLEWARE, behind AuthenticationMiddleware
    """
    inner = getattr(request, "_request", request)  # in one of Django REST framework
    if not isinstance(inner, TenantRequest) and "tenant" not in inner.__dict__:
        message = (
            "request.tenant is missing: put tenantry.django.middleware.TenantMiddleware into MIDDLEWARE, "
            "behind AuthenticationMiddleware"
        )
        raise ImproperlyConfigured(message)
    return request.tenant


def begin(request: Any) -> Any:
    """Makes a request one that has a tenant, which is the current one until `leave_request` of what this
    gives."""
    kind: Any = type(request)
    request.__class__ = _class_of(kind)
    if "tenant" in request.__dict__:
        # Set by hand, before the request could have one.
        request.tenant = request.__dict__.pop("tenant")
    return enter_request(request)


@cache
def _class_of(kind: type[HttpRequest]) -> type[TenantRequest]:
    """The class of a request with what `TenantRequest` has."""
    if kind is HttpRequest:
        return TenantRequest
    names = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
    }
    return type(kind.__name__, (kind, TenantRequest), names)


def _done(waiting: Future[TenantResolution]) -> TenantResolution:
    try:
        return waiting.result(timeout=PATIENCE)
    except TimeoutError:
        if waiting.done():
            raise
    message = (
        f"request.tenant has waited {PATIENCE} s in an event loop for a thread that may be waiting for this "
        "loop: write `await request.atenant()` here"
    )
    raise RuntimeError(message)


def _resolve(request: Any) -> TenantResolution:
    own = request.__dict__
    if "_acached_user" in own:
        # Django keeps the user of `await request.auser()` by itself, and would ask for it again.
        own.setdefault("_cached_user", own["_acached_user"])
    try:
        user = request.user
    except AttributeError:
        message = (
            "request.tenant needs request.user: put tenantry.django.middleware.TenantMiddleware behind "
            "django.contrib.auth.middleware.AuthenticationMiddleware in MIDDLEWARE"
        )
        raise ImproperlyConfigured(message) from None
    config = configuration()
    if not user.is_authenticated:
        return resolve(None)
    asked: dict[str, Any] = {}
    session = getattr(request, "session", None)  # an API may have none
    if Source.SESSION in config.sources and session is not None:
        asked["selected"] = session.get(SESSION_KEY)
    if Source.HEADER in config.sources:
        asked["header"] = request.headers.get(config.header)
    if Source.DOMAIN in config.sources:
        asked["host"] = _host(request)
    return resolve(user, **asked)


def _host(request: HttpRequest) -> str | None:
    try:
        return request.get_host()
    except DisallowedHost:
        return None


def _outside_the_loop(work: Callable[[], TenantResolution]) -> TenantResolution:
    """Does some work that asks the database, where Django allows it.

    In an event loop that is another thread, the one that Django has for this context: with its
    connection, and with what a test has not committed. The loop stands still meanwhile, so `atenant()`
    is better there.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return work()
    # Where sync code called this view, a middleware or a test client, its thread waits for such work, and
    # no other may do it.
    caller = getattr(AsyncToSync.executors, "current", None)
    caller = caller or AsyncToSync.loop_thread_executors.get(loop)
    if caller is not None:
        try:
            waiting = caller.submit(work)
        except RuntimeError:
            pass  # the request is answered, and its thread has gone on
        else:
            return _done(waiting)
    context = copy_context()
    pool = ThreadPoolExecutor(1)
    try:
        return _done(pool.submit(context.run, asyncio.run, sync_to_async(work)()))
    finally:
        pool.shutdown(wait=False)
