"""Users as the planner takes them: which field of the user model gives the tenant what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import CharField, Value

from tenantry.django.conf import USER_FIELDS, configuration

__all__ = ["UserFields", "profile", "user_fields", "user_models"]

KEYS = ("username", "name", "domain", "plan")
"""In the order in which the planner takes them, behind the primary key."""


@dataclass(frozen=True)
class UserFields:
    """Names of fields of the user model; None for what it does not have."""

    username: str | None
    name: str | None
    domain: str | None
    plan: str | None

    def columns(self) -> list[Any]:
        """For a query: behind the primary key, what makes its rows such as the planner takes."""
        nothing = Value(None, output_field=CharField())
        return [getattr(self, key) or nothing for key in KEYS]


def user_fields(user_model: Any = None, **chosen: str | None) -> UserFields:
    """Which fields of a user model are mapped: those of `chosen`, then of `TENANTRY["USER_FIELDS"]`,
    then the guide's.

    The guide's are left out where the model lacks them. Raises `ImproperlyConfigured` for one that was
    chosen and is no field.

    >>> user_fields()
    UserFields(username='username', name='business_name', domain='business_domain', plan='tier')
    """
    real = get_user_model()
    model = real if user_model is None else user_model
    found: dict[str, str | None] = {}
    for key in KEYS:
        told = chosen if key in chosen else configuration().user_fields
        name = told.get(key, USER_FIELDS[key])
        if key == "username" and name is None:
            name = str(real.USERNAME_FIELD)
        if name is not None and not _has(model, name):
            if key in told:
                raise ImproperlyConfigured(_lacks(model, key, name))
            name = None
        found[key] = name
    return UserFields(**found)


def user_models() -> list[Any]:
    """The user model with its proxies and children: Django sends signals by the class of an instance."""
    return [model for model in apps.get_models() if issubclass(model, get_user_model())]


def profile(user: Any) -> tuple[Any, ...]:
    """A user as the planner takes it.

    >>> profile(ann)
    (1, 'ann', '', '', 'free')
    """
    fields = user_fields(type(user))
    names = (getattr(fields, key) for key in KEYS)
    return (user.pk, *(None if name is None else getattr(user, name) for name in names))


def _has(model: Any, name: str) -> bool:
    try:
        return bool(model._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def _lacks(model: Any, key: str, name: str) -> str:
    known = ", ".join(sorted(field.name for field in model._meta.concrete_fields))
    return (
        f"the {key} of a tenant is to be taken from the field {name!r} of {model._meta.label}, and "
        f"there is none; the fields are {known}, and None is for none"
    )
