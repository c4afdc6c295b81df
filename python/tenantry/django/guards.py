"""Who gets into a view that needs a tenant, and where the others are sent. See `decorators` and `mixins`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from tenantry import Reason, Source
from tenantry.django.caching import varied
from tenantry.django.choices import (
    NO_MEMBERSHIP,
    NOT_AVAILABLE,
    NOT_CHOSEN,
    NOT_LOGGED_IN,
    WRONG_ROLE,
    is_role,
    roles,
)
from tenantry.django.conf import configuration
from tenantry.django.requests import check_middleware, tenant_of
from tenantry.django.users import user_key

__all__ = [
    "arefusal",
    "chooser_url",
    "has_role",
    "known_roles",
    "own_url",
    "redirection",
    "refusal",
]


def refusal(request: Any, needed: Collection[str] = ()) -> HttpResponse | None:
    """What a request gets that has no tenant, or in it none of these roles; None if it may go on.

    - An anonymous user is redirected to the login page.
    - A user with several tenants, or with a selection that is not available, is redirected to the chooser.
    - Everyone else gets `PermissionDenied`: a user without a tenant or without the role, a client that names
      the tenant by a header, and everyone where sessions select nothing.

    A client that reads JSON gets 401 or 403 with the reason as JSON instead, and one of htmx is redirected by
    `HX-Redirect`.

    A tenant that was assigned to the request is taken as it is: whoever assigned it has checked the
    membership.

    >>> from tenantry.django.guards import refusal
    >>> refusal(request)
    Traceback (most recent call last):
    django.core.exceptions.PermissionDenied: You are not a member of any workspace.
    >>> acme = create_tenant("Acme", ann)
    >>> request.forget_tenant()
    >>> refusal(request)
    """
    tenant = tenant_of(request)
    here = _page_of(request)
    # First, because a tenant that was assigned is of no user.
    if user_key(request.user) is None:
        return _answer(request, Reason.ANONYMOUS, NOT_LOGGED_IN, redirect_to_login(here).url)
    if tenant is not None:
        if not needed or has_role(request, needed):
            return None
        return _answer(request, "wrong_role", WRONG_ROLE)
    # One that was assigned as None has no reason.
    reason = request.tenant_resolution.reason or Reason.NO_MEMBERSHIP
    if reason in {Reason.NO_MEMBERSHIP, Reason.ANONYMOUS}:
        return _answer(request, reason, NO_MEMBERSHIP)
    config = configuration()
    if Source.SESSION not in config.sources:
        return _answer(request, reason, NOT_CHOSEN)
    if Source.HEADER in config.sources and config.header in request.headers:
        return _answer(request, reason, NOT_AVAILABLE)
    text = NOT_AVAILABLE if reason is Reason.NOT_AVAILABLE else NOT_CHOSEN
    return _answer(request, reason, text, chooser_url(here))


async def arefusal(request: Any, needed: Collection[str] = ()) -> HttpResponse | None:
    """`refusal`, for async views."""
    check_middleware(request)
    if hasattr(request, "atenant"):
        await request.atenant()
    return await sync_to_async(refusal)(request, needed)


def _answer(request: Any, reason: Reason | str, text: Any, url: str | None = None) -> HttpResponse:
    """What the client reads: JSON, a redirect of htmx or a plain one, or a page that says it."""
    response: HttpResponse
    if _reads_json(request):
        status = 401 if reason == Reason.ANONYMOUS else 403
        response = JsonResponse({"detail": str(text), "code": str(reason)}, status=status)
    elif url is None:
        raise PermissionDenied(text)
    else:
        response = redirection(request, url)
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return cast("HttpResponse", varied(response))


def redirection(request: Any, url: str) -> HttpResponse:
    """Sends the browser there; from a part of a page that htmx has asked for, the whole page."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def _page_of(request: Any) -> str:
    """The page to come back to: that of this request, or the one in which htmx has asked for a part; empty if
    there is none that can be read again."""
    if request.headers.get("HX-Request") == "true":
        page = urlsplit(own_url(request, request.headers.get("HX-Current-URL", "")))
        return page._replace(scheme="", netloc="", fragment="").geturl()
    return str(request.get_full_path()) if request.method in ("GET", "HEAD") else ""


def own_url(request: Any, target: str) -> str:
    """A url or path, if it is on this site; else the empty text."""
    is_ours = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    is_url = target.startswith(("/", "http://", "https://"))
    return target if is_ours and is_url else ""


def _reads_json(request: Any) -> bool:
    return bool(request.get_preferred_type(["text/html", "application/json"]) == "application/json")


def has_role(request: Any, needed: Collection[str]) -> bool:
    """Whether the user has one of these roles in the request's tenant. In one that was set by hand it has
    none, unless that is the one it is in."""
    try:
        found = request.tenant_resolution
    except AttributeError as error:
        message = (
            "a role needs request.tenant_resolution: of TenantMiddleware, or in a test set by hand"
        )
        raise ImproperlyConfigured(message) from error
    return found.role in needed and found.tenant == request.tenant


def known_roles(names: Collection[str]) -> frozenset[str]:
    """Roles, each of which a member can have.

    >>> from tenantry.django.guards import known_roles
    >>> known_roles(["owner"])
    frozenset({'owner'})
    >>> known_roles(["boss"])
    Traceback (most recent call last):
    django.core.exceptions.ImproperlyConfigured: 'boss' is not a role; the roles are owner, admin, member
    """
    for name in names:
        if not is_role(name):
            known = ", ".join(roles())
            raise ImproperlyConfigured(f"{name!r} is not a role; the roles are {known}")
    if not names:
        raise ImproperlyConfigured("say which roles may enter, such as 'owner', 'admin'")
    return frozenset(str(name) for name in names)


def chooser_url(target: str = "") -> str:
    """The url of the chooser, which sends on to this path.

    Raises `ImproperlyConfigured` if the project has none.

    >>> from tenantry.django.guards import chooser_url
    >>> chooser_url("/reports/")
    '/tenants/?next=%2Freports%2F'
    """
    name = configuration().chooser_url
    try:
        url = resolve_url(name)
    except NoReverseMatch as error:
        message = (
            f"there is no url {name!r} to choose a tenant at: put "
            'path("tenants/", include("tenantry.django.urls")) into the urls of the project, or set '
            'TENANTRY["CHOOSER_URL"]'
        )
        raise ImproperlyConfigured(message) from error
    if not target:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({'next': target})}"
