"""Decorators for views that need a tenant, sync and async."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, TypeVar, cast, overload

from asgiref.sync import iscoroutinefunction

from tenantry.django.caching import varied
from tenantry.django.guards import arefusal, known_roles, refusal

__all__ = ["role_required", "tenant_required"]

View = TypeVar("View", bound=Callable[..., Any])


@overload
def tenant_required(view: View) -> View: ...
@overload
def tenant_required(view: None = None) -> Callable[[View], View]: ...
def tenant_required(view: Any = None) -> Any:
    """Lets only requests with a tenant into a view; see `tenantry.django.guards.refusal`.

    >>> from tenantry.django.decorators import tenant_required
    >>> @tenant_required
    ... def report(request):
    ...     return HttpResponse(request.tenant.name)
    >>> acme = create_tenant("Acme", ann)
    >>> report(request).content
    b'Acme'
    """
    return _guarded(view, ()) if view is not None else tenant_required


def role_required(*roles: str) -> Callable[[View], View]:
    """Lets only requests into a view whose user has one of these roles in the tenant: `owner`, `admin`,
    `member`. Roles are not ranked: name each that may enter.

    >>> from tenantry.django.decorators import role_required
    >>> @role_required("owner", "admin")
    ... def settings(request):
    ...     return HttpResponse("Settings")
    >>> acme = create_tenant("Acme", ann)
    >>> settings(request).status_code
    200
    """
    known = known_roles(roles)
    return lambda view: _guarded(view, known)


def _guarded(view: View, roles: Collection[str]) -> View:
    if iscoroutinefunction(view):

        @wraps(view)
        async def aguarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            refused = await arefusal(request, roles)
            return refused or varied(await view(request, *args, **kwargs))

        return cast("View", aguarded)

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
        return refusal(request, roles) or varied(view(request, *args, **kwargs))

    return cast("View", guarded)
