"""The chooser page and the switch. Put `path("tenants/", include("tenantry.django.urls"))` into the urls."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from tenantry.django.guards import chooser_url
from tenantry.django.requests import tenant_of
from tenantry.django.resolution import available_tenants
from tenantry.django.selection import select_tenant
from tenantry.exceptions import NotAvailableError

__all__ = ["choose", "switch"]


@require_safe
@never_cache
@csrf_protect
@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The page on which a user chooses one of the tenants that it may enter.

    The template `tenantry/choose.html` gets `choices`, a list of `AvailableTenant`; `current`, the
    tenant of this request or None; `next`, where to go then; `is_refused`, whether what was just chosen
    is not available.
    """
    return _page(request, request.GET.get("next", ""))


@login_not_required  # it sends to the log-in itself, and from there back to the chooser
@require_POST
@never_cache
@csrf_protect
def switch(request: HttpRequest) -> HttpResponse:
    """Selects the tenant whose slug is posted as `slug`, and goes to `next` if that is a path of this
    site, else to `LOGIN_REDIRECT_URL`.

    For what is not available, and for what does not exist, alike, the chooser page with the status 403.
    """
    target = request.POST.get("next", "")
    if not request.user.is_authenticated:
        return redirect_to_login(chooser_url(target))
    try:
        select_tenant(request, request.POST.get("slug"))
    except NotAvailableError:
        return _page(request, target, is_refused=True)
    # Not by `redirect`, which takes a word for the name of a url.
    return HttpResponseRedirect(_safe(request, target) or resolve_url(settings.LOGIN_REDIRECT_URL))


def _page(request: Any, target: str, *, is_refused: bool = False) -> HttpResponse:
    context = {
        "choices": available_tenants(request.user),
        "current": tenant_of(request),
        "next": _safe(request, target),
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
