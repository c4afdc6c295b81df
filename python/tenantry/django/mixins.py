"""Mixins for class-based views that need a tenant, sync and async."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from tenantry.django.caching import varied
from tenantry.django.guards import arefusal, known_roles, refusal

__all__ = ["RoleRequiredMixin", "TenantRequiredMixin"]


class TenantRequiredMixin:
    """Lets only requests with a tenant into a view; see `tenantry.django.guards.refusal`. It comes first
    among the bases.

    >>> from tenantry.django.mixins import TenantRequiredMixin
    >>> class Report(TenantRequiredMixin, View):
    ...     def get(self, request):
    ...         return HttpResponse(request.tenant.name)
    >>> acme = create_tenant("Acme", ann)
    >>> Report.as_view()(request).content
    b'Acme'
    """

    view_is_async: ClassVar[bool]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer of the view, or what `refusal` says; in an async view what gives it."""
        if self.view_is_async:
            return self._adispatch(request, *args, **kwargs)
        refused = refusal(request, self._needed_roles())
        return refused or varied(super().dispatch(request, *args, **kwargs))  # type: ignore[misc]

    async def _adispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        refused = await arefusal(request, self._needed_roles())
        response = refused or await super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return varied(response)

    def _needed_roles(self) -> Collection[str]:
        return ()


class RoleRequiredMixin(TenantRequiredMixin):
    """Lets only requests into a view whose user has one of `required_roles` in the tenant.

    >>> from tenantry.django.mixins import RoleRequiredMixin
    >>> class Settings(RoleRequiredMixin, View):
    ...     required_roles = ("owner", "admin")
    ...     def get(self, request):
    ...         return HttpResponse("Settings")
    >>> acme = create_tenant("Acme", ann)
    >>> Settings.as_view()(request).status_code
    200
    """

    required_roles: Collection[str] = ()

    def _needed_roles(self) -> Collection[str]:
        return known_roles(self.required_roles)
