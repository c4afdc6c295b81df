"""Undo of a backfill, by its manifest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.db.models import Count

from tenantry.django.homes import embedded_home
from tenantry.django.management.output import add_common_arguments, failed, write_json
from tenantry.django.swapping import own_model
from tenantry.django.undo import undo_backfill
from tenantry.exceptions import NoSuchRunError, StoreError


class Command(BaseCommand):
    """`manage.py undo_backfill`: see docs/django/reference.md."""

    help = (
        "Removes the tenants that a run of the backfill made, as far as they are as it left them. "
        "Tenants that have changed, have other members or are referred to are kept and listed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What it is told."""
        add_common_arguments(parser)
        parser.add_argument(
            "--run",
            type=int,
            metavar="N",
            help="the run; the last that was not undone, unless told",
        )
        parser.add_argument("--dry-run", action="store_true", help="report, and change nothing")
        parser.add_argument("--list", action="store_true", help="list the runs, and change nothing")

    def handle(self, **options: Any) -> None:
        """Runs it."""
        if options["list"]:
            self._list(options)
            return
        try:
            report = undo_backfill(
                options["run"], using=options["database"], dry_run=options["dry_run"]
            )
        except NoSuchRunError as error:
            raise failed(str(error), 2) from error
        except (DatabaseError, StoreError) as error:
            message = f"the database refused, and nothing was changed: {str(error).strip()}"
            raise failed(message, 3) from error
        if options["json"]:
            write_json(self.stdout, report)
            return
        verb = "would be removed" if options["dry_run"] else "removed"
        self.stdout.write(
            f"run {report.run}: {report.removed} tenants {verb}, {len(report.kept)} kept"
        )
        for tenant in report.kept:
            reason = tenant.reason.value.replace("_", " ")
            self.stdout.write(f"  {tenant.slug} of user {tenant.user_key}: {reason}")

    def _list(self, options: dict[str, Any]) -> None:
        rows = list(_runs(options["database"]))
        if options["json"]:
            write_json(self.stdout, rows)
            return
        for row in rows:
            state = (
                "undone" if row["undone_at"] else "done" if row["finished_at"] else "interrupted"
            )
            self.stdout.write(
                f"run {row['pk']}: {row['tenants']} tenants, {state}, by {row['source']}, "
                f"{row['started_at']:%Y-%m-%d %H:%M:%S}"
            )
        if not rows:
            self.stdout.write("no runs")


COLUMNS = ("pk", "source", "started_at", "finished_at", "undone_at", "tenants")


def _runs(using: str | None) -> Iterable[dict[str, Any]]:
    """The runs, the last one first."""
    if home := embedded_home():
        for run in home.runs():
            times = (run.started_at, run.finished_at, run.undone_at)
            yield dict(zip(COLUMNS, (run.id, "command", *times, run.tenants), strict=True))
        return
    runs = own_model("BackfillRun").objects.using(using).order_by("-pk")
    yield from runs.annotate(tenants=Count("entries")).values(*COLUMNS)
