"""The chooser page and the switch, as a browser meets them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from rows import QUERIES, asked, out_of_reach, rows
from tenantry.django.decorators import role_required, tenant_required
from tenantry.django.requests import SESSION_KEY
from tenantry.django.resolution import aavailable_tenants, available_tenants
from tenantry.django.tenants import create_tenant
from tenantry.django.testing import select_tenant

pytestmark = pytest.mark.django_db

CHOOSER, SWITCH = "/tenants/", "/tenants/switch/"


@pytest.fixture
def acme(ann: Any, bob: Any) -> Any:
    acme = create_tenant("Acme & Sons", ann, slug="acme")
    rows.join(acme, bob)
    return acme


@pytest.fixture
def globex(ann: Any) -> Any:
    return create_tenant("Globex", ann)


@pytest.fixture
def browser(client: Client, ann: Any) -> Client:
    client.force_login(ann)
    return client


def text(response: Any) -> str:
    """What a person reads on the page."""
    page = re.sub(r"<style>.*?</style>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_chooser_shows_the_tenants_that_the_user_may_enter(
    browser: Client, ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    out_of_reach(ann, bob)
    page = browser.get(CHOOSER)
    assert page.status_code == 200
    assert text(page) == ("Choose a workspace Choose a workspace Acme & Sons Owner Globex Owner")
    assert "no-cache" in page["Cache-Control"]


def test_the_one_of_this_request_is_marked(browser: Client, acme: Any, globex: Any) -> None:
    assert b'aria-current="true"' not in browser.get(CHOOSER).content
    select_tenant(browser, "globex")
    page = browser.get(CHOOSER)
    assert re.findall(r'value="(\w+)" aria-current="true"', page.content.decode()) == ["globex"]
    assert "Globex Owner · you are here" in text(page)


def test_who_has_no_tenant_is_told_what_to_do(browser: Client) -> None:
    assert "Ask an owner to add you." in text(browser.get(CHOOSER))


def test_a_switch_selects_and_goes_on(browser: Client, acme: Any, globex: Any) -> None:
    assert asked(browser) == "ambiguous"
    before = browser.session.session_key
    answer: Any = browser.post(SWITCH, {"slug": "globex", "next": "/ask/?a=1&b=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/ask/?a=1&b=2")
    assert asked(browser) == "globex"
    assert browser.session.session_key != before
    answer = browser.post(SWITCH, {"slug": "acme"})
    assert answer["Location"] == "/accounts/profile/", "LOGIN_REDIRECT_URL"
    assert asked(browser) == "acme"


@pytest.mark.parametrize(
    "target",
    [
        "foo",
        "?page=2",
        "reports",
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "///x.y",
    ],
)
def test_a_switch_goes_to_no_other_site(browser: Client, acme: Any, target: str) -> None:
    page = browser.get(CHOOSER, {"next": target})
    assert 'name="next" value=""' in page.content.decode()
    answer: Any = browser.post(SWITCH, {"slug": "acme", "next": target})
    assert answer["Location"] == "/accounts/profile/"
    assert asked(browser) == "acme"


def test_the_chooser_carries_where_to_go_on(browser: Client, acme: Any) -> None:
    page = browser.get(CHOOSER, {"next": '/reports/?q="a"&b'})
    assert 'name="next" value="/reports/?q=&quot;a&quot;&amp;b"' in page.content.decode()


def test_what_is_not_yours_and_what_does_not_exist_get_one_answer(
    browser: Client, ann: Any, bob: Any, acme: Any, globex: Any, django_assert_num_queries: Any
) -> None:
    slugs = out_of_reach(ann, bob)
    select_tenant(browser, "acme")
    answers = []
    for slug in slugs:
        # Session, user, a look at the slug and at the retired one, the tenant of this request, and those to
        # choose from.
        with django_assert_num_queries(2 + 4 * QUERIES):
            answer = browser.post(SWITCH, {"slug": slug, "next": "/ask/"})
        hidden = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        headers = {**answer.headers, "Expires": None}  # the second in which it was asked
        answers.append((answer.status_code, hidden, headers))
        assert asked(browser) == "acme", "nothing has changed"
    assert [status for status, _, _ in answers] == [403] * 4
    assert answers.count(answers[0]) == 4
    assert 'role="alert"' in answers[0][1]
    assert 'value="/ask/"' in answers[0][1]


@pytest.mark.parametrize("slug", [None, "", " ", "x" * 500, "a\0b"])
def test_what_can_be_no_slug_is_refused_as_well(
    browser: Client, acme: Any, slug: str | None
) -> None:
    answer = browser.post(SWITCH, {} if slug is None else {"slug": slug})
    assert answer.status_code == 403


def test_a_switch_is_a_post_with_a_token(ann: Any, acme: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.get(SWITCH).status_code == 405
    assert client.post(CHOOSER).status_code == 405
    assert client.post(SWITCH, {"slug": "acme"}).status_code == 403
    assert SESSION_KEY not in client.session
    page = client.get(CHOOSER).content.decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    posted = {"slug": "acme", "csrfmiddlewaretoken": token}
    assert client.post(SWITCH, posted).status_code == 302
    assert client.session[SESSION_KEY] == "acme"


def test_nobody_is_sent_to_the_log_in(client: Client, acme: Any) -> None:
    answer: Any = client.get(CHOOSER, {"next": "/ask/"})
    assert answer["Location"] == "/accounts/login/?next=/tenants/%3Fnext%3D%252Fask%252F"
    # Back to the chooser, for the switch is no page.
    answer = client.post(SWITCH, {"slug": "acme", "next": "/ask/"})
    assert answer["Location"] == "/accounts/login/?next=/tenants/%3Fnext%3D%252Fask%252F"
    assert SESSION_KEY not in client.session


def test_the_page_is_in_the_readers_language(browser: Client, acme: Any) -> None:
    page = browser.get(CHOOSER, headers={"accept-language": "de"})
    assert '<html lang="de" dir="ltr">' in page.content.decode()
    assert "Acme & Sons Inhaber" in text(page)
    assert "Choose" not in text(page)
    with translation.override("de"):
        assert available_tenants(page.wsgi_request.user)[0].role_name == "Inhaber"


def test_two_users_in_one_browser_each_see_their_own(
    client: Client, ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    client.force_login(ann)
    client.post(SWITCH, {"slug": "globex"})
    assert asked(client) == "globex"
    client.force_login(bob)
    assert asked(client) == "acme", "the selection went with the session of ann"
    client.logout()
    assert asked(client) == "anonymous"


def test_whoever_logs_in_within_a_request_is_the_one_who_is_resolved(
    client: Client, ann: Any, bob: Any, acme: Any, globex: Any
) -> None:
    bob.set_password("bob")
    bob.save()
    client.force_login(ann)
    select_tenant(client, "globex")
    answer = client.post("/become/", {"username": "bob", "password": "bob"}).json()
    assert answer == ["globex", "acme", None], "ann, then bob, then nobody"


def test_nobody_may_enter_anything(ann: Any, acme: Any) -> None:
    from asgiref.sync import async_to_sync

    assert available_tenants(None) == available_tenants(AnonymousUser()) == []
    assert [one.tenant.slug for one in async_to_sync(aavailable_tenants)(ann)] == ["acme"]


# Guards

GUARDED = ["/needs/tenant/", "/needs/tenant/async/", "/needs/tenant/class/"]
GUARDED += ["/needs/tenant/async-class/"]
BY_ROLE = [path.replace("tenant", "role") for path in GUARDED]


@pytest.mark.parametrize("path", GUARDED + BY_ROLE)
def test_a_guard_lets_in_who_is_in_a_tenant(
    browser: Client, acme: Any, path: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2 + QUERIES):
        assert browser.get(path).content == b"acme"


@pytest.mark.parametrize("path", GUARDED + BY_ROLE)
def test_a_guard_sends_who_has_to_choose_to_the_chooser_and_nobody_to_the_log_in(
    client: Client, ann: Any, bob: Any, acme: Any, globex: Any, path: str
) -> None:
    answer: Any = client.get(f"{path}?a=1")
    assert answer["Location"] == f"/accounts/login/?next={path}%3Fa%3D1"
    client.force_login(ann)
    answer = client.get(f"{path}?a=1", follow=True)
    assert answer.redirect_chain == [(f"/tenants/?next={path.replace('/', '%2F')}%3Fa%3D1", 302)]
    assert f'name="next" value="{path}?a=1"' in answer.content.decode()
    select_tenant(client, "globex")
    assert client.get(path).content == b"globex"
    rows.join(globex, bob, "owner")
    rows.set_member_active(globex, ann, False)
    answer = client.get(path)
    assert answer["Location"].startswith("/tenants/"), "what was selected is not available"


def test_a_guard_sends_a_post_to_the_chooser_without_a_way_back(
    browser: Client, acme: Any, globex: Any
) -> None:
    answer: Any = browser.post("/needs/tenant/class/")
    assert answer["Location"] == "/tenants/"


@pytest.mark.parametrize("path", GUARDED + BY_ROLE)
def test_a_guard_refuses_who_has_no_tenant(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", BY_ROLE)
def test_a_guard_of_roles_refuses_other_roles(
    client: Client, bob: Any, acme: Any, path: str
) -> None:
    client.force_login(bob)
    assert client.get(path).status_code == 403
    assert client.get(path.replace("role", "tenant")).content == b"acme"


def test_a_guard_refuses_a_client_of_an_api_without_sending_it_anywhere(
    browser: Client, acme: Any, globex: Any, settings: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header", "session"]}
    assert browser.get(GUARDED[0], headers={"x-tenant": "acme"}).content == b"acme"
    assert browser.get(GUARDED[0], headers={"x-tenant": "nobodys"}).status_code == 403
    assert browser.get(GUARDED[0]).status_code == 302


def test_a_role_is_that_in_the_tenant_of_the_request(
    rf: Any, ann: Any, bob: Any, acme: Any
) -> None:
    from django.core.exceptions import PermissionDenied
    from project.views import needs_role, needs_tenant
    from tenantry.django.middleware import TenantMiddleware

    bobs = create_tenant("Bobs", bob)

    def view(request: Any) -> HttpResponse:
        assert needs_role(request).content == b"acme"
        request.tenant = bobs
        assert needs_tenant(request).content == b"bobs"
        with pytest.raises(PermissionDenied):
            needs_role(request)
        return HttpResponse()

    request = rf.get("/")
    request.user, request.session = ann, {}
    TenantMiddleware(view)(request)


def test_a_role_that_is_none_is_an_error_where_it_is_written() -> None:
    with pytest.raises(
        ImproperlyConfigured, match="'boss' is not a role; the roles are owner, admin"
    ):
        role_required("boss")
    with pytest.raises(ImproperlyConfigured, match="say which roles"):
        role_required()


def test_the_chooser_may_be_another_page(
    browser: Client, acme: Any, globex: Any, settings: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"CHOOSER_URL": "/pick/?from=guard"}
    answer: Any = browser.get(GUARDED[0])
    assert answer["Location"] == "/pick/?from=guard&next=%2Fneeds%2Ftenant%2F"


def test_without_a_chooser_the_error_says_what_to_do(
    browser: Client, acme: Any, globex: Any, settings: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"CHOOSER_URL": "no-such-page"}
    with pytest.raises(ImproperlyConfigured, match=r"include\(.tenantry.django.urls"):
        browser.get(GUARDED[0])


def test_without_the_middleware_the_error_says_what_to_do(
    browser: Client, acme: Any, settings: Any
) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "tenantry" not in one]
    for path in (*GUARDED, CHOOSER):
        with pytest.raises(ImproperlyConfigured, match="TenantMiddleware into MIDDLEWARE"):
            browser.get(path)


def test_a_tenant_that_was_set_by_hand_lets_nobody_in(rf: Any, ann: Any, acme: Any) -> None:
    @tenant_required
    def view(request: Any) -> HttpResponse:
        return HttpResponse(request.tenant.slug)

    request = rf.get("/")
    request.user, request.tenant = AnonymousUser(), acme
    assert view(request).status_code == 302
    request.user = ann
    assert view(request).content == b"acme"
    with pytest.raises(ImproperlyConfigured, match="a role needs request.tenant_resolution"):
        role_required("owner")(view)(request)


def test_where_sessions_select_nothing_a_guard_sends_nobody_to_choose(
    browser: Client, acme: Any, globex: Any, settings: Any
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header"]}
    assert browser.get(GUARDED[0]).status_code == 403
    assert browser.get(GUARDED[0], headers={"x-tenant": "acme"}).content == b"acme"


def test_the_log_in_of_all_views_does_not_lead_into_the_switch(
    client: Client, acme: Any, settings: Any
) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    answer: Any = client.post(SWITCH, {"slug": "acme"})
    assert answer["Location"] == "/accounts/login/?next=/tenants/"


# What a client reads


@pytest.mark.parametrize("path", GUARDED)
def test_a_client_that_reads_json_gets_json(
    browser: Client, acme: Any, globex: Any, path: str
) -> None:
    wants = {"accept": "application/json"}
    answer = browser.get(path, headers=wants)
    assert (answer.status_code, answer.json()["code"]) == (403, "ambiguous")
    answer = Client().get(path, headers=wants)
    assert (answer.status_code, answer.json()["code"]) == (401, "anonymous")
    assert {"Accept", "Cookie"} <= {one.strip() for one in answer["Vary"].split(",")}


def test_a_client_of_htmx_moves_the_whole_page(browser: Client, acme: Any, globex: Any) -> None:
    answer = browser.get("/needs/tenant/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith(CHOOSER)
    assert answer.content == b""


@pytest.mark.parametrize("method", ["get", "post"])
def test_htmx_comes_back_to_the_page_and_not_to_the_part(
    client: Client, acme: Any, method: str
) -> None:
    sent = {"HX-Request": "true", "HX-Current-URL": "http://testserver/dash/?page=2#rows"}
    for path in ("/needs/tenant/", CHOOSER):
        if method == "get" or path != CHOOSER:
            answer = getattr(Client(), method)(path, headers=sent)
            wanted = "/dash/?page=2" if path != CHOOSER else CHOOSER
            assert answer["HX-Redirect"] == f"/accounts/login/?next={quote(wanted)}"
    foreign = {**sent, "HX-Current-URL": "https://evil.example/dash/"}
    answer = getattr(Client(), method)("/needs/tenant/", headers=foreign)
    assert "evil" not in answer["HX-Redirect"]


def test_htmx_switches(browser: Client, acme: Any, globex: Any) -> None:
    sent = {"HX-Request": "true"}
    answer = browser.post(SWITCH, {"slug": "globex", "next": "/ask/"}, headers=sent)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/ask/")
    assert asked(browser) == "globex"


def test_the_page_needs_nothing_that_a_strict_policy_forbids(browser: Client, acme: Any) -> None:
    text = browser.get(CHOOSER).content.decode()
    assert re.findall(r"<style|<script|style=|onclick=|javascript:", text) == []
    assert "tenantry/chooser.css" in text


def test_many_tenants_come_in_pages_and_are_searched(
    browser: Client, ann: Any, django_assert_num_queries: Any
) -> None:
    for number in range(60):
        create_tenant(f"Tenant {number:02}", ann)
    with django_assert_num_queries(2 + 2 * QUERIES):
        page = browser.get(CHOOSER, {"next": "/ask/"})
    text = page.content.decode()
    assert len(page.context["choices"]) == 50
    assert "Tenant 49" in text
    assert "Tenant 50" not in text
    following = browser.get(CHOOSER + page.context["next_url"])
    assert following.context["choices"][0].tenant.name == "Tenant 50"
    assert following.context["next"] == "/ask/"
    assert following.context["next_url"] == ""
    found = browser.get(CHOOSER, {"search": "t-99"})
    assert found.context["choices"] == []
    found = browser.get(CHOOSER, {"search": "nant 37"})
    assert [one.tenant.slug for one in found.context["choices"]] == ["tenant-37"]
    for page_number in ("0", "-1", "x", "9" * 30):
        assert browser.get(CHOOSER, {"page": page_number}).status_code == 200
