"""`backfill_tenants`, as in `tenantry.django`."""

from tenantry.django.management.commands.backfill_tenants import Command

__all__ = ["Command"]
