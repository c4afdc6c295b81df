"""`verify_tenants`, as in `tenantry.django`."""

from tenantry.django.management.commands.verify_tenants import Command

__all__ = ["Command"]
