"""Whose the selection is: of who logged in to the session, as long as that lasts."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, RequestFactory
from rest_framework.test import APIClient
from rows import asked, rows
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.requests import SESSION_KEY
from tenantry.django.selection import clear_tenant, select_tenant
from tenantry.django.tenants import create_tenant
from tenantry.django.testing import select_tenant as select

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(ann: Any, bob: Any) -> Any:
    acme = create_tenant("Acme", ann)
    rows.join(acme, bob)
    return acme


@pytest.fixture
def globex(ann: Any, bob: Any) -> Any:
    globex = create_tenant("Globex", ann)
    rows.join(globex, bob)
    return globex


def request_of(session: Any, user: Any, **headers: str) -> Any:
    request: Any = RequestFactory().get("/", headers=headers)
    request.session, request.user = session, user
    return request


def through(request: Any, view: Any) -> Any:
    found = []

    def get_response(request: Any) -> HttpResponse:
        found.append(view(request))
        return HttpResponse()

    TenantMiddleware(get_response)(request)
    return found[0]


def logged_in(user: Any) -> SessionStore:
    session = SessionStore()
    session[USER_KEY] = str(user.pk)
    session.create()
    return session


def test_a_switch_in_flight_does_not_bring_a_session_back_that_logged_out(
    ann: Any, acme: Any, globex: Any
) -> None:
    key = logged_in(ann).session_key

    def switch(request: Any) -> None:
        request.session[USER_KEY]  # it is loaded; and then, in another request,
        SessionStore(key).flush()
        with pytest.raises(SessionInterrupted):
            select_tenant(request, "globex")

    through(request_of(SessionStore(key), ann), switch)
    assert not Session.objects.exists()


def test_a_selection_and_its_end_give_the_session_a_new_key(ann: Any, acme: Any) -> None:
    session = logged_in(ann)
    keys = [session.session_key]

    def view(request: Any) -> None:
        select_tenant(request, "acme")
        keys.append(request.session.session_key)
        clear_tenant(request)
        keys.append(request.session.session_key)

    through(request_of(session, ann), view)
    assert len(set(keys)) == 3
    assert [one.session_key for one in Session.objects.all()] == keys[-1:]


def test_who_impersonates_has_another_selection_there(
    ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    session = logged_in(ann)
    through(request_of(session, ann), lambda request: select_tenant(request, "acme"))
    # A middleware of the project makes the request Bob's; the session is still Ann's.
    assert through(request_of(session, bob), lambda request: request.tenant) is None
    through(request_of(session, bob), lambda request: select_tenant(request, "globex"))
    assert through(request_of(session, bob), lambda request: request.tenant) == globex
    assert through(request_of(session, ann), lambda request: request.tenant) == acme
    assert session[SESSION_KEY] == "acme"
    through(request_of(session, bob), clear_tenant)
    assert through(request_of(session, bob), lambda request: request.tenant) is None
    assert through(request_of(session, ann), lambda request: request.tenant) == acme


def test_a_client_with_a_token_gets_no_session(ann: Any, acme: Any, globex: Any) -> None:
    request = request_of(SessionStore(), ann, authorization="Token x")

    def view(request: Any) -> None:
        with pytest.raises(ImproperlyConfigured, match="by the header"):
            select_tenant(request, "acme")

    through(request, view)
    assert request.session.session_key is None
    client = APIClient()
    client.force_authenticate(ann, token="x")  # type: ignore[arg-type] # any is a token
    answer = client.post("/api/tenants/", {"slug": "acme"})
    assert answer.status_code == 403
    assert answer.cookies == {}
    assert not Session.objects.exists()


def test_whoever_logs_in_next_does_not_get_the_selection(
    ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    client = Client()
    client.force_login(ann)
    select(client, "globex")
    assert asked(client) == "globex"
    client.force_login(bob)
    assert asked(client) == "ambiguous"
