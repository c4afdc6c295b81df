"""Users come and go in Django's transactions, and their memberships in the store: what is done about it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model

from tenantry.django.embedded.store import store

__all__ = ["forget", "forget_predecessor"]


def forget(*, instance: Model, using: str, **_kwargs: Any) -> None:
    """Removes the memberships of a user that is being deleted, when that is committed.

    Tenants that are left without an owner stay, and `verify_tenants` names them.
    """
    key = instance.pk
    transaction.on_commit(lambda: store().forget_user(key), using=using, robust=True)


def forget_predecessor(*, instance: Model, created: bool, raw: bool, **_kwargs: Any) -> None:
    """Removes what memberships a new user has, before it can be given any.

    They are those of an earlier bearer of its key: one whose sign-up was rolled back after it got a
    tenant, or who was deleted past this app. A database gives such keys out again.
    """
    # Mostly it has none, and a look is no write.
    if created and not raw and store().tenants_of(instance.pk):
        store().forget_user(instance.pk)
