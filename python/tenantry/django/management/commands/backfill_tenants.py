"""The backfill, for big tables on a live site."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from tenantry import OnError, RowError
from tenantry.django.backfill import CHUNK_SIZE, backfill
from tenantry.django.management.output import add_common_arguments, failed, progress, write_json
from tenantry.django.users import user_fields
from tenantry.exceptions import BackfillInterruptedError, StoreError, TenantryError


class Command(BaseCommand):
    """`manage.py backfill_tenants`: see docs/django/reference.md."""

    help = (
        "Gives every user without a membership a tenant, and an owner's membership in it. Safe beside "
        "live traffic, and safe to run again: a second run makes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is told."""
        add_common_arguments(parser)
        size = parser.add_mutually_exclusive_group()
        size.add_argument(
            "--chunk-size",
            type=int,
            default=CHUNK_SIZE,
            metavar="N",
            help=f"commit after so many users ({CHUNK_SIZE})",
        )
        size.add_argument(
            "--atomic", action="store_true", help="all in one transaction, instead of chunks"
        )
        parser.add_argument("--dry-run", action="store_true", help="report, and write nothing")
        parser.add_argument(
            "--resume",
            action="store_true",
            help="go on with a run of the same options that was interrupted, so that it stays one run",
        )
        parser.add_argument(
            "--on-error",
            choices=[one.value for one in OnError],
            default=OnError.STOP.value,
            help="what a user does that cannot be given a tenant (stop)",
        )
        for key in ("username", "name", "domain", "plan"):
            parser.add_argument(
                f"--{key}",
                metavar="FIELD",
                help=f"the field of the user that gives the {key}; none for an empty FIELD",
            )

    def handle(self, **options: Any) -> None:
        """Runs it."""
        keys = ("username", "name", "domain", "plan")
        chosen = {key: options[key] or None for key in keys if options[key] is not None}
        committed = 0
        show = progress(self.stderr, quiet=options["json"] or options["verbosity"] == 0)

        def tell(done: int, total: int) -> None:
            nonlocal committed
            committed = done
            show(done, total)

        is_chunked = not options["atomic"]
        again = (
            "run it again to go on; with --resume it stays one run"
            if is_chunked
            else ("nothing was changed")
        )
        try:
            with show:
                report = backfill(
                    using=options["database"],
                    chunk_size=options["chunk_size"] if is_chunked else None,
                    dry_run=options["dry_run"],
                    resume=options["resume"],
                    on_error=options["on_error"],
                    progress=tell,
                    fields=user_fields(**chosen),
                )
        except RowError as error:
            message = (
                f"{error}\n{error.committed} tenants are made and stay; correct it and run again"
            )
            raise failed(message + ", or skip such users by --on-error skip", 1) from error
        except (DatabaseError, StoreError) as error:
            detail = str(error).strip()
            message = f"the database refused after {committed} users: {detail}\n{again}"
            raise failed(message, 3) from error
        except (KeyboardInterrupt, BackfillInterruptedError) as error:
            raise failed(f"interrupted after {committed} users; {again}", 3) from error
        except (TenantryError, ImproperlyConfigured) as error:
            raise failed(str(error), 2) from error
        if options["json"]:
            write_json(self.stdout, report)
        else:
            self._print(report)
        if report.failed:
            raise failed(f"{report.failed} users could not be given a tenant", 1)

    def _print(self, report: Any) -> None:
        verb = "would be made" if report.dry_run else "made"
        run = "" if report.run is None else f" (run {report.run})"
        self.stdout.write(
            f"{report.seen} users: {report.created} tenants {verb}{run}, "
            f"{report.skipped} had one, {report.failed} in error; {report.seconds:.1f} s"
        )
        for name in ("unchanged", "suffixed", "cut", "transliterated", "fallen_back"):
            if count := getattr(report, f"slugs_{name}"):
                self.stdout.write(f"  slugs {name.replace('_', ' ')}: {count}")
        if report.names_cut:
            self.stdout.write(f"  names cut: {report.names_cut}")
        for plan, count in report.unknown_plans.items():
            self.stdout.write(f"  unknown plan {plan!r}, now free: {count}")
        for error in report.errors:
            self.stderr.write(self.style.ERROR(f"  {error}"))
