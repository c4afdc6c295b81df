"""What becomes of a user's memberships in the store when the user is deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model

from tenantry.django.embedded.store import store

__all__ = ["forget"]


def forget(*, instance: Model, using: str, **_kwargs: Any) -> None:
    """Removes the memberships of a user that is being deleted, when that is committed.

    A primary key may be given out again: its next bearer is not to find them. Tenants that are left
    without an owner stay, and `verify_tenants` names them.
    """
    key = instance.pk
    transaction.on_commit(lambda: store().forget_user(key), using=using)
