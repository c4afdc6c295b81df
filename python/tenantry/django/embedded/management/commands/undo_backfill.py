"""`undo_backfill`, as in `tenantry.django`."""

from tenantry.django.management.commands.undo_backfill import Command

__all__ = ["Command"]
