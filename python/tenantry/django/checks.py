"""System checks: what `manage.py check` says of the settings and the models. See the reference."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import router

from tenantry.django.conf import EMBEDDED, KEYS, NO_STORE, problems
from tenantry.django.swapping import membership_label, tenant_label
from tenantry.django.tables import Table, new_keys_are_known
from tenantry.django.users import user_fields

__all__ = ["check_homes", "check_middleware", "check_models", "check_settings"]


@register()
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """E001 to E004: the `TENANTRY` setting."""
    given = getattr(settings, "TENANTRY", {})
    found: list[CheckMessage] = []
    for key, problem in problems(given):
        if key == "":
            found.append(
                Error(
                    problem, hint='For example TENANTRY = {"SLUG_LIMIT": 40}.', id="tenantry.E001"
                )
            )
        elif key not in KEYS:
            near = get_close_matches(key.upper(), KEYS, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(KEYS)}."
            found.append(Error(problem, hint=hint, id="tenantry.E002"))
        else:
            hint = "See the reference of settings in docs/django/reference.md."
            found.append(Error(problem, hint=hint, id="tenantry.E003"))
    if found:
        return found
    try:
        user_fields()
    except ImproperlyConfigured as error:
        hint = 'Correct TENANTRY["USER_FIELDS"].'
        return [Error(f"{str(error)[:1].upper()}{str(error)[1:]}.", hint=hint, id="tenantry.E004")]
    return []


@register()
def check_homes(**_kwargs: Any) -> list[CheckMessage]:
    """E010 to E012: where the rows are."""
    given = getattr(settings, "TENANTRY", {})
    if problems(given):
        return []  # named by check_settings
    if given.get("BACKEND") != EMBEDDED:
        if apps.is_installed("tenantry.django"):
            return []
        return [
            Error(
                "tenantry.django.embedded has no tables, and the rows are to be in the project's database.",
                hint='Set TENANTRY["BACKEND"] to "embedded", or install tenantry.django instead.',
                id="tenantry.E012",
            )
        ]
    if not apps.is_installed("tenantry.django.embedded"):
        return [
            Error(
                'TENANTRY["BACKEND"] is embedded, and tenantry.django.embedded is not installed.',
                hint='Put "tenantry.django.embedded" into INSTALLED_APPS instead of "tenantry.django".',
                id="tenantry.E012",
            )
        ]
    if "STORE" not in given:
        hint = 'For example "STORE": BASE_DIR / "tenants.db".'
        return [Error(NO_STORE, hint=hint, id="tenantry.E011")]
    from tenantry.django.embedded.store import clashes

    return [
        Error(
            f'TENANTRY["STORE"] is the file of DATABASES["{alias}"], {name!r}. Two SQLite libraries in one '
            "process break each other's locks on a file, and committed rows are lost.",
            hint="Give the store a file of its own.",
            id="tenantry.E010",
        )
        for alias, name in clashes(given["STORE"])
    ]


@register()
def check_middleware(**_kwargs: Any) -> list[CheckMessage]:
    """E013: the order of the middleware."""
    names = list(settings.MIDDLEWARE or ())
    ours, users = (
        "tenantry.django.middleware.TenantMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    )
    # A project may have another middleware that brings the user.
    if ours not in names or users not in names or names.index(users) < names.index(ours):
        return []
    return [
        Error(
            "TenantMiddleware stands before AuthenticationMiddleware in MIDDLEWARE: it needs request.user.",
            hint=f'Put "{ours}" behind "{users}".',
            id="tenantry.E013",
        )
    ]


@register(Tags.models)
def check_models(**_kwargs: Any) -> list[CheckMessage]:
    """E005 to E008: the tenant and membership models."""
    # The app for the embedded store has none.
    return list(_model_problems()) if apps.is_installed("tenantry.django") else []


def _model_problems() -> Iterator[CheckMessage]:
    from tenantry.django.models import AbstractMembership, AbstractTenant

    found: list[Any] = []
    for setting, label, base in (
        ("TENANTRY_TENANT_MODEL", tenant_label(), AbstractTenant),
        ("TENANTRY_MEMBERSHIP_MODEL", membership_label(), AbstractMembership),
    ):
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            yield Error(
                f"{setting} is {label!r}, and no such model is installed.",
                hint='Name a model as "app_label.Model", and put its app into INSTALLED_APPS.',
                id="tenantry.E005",
            )
            return
        if not issubclass(model, base):
            yield Error(
                f"{setting} is {label!r}, which does not build on {base.__name__}.",
                hint=f"Make it a subclass of tenantry.django.models.{base.__name__}.",
                obj=model,
                id="tenantry.E006",
            )
            return
        found.append(model)
    tenant, membership = found
    if membership._meta.get_field("tenant").related_model is not tenant:
        yield Error(
            f"The memberships of {membership._meta.label} are not those of {tenant._meta.label}.",
            hint="Set TENANTRY_TENANT_MODEL and TENANTRY_MEMBERSHIP_MODEL to models of each other.",
            obj=membership,
            id="tenantry.E007",
        )
    using = router.db_for_write(tenant)
    try:
        Table(tenant, (), using)
        Table(membership, ("tenant", "user"), using)
        new_keys_are_known(tenant)
    except ImproperlyConfigured as error:
        yield Error(
            f"The backfill cannot make rows: {error}.",
            hint="Every field but those of AbstractTenant and AbstractMembership needs a default.",
            id="tenantry.E008",
        )
    models = {model._meta.label: model for model in (get_user_model(), membership)}
    for label, model in models.items():
        other = router.db_for_write(model)
        if other != using:
            yield Error(
                f"The routers put {label} into the database {other!r}, and tenants into {using!r}.",
                hint="Users, tenants and memberships refer to each other, and belong into one database.",
                obj=model,
                id="tenantry.E009",
            )
