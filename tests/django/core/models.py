"""A project's user as in the guide, and something that belongs to a tenant."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from tenantry.django.swapping import tenant_label


def text_key() -> str:
    return f"u-{uuid.uuid4()}"


def user_key() -> Any:
    """The primary key that the settings ask for."""
    if settings.USERS == "uuid":
        return models.UUIDField(primary_key=True, default=uuid.uuid4)
    if settings.USERS == "text":
        return models.CharField(primary_key=True, max_length=40, default=text_key)
    return models.BigAutoField(primary_key=True)


class User(AbstractUser):
    id = user_key()
    # Texts, so that whatever a case of the vectors holds can be stored.
    business_name = models.TextField(blank=True, default="", null=True)
    business_domain = models.TextField(blank=True, default="", null=True)
    tier = models.TextField(blank=True, default="free", null=True)
    handle = models.TextField(blank=True, default="", null=True)


class Guest(User):
    """Users by another class."""

    class Meta:
        proxy = True


class Employee(User):
    """Users by a child with a primary key of its own."""

    number = models.BigAutoField(primary_key=True)
    parent = models.OneToOneField(User, models.CASCADE, parent_link=True)


if not settings.IS_EMBEDDED:

    class Invoice(models.Model):
        """Refers to a tenant."""

        tenant = models.ForeignKey(tenant_label(), on_delete=models.CASCADE)
