"""A tenant for every new user, if the setting `CREATE_FOR_NEW_USERS` says so."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Model

from tenantry.django.conf import configuration
from tenantry.django.homes import embedded_home

__all__ = ["create_for_new_user"]


def create_for_new_user(
    *, instance: Model, created: bool, raw: bool, using: str, **_kwargs: Any
) -> None:
    """Gives a user that was just saved for the first time a tenant, in the same transaction; in the
    embedded store, which is in no transaction of Django's, when that is committed.

    Not one that a fixture brings: its tenant is in the fixture.
    """
    if created and not raw and configuration().create_for_new_users:
        from tenantry.django.tenants import ensure_default_tenant

        if home := embedded_home():
            # Refused now, while the sign-up can be; what fails when it is committed is logged by Django.
            home.check_user(instance)
            transaction.on_commit(lambda: ensure_default_tenant(instance), using=using, robust=True)
        else:
            ensure_default_tenant(instance, using=using)
