"""Tenants and memberships by other classes than the project's: proxies, and children with keys of their own."""

# The models that these build on are known only while the tests run.
# mypy: disable-error-code="misc"

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from tenantry.django.swapping import get_membership_model, get_tenant_model

Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


class Customer(Tenant):
    """A proxy with a manager of its own."""

    objects: Any = models.Manager()

    class Meta:
        proxy = True


class Company(Tenant):
    """A child with a primary key of its own."""

    number = models.BigAutoField(primary_key=True)
    parent = models.OneToOneField(Tenant, models.CASCADE, parent_link=True)


class Place(Membership):
    """A proxy with a manager of its own."""

    objects: Any = models.Manager()

    class Meta:
        proxy = True


class Branch(models.Model):
    """Far from a membership, which goes with it."""


class Desk(models.Model):
    branch = models.ForeignKey(Branch, models.CASCADE)


class Post(Membership):
    """A child with a primary key of its own, and relations of its own."""

    desk = models.ForeignKey(Desk, models.CASCADE, null=True, related_name="+")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    number = models.BigAutoField(primary_key=True)
    parent = models.OneToOneField(Membership, models.CASCADE, parent_link=True)

    class Meta:
        """Of its own, for Django would take the abstract one's, whose indexes are of columns that are not here."""
