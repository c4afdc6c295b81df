"""Fixtures for pytest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

__all__ = ["tenant_factory", "tenantry_store"]


@pytest.fixture(autouse=True)
def tenantry_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """Where the tenants are in an embedded store: a new one for each test, for no transaction takes back
    what a test left there. Where they are in the project's database it does nothing."""
    from django.conf import settings

    from tenantry.django.homes import embedded_home

    if not settings.configured or not embedded_home():
        yield None
        return
    path = tmp_path_factory.mktemp("tenantry") / "tenants.db"
    with override_settings(TENANTRY={**settings.TENANTRY, "STORE": path}):
        yield path


@pytest.fixture
def tenant_factory(db: None) -> Callable[..., Any]:
    """Makes a tenant: `tenant_factory(owner=ann, name="Acme", members=[bob], admins=[eve], plan="pro")`.

    Without an owner a user is made; other arguments are fields of the tenant.
    """
    from django.contrib.auth import get_user_model

    from tenantry import Role
    from tenantry.django.tenants import create_tenant

    numbers = iter(range(1, 1_000_000))

    def make(
        owner: Any = None,
        name: str = "Acme",
        *,
        members: Any = (),
        admins: Any = (),
        **fields: Any,
    ) -> Any:
        if owner is None:
            users = get_user_model()
            named: dict[str, Any] = {str(users.USERNAME_FIELD): f"owner{next(numbers)}@example.com"}
            owner = users._default_manager.create(**named)
        tenant = create_tenant(name, owner, **fields)
        for role, users_in_it in ((Role.ADMIN, admins), (Role.MEMBER, members)):
            for user in users_in_it:
                _join(tenant, user, role)
        return tenant

    return make


def _join(tenant: Any, user: Any, role: Any) -> None:
    from tenantry.django.homes import embedded_home
    from tenantry.django.swapping import get_membership_model

    if embedded_home():
        from tenantry.django.embedded.store import store

        store().join(tenant.id, user.pk, role)
    else:
        get_membership_model()(tenant_id=tenant.pk, user=user, role=role.value).save()
