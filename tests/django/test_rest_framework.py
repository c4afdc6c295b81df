"""Clients of an API, by the real Django REST framework."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from rest_framework.test import APIClient
from rows import QUERIES, rows
from tenantry.django.requests import SESSION_KEY
from tenantry.django.tenants import create_tenant

pytestmark = pytest.mark.django_db

TENANTS, NEEDS_TENANT, NEEDS_ROLE = "/api/tenants/", "/api/needs/tenant/", "/api/needs/role/"


@pytest.fixture
def acme(ann: Any, bob: Any) -> Any:
    acme = create_tenant("Acme", ann)
    rows.join(acme, bob)
    return acme


@pytest.fixture
def globex(ann: Any) -> Any:
    return create_tenant("Globex", ann)


@pytest.fixture(autouse=True)
def _sources(settings: Any) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header", "session"]}


def basic(user: Any) -> APIClient:
    """A client without cookies, that authenticates itself by each request."""
    user.set_password("secret")
    user.save()
    client = APIClient()
    token = b64encode(f"{user.get_username()}:secret".encode()).decode()
    client.credentials(HTTP_AUTHORIZATION=f"Basic {token}")
    return client


def test_the_chooser_as_json(ann: Any, acme: Any, globex: Any) -> None:
    client = basic(ann)
    answer = client.get(TENANTS, headers={"x-tenant": "globex"})
    assert answer.json() == [
        {"name": "Acme", "slug": "acme", "role": "owner", "is_current": False},
        {"name": "Globex", "slug": "globex", "role": "owner", "is_current": True},
    ]
    assert "X-Tenant" in answer["Vary"]


def test_a_header_names_the_tenant(ann: Any, bob: Any, acme: Any, globex: Any) -> None:
    client = basic(ann)
    assert client.get(NEEDS_TENANT, headers={"x-tenant": "globex"}).json() == "globex"
    answer = client.get(NEEDS_TENANT)
    assert (answer.status_code, answer.json()) == (403, {"detail": "Choose a workspace."})
    create_tenant("Bobs", bob)
    answers = [
        client.get(NEEDS_TENANT, headers={"x-tenant": slug}) for slug in ("bobs", "nobodys", "a b")
    ]
    assert {(one.status_code, one.content, str(one.headers)) for one in answers} == {
        (403, answers[0].content, str(answers[0].headers))
    }
    assert answers[0].json() == {"detail": "This workspace is not available to you."}


def test_whoever_the_api_authenticates_is_the_one_who_is_resolved(
    ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    """Also where a middleware has asked before: there nobody was authenticated yet."""
    client = basic(bob)
    client.force_login(ann)
    assert client.get(NEEDS_TENANT, headers={"x-tenant": "globex"}).status_code == 403
    assert client.get(NEEDS_TENANT, headers={"x-tenant": "acme"}).json() == "acme"


def test_who_asked_early_does_not_spoil_it(ann: Any, acme: Any, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "project.views.asks_early"]
    assert basic(ann).get(NEEDS_TENANT).json() == "acme"


def test_nobody_is_told_to_authenticate(acme: Any) -> None:
    for path in (TENANTS, NEEDS_TENANT, NEEDS_ROLE):
        answer = APIClient().get(path, headers={"x-tenant": "acme"})
        assert answer.status_code == 401
    assert APIClient().post(TENANTS, {"slug": "acme"}).status_code == 401


def test_who_has_no_tenant_is_told_so(ann: Any) -> None:
    answer = basic(ann).get(NEEDS_TENANT)
    assert answer.json() == {"detail": "You are not a member of any workspace."}
    assert basic(ann).get(TENANTS).json() == []


def test_roles(ann: Any, bob: Any, acme: Any) -> None:
    assert basic(ann).get(NEEDS_ROLE).json() == "acme"
    answer = basic(bob).get(NEEDS_ROLE)
    assert answer.status_code == 403
    assert answer.json() == {"detail": "Your role in this workspace does not allow this."}


def test_a_browser_selects_for_its_session(
    ann: Any, bob: Any, acme: Any, globex: Any, django_assert_num_queries: Any
) -> None:
    client = APIClient()
    client.force_login(ann)
    answer = client.post(TENANTS, {"slug": "globex"})
    assert [one["slug"] for one in answer.json() if one["is_current"]] == ["globex"]
    assert client.session[SESSION_KEY] == "globex"
    create_tenant("Bobs", bob)
    answers = []
    for slug in ("bobs", "nobodys", None, 7, ["acme"], "x" * 500):
        answers.append(client.post(TENANTS, {"slug": slug}))
    answers.append(client.post(TENANTS, ["acme"]))
    assert {(one.status_code, one.content) for one in answers} == {(403, answers[0].content)}
    assert client.get(NEEDS_TENANT).json() == "globex"
    with django_assert_num_queries(2 + QUERIES):
        client.get(NEEDS_TENANT)


def test_a_browser_needs_a_token_to_select(ann: Any, acme: Any) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.post(TENANTS, {"slug": "acme"}).status_code == 403
    assert SESSION_KEY not in client.session
