"""What a request gets: `tenant`, `tenant_resolution` and `atenant()`, each resolved once."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.core.exceptions import DisallowedHost, ImproperlyConfigured, SynchronousOnlyOperation
from django.http import HttpRequest

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.context import enter_request
from tenantry.django.resolution import TenantResolution, resolve
from tenantry.django.sessions import SESSION_KEY, selection
from tenantry.django.users import user_key

__all__ = ["SESSION_KEY", "TenantRequest", "begin", "tenant_of"]

UNSET: Any = object()
FORGOTTEN: Any = object()


class _State:
    """What a request knows about its tenant."""

    __slots__ = ("by_hand", "resolution", "user")

    def __init__(self) -> None:
        self.by_hand: Any = UNSET
        self.user: Any = UNSET
        """Who the resolution is of."""
        self.resolution = TenantResolution()


class TenantRequest(HttpRequest):
    """What `TenantMiddleware` makes of a request. For annotations: a request is never made of it."""

    _tenantry: _State | None = None
    """What it knows, once it was asked; most are not."""

    @property
    def _state(self) -> _State:
        if self._tenantry is None:
            self._tenantry = _State()
        return self._tenantry

    @property
    def tenant(self) -> Any:
        """The tenant that the request is in, or None.

        It is resolved when it is first asked for, and again if the user has become another, by a login or
        by the authentication of an API. If you assign it, it stays.

        Raises `SynchronousOnlyOperation` in an event loop, as `request.user` does, unless it is known
        already: write `await request.atenant()` there.
        """
        if self._state.by_hand is not UNSET:
            return self._state.by_hand
        return self.tenant_resolution.tenant

    @tenant.setter
    def tenant(self, tenant: Any) -> None:
        self._state.by_hand = tenant

    @property
    def known_tenant(self) -> Any:
        """The tenant as far as it was asked for, or assigned; else None. It asks nothing."""
        if self._tenantry is None:
            return None
        if self._tenantry.by_hand is not UNSET:
            return self._tenantry.by_hand
        return self._tenantry.resolution.tenant if self._is_resolved() else None

    @property
    def tenant_resolution(self) -> TenantResolution:
        """The tenant with the role, the source or the reason."""
        if not self._is_resolved():
            _refuse_in_event_loop()
            user = _user(self)
            self._take(user, _resolve(self, user))
        return self._state.resolution

    async def atenant(self) -> Any:
        """`tenant`, for async views."""
        while self._state.by_hand is UNSET and not self._is_resolved():
            user = _user(self)
            # While this waits, the user may become another: then it is asked for that one.
            self._take(user, await sync_to_async(_resolve)(self, user))
        return self.known_tenant

    @property
    def was_asked_for_tenant(self) -> bool:
        """Whether the tenant was resolved, so that the response depends on what names it."""
        return self._tenantry is not None and self._tenantry.user is not UNSET

    def forget_tenant(self) -> None:
        """Resolves anew when it is asked next: the selection has changed."""
        self._state.by_hand = UNSET
        self._state.user = FORGOTTEN

    def _is_resolved(self) -> bool:
        user = self._state.user
        return user is not UNSET and user is not FORGOTTEN and user is getattr(self, "user", None)

    def _take(self, user: Any, resolution: TenantResolution) -> None:
        self._state.user, self._state.resolution = user, resolution

    def __reduce_ex__(self, protocol: Any) -> Any:
        # As before the middleware: the class of a request that has a tenant is made while the site runs.
        plain: Any = object.__new__(_plain_class(type(self)))
        plain.__dict__.update(self.__dict__)
        plain.__dict__.pop("_tenantry", None)
        return object.__new__, (type(plain),), plain.__getstate__()

    def __copy__(self) -> Any:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy


def tenant_of(request: Any) -> Any:
    """`request.tenant`.

    Raises `ImproperlyConfigured` if there is no such thing because the middleware is missing.

    >>> from django.http import HttpRequest
    >>> tenant_of(HttpRequest())
    Traceback (most recent call last):
    django.core.exceptions.ImproperlyConfigured: request.tenant is missing: put \
tenantry.django.middleware.TenantMiddleware into MIDDLEWARE, after AuthenticationMiddleware
    """
    check_middleware(request)
    return request.tenant


def check_middleware(request: Any) -> None:
    """Raises `ImproperlyConfigured` if a request cannot have a tenant."""
    inner = getattr(request, "_request", request)  # in one of Django REST framework
    if not isinstance(inner, TenantRequest) and "tenant" not in inner.__dict__:
        message = (
            "request.tenant is missing: put tenantry.django.middleware.TenantMiddleware into MIDDLEWARE, "
            "after AuthenticationMiddleware"
        )
        raise ImproperlyConfigured(message)


def begin(request: Any) -> Any:
    """Makes a request one that has a tenant, which is the current one until `leave_request` of what this
    gives.

    Its class is replaced by one that has the attributes: an attribute of the instance would have to be an
    object that only looks like None where there is no tenant.
    """
    own, kind = request.__dict__, request.__class__
    request.__class__ = _class_of(kind)
    own.pop("_tenantry", None)
    if "tenant" in own:
        request.tenant = own.pop("tenant")  # set before the request could have one
    return enter_request(request)


@cache
def _class_of(kind: type[HttpRequest]) -> type[TenantRequest]:
    """The class of a request with what `TenantRequest` has."""
    if kind is HttpRequest or issubclass(kind, TenantRequest):
        return cast("type[TenantRequest]", TenantRequest if kind is HttpRequest else kind)
    names = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
    }
    return type(kind.__name__, (TenantRequest, kind), names)


def _plain_class(kind: type) -> type:
    """The class that a request had before it had a tenant."""
    bases = [one for one in kind.__mro__ if not issubclass(one, TenantRequest)]
    return bases[0]


def _refuse_in_event_loop() -> None:
    if os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):
        return
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    message = (
        "request.tenant asks the database, which code in an event loop cannot wait for: write "
        "`await request.atenant()` first."
    )
    raise SynchronousOnlyOperation(message)


def _user(request: Any) -> Any:
    try:
        return request.user
    except AttributeError:
        message = (
            "request.tenant needs request.user: put tenantry.django.middleware.TenantMiddleware after "
            "django.contrib.auth.middleware.AuthenticationMiddleware in MIDDLEWARE"
        )
        raise ImproperlyConfigured(message) from None


def _resolve(request: Any, user: Any) -> TenantResolution:
    own = request.__dict__
    if "_acached_user" in own:
        # Django keeps the user of `await request.auser()` by itself, and would ask for it again.
        own.setdefault("_cached_user", own["_acached_user"])
    if user_key(user) is None:
        return resolve(None)
    sources = configuration().sources
    asked: dict[str, Any] = {}
    if Source.SESSION in sources:
        asked["selected"] = selection(request, user)
    if Source.HEADER in sources:
        asked["header"] = request.headers.get(configuration().header)
    if Source.DOMAIN in sources:
        asked["host"] = _host(request)
    return resolve(user, **asked)


def _host(request: HttpRequest) -> str | None:
    try:
        return request.get_host()
    except DisallowedHost:
        return None
