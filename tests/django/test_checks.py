"""The settings, and what `manage.py check` says of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db.models import NOT_PROVIDED
from tenantry.django.checks import check_middleware, check_models, check_settings
from tenantry.django.conf import Configuration, configuration
from tenantry.django.models import get_membership_model, get_tenant_model


def found(messages: Any) -> list[tuple[str, str, str]]:
    return [(one.id, one.msg, one.hint) for one in messages]


# Since Django 6.1 one of its own checks asks the database.
@pytest.mark.django_db(databases="__all__")
def test_the_project_of_the_tests_passes_all_checks() -> None:
    assert run_checks() == []


def test_settings_are_read_lazily_and_again_when_they_change(settings: Any) -> None:
    assert configuration() == Configuration()
    settings.TENANTRY = {"SLUG_LIMIT": 40, "RESERVED_SLUGS": ["admin"]}
    assert configuration() == Configuration(slug_limit=40, reserved_slugs=("admin",))
    settings.TENANTRY = {}
    assert configuration() == Configuration()


@pytest.mark.parametrize(
    ("value", "wanted", "message", "hint"),
    [
        ([], "E001", "TENANTRY is []: it must be a dict.", "For example"),
        (
            {"SLUG_LIMT": 40},
            "E002",
            "TENANTRY['SLUG_LIMT'] is no setting.",
            "Did you mean SLUG_LIMIT?",
        ),
        (
            {"COLOUR": 1},
            "E002",
            "TENANTRY['COLOUR'] is no setting.",
            "The settings are USER_FIELDS, ",
        ),
        (
            {"SLUG_LIMIT": 8},
            "E003",
            'TENANTRY["SLUG_LIMIT"] is 8: it must be a number from 16 to 80.',
            "",
        ),
        ({"SLUG_LIMIT": True}, "E003", 'TENANTRY["SLUG_LIMIT"] is True:', ""),
        ({"SLUG_STYLE": "nice"}, "E003", "it must be one of django, transliterate.", ""),
        ({"RESERVED_SLUGS": "admin"}, "E003", "it must be a list of texts.", ""),
        ({"UNKNOWN_PLAN": "pro"}, "E003", "it must be one of free, reject.", ""),
        ({"CREATE_FOR_NEW_USERS": "no"}, "E003", "it must be True or False.", ""),
        ({"BACKEND": "redis"}, "E003", "it must be project or embedded.", ""),
        ({"STORE": 7}, "E003", "it must be the path of a file.", ""),
        ({"CHOOSER_URL": ""}, "E003", "it must be the name of a url, or a path.", ""),
        (
            {"USER_FIELDS": {"title": "x"}},
            "E003",
            "it must be a dict of username, name, domain, plan",
            "",
        ),
        (
            {"USER_FIELDS": {"name": "company"}},
            "E004",
            "the field 'company' of core.User",
            "USER_FIELDS",
        ),
    ],
)
def test_a_wrong_setting_is_an_error_with_a_hint(
    settings: Any, value: Any, wanted: str, message: str, hint: str
) -> None:
    settings.TENANTRY = value
    [(identity, text, told)] = found(check_settings())
    assert identity == f"tenantry.{wanted}"
    assert message in text
    assert hint in told
    if wanted != "E004":
        with pytest.raises(ImproperlyConfigured, match="TENANTRY"):
            configuration()


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("TENANTRY_TENANT_MODEL", "nowhere.Tenant", "E005"),
        ("TENANTRY_TENANT_MODEL", "Tenant", "E005"),
        ("TENANTRY_TENANT_MODEL", "core.User", "E006"),
        ("TENANTRY_MEMBERSHIP_MODEL", "core.Invoice", "E006"),
    ],
)
def test_a_wrong_model_is_an_error(settings: Any, setting: str, value: str, wanted: str) -> None:
    setattr(settings, setting, value)
    [(identity, text, hint)] = found(check_models())
    assert identity == f"tenantry.{wanted}"
    assert value in text
    assert hint


def test_a_field_that_the_backfill_cannot_fill_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    active = get_tenant_model()._meta.get_field("is_active")
    monkeypatch.setattr(active, "default", NOT_PROVIDED)
    [(identity, text, _)] = found(check_models())
    assert identity == "tenantry.E008"
    assert "is_active has no default" in text


class Elsewhere:
    def db_for_write(self, model: Any, **_hints: Any) -> str | None:
        return "other" if model is get_membership_model() else None


def test_routers_that_part_tenants_from_memberships_are_an_error(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [Elsewhere()]
    [(identity, text, _)] = found(check_models())
    assert identity == "tenantry.E009"
    assert "'other'" in text


def test_the_order_of_the_middleware_is_checked(settings: Any) -> None:
    assert found(check_middleware()) == []
    users = "django.contrib.auth.middleware.AuthenticationMiddleware"
    settings.MIDDLEWARE = ["tenantry.django.middleware.TenantMiddleware", users]
    [(identity, _, hint)] = found(check_middleware())
    assert identity == "tenantry.E013"
    assert users in hint
    settings.MIDDLEWARE = ["tenantry.django.middleware.TenantMiddleware"]
    assert found(check_middleware()) == []
