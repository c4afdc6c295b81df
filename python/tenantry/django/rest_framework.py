"""For Django REST framework: permissions, and the chooser as JSON. Needs the extra `tenantry[rest]`.

A client names its tenant by a header if `TENANTRY["SOURCES"]` has `"header"`, or selects it for the
session. Whoever authenticates it, a session or a token, its user is the one that is resolved.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from tenantry import Reason, Source
from tenantry.django.choices import NO_MEMBERSHIP, NOT_AVAILABLE, NOT_CHOSEN, WRONG_ROLE
from tenantry.django.conf import configuration
from tenantry.django.guards import has_role, known_roles
from tenantry.django.paging import tenant_page
from tenantry.django.requests import tenant_of
from tenantry.django.resolution import AvailableTenant
from tenantry.django.selection import select_tenant
from tenantry.django.sessions import has_session
from tenantry.django.users import user_key
from tenantry.exceptions import NotAvailableError

__all__ = ["HasRole", "HasTenant", "TenantsView"]

# With any other reason there are several, and none is named.
REFUSED = {Reason.NO_MEMBERSHIP: NO_MEMBERSHIP, Reason.NOT_AVAILABLE: NOT_AVAILABLE}


class HasTenant(BasePermission):
    """Allows requests that are in a tenant; `request.tenant` is then that.

    >>> from rest_framework.views import APIView
    >>> from tenantry.django.rest_framework import HasTenant
    >>> class Report(APIView):
    ...     permission_classes = [HasTenant]
    ...     def get(self, request):
    ...         return Response(request.tenant.name)
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        """Whether the request is in a tenant."""
        del view
        if user_key(request.user) is None:
            return False
        if tenant_of(request) is not None:
            return True
        self.message = REFUSED.get(request.tenant_resolution.reason, NOT_CHOSEN)
        return False


class HasRole(HasTenant):
    """Allows requests whose user has one of the view's `required_roles` in the tenant.

    >>> from rest_framework.views import APIView
    >>> from tenantry.django.rest_framework import HasRole
    >>> class Settings(APIView):
    ...     permission_classes = [HasRole]
    ...     required_roles = ("owner", "admin")
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        """Whether the request is in a tenant, and its user has the role."""
        roles: Collection[str] = getattr(view, "required_roles", ())
        known = known_roles(roles)
        if not super().has_permission(request, view):
            return False
        self.message = WRONG_ROLE
        return has_role(request, known)


class TenantsView(APIView):
    """The chooser as JSON: `path("api/tenants/", TenantsView.as_view())`.

    - GET: the tenants that the user may enter, by name, each as `name`, `slug`, `role` and
      `is_current`: at most 100, with the next page in the header `Link`. `?search=` finds some by name or
      slug.
    - POST of a `slug`: selects that tenant for the session, and answers as GET does. What is not
      available and what does not exist get the same 403. A client with a token has no session, and names
      its tenant by the header.
    """

    permission_classes = (IsAuthenticated,)
    page_size = 100

    def get(self, request: Any) -> Response:
        """The tenants that the user may enter."""
        page = tenant_page(request.user, request.query_params, self.page_size)
        current = tenant_of(request)
        response = Response([_as_json(one, current) for one in page.choices])
        if not page.is_last:
            query = urlencode({"search": page.search, "page": page.number + 1})
            url = request.build_absolute_uri(f"{request.path}?{query}")
            response["Link"] = f'<{url}>; rel="next"'
        return response

    def post(self, request: Any) -> Response:
        """Selects a tenant for the session."""
        if Source.SESSION not in configuration().sources or not has_session(request):
            raise PermissionDenied(NOT_CHOSEN)
        slug = request.data.get("slug") if hasattr(request.data, "get") else None
        try:
            select_tenant(request, slug)
        except NotAvailableError as error:
            raise PermissionDenied(NOT_AVAILABLE) from error
        return self.get(request)


def _as_json(one: AvailableTenant, current: Any) -> dict[str, Any]:
    tenant = one.tenant
    return {
        "name": tenant.name,
        "slug": tenant.slug,
        "role": str(one.role),
        "is_current": tenant == current,
    }
