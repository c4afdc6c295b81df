"""The default-tenant backfill over the project's database: the planner decides, and this carries rows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import repeat, takewhile
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, router, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from tenantry import OnError, PlannedTenant, Planner, Report, slug_base, tenant_name
from tenantry.django.conf import configuration
from tenantry.django.entries import checksum_of
from tenantry.django.homes import embedded_home
from tenantry.django.slugs import candidates, taken_slugs
from tenantry.django.swapping import membership_label, tenant_label
from tenantry.django.tables import Table, new_keys
from tenantry.django.transactions import in_transaction
from tenantry.django.users import UserFields, user_fields
from tenantry.enums import Role
from tenantry.exceptions import InvalidValueError, RowError

__all__ = ["CHUNK_SIZE", "Models", "backfill", "check_chunk_size"]

CHUNK_SIZE = 2000
"""How many users are read and written at once, unless told otherwise."""

AT_ONCE = 10_000
"""How many are in a transaction that is for all: PostgreSQL takes them a fifth faster so."""

Pair = tuple[tuple[Any, ...], PlannedTenant]
"""A user as the planner takes it, and the tenant planned for it."""


@dataclass(frozen=True)
class Models:
    """The models of the rows: the project's, or in a migration the historical ones."""

    user: Any
    tenant: Any
    membership: Any
    retired_slug: Any
    run: Any
    entry: Any

    @classmethod
    def of(cls, apps: Any) -> Models:
        """The models of a registry of apps."""
        return cls(
            user=apps.get_model(get_user_model()._meta.label),
            tenant=apps.get_model(tenant_label()),
            membership=apps.get_model(membership_label()),
            retired_slug=apps.get_model("tenantry", "RetiredSlug"),
            run=apps.get_model("tenantry", "BackfillRun"),
            entry=apps.get_model("tenantry", "BackfillEntry"),
        )


def backfill(
    *,
    using: str | None = None,
    chunk_size: int | None = CHUNK_SIZE,
    dry_run: bool = False,
    resume: bool = False,
    on_error: OnError | str = OnError.STOP,
    progress: Callable[[int, int], object] | None = None,
    fields: UserFields | None = None,
    models: Models | None = None,
    source: str = "command",
) -> Report:
    """Gives every user without a membership, active or not, a tenant and an active `owner` membership
    in it, in the order of the users' primary keys. A second run makes nothing.

    - `chunk_size`: so many users are committed at a time, so that an interrupted run has lost nothing
      and others get their turn; None for all in one transaction. In a transaction of the caller's there
      is only that one.
    - `dry_run`: the same report, and nothing is written.
    - `resume`: goes on with the last run of the same options that was interrupted, if there is one, so
      that one undo covers both. Without it the users that are left get a run of their own.
    - `on_error`: `stop` raises the `RowError` of a user that cannot be given a tenant, and keeps what
      was committed before; `skip` lists it in the report.
    - `progress` is called with how many users are done, and how many there are.

    Raises `RowError`, with the number of tenants that are committed in `committed`.

    >>> report = backfill()
    >>> report.created, report.skipped
    (1, 0)
    """
    if chunk_size is not None:
        check_chunk_size(chunk_size)
    if home := embedded_home():
        return home.backfill(
            using=using,
            chunk_size=chunk_size,
            dry_run=dry_run,
            on_error=on_error,
            progress=progress,
            fields=fields,
        )
    models = models or Models.of(apps)
    using = using or router.db_for_write(models.tenant)

    def new_run() -> _Backfill:
        return _Backfill(
            models=models,
            using=using,
            fields=fields or user_fields(models.user),
            on_error=OnError(on_error),
            progress=progress,
            source=source,
        )

    def at_once() -> Report:
        return new_run().run(AT_ONCE, resume=resume)

    if dry_run:
        return new_run().dry()
    if chunk_size is None:
        return in_transaction(at_once, using)
    return new_run().run(chunk_size, resume=resume)


def check_chunk_size(size: int) -> None:
    """Refuses a size that is no number of users.

    >>> check_chunk_size(0)
    Traceback (most recent call last):
    tenantry.exceptions.InvalidValueError: the chunk size 0 cannot be used: it is a number of users, at least 1
    """
    if size < 1:
        reason = "it is a number of users, at least 1"
        message = f"the chunk size {size} cannot be used: {reason}"
        raise InvalidValueError(message, what="chunk size", value=str(size), reason=reason)


