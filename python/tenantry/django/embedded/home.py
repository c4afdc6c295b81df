"""What `tenantry.django` asks the embedded store: the same verbs as of the project's database."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router

from tenantry import (
    Engine,
    Finding,
    OnError,
    Planner,
    Report,
    Resolution,
    Role,
    Run,
    Snapshot,
    Tenant,
    UndoReport,
)
from tenantry.django.conf import configuration
from tenantry.django.embedded.store import engine, store
from tenantry.django.users import UserFields, profile, user_fields, user_key, user_row

__all__ = ["EmbeddedHome"]


class EmbeddedHome:
    """The verbs, by users of the project."""

    # Requests

    def resolve(self, key: Any, sources: Sequence[str], **asked: Any) -> Resolution:
        """`tenantry.django.resolution.resolve`, of the primary key of a user or None."""
        return engine(sources).resolve(key, **asked)

    def available(self, key: Any, search: str) -> list[tuple[Tenant, Role]]:
        """The tenants that a user may enter, by name: those whose name or slug contains a text."""
        found = store().tenants_of(key)
        text = search.casefold()
        usable = [
            (one, its.role)
            for one, its in found
            if one.is_active
            and its.is_active
            and (text in one.name.casefold() or text in one.slug.casefold())
        ]
        return sorted(usable, key=lambda pair: (pair[0].name, pair[0].slug))

    # Tenants

    def create_tenant(self, name: str, owner: Any, fields: dict[str, Any]) -> Tenant:
        """`tenantry.django.tenants.create_tenant`."""
        return store().create(name, user_key(user_row(owner)), **fields)

    def ensure_default_tenant(self, user: Any) -> Tenant | None:
        """`tenantry.django.tenants.ensure_default_tenant`."""
        user = user_row(user)
        self.check_user(user)
        return store().ensure_tenant(profile(user))

    def check_user(self, user: Any) -> None:
        """Raises the `RowError` of a user that cannot be given a tenant."""
        Planner(unknown_plan=configuration().unknown_plan).plan([profile(user)])

    def release_slug(self, slug: str) -> bool:
        """`tenantry.django.tenants.release_slug`."""
        return store().release_slug(slug)

    # All users

    def backfill(
        self,
        *,
        using: str | None,
        chunk_size: int | None,
        dry_run: bool,
        on_error: OnError | str,
        progress: Callable[[int, int], object] | None,
        fields: UserFields | None,
    ) -> Report:
        """`tenantry.django.backfill.backfill`. A run that was interrupted is always gone on with."""
        return store().backfill(
            _users(using, fields),
            chunk=chunk_size,
            dry_run=dry_run,
            on_error=on_error,
            unknown_plan=configuration().unknown_plan,
            progress=progress,
        )

    def runs(self) -> list[Run]:
        """The runs, the last one first."""
        return sorted(store().runs(), key=lambda run: run.id, reverse=True)

    def undo(self, run: int | None, *, dry_run: bool) -> UndoReport:
        """`tenantry.django.undo.undo_backfill`."""
        if not dry_run:
            return store().undo(run)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.db"
            store().backup(copy)
            with Engine(copy) as engine:
                return engine.undo(run)

    def verify(self, using: str | None) -> list[Finding]:
        """`tenantry.django.verify.verify`."""
        return store().verify(_users(using, None))

    def counts(self, using: str | None) -> tuple[int, int, int]:
        """How many users, tenants and memberships there are."""
        tenants = store().tenants()
        members = sum(len(store().members(tenant.id)) for tenant in tenants)
        return _all_users(using).count(), len(tenants), members

    def export(self, key: Any) -> Snapshot:
        """`tenantry.django.snapshots.export_snapshot`."""
        return store().export(key)


def _users(using: str | None, fields: UserFields | None) -> Iterator[tuple[Any, ...]]:
    """All users as the planner takes them, in the order of their primary keys."""
    columns = (fields or user_fields()).columns()
    rows = _all_users(using).order_by("pk").values_list("pk", *columns)
    found: Iterator[tuple[Any, ...]] = rows.iterator(chunk_size=2000)
    return found


def _all_users(using: str | None) -> Any:
    users = get_user_model()
    return users._base_manager.using(using or router.db_for_read(users))
