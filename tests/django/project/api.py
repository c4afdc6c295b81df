"""Views of Django REST framework."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import APIView
from tenantry.django.context import current_tenant
from tenantry.django.rest_framework import HasRole, HasTenant


class NeedsTenant(APIView):
    permission_classes = (HasTenant,)

    def get(self, request: Any) -> Response:
        assert request.tenant == current_tenant()
        return Response(request.tenant.slug)


class NeedsRole(NeedsTenant):
    permission_classes = (HasRole,)
    required_roles = ("owner", "admin")