class _Backfill:
    def __init__(
        self,
        *,
        models: Models,
        using: str,
        fields: UserFields,
        on_error: OnError,
        progress: Callable[[int, int], object] | None,
        source: str,
    ) -> None:
        config = configuration()
        options: dict[str, Any] = {
            "slug_style": str(config.slug_style),
            "slug_limit": config.slug_limit,
            "reserved_slugs": list(config.reserved_slugs),
            "unknown_plan": str(config.unknown_plan),
        }
        self.models = models
        self.using = using
        self.connection = connections[using]
        self.fields = fields
        self.progress = progress
        self.source = source
        self.key = json.dumps({**options, "fields": vars(fields)}, sort_keys=True)
        self.planner = Planner(on_error=on_error, **options)
        self.started = time.monotonic()
        self.total = self._rows(models.user).count() if progress else 0
        self.done = 0
        self.committed = 0
        self.looked_up: dict[str, int] = {}
        self.run_id: Any = None

    def _rows(self, model: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = model._base_manager.using(self.using)
        return rows

    # The run

    def dry(self) -> Report:
        self._take_slugs()
        last = None
        while page := self._page(last, CHUNK_SIZE):
            self._plan(page)
            last = page[-1][0]
            self._tell(len(page))
        return self._report(dry_run=True)

    def run(self, chunk_size: int, *, resume: bool) -> Report:
        in_transaction(partial(self._begin, resume), self.using)
        last = None
        while page := self._chunk(last, chunk_size):
            self.committed = self.planner.report().created
            last = page[-1][0]
            self._tell(len(page))
        self._close_run()
        return self._report(run=self.run_id)

    def _begin(self, resume: bool) -> None:
        self.run_id = self._open_run(resume)
        self._take_turn()
        self._take_slugs()
        self._prepare()

    def _open_run(self, resume: bool) -> Any:
        runs = self._rows(self.models.run).filter(source=self.source, options=self.key)
        if resume:
            open_runs = runs.filter(finished_at=None, undone_at=None)
            found = open_runs.order_by("-pk").values_list("pk", flat=True).first()
            if found is not None:
                return found
        run = self.models.run(source=self.source, options=self.key)
        run.save(using=self.using, force_insert=True)
        return run.pk

    def _close_run(self) -> None:
        runs = self._rows(self.models.run).filter(pk=self.run_id)
        made = self._rows(self.models.entry).filter(run=self.run_id).exists()
        if made or self.source != "command":
            # A migration that made nothing leaves a run too: to reverse it undoes that, and no other.
            runs.update(finished_at=timezone.now())
        else:
            runs.delete()
            self.run_id = None

    def _take_turn(self) -> None:
        """Waits until no other backfill is in the midst of a chunk, and has SQLite's write lock."""
        first = self._rows(self.models.run).order_by("pk").values_list("pk", flat=True).first()
        self._rows(self.models.run).filter(pk=first).update(source=F("source"))

    def _take_slugs(self) -> None:
        models = self.models
        taken = taken_slugs(self._rows(models.tenant), self._rows(models.retired_slug))
        self.planner.take_slugs(taken)

    def _report(self, **fields: Any) -> Report:
        report = self.planner.report()
        found = {name: getattr(report, name) for name in report.__match_args__}
        return Report(**{**found, "seconds": time.monotonic() - self.started, **fields})

    def _tell(self, count: int) -> None:
        self.done += count
        if self.progress:
            self.progress(self.done, max(self.total, self.done))

    # Users

    def _page(self, last: Any, size: int) -> list[tuple[Any, ...]]:
        """The next users behind the key `last`, as columns, in the order of their keys."""
        users = self._rows(self.models.user).order_by("pk")
        if last is not None:
            users = users.filter(pk__gt=last)
        return list(users.values_list("pk", *self.fields.columns())[:size])

    def _plan(self, page: Sequence[tuple[Any, ...]]) -> list[Pair]:
        """Plans tenants for those of the page who have no membership."""
        memberships = self._rows(self.models.membership)
        between = memberships.filter(user__gte=page[0][0], user__lte=page[-1][0])
        members = set(between.order_by().values_list("user", flat=True))
        rows = [row for row in page if row[0] not in members]
        self.planner.skip(len(page) - len(rows))
        try:
            planned = self.planner.plan(rows)
        except RowError as error:
            error.committed = self.committed
            raise
        return [(row, one) for row, one in zip(rows, planned, strict=True) if one is not None]

    # Writing

    def _chunk(self, last: Any, size: int) -> list[tuple[Any, ...]]:
        """Gives the next users tenants, in one transaction; which users they were."""
        page: list[tuple[Any, ...]] | None = None
        pairs: list[Pair] = []

        def work() -> list[tuple[Any, ...]]:
            nonlocal page, pairs
            self._take_turn()
            if page is None:
                found = self._page(last, size)
                pairs = self._plan(found) if found else []
                page = found
            else:
                # What was planned stays so, for the slugs are given out.
                pairs, _ = self._after_a_race(pairs)
            pairs = self._insert(pairs)
            return page

        return in_transaction(work, self.using)

    def _insert(self, pairs: list[Pair]) -> list[Pair]:
        """Inserts the tenants and returns them, as they were in the end. Whenever others were first to
        take a slug or a user, it tries again: without a limit, because each time another one got further."""
        while pairs:
            try:
                with transaction.atomic(using=self.using):
                    self._write(pairs)
                    if not self._retired([planned.slug for _, planned in pairs]):
                        return pairs
                    raise _SlugRetiredError
            except IntegrityError:
                before = pairs
                pairs, was_stale = self._after_a_race(pairs)
                if pairs == before and not was_stale:
                    raise
            except _SlugRetiredError:
                pairs, _ = self._after_a_race(pairs)
        return pairs

    def _prepare(self) -> None:
        models, using = self.models, self.using
        self.has_keys = new_keys(models.tenant, 0, using) is not None
        fields = ("name", "slug", "domain", "plan", "is_active")
        given = ("pk", *fields) if self.has_keys else fields
        self.tenants = Table(models.tenant, given, using)
        self.memberships = Table(models.membership, ("tenant", "user", "role", "is_active"), using)
        self.entries = Table(models.entry, ("user_key", "tenant", "run", "checksum"), using)

    def _write(self, pairs: list[Pair]) -> None:
        planned = [one for _, one in pairs]
        names, slugs = [one.name for one in planned], [one.slug for one in planned]
        domains, plans = [one.domain for one in planned], [one.plan.value for one in planned]
        if self.has_keys:
            keys = new_keys(self.models.tenant, len(pairs), self.using) or []
            self.tenants.insert(keys, names, slugs, domains, plans, repeat(True))
        else:
            self.tenants.insert(names, slugs, domains, plans, repeat(True))
            tenants = self._rows(self.models.tenant).filter(slug__in=slugs)
            found = dict(tenants.order_by().values_list("slug", "pk"))
            keys = [found[slug] for slug in slugs]
        users = [one.user for one in planned]
        self.memberships.insert(keys, users, repeat(Role.OWNER.value), repeat(True))
        user_keys = [one.user_key for one in planned]
        checksums = map(checksum_of, names, slugs, domains, plans)
        self.entries.insert(user_keys, keys, repeat(self.run_id), checksums)
        if self.connection.vendor == "postgresql":
            # Now, and not at the commit: a user may have been deleted meanwhile.
            self.connection.check_constraints()

    def _retired(self, slugs: list[str]) -> set[str]:
        retired = self._rows(self.models.retired_slug).order_by().values_list("slug", flat=True)
        # Mostly there are few, and to read them all is faster than to ask for so many by name.
        few = set(retired[: len(slugs) + 1])
        return (
            few.intersection(slugs)
            if len(few) <= len(slugs)
            else set(retired.filter(slug__in=slugs))
        )

    def _after_a_race(self, pairs: list[Pair]) -> tuple[list[Pair], bool]:
        """What is left to insert of these, now that others were first: users who got a membership, or
        are gone, are left out, and slugs that were taken are replaced by the next. And whether there
        were entries of tenants that their users have left: those are removed."""
        keys = [planned.user for _, planned in pairs]
        slugs = [planned.slug for _, planned in pairs]
        # Before the memberships: an entry that is seen here came with one that is seen there, unless
        # its user has left it.
        names = [planned.user_key for _, planned in pairs]
        entries = dict(
            self._rows(self.models.entry).filter(user_key__in=names).values_list("user_key", "pk")
        )
        members = set(
            self._rows(self.models.membership).filter(user__in=keys).values_list("user", flat=True)
        )
        present = set(self._rows(self.models.user).filter(pk__in=keys).values_list("pk", flat=True))
        taken = self._rows(self.models.tenant).filter(slug__in=slugs)
        lost = self._retired(slugs) | {
            slug.lower() for slug in taken.order_by().values_list("slug", flat=True)
        }
        self._catch_up([row for row, planned in pairs if planned.slug in lost])
        left = []
        for row, planned in pairs:
            if planned.user in members or planned.user not in present:
                self.planner.withdraw(row, planned.slug)
                continue
            if planned.slug in lost:
                slug = self.planner.next_slug(row, planned.slug)
                planned = PlannedTenant(
                    planned.user, planned.name, slug, planned.domain, planned.plan
                )
            left.append((row, planned))
        stale = [entries[one.user_key] for _, one in left if one.user_key in entries]
        removed, _ = self._rows(self.models.entry).filter(pk__in=stale).delete()
        return left, removed > 0

    def _catch_up(self, rows: list[tuple[Any, ...]]) -> None:
        """Tells the planner which slugs of these users' names others took meanwhile: they may be many."""
        style = configuration().slug_style
        tenants, retired = self._rows(self.models.tenant), self._rows(self.models.retired_slug)
        for base in {
            slug_base(tenant_name(row[2], row[1])[0], row[1], style=style) for row in rows
        }:
            start = self.looked_up.get(base, 0)
            found = candidates(base, tenants, retired, start)
            taken = [slug for slug, _ in takewhile(lambda one: one[1], found)]
            self.planner.take_slugs(taken)
            self.looked_up[base] = start + len(taken)


class _SlugRetiredError(Exception):
    """A tenant that was being renamed meanwhile gave up a slug that was planned."""
