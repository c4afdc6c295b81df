"""`request.tenant` in the project's database: an instance like any other."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.models import get_tenant_model
from tenantry.django.resolution import available_tenants, resolve
from tenantry.django.tenants import create_tenant

pytestmark = pytest.mark.django_db


def test_the_tenant_is_an_instance_of_the_projects_model_and_can_be_saved(ann: Any) -> None:
    create_tenant("Acme", ann)
    tenants: Any = get_tenant_model()
    stored = tenants.objects.get()
    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, {}

    def get_response(request: Any) -> HttpResponse:
        assert type(request.tenant) is tenants
        assert request.tenant == stored
        assert request.tenant is request.tenant
        for field in tenants._meta.concrete_fields:
            assert getattr(request.tenant, field.attname) == getattr(stored, field.attname)
        request.tenant.name = "Acme Ltd."
        request.tenant.save()
        return HttpResponse()

    TenantMiddleware(get_response)(request)
    assert tenants.objects.get().name == "Acme Ltd."


def test_a_role_that_is_none_lets_nobody_in_and_breaks_nothing(ann: Any) -> None:
    create_tenant("Acme", ann)
    globex = create_tenant("Globex", ann)
    globex.memberships.update(role="viewer")
    assert resolve(ann, selected="globex").reason == "not_available"
    assert resolve(ann).tenant.slug == "acme"
    assert [one.tenant.slug for one in available_tenants(ann)] == ["acme"]
