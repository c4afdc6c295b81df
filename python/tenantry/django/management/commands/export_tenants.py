"""Export of one user's tenants, for a phone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from tenantry.django.management.output import add_database_argument, failed
from tenantry.django.snapshots import export_snapshot
from tenantry.exceptions import StoreError


class Command(BaseCommand):
    """`manage.py export_tenants`: see docs/django/reference.md."""

    help = "Writes the snapshot of one user's tenants and memberships, as JSON, to standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is told."""
        parser.add_argument("user", metavar="USER", help="the primary key of the user")
        add_database_argument(parser)

    def handle(self, **options: Any) -> None:
        """Runs it."""
        users = get_user_model()._base_manager.using(options["database"])
        try:
            user = users.filter(pk=options["user"]).first()
        except (ValidationError, ValueError):
            user = None
        if user is None:
            raise failed(f"there is no user with the primary key {options['user']!r}", 2)
        try:
            snapshot = export_snapshot(user, using=options["database"])
        except StoreError as error:
            raise failed(str(error), 3) from error
        self.stdout.write(snapshot.to_json())
