"""Who gets into a view that needs a tenant, and where the others are sent. See `decorators` and `mixins`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch

from tenantry import Reason, Role, Source
from tenantry.django.conf import configuration
from tenantry.django.requests import tenant_of
from tenantry.django.words import NO_MEMBERSHIP, NOT_AVAILABLE, NOT_CHOSEN, WRONG_ROLE

__all__ = ["arefusal", "chooser_url", "has_role", "known_roles", "refusal"]


def refusal(request: Any, roles: Collection[Role] = ()) -> HttpResponse | None:
    """What a request gets that has no tenant, or in it none of these roles; None if it may go on.

    - Nobody is sent to the log-in.
    - Who has several tenants, or has selected one that is not available, is sent to the chooser.
    - Everybody else gets `PermissionDenied`: who has no tenant at all, who has not the role, who names
      the tenant by a header, for that is no browser, and everybody where sessions select nothing.

    A tenant that was set by hand is taken as it is: whether the user is a member is then for whoever
    set it.

    >>> from tenantry.django.guards import refusal
    >>> refusal(request)
    Traceback (most recent call last):
    django.core.exceptions.PermissionDenied: You are not a member of any workspace.
    >>> acme = create_tenant("Acme", ann)
    >>> request.forget_tenant()
    >>> refusal(request)
    """
    tenant = tenant_of(request)
    # First, for a tenant that was set by hand is nobody's.
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if tenant is not None:
        if not roles or has_role(request, roles):
            return None
        raise PermissionDenied(WRONG_ROLE)
    # One that was set by hand to None has no reason.
    reason = request.tenant_resolution.reason
    if reason is Reason.NO_MEMBERSHIP:
        raise PermissionDenied(NO_MEMBERSHIP)
    config = configuration()
    if Source.SESSION not in config.sources:
        raise PermissionDenied(NOT_CHOSEN)
    if Source.HEADER in config.sources and config.header in request.headers:
        raise PermissionDenied(NOT_AVAILABLE)
    is_read = request.method in ("GET", "HEAD")
    return redirect(chooser_url(request.get_full_path() if is_read else ""))


arefusal = sync_to_async(refusal)
"""`refusal`, for async views."""


def has_role(request: Any, roles: Collection[Role]) -> bool:
    """Whether the user has one of these roles in the request's tenant. In one that was set by hand it has
    none, unless that is the one it is in."""
    try:
        found = request.tenant_resolution
    except AttributeError as error:
        message = (
            "a role needs request.tenant_resolution: of TenantMiddleware, or in a test set by hand"
        )
        raise ImproperlyConfigured(message) from error
    return found.role in roles and found.tenant == request.tenant


def known_roles(roles: Collection[Role | str]) -> frozenset[Role]:
    """Roles by their texts.

    >>> from tenantry.django.guards import known_roles
    >>> known_roles(["owner"])
    frozenset({<Role.OWNER: 'owner'>})
    >>> known_roles(["boss"])
    Traceback (most recent call last):
    django.core.exceptions.ImproperlyConfigured: 'boss' is no role; the roles are owner, admin, member
    """
    for role in roles:
        if role not in list(Role):
            known = ", ".join(Role)
            raise ImproperlyConfigured(f"{role!r} is no role; the roles are {known}")
    if not roles:
        raise ImproperlyConfigured("say which roles may enter, such as 'owner', 'admin'")
    return frozenset(Role(role) for role in roles)


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
