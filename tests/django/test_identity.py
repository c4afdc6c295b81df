"""Who the user is: what is not one gets nobody's tenants, whatever its primary key is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from core.models import Employee
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.test import APIClient
from tenantry.django.guards import refusal
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.resolution import available_tenants, resolve
from tenantry.django.selection import select_tenant
from tenantry.django.snapshots import export_snapshot
from tenantry.django.tenants import create_tenant, ensure_default_tenant
from tenantry.exceptions import InvalidValueError, NotAvailableError, TenantryError

pytestmark = pytest.mark.django_db


class TokenUser:
    """What an authentication by tokens gives: no row, but the key of one."""

    is_authenticated = True

    def __init__(self, pk: Any) -> None:
        self.pk = self.id = pk


def group_of_key(user: Any) -> Any:
    """An instance of another model with the key of a user, as an API may authenticate a device."""
    group: Any = Group(name="a device")
    group.pk, group.is_authenticated = user.pk, True
    return group


def asked_by(user: Any, work: Callable[[Any], Any]) -> Any:
    """What a view gives in a request of this user."""
    request: Any = RequestFactory().get("/")
    request.user, request.session = user, SessionStore()
    found = []

    def view(request: Any) -> HttpResponse:
        found.append(work(request))
        return HttpResponse()

    TenantMiddleware(view)(request)
    return found[0]


def test_an_instance_of_another_model_is_in_no_tenant(ann: Any) -> None:
    create_tenant("Acme", ann)
    device = group_of_key(ann)
    assert resolve(device).reason == "anonymous"
    assert resolve(device, selected="acme").tenant is None
    assert available_tenants(device) == []
    assert asked_by(device, lambda request: request.tenant) is None
    with pytest.raises(TenantryError):
        export_snapshot(device)

    def select(request: Any) -> None:
        with pytest.raises(NotAvailableError):
            select_tenant(request, "acme")

    asked_by(device, select)


def test_an_api_that_authenticates_another_model_lists_nothing(ann: Any) -> None:
    create_tenant("Acme", ann)
    client = APIClient()
    client.force_authenticate(group_of_key(ann))
    assert client.get("/api/tenants/").json() == []
    assert client.get("/api/needs/tenant/").status_code == 403
    assert client.post("/api/tenants/", {"slug": "acme"}).status_code == 403


def test_the_user_of_a_token_counts_by_its_key(ann: Any, bob: Any) -> None:
    create_tenant("Acme", ann)
    assert resolve(TokenUser(ann.pk)).tenant.slug == "acme"
    assert resolve(TokenUser(str(ann.pk))).tenant.slug == "acme"
    assert create_tenant("Bobs", TokenUser(bob.pk)).slug == "bobs"
    assert resolve(bob).role == "owner"
    assert ensure_default_tenant(TokenUser(bob.pk)) is None


@pytest.mark.parametrize(
    "key", [None, "no such key", True, " 1", "1 ", "1_0", 10**30, "9" * 300, [1]]
)
def test_a_key_that_is_not_exactly_a_users_is_nobodys(ann: Any, key: Any) -> None:
    create_tenant("Acme", ann)
    assert resolve(TokenUser(key)).tenant is None
    assert available_tenants(TokenUser(key)) == []


class Plain:
    """What an authentication may give that knows nothing of Django's users."""

    pk = 1


@pytest.mark.parametrize("user", [Plain(), "ann", 1, object(), AnonymousUser(), None])
def test_what_is_not_a_user_is_anonymous_and_breaks_nothing(ann: Any, user: Any) -> None:
    create_tenant("Acme", ann)
    assert resolve(user).reason == "anonymous"
    assert available_tenants(user) == []
    assert asked_by(user, lambda request: request.tenant) is None
    assert asked_by(user, refusal).status_code == 302
    with pytest.raises(InvalidValueError, match="not a user"):
        create_tenant("Theirs", user)
    with pytest.raises(InvalidValueError, match="not a user"):
        ensure_default_tenant(user)
    client = APIClient()
    client.force_authenticate(user)
    assert client.get("/api/needs/tenant/").status_code in {401, 403}


@pytest.mark.parametrize("user", [None, AnonymousUser()])
def test_no_user_is_anonymous(user: Any) -> None:
    assert resolve(user).reason == "anonymous"
    assert available_tenants(user) == []
    assert asked_by(user, lambda request: request.tenant) is None
    assert asked_by(user, refusal).status_code == 302
    with pytest.raises(TenantryError):
        export_snapshot(user)


def test_a_child_of_the_user_with_a_key_of_its_own_is_that_user(
    ann: Any, make_user: Callable[..., Any]
) -> None:
    create_tenant("Anns Secret", ann)
    bob = make_user("bob")
    employee: Any = Employee(parent=bob)
    # The number of the employee is the key of another user.
    employee.number = ann.pk if isinstance(ann.pk, int) else 1
    employee.save_base(raw=True)
    employee = Employee.objects.get(parent=bob)
    assert resolve(employee).tenant is None
    create_tenant("Bobs", employee)
    assert resolve(employee).tenant.slug == resolve(bob).tenant.slug == "bobs"
    assert [one.tenant.slug for one in available_tenants(employee)] == ["bobs"]
    assert resolve(ann).tenant.slug == "anns-secret"
    assert '"bobs"' in export_snapshot(employee).to_json()
