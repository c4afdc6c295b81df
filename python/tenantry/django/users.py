"""Users as the planner takes them: which field of the user model gives the tenant what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.core.signals import setting_changed
from django.db import router
from django.db.models import CharField, Model, Value
from django.utils.translation import gettext as _

from tenantry.django.conf import USER_FIELDS, configuration
from tenantry.django.swapping import all_rows, get_membership_model
from tenantry.exceptions import InvalidValueError

__all__ = [
    "UserFields",
    "member_key",
    "profile",
    "user_fields",
    "user_key",
    "user_models",
    "user_row",
]

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
    fields = user_fields(user._meta.model)  # of what a lazy object stands for
    names = (getattr(fields, key) for key in KEYS)
    key = getattr(user, get_user_model()._meta.pk.attname)
    return (key, *(None if name is None else getattr(user, name) for name in names))


def user_key(user: Any) -> Any:
    """The primary key by which a user is known; None for everything that is not a user of the project:
    None, an anonymous user, and an instance of another model, whatever its primary key is.

    An object that is not a row, such as the user of a token, counts by its `pk`.

    >>> user_key(ann)
    1
    >>> user_key(None)
    """
    return _value(user, _model()._meta.pk)


def member_key(user: Any) -> Any:
    """What memberships hold of a user: its primary key, or what their foreign key names by `to_field`.

    >>> member_key(ann)
    1
    """
    return _value(user, _member_field())


def user_row(user: Any, using: str | None = None) -> Any:
    """The user as an instance of the user model: itself, or what the database has of the user of a token.

    Raises `InvalidValueError` for what is not a user of the project.

    >>> user_row(ann) is ann
    True
    """
    if isinstance(user, _model()):
        return user
    key = user_key(user)
    rows = all_rows(_model(), using or router.db_for_write(_model()))
    found = None if key is None else rows.filter(pk=key).first()
    if found is None:
        reason = _("It is not a user of this project.")
        raise InvalidValueError(reason, what="user", value=str(user)[:80], reason=reason)
    return found


@cache
def _model() -> Any:
    return get_user_model()._meta.concrete_model


@cache
def _member_field() -> Any:
    return get_membership_model()._meta.get_field("user").target_field


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting in {"AUTH_USER_MODEL", "TENANTRY_MEMBERSHIP_MODEL"}:
        _model.cache_clear()
        _member_field.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.users")


def _value(user: Any, field: Any) -> Any:
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    if isinstance(user, _model()):
        # Not `pk`: a child model may have a key of its own.
        return getattr(user, field.attname)
    if isinstance(user, Model) or not field.primary_key:
        return None
    given = getattr(user, "pk", None)
    try:
        found = field.to_python(given)
        field.run_validators(found)  # no key is that long, or that large
    except (ValidationError, ValueError, TypeError, OverflowError):
        return None
    # `True` and ` 1` are not the key 1, though Python reads them so.
    return None if isinstance(found, int) and str(found) != str(given) else found


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
