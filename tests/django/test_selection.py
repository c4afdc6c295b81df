"""Switching tenants in the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from rows import asked, out_of_reach, rows
from tenantry.django.context import current_tenant
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.requests import SESSION_KEY
from tenantry.django.selection import (
    aclear_tenant,
    aselect_tenant,
    clear_tenant,
    select_tenant,
)
from tenantry.django.tenants import create_tenant
from tenantry.exceptions import NotAvailableError

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(ann: Any) -> Any:
    return create_tenant("Acme", ann)


@pytest.fixture
def globex(ann: Any) -> Any:
    return create_tenant("Globex", ann)


def through(view: Callable[[Any], Any], user: Any) -> Any:
    request: Any = RequestFactory().get("/")
    request.user, request.session = user, SessionStore()
    request.session.save()

    def get_response(request: Any) -> HttpResponse:
        view(request)
        return HttpResponse()

    TenantMiddleware(get_response)(request)
    return request


def test_a_selection_counts_at_once_and_the_session_gets_a_new_key(
    ann: Any, acme: Any, globex: Any
) -> None:
    def view(request: Any) -> None:
        assert request.tenant is None
        key = request.session.session_key
        assert select_tenant(request, "globex") == globex
        assert request.session[SESSION_KEY] == "globex"
        assert request.session.session_key != key
        assert request.tenant == globex == current_tenant()
        assert request.tenant_resolution.source == "session"
        clear_tenant(request)
        assert SESSION_KEY not in request.session
        assert current_tenant() is None
        assert request.tenant is None
        assert request.tenant_resolution.reason == "ambiguous"

    through(view, ann)


def test_a_retired_slug_selects_its_tenant(ann: Any, acme: Any) -> None:
    rows.rename(acme, "acme-corp")

    def view(request: Any) -> None:
        assert select_tenant(request, "acme").id == acme.id
        assert request.session[SESSION_KEY] == "acme-corp"

    through(view, ann)


@pytest.mark.parametrize(
    "slug", ["", None, 7, "a b", "x" * 500, "nobodys", "bobs", "closed", "left"]
)
def test_what_is_not_available_is_refused_alike_and_changes_nothing(
    ann: Any, bob: Any, acme: Any, slug: object, django_assert_max_num_queries: Any
) -> None:
    out_of_reach(ann, bob)

    def view(request: Any) -> None:
        select_tenant(request, "acme")
        key = request.session.session_key
        with django_assert_max_num_queries(2), pytest.raises(NotAvailableError) as caught:
            select_tenant(request, slug)
        text = slug[:80] if isinstance(slug, str) else ""
        assert str(caught.value) == (
            f"The tenant “{text}” is not available to you; choose one of your own."
        )
        assert (request.session[SESSION_KEY], request.session.session_key) == ("acme", key)
        assert request.tenant == acme

    through(view, ann)


def test_nobody_selects_nothing(acme: Any) -> None:
    def view(request: Any) -> None:
        with pytest.raises(NotAvailableError):
            select_tenant(request, "acme")

    through(view, None)


def test_async_views_select_and_clear(ann: Any, acme: Any, globex: Any) -> None:
    async def get_response(request: Any) -> HttpResponse:
        assert await aselect_tenant(request, "acme") == acme
        assert await request.atenant() == acme == current_tenant()
        await aclear_tenant(request)
        assert await request.atenant() is None is current_tenant()
        return HttpResponse()

    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, SessionStore()
    async_to_sync(TenantMiddleware(get_response))(request)


def test_access_ends_with_the_very_next_request(
    client: Client, ann: Any, acme: Any, bob: Any
) -> None:
    rows.join(acme, bob)
    client.force_login(bob)
    session = client.session
    session[SESSION_KEY] = "acme"
    session.save()

    assert asked(client) == "acme"
    rows.set_member_active(acme, bob, False)
    assert asked(client) == "not_available"
    rows.set_member_active(acme, bob, True)
    rows.set_active(acme, False)
    assert asked(client) == "not_available"
    rows.set_active(acme, True)
    rows.rename(acme, "acme-corp")
    assert asked(client) == "acme-corp", "the old slug leads to its tenant"
    rows.delete(acme)
    create_tenant("Acme", ann)
    assert asked(client) == "not_available", "and never to another"


def test_a_slug_that_an_anonymous_session_carries_into_log_in_opens_nothing(
    client: Client, ann: Any, acme: Any, bob: Any
) -> None:
    session = client.session
    session[SESSION_KEY] = "acme"
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    assert client.get("/ask/").json()["reason"] == "anonymous"
    bob.set_password("bob")
    bob.save()
    assert client.login(username="bob", password="bob")
    assert client.get("/ask/").json()["reason"] == "not_available"


def test_a_selection_that_would_not_count_is_an_error(ann: Any, acme: Any, settings: Any) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header"]}

    def view(request: Any) -> None:
        with pytest.raises(ImproperlyConfigured, match="a selection does not count"):
            select_tenant(request, "acme")

    through(view, ann)
