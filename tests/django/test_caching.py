"""Pages that depend on the tenant, in Django's cache: nobody gets another tenant's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_page
from django.views.decorators.vary import vary_on_cookie
from rest_framework.views import APIView
from rows import rows
from tenantry.django.caching import cache_page_per_tenant, tenant_cache_key, vary_on_tenant
from tenantry.django.context import use_tenant
from tenantry.django.decorators import role_required, tenant_required
from tenantry.django.resolution import resolve
from tenantry.django.rest_framework import HasTenant
from tenantry.django.tenants import create_tenant
from tenantry.django.testing import select_tenant as select

pytestmark = [pytest.mark.django_db, pytest.mark.urls("test_caching")]
made: list[str] = []


def page(request: Any) -> HttpResponse:
    """Says which tenant it was made for, and that it was made."""
    made.append(request.tenant.slug if request.tenant else "none")
    return HttpResponse(made[-1])


class ByApi(APIView):
    permission_classes = (HasTenant,)

    @method_decorator(cache_page(60))
    def get(self, request: Any) -> HttpResponse:
        return page(request)


VIEWS: dict[str, Callable[..., Any]] = {
    "guarded": cache_page(60)(tenant_required(page)),
    "guarded, and told of the cookie": cache_page(60)(vary_on_cookie(tenant_required(page))),
    "told": cache_page(60)(vary_on_tenant(page)),
    "not told": cache_page(60)(page),
    "told of the cookie alone": cache_page(60)(vary_on_cookie(page)),
    "by tenant": cache_page_per_tenant(60)(page),
    "guarded outside": tenant_required(cache_page(60)(page)),
    "by the method of an API": ByApi.as_view(),
    "by tenant, for owners": cache_page_per_tenant(60)(role_required("owner")(page)),
}
CACHED = {
    "guarded",
    "guarded, and told of the cookie",
    "told",
    "by tenant",
    "by tenant, for owners",
}
urlpatterns = [path(f"{number}/", view) for number, view in enumerate(VIEWS.values())]
URLS = {name: f"/{number}/" for number, name in enumerate(VIEWS)}


@pytest.fixture(autouse=True)
def _empty(settings: Any) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    made.clear()
    yield
    cache.clear()


@pytest.fixture
def browser(ann: Any, bob: Any) -> Client:
    for name in ("Acme", "Globex"):
        rows.join(create_tenant(name, ann), bob)
    client = Client()
    client.force_login(ann)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_of_one_tenant_is_never_anothers_by_the_header(
    settings: Any, browser: Client, name: str
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": ["header", "session"]}
    for slug in ("acme", "globex", "acme"):
        assert text(browser.get(URLS[name], headers={"X-Tenant": slug})) == slug
    is_cached = made == ["acme", "globex"]
    assert is_cached is (name in CACHED), made
    stranger = Client().get(URLS[name], headers={"X-Tenant": "acme"})
    assert "acme" not in text(stranger)


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_of_one_tenant_is_never_anothers_by_the_session(browser: Client, name: str) -> None:
    select(browser, "acme")
    assert [text(browser.get(URLS[name])) for _ in range(2)] == ["acme", "acme"]
    select(browser, "globex")
    assert text(browser.get(URLS[name])) == "globex"


def test_one_page_is_for_all_members_of_a_tenant_and_for_no_one_else(
    browser: Client, bob: Any, make_user: Any
) -> None:
    cid = make_user("cid")
    rows.join(resolve(bob, selected="acme").tenant, cid)
    members, stranger = [Client(), Client()], Client()
    for member, user in zip(members, (bob, cid), strict=True):
        member.force_login(user)
        select(member, "acme")
        assert text(member.get(URLS["by tenant"])) == "acme"
    assert made == ["acme"]
    stranger.force_login(make_user("eve"))
    assert text(stranger.get(URLS["by tenant"])) == "none"
    select(browser, "acme")
    assert text(browser.get(URLS["by tenant"])) == "acme"
    assert made == ["acme", "none", "acme"], "an owner may see more"


def test_who_was_revoked_gets_no_page_from_the_cache(browser: Client, ann: Any, bob: Any) -> None:
    member = Client()
    member.force_login(bob)
    select(member, "acme")
    assert text(member.get(URLS["by tenant"])) == "acme"
    rows.set_member_active(resolve(bob, selected="acme").tenant, bob, False)
    assert text(member.get(URLS["by tenant"])) == "none"


def test_an_async_view_cannot_be_cached_per_tenant() -> None:
    with pytest.raises(TypeError, match="sync views"):

        @cache_page_per_tenant(60)
        async def view(request: Any) -> HttpResponse:
            return page(request)


def test_a_key_of_the_cache_is_the_tenants_own(ann: Any) -> None:
    acme, globex = create_tenant("Acme", ann), create_tenant("Globex", ann)
    with use_tenant(acme):
        assert tenant_cache_key("totals") == tenant_cache_key("totals", acme)
    assert tenant_cache_key("totals", acme) != tenant_cache_key("totals", globex)
    with pytest.raises(LookupError, match="no current tenant"):
        tenant_cache_key("totals")


def known_by_a_header(get_response: Any) -> Any:
    """A middleware of a project, which knows its users by a header that no `Vary` names."""

    def middleware(request: Any) -> Any:
        if name := request.headers.get("X-Api-Key"):
            request.user = get_user_model().objects.get(username=name)
        return get_response(request)

    return middleware


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_of_a_client_that_has_no_cookie_is_not_served_to_another(
    settings: Any, browser: Client, make_user: Any, name: str
) -> None:
    own = "test_caching.known_by_a_header"
    at = settings.MIDDLEWARE.index("tenantry.django.middleware.TenantMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:at], own, *settings.MIDDLEWARE[at:]]
    create_tenant("Eves", make_user("eve"))
    make_user("mallory")
    client = Client()
    assert text(client.get(URLS[name], headers={"X-Api-Key": "eve"})) == "eves"
    for headers in ({"X-Api-Key": "mallory"}, {}):
        assert "eves" not in text(client.get(URLS[name], headers=headers))


def asks_early(get_response: Any) -> Any:
    """A middleware that asks for the tenant of every request, to log it, say."""

    def middleware(request: Any) -> Any:
        request.tenant  # noqa: B018
        return get_response(request)

    return middleware


@pytest.mark.parametrize("sources", [["session"], ["header"], ["header", "session"]])
@pytest.mark.parametrize("is_asked_early", [False, True])
@pytest.mark.parametrize("name", VIEWS)
def test_a_page_is_for_those_alone_who_may_see_it(
    settings: Any,
    browser: Client,
    bob: Any,
    make_user: Any,
    name: str,
    sources: list[str],
    is_asked_early: bool,
) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": sources}
    if is_asked_early:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, "test_caching.asks_early"]
    member, eve, anonymous = Client(), Client(), Client()
    member.force_login(bob)
    eve.force_login(make_user("eve"))
    create_tenant("Eves", make_user("mallory"))
    sent: dict[str, Any] = {"headers": {"X-Tenant": "acme"}}
    if "header" not in sources:
        sent = {}
        select(browser, "acme")
        select(member, "globex")
    assert text(browser.get(URLS[name], **sent)) == "acme"
    assert "acme" not in text(eve.get(URLS[name], **sent))
    assert "acme" not in text(anonymous.get(URLS[name], **sent))
    if "header" not in sources or "owners" in name:
        assert "acme" not in text(member.get(URLS[name], **sent))
