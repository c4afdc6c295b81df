"""The chooser page and the switch. Put `path("tenants/", include("tenantry.django.urls"))` into the urls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from tenantry.django.guards import chooser_url, own_url, redirection
from tenantry.django.paging import tenant_page
from tenantry.django.requests import tenant_of
from tenantry.django.selection import select_tenant
from tenantry.django.users import user_key
from tenantry.exceptions import NotAvailableError

__all__ = ["choose", "switch"]


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
    url = own_url(request, target) or resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirection(request, url)


def _page(request: Any, target: str, *, is_refused: bool = False) -> HttpResponse:
    page = tenant_page(request.user, request.GET, PAGE_SIZE)
    target = own_url(request, target)

    def url(to: int) -> str:
        return f"?{urlencode({'search': page.search, 'page': to, 'next': target})}"

    context = {
        "choices": page.choices,
        "current": tenant_of(request),
        "search": page.search,
        "page": page.number,
        "previous_url": url(page.number - 1) if page.number > 1 else "",
        "next_url": "" if page.is_last else url(page.number + 1),
        "is_long": not page.is_last or page.number > 1 or bool(page.search),
        "next": target,
        "is_refused": is_refused,
    }
    return render(request, "tenantry/choose.html", context, status=403 if is_refused else 200)
