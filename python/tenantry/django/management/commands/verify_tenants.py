"""Verify: the guide's step 8, and all of the contract's promises."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tenantry.django.management.output import add_common_arguments, failed, plain, write_json
from tenantry.django.verify import counts, verify
from tenantry.exceptions import StoreError


class Command(BaseCommand):
    """`manage.py verify_tenants`: see docs/django/reference.md."""

    help = "Looks for everything that does not keep the promises. Exit code 1 if there is any."

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is told."""
        add_common_arguments(parser)

    def handle(self, **options: Any) -> None:
        """Runs it."""
        try:
            found = verify(using=options["database"])
            many = asdict(counts(using=options["database"]))
        except StoreError as error:
            raise failed(str(error), 3) from error
        if options["json"]:
            findings = [
                {key: value for key, value in plain(one).items() if value is not None}
                for one in found
            ]
            write_json(self.stdout, {**many, "findings": findings})
        else:
            self.stdout.write(", ".join(f"{count} {name}" for name, count in many.items()))
            for finding in found:
                self.stdout.write(self.style.WARNING(str(finding)))
        if found:
            raise failed(f"{len(found)} findings", 1)
        if not options["json"]:
            self.stdout.write(self.style.SUCCESS("every promise holds"))
