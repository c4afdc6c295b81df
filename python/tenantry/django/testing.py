"""Fixtures for pytest, for projects that test with tenants.

Put `pytest_plugins = ["tenantry.django.testing"]` into the project's `conftest.py`. They need
pytest-django.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["tenant_factory"]


@pytest.fixture
def tenant_factory(db: None) -> Callable[..., Any]:
    """Makes a tenant: `tenant_factory(owner=ann, name="Acme", members=[bob], admins=[eve], plan="pro")`.

    Without an owner a user is made; other arguments are fields of the tenant.
    """
    from django.contrib.auth import get_user_model

    from tenantry import Role
    from tenantry.django.models import get_membership_model
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
                get_membership_model()(tenant_id=tenant.pk, user=user, role=role.value).save()
        return tenant

    return make
