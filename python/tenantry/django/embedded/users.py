"""Users come and go in Django's transactions, and their memberships in the store: what is done about it.

A user that is deleted loses its memberships when the transaction is committed: one that is rolled back has then
taken nothing. It loses those alone that there were: a user who is made anew with the same key in the same
transaction keeps its own.

A new user whose key has memberships loses them at once, because they were an earlier user's, and it could enter
that one's tenants in this very transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, transaction

from tenantry.django.embedded.store import store
from tenantry.django.swapping import all_rows
from tenantry.exceptions import TenantryError

__all__ = ["forget", "forget_predecessor", "notice"]


def notice(*, instance: Any, raw: bool, using: str, **_kwargs: Any) -> None:
    """Notices whether a user is new: a user that becomes an instance of a child model is not.

    Raises `PredecessorError` for one that a fixture brings, if the store has memberships of its key.
    """
    model: Any = get_user_model()
    if not isinstance(instance, model._meta.concrete_model):
        return
    key = _key(instance)
    users = all_rows(model, using)
    is_new = key is None or not users.filter(pk=key).exists()
    # A receiver may save the user again in between: what was noticed last is asked for first.
    known = instance._state.__dict__.setdefault("tenantry_is_new", [])
    known.append(is_new)
    if raw and is_new and _tenants(key):
        known.clear()
        message = (
            f"The store has memberships of the user {str(key)!r}, who is not in the database. If the fixture "
            "brings the same users back, load it while TENANTRY['STORE'] names another file. If it brings "
            f"others, remove the memberships first: store().forget_user({str(key)!r})."
        )
        raise PredecessorError(message, user_key=str(key)[:80])


class PredecessorError(TenantryError):
    """A fixture brings a user with the key of an earlier one, whose memberships are still in the store."""

    code = "predecessor"
    user_key: str


def forget_predecessor(*, instance: Any, using: str, **_kwargs: Any) -> None:
    """Removes what memberships a new user has: they are those of an earlier user of its key, who was deleted
    past this app, or whose sign-up was rolled back. A database gives such keys out again."""
    known = instance._state.__dict__.get("tenantry_is_new")
    if not known or not known.pop():
        return
    key = _key(instance)
    if _is_to_be_forgotten(key, using):
        return
    # Mostly there are none, and a look is not a write.
    if tenants := _tenants(key):
        store().forget_user(key, tenants=tenants)


def forget(*, instance: Any, using: str, **_kwargs: Any) -> None:
    """Removes the memberships of a user that is being deleted. Tenants that are left without an owner stay, and
    `verify_tenants` names them."""
    key = _key(instance)
    if tenants := _tenants(key):
        transaction.on_commit(_Forget(key, tenants), using=using)


@dataclass(frozen=True)
class _Forget:
    """What is to be done at the commit."""

    key: Any
    tenants: list[int]

    def __call__(self) -> None:
        store().forget_user(self.key, tenants=self.tenants)


def _is_to_be_forgotten(key: Any, using: str) -> bool:
    """Whether the user of this key was deleted in this transaction."""
    waiting = (function for _, function, *_ in connections[using].run_on_commit)
    return any(isinstance(one, _Forget) and one.key == key for one in waiting)


def _tenants(key: Any) -> list[int]:
    return [] if key is None else [tenant.id for tenant, _ in store().tenants_of(key)]


def _key(instance: Any) -> Any:
    # Not `pk`: a child model may have a key of its own.
    return getattr(instance, get_user_model()._meta.pk.attname)
