"""The chooser page and the switch. Put `path("tenants/", include("tenantry.django.urls"))` into the urls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from tenantry.django.guards import chooser_url, redirection
from tenantry.django.requests import tenant_of
from tenantry.django.resolution import available_tenants
from tenantry.django.selection import select_tenant
from tenantry.django.users import user_key
from tenantry.exceptions import NotAvailableError

__all__ = ["choose", "page_number", "switch"]


PAGE_SIZE = 50


@login_not_required  # each redirects to the login page itself, and that back to the chooser
@require_safe
@never_cache
@csrf_protect
def choose(request: HttpRequest) -> HttpResponse:
    """The page on which a user selects one of the tenants that it may enter: 50 a page, with a search.

    The template `tenantry/choose.html` gets

    - `choices`, a list of `AvailableTenant`; `current`, the tenant of this request or None;
    - `search`, what was searched for; `page`, its number; `previous_url` and `next_url`, empty at the ends;
      `is_long`, whether there is more than one page without a search;
    - `next`, where to go after the switch; `is_refused`, whether what was just selected is not available.
    """
    if user_key(request.user) is None:
        return redirection(request, redirect_to_login(request.get_full_path()).url)
    return _page(request, request.GET.get("next", ""))


@login_not_required
@require_POST
@never_cache
@csrf_protect
def switch(request: HttpRequest) -> HttpResponse:
    """Selects the tenant whose slug is posted as `slug`, and goes to `next` if that is a path of this
    site, else to `LOGIN_REDIRECT_URL`.

    What is not available and what does not exist get the same answer: the chooser page with the status 403.
    """
    target = request.POST.get("next", "")
    if user_key(request.user) is None:
        return redirection(request, redirect_to_login(chooser_url(target)).url)
    try:
        select_tenant(request, request.POST.get("slug"))
    except NotAvailableError:
        return _page(request, target, is_refused=True)
    # Not by `redirect`, which takes a word for the name of a url.
    url = _safe(request, target) or resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirection(request, url)


def page_number(text: Any) -> int:
    """The number of a page, as a query says it.

    >>> page_number("3"), page_number("x"), page_number(None)
    (3, 1, 1)
    """
    # No database counts further, and nobody turns so many pages.
    is_number = isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 8
    return max(int(text), 1) if is_number else 1


def _page(request: Any, target: str, *, is_refused: bool = False) -> HttpResponse:
    search = request.GET.get("search", "")[:200]
    number = page_number(request.GET.get("page"))
    start = (number - 1) * PAGE_SIZE
    found = available_tenants(request.user, search=search, start=start, count=PAGE_SIZE + 1)
    is_more = len(found) > PAGE_SIZE
    target = _safe(request, target)

    def url(to: int) -> str:
        return f"?{urlencode({'search': search, 'page': to, 'next': target})}"

    context = {
        "choices": found[:PAGE_SIZE],
        "current": tenant_of(request),
        "search": search,
        "page": number,
        "previous_url": url(number - 1) if number > 1 else "",
        "next_url": url(number + 1) if is_more else "",
        "is_long": is_more or number > 1 or bool(search),
        "next": target,
        "is_refused": is_refused,
    }
    return render(request, "tenantry/choose.html", context, status=403 if is_refused else 200)


def _safe(request: HttpRequest, target: str) -> str:
    """Where to go, if that is on this site; else nothing."""
    is_ours = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    is_url = target.startswith(("/", "http://", "https://"))
    return target if is_ours and is_url else ""
