"""`request.tenant` through real requests: the table of the vectors, and what it must not cost."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.template import engines
from django.test import AsyncClient, Client, RequestFactory
from rows import IS_EMBEDDED, QUERIES, rows
from tenantry.django import context_processors
from tenantry.django.context import current_tenant, use_tenant
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.requests import SESSION_KEY
from tenantry.django.tenants import create_tenant

pytestmark = pytest.mark.django_db

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
CASES = json.loads((VECTORS / "resolution.json").read_text(encoding="utf-8"))["cases"]
User: Any = get_user_model()


def stand(case: dict[str, Any]) -> Any:
    """Brings about what the case says is there; who asks, if anybody."""
    users = {}
    keys = {one["user"] for one in case["memberships"]} | {case["request"]["user"]} - {None}
    for number, key in enumerate(sorted(keys)):
        users[key] = User(username=f"user{number}")
        users[key].save()
    tenants = {row["slug"]: rows.put(**row) for row in case["tenants"]}
    for row in case["memberships"]:
        user, tenant = users[row["user"]], tenants[row["tenant"]]
        rows.join(tenant, user, row["role"], is_active=row["is_active"])
    return users.get(case["request"]["user"])


def asked(case: dict[str, Any], user: Any) -> tuple[Client, dict[str, Any]]:
    """A browser, and what it sends."""
    request = case["request"]
    client = Client()
    if user is not None:
        client.force_login(user)
    if request["selected"] is not None:
        session = client.session
        session[SESSION_KEY] = request["selected"]
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
    sent: dict[str, Any] = {}
    if request["header"] is not None:
        sent["headers"] = {"x-tenant": request["header"]}
    # Django itself refuses what is no host.
    if split_domain_port(request["host"] or "")[0]:
        sent["HTTP_HOST"] = request["host"]
    return client, sent


def wanted(case: dict[str, Any]) -> dict[str, Any]:
    answer = case["answer"]
    return {key: answer.get(key) for key in ("tenant", "role", "source", "reason")}


@pytest.mark.per_database
@pytest.mark.per_home
@pytest.mark.parametrize(("path", "step"), [("/ask/", 1), ("/aask/", 5)])
def test_every_case_of_the_table_has_its_answer(
    settings: Any, tmp_path: Path, path: str, step: int
) -> None:
    wrong = []
    base = settings.TENANTRY
    for number, case in enumerate(CASES[::step]):
        if case["request"]["host"] == "twin.example.com" and not IS_EMBEDDED:
            continue  # only one tenant can have proven that a domain is its own
        # What the database takes back, a store does not: a new one for each case.
        store = {"STORE": tmp_path / f"{number}.db"} if IS_EMBEDDED else {}
        settings.TENANTRY = {**base, **store, "SOURCES": case["sources"] or ["session"]}
        with transaction.atomic():
            client, sent = asked(case, stand(case))
            answer = client.get(path, **sent).json()
            if {key: answer[key] for key in wanted(case)} != wanted(case):
                wrong.append((case["description"], answer, wanted(case)))
            assert answer["is_none"] is (answer["tenant"] is None)
            assert answer["current"] == answer["tenant"]
            transaction.set_rollback(True)
        assert current_tenant() is None
    assert wrong == []


# What it costs


@pytest.fixture
def acme(ann: Any) -> Any:
    return create_tenant("Acme", ann)


@pytest.mark.parametrize("path", ["/untouched/", "/auntouched/", "/page/"])
def test_a_view_that_does_not_ask_costs_nothing(
    client: Client, ann: Any, acme: Any, django_assert_num_queries: Any, path: str
) -> None:
    client.force_login(ann)
    with django_assert_num_queries(0):
        response = client.get(path)
    assert "Vary" not in response or "Cookie" not in response["Vary"]


@pytest.mark.parametrize(
    ("selected", "queries"), [(None, 1), ("acme", 1), ("old", 2), ("nobodys", 2)]
)
@pytest.mark.parametrize("path", ["/ask/", "/aask/", "/page/?shows"])
def test_a_view_that_asks_costs_one_query_beyond_session_and_user_and_two_after_a_miss(
    client: Client,
    ann: Any,
    acme: Any,
    django_assert_num_queries: Any,
    path: str,
    selected: str | None,
    queries: int,
) -> None:
    client.force_login(ann)
    if selected:
        session = client.session
        session[SESSION_KEY] = selected
        session.save()
    with django_assert_num_queries(2 + queries * QUERIES):
        response = client.get(path)
    assert "Cookie" in response["Vary"]


def test_nobody_costs_no_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/ask/").json()["reason"] == "anonymous"


def test_what_can_be_no_slug_costs_no_query(
    client: Client, ann: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(ann)
    for selected in ("a b", "x" * 81, "a\\0b", 7, ["acme"], {"slug": "acme"}, True):
        session = client.session
        session[SESSION_KEY] = selected
        session.save()
        with django_assert_num_queries(2):
            assert client.get("/ask/").json()["reason"] == "not_available"


def test_the_header_is_in_vary_where_it_is_used(
    client: Client, ann: Any, acme: Any, settings: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {
        "SOURCES": ["header", "session"],
        "HEADER": "X-Workspace",
    }
    client.force_login(ann)
    response = client.get("/ask/", headers={"x-workspace": "acme"})
    assert response.json()["source"] == "header"
    assert "X-Workspace" in response["Vary"]
    response = client.get("/untouched/", headers={"x-workspace": "acme"})
    assert "X-Workspace" not in response.get("Vary", "")


# What a view does with it


def through(view: Callable[[Any], Any], user: Any) -> Any:
    """The request that a view got by the middleware alone."""
    request: Any = RequestFactory().get("/")
    request.user = user
    request.session = {}

    def get_response(request: Any) -> HttpResponse:
        view(request)
        return HttpResponse()

    TenantMiddleware(get_response)(request)
    return request


def test_the_tenant_may_be_set_by_hand(ann: Any, acme: Any, django_assert_num_queries: Any) -> None:
    other = create_tenant("Globex", ann)

    def view(request: Any) -> None:
        request.tenant = other
        assert request.tenant is other is current_tenant()
        request.tenant = None
        assert request.tenant is None is current_tenant()

    with django_assert_num_queries(0):
        through(view, ann)


def test_the_request_stays_what_it_was(ann: Any) -> None:
    def view(request: Any) -> None:
        assert isinstance(request, WSGIRequest)
        assert type(request).__name__ == "WSGIRequest"
        assert not hasattr(RequestFactory().get("/"), "tenant")

    through(view, ann)


def test_without_the_middleware_of_users_the_error_says_what_to_do() -> None:
    request: Any = RequestFactory().get("/")

    def get_response(request: Any) -> HttpResponse:
        with pytest.raises(ImproperlyConfigured, match="after .*AuthenticationMiddleware"):
            request.tenant  # noqa: B018
        return HttpResponse()

    TenantMiddleware(get_response)(request)


# The current tenant


def test_it_is_the_current_one_while_the_view_runs_and_not_after(ann: Any, acme: Any) -> None:
    seen = []

    def view(request: Any) -> None:
        seen.append(current_tenant())
        assert request.tenant == current_tenant() == acme

    request = through(view, ann)
    assert (seen, current_tenant()) == ([None], None)
    request.forget_tenant()
    assert request.tenant == acme
    assert current_tenant() is None, "the request is over"


def test_it_is_not_the_current_one_after_an_error(ann: Any, acme: Any) -> None:
    def view(request: Any) -> None:
        assert request.tenant == acme
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        through(view, ann)
    assert current_tenant() is None


@pytest.mark.parametrize("path", ["/stream/", "/astream/"])
def test_what_is_streamed_has_it_too(client: Client, ann: Any, acme: Any, path: str) -> None:
    client.force_login(ann)
    response: Any = client.get(path)
    if response.is_async:

        async def collected() -> bytes:
            return b"".join([chunk async for chunk in response])

        content = async_to_sync(collected)()
    else:
        content = response.getvalue()
    assert content == b"Acme Acme Acme "
    assert current_tenant() is None


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_in_one_loop_have_each_their_own(make_user: Callable[..., Any]) -> None:
    users = [make_user() for _ in range(8)]
    names = [f"Tenant {number}" for number in range(8)]
    for user, name in zip(users, names, strict=True):
        create_tenant(name, user)

    async def visit(user: Any, path: str) -> Any:
        client = AsyncClient()
        await client.aforce_login(user)
        answers = [(await client.get(path)).json()["current"] for _ in range(5)]
        assert current_tenant() is None
        return set(answers)

    async def all_at_once() -> list[Any]:
        paths = ("/aask/", "/ask/", "/aask/", "/aask/")
        return await asyncio.gather(*(visit(user, paths[at % 4]) for at, user in enumerate(users)))

    found = async_to_sync(all_at_once)()
    assert found == [{f"tenant-{number}"} for number in range(8)]


def test_a_file_stays_one_that_the_server_sends_by_itself(ann: Any, acme: Any) -> None:
    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, {}
    response = FileResponse(BytesIO(b"a file"))

    def get_response(request: Any) -> FileResponse:
        assert request.tenant == acme
        return response

    assert TenantMiddleware(get_response)(request) is response
    assert response.file_to_stream is not None


def test_an_api_without_sessions_has_tenants_too(ann: Any, acme: Any) -> None:
    request: Any = RequestFactory().get("/")
    request.user = ann

    def get_response(request: Any) -> HttpResponse:
        assert request.tenant == acme
        return HttpResponse()

    TenantMiddleware(get_response)(request)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", [None, 0, -1])
def test_under_asgi_each_request_has_its_own_whatever_stands_around_it(
    make_user: Callable[..., Any], settings: Any, place: int | None
) -> None:
    if place is not None:
        found = list(settings.MIDDLEWARE)
        found.insert(place if place == 0 else len(found), "project.views.only_sync")
        settings.MIDDLEWARE = found
    cookies = {}
    for number in range(4):
        user = make_user()
        create_tenant(f"Tenant {number}", user)
        client = Client()
        client.force_login(user)
        cookies[number] = client.cookies["sessionid"].value
    application = get_asgi_application()

    async def visit(number: int, path: str) -> Any:
        headers = [(b"cookie", f"sessionid={cookies[number]}".encode()), (b"host", b"testserver")]
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": headers}
        scope |= {"query_string": b"", "http_version": "1.1", "asgi": {"version": "3.0"}}
        server: Any = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
        await server.send_input({"type": "http.request", "body": b""})
        start = await server.receive_output(timeout=600)
        body = await server.receive_output(timeout=600)
        await server.wait(timeout=600)
        assert start["status"] == 200
        return json.loads(body["body"])["current"]

    async def all_at_once() -> list[Any]:
        paths = ("/ask/", "/aask/")
        return await asyncio.gather(*(visit(number, path) for path in paths for number in cookies))

    # In a thread, for a loop that stands still never ends.
    pool = ThreadPoolExecutor(1)
    found = pool.submit(asyncio.run, all_at_once()).result(timeout=600)
    pool.shutdown()
    assert found == [f"tenant-{number}" for number in range(4)] * 2


def test_a_task_that_outlives_the_request_keeps_it(ann: Any, acme: Any) -> None:
    tasks = []

    async def late() -> Any:
        await asyncio.sleep(0.01)
        return current_tenant()

    async def get_response(request: Any) -> HttpResponse:
        await request.atenant()
        tasks.append(asyncio.create_task(late()))
        return HttpResponse()

    async def visit() -> Any:
        request: Any = RequestFactory().get("/")
        request.user, request.session = ann, {}
        await TenantMiddleware(get_response)(request)
        assert current_tenant() is None
        return await tasks[0]

    assert async_to_sync(visit)() == acme


def test_a_block_of_use_tenant_is_not_overruled_by_the_request(ann: Any, acme: Any) -> None:
    def view(request: Any) -> None:
        with use_tenant("another"):
            assert request.tenant == acme
            assert current_tenant() == "another"
            with use_tenant(None):
                assert current_tenant() is None
        assert current_tenant() == acme

    through(view, ann)


def test_who_has_logged_out_is_in_no_current_tenant(ann: Any, acme: Any) -> None:
    def view(request: Any) -> None:
        assert request.tenant == current_tenant() == acme
        request.user = AnonymousUser()
        assert current_tenant() is None
        assert request.tenant is None

    through(view, ann)


def test_a_task_that_asks_tells_the_view(ann: Any, acme: Any) -> None:
    async def get_response(request: Any) -> HttpResponse:
        await asyncio.gather(request.atenant(), asyncio.sleep(0))
        assert current_tenant() == acme
        return HttpResponse()

    request: Any = RequestFactory().get("/")
    request.user, request.session = ann, {}
    async_to_sync(TenantMiddleware(get_response))(request)
    assert current_tenant() is None


def test_what_was_set_before_the_middleware_stays(ann: Any) -> None:
    request: Any = HttpRequest()
    request.user, request.tenant = ann, "by hand"

    def get_response(request: Any) -> HttpResponse:
        assert request.tenant == current_tenant() == "by hand"
        return HttpResponse()

    TenantMiddleware(get_response)(request)


def test_a_user_of_an_api_need_not_be_a_row(ann: Any, acme: Any) -> None:
    class Token:
        pk = ann.pk
        is_authenticated = True

    def view(request: Any) -> None:
        assert request.tenant == acme

    through(view, Token())


def test_the_user_is_not_asked_for_twice(
    client: Client, ann: Any, acme: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(ann)
    with django_assert_num_queries(2 + QUERIES):
        assert client.get("/auser-first/").content == b"acme"


def test_a_request_can_be_pickled_and_copied(ann: Any, acme: Any) -> None:
    def view(request: Any) -> None:
        request.tenant  # noqa: B018
        plain = pickle.loads(pickle.dumps(WSGIRequest(request.environ)))
        again = pickle.loads(pickle.dumps(request))
        assert type(again) is type(plain)
        assert copy(request).tenant == acme

    request: Any = WSGIRequest(RequestFactory().get("/").environ)
    request.user, request.session = ann, {}

    def get_response(request: Any) -> HttpResponse:
        view(request)
        return HttpResponse()

    TenantMiddleware(get_response)(request)


def test_a_template_has_none_where_there_is_no_tenant(client: Client, ann: Any) -> None:
    client.force_login(ann)
    text = "{% if current_tenant is None %}none{% endif %}{{ current_tenant|default_if_none:'!' }}"

    def view(request: Any) -> None:
        found = context_processors.current_tenant(request)
        assert engines["django"].from_string(text).render(found) == "none!"

    through(view, ann)
