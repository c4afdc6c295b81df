"""The settings: one dict, `TENANTRY`, read when it is first needed and again when it changes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from tenantry import SlugAllocator, Source, Style, TenantryError, UnknownPlan

__all__ = ["EMBEDDED", "USER_FIELDS", "Configuration", "configuration", "problems"]

USER_FIELDS = {
    "username": None,
    "name": "business_name",
    "domain": "business_domain",
    "plan": "tier",
}
"""Which field of the user gives the tenant what, unless told otherwise: the guide's names. None for
`username` is the user model's `USERNAME_FIELD`; a field that the user model lacks is not mapped."""

PROJECT, EMBEDDED = "project", "embedded"
NUMBER, RANDOM = "number", "random"
SOURCES = (Source.SESSION, Source.HEADER, Source.DOMAIN)
HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True)
class Configuration:
    """What the `TENANTRY` setting says, each key in lower case; see docs/django/reference.md."""

    user_fields: dict[str, str | None] = field(default_factory=dict)
    """Which fields of the user give the tenant its name, domain and plan; see `USER_FIELDS`."""
    create_for_new_users: bool = False
    """Whether every new user gets a tenant, in the transaction that saves the user."""
    slug_style: str = Style.DJANGO
    """How a name becomes a slug: `django` or `transliterate`."""
    slug_limit: int = 80
    """The longest slug that is given out, 16 to 80."""
    reserved_slugs: tuple[str, ...] = ()
    """Words that are never given out."""
    unknown_plan: str = UnknownPlan.FREE
    """What becomes of a tier that is no plan: `free`, or `reject` the user."""
    sources: tuple[str, ...] = (Source.SESSION,)
    """What may name the tenant of a request, in the order of trying: `session`, `header`, `domain`."""
    header: str = "X-Tenant"
    """The header in which an API client names the slug, if `sources` has `header`."""
    chooser_url: str = "tenantry:choose"
    """Where a user chooses a tenant: the name of a url, or a path."""
    read_from: str = ""
    """The alias of the database that decides who may enter what. Default: the one that is written."""
    slug_suffix: str = NUMBER
    """What makes a slug unique that is taken: `number` counts up; `random` ends every slug that is made from
    a name, so that it does not tell which names there are."""
    backend: str = PROJECT
    """Where the rows are: `project`, in the project's database, or `embedded`, in a store of their own."""
    store: str | os.PathLike[str] = ""
    """The file of the embedded store."""


NO_STORE = 'TENANTRY["BACKEND"] is embedded, and TENANTRY["STORE"] does not say which file.'
KEYS = tuple(one.name.upper() for one in fields(Configuration))


@cache
def configuration() -> Configuration:
    """The configuration.

    Raises `ImproperlyConfigured` for what `manage.py check` would name too.

    >>> configuration().slug_limit
    80
    """
    given = getattr(settings, "TENANTRY", {})
    for _key, problem in problems(given):
        raise ImproperlyConfigured(problem)
    if given.get("BACKEND") == EMBEDDED and "STORE" not in given:
        raise ImproperlyConfigured(NO_STORE)
    values = {key.lower(): value for key, value in given.items()}
    for key in {"reserved_slugs", "sources"} & set(values):
        values[key] = tuple(values[key])
    return Configuration(**values)


def problems(given: Any) -> list[tuple[str, str]]:
    """What is wrong with a `TENANTRY` setting: the key, or the empty text, and the problem.

    >>> problems({"SLUG_LIMIT": 8})
    [('SLUG_LIMIT', 'TENANTRY["SLUG_LIMIT"] is 8: it must be a number from 16 to 80.')]
    """
    if not isinstance(given, dict):
        return [("", f"TENANTRY is {given!r}: it must be a dict.")]
    found = []
    for key, value in given.items():
        if key not in KEYS:
            found.append((str(key), f"TENANTRY[{key!r}] is no setting."))
        elif reason := _reason(key, value):
            found.append((key, f'TENANTRY["{key}"] is {value!r}: {reason}'))
    return found


def _reason(key: str, value: Any) -> str | None:
    match key:
        case "BACKEND" if value not in (PROJECT, EMBEDDED):
            return f"it must be {PROJECT} or {EMBEDDED}."
        case "READ_FROM" if value not in settings.DATABASES:
            return f"it must be an alias of DATABASES: {', '.join(settings.DATABASES)}."
        case "SLUG_SUFFIX" if value not in (NUMBER, RANDOM):
            return f"it must be {NUMBER} or {RANDOM}."
        case "STORE" if not (isinstance(value, (str, os.PathLike)) and os.fspath(value)):
            return "it must be the path of a file."
        case "CHOOSER_URL" if not (isinstance(value, str) and value):
            return "it must be the name of a url, or a path."
        case "USER_FIELDS" if not (
            isinstance(value, dict)
            and set(value) <= set(USER_FIELDS)
            and all(name is None or isinstance(name, str) for name in value.values())
        ):
            known = ", ".join(USER_FIELDS)
            return f"it must be a dict of {known} to names of user fields, or None for none."
        case "CREATE_FOR_NEW_USERS" if not isinstance(value, bool):
            return "it must be True or False."
        case "SLUG_STYLE" if value not in list(Style):
            return f"it must be one of {', '.join(Style)}."
        case "SLUG_LIMIT" if not _is_limit(value):
            return "it must be a number from 16 to 80."
        case "RESERVED_SLUGS" if not (
            isinstance(value, (list, tuple, set, frozenset))
            and all(isinstance(word, str) for word in value)
        ):
            return "it must be a list of texts."
        case "SOURCES" if not (
            isinstance(value, (list, tuple)) and set(value) <= set(SOURCES) and len(value) > 0
        ):
            return f"it must be a list of {', '.join(SOURCES)}, in the order of trying."
        case "HEADER" if not (isinstance(value, str) and HEADER_NAME.fullmatch(value)):
            return "it must be the name of a header, such as 'X-Tenant'."
        case "UNKNOWN_PLAN" if value not in list(UnknownPlan):
            return f"it must be one of {', '.join(UnknownPlan)}."
    return None


def _is_limit(value: Any) -> bool:
    try:
        SlugAllocator(limit=value)
    except (TenantryError, TypeError):
        return False
    return True


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting == "TENANTRY":
        configuration.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.conf")
