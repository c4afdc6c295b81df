"""Users to give tenants to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model


def make_users(*names: str, **fields: Any) -> list[Any]:
    """A user of each of these business names, in this order."""
    model: Any = get_user_model()
    start = model.objects.count()
    users = [
        model(username=f"user{start + number}", business_name=name, **fields)
        for number, name in enumerate(names)
    ]
    for user in users:
        user.save()
    return users
