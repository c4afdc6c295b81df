"""`export_tenants`, as in `tenantry.django`."""

from tenantry.django.management.commands.export_tenants import Command

__all__ = ["Command"]
