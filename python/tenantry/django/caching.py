"""Pages and values that are cached, and belong to a tenant.

Django's `cache_page` learns from the header `Vary` on what a page depends, as it stands when the view
returns; what a middleware adds later comes too late. So a page of a request that asked for the tenant is not
cached, unless `Vary` says by then on what it depends: a guard inside `cache_page` and `vary_on_tenant` see to
that. `cache_page_per_tenant` has the tenant in its key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from asgiref.sync import iscoroutinefunction
from django.middleware.cache import CacheMiddleware, UpdateCacheMiddleware
from django.utils.cache import has_vary_header, patch_vary_headers
from django.utils.decorators import decorator_from_middleware_with_args

from tenantry import Source
from tenantry.django.conf import configuration
from tenantry.django.context import current_tenant
from tenantry.django.sessions import is_of_session

__all__ = [
    "cache_page_per_tenant",
    "keep_pages_apart",
    "tenant_cache_key",
    "varied",
    "vary_on_tenant",
]

View = TypeVar("View", bound=Callable[..., Any])


def vary_on_tenant(view: View) -> View:
    """Tells caches that the page of a view depends on what names the tenant: the cookie of the session, and
    the header if `TENANTRY["SOURCES"]` has it. Put it inside `cache_page`; the guards do the same.

    >>> from tenantry.django.caching import vary_on_tenant
    >>> @vary_on_tenant
    ... def report(request):
    ...     return HttpResponse("A report")
    >>> report(request)["Vary"]
    'Cookie'
    """
    if iscoroutinefunction(view):

        @wraps(view)
        async def avaried(request: Any, *args: Any, **kwargs: Any) -> Any:
            return varied(await view(request, *args, **kwargs))

        return cast("View", avaried)

    @wraps(view)
    def sync_varied(request: Any, *args: Any, **kwargs: Any) -> Any:
        return varied(view(request, *args, **kwargs))

    return cast("View", sync_varied)


def cache_page_per_tenant(
    timeout: float, *, cache: str | None = None, key_prefix: str = ""
) -> Callable[[View], View]:
    """Caches the page of a view once for each tenant and role, for all members who have it: `cache_page`
    with a key of the tenant's. A request without a tenant is not cached.

    The page must not depend on the user. It is never served to anyone who is not let in, because the tenant
    is resolved each time.

    >>> from tenantry.django.caching import cache_page_per_tenant
    >>> @cache_page_per_tenant(60)
    ... def report(request):
    ...     return HttpResponse(request.tenant.name)
    >>> acme = create_tenant("Acme", ann)
    >>> report(request).content
    b'Acme'
    """

    def decorator(view: Any) -> Any:
        if iscoroutinefunction(view):
            message = "cache_page caches sync views alone, and so does cache_page_per_tenant"
            raise TypeError(message)

        @wraps(view)
        def per_tenant(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.tenant is None:
                return view(request, *args, **kwargs)
            # A guard inside lets some roles in, and others not.
            role = request.tenant_resolution.role
            prefix = tenant_cache_key(f"{role}:{key_prefix}", request.tenant)
            decorate = decorator_from_middleware_with_args(_PerTenant)
            cached = decorate(page_timeout=timeout, cache_alias=cache, key_prefix=prefix)
            return cached(view)(request, *args, **kwargs)

        return per_tenant

    return decorator


def tenant_cache_key(key: str, tenant: Any = None) -> str:
    """A key for the cache that is a tenant's own: the current tenant's, unless another is given.

    Raises `LookupError` if there is none: a value without a tenant would be everyone's.

    >>> from tenantry.django.caching import tenant_cache_key
    >>> acme = create_tenant("Acme", ann)
    >>> tenant_cache_key("totals", acme) == f"tenant:{acme.pk}:totals"
    True
    """
    if tenant is None:
        tenant = current_tenant()
    if tenant is None:
        message = (
            f"there is no current tenant for the cache key {key!r}; give one, or use `use_tenant`"
        )
        raise LookupError(message)
    return f"tenant:{getattr(tenant, 'pk', None) or tenant.id}:{key}"


def varied(response: Any) -> Any:
    """The response, with what names the tenant and the user in its `Vary`."""
    patch_vary_headers(response, _names())
    return response


def keep_pages_apart() -> None:
    """Makes Django's cache leave out a page that depends on the tenant and does not say so.

    `cache_page` stores what is inside it, and who is inside may have asked for the tenant long before: a
    middleware, a guard around it, a permission of an API.
    """
    middleware: Any = UpdateCacheMiddleware
    decide = middleware._should_update_cache
    if hasattr(decide, "__wrapped__"):
        return

    @wraps(decide)
    def decide_by_tenant(self: Any, request: Any, response: Any) -> bool:
        return bool(decide(self, request, response)) and is_told(request, response)

    middleware._should_update_cache = decide_by_tenant


def is_told(request: Any, response: Any) -> bool:
    """Whether a page that depends on the tenant says so, and its user is the one of the cookie: an API may know
    its users by a header of its own, which `Vary` does not name."""
    inner = getattr(request, "_request", request)  # in one of Django REST framework
    if not getattr(inner, "was_asked_for_tenant", False):
        return True
    is_varied = all(has_vary_header(response, name) for name in _names())
    return is_varied and is_of_session(inner, inner.user)


def _names() -> list[str]:
    """The headers that a page depends on: whatever names the tenant, the cookie says who the user is."""
    config = configuration()
    return ["Cookie", config.header] if Source.HEADER in config.sources else ["Cookie"]


class _PerTenant(CacheMiddleware):
    """What `cache_page` is made of, with a key that is the tenant's."""

    def _should_update_cache(self, request: Any, response: Any) -> bool:
        del response  # what keeps the pages of tenants apart is the key
        return bool(getattr(request, "_cache_update_cache", False))
