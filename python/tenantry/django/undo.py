"""Undo: a run of the backfill is taken back by its manifest, as far as its tenants are as it left them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import router, transaction
from django.db.models import F, Q
from django.utils import timezone

from tenantry import KeptTenant, UndoReport, why_kept
from tenantry.django.backfill import CHUNK_SIZE, Models
from tenantry.django.entries import checksum_of
from tenantry.django.homes import embedded_home
from tenantry.django.slugs import recount
from tenantry.enums import Role
from tenantry.exceptions import NoSuchRunError

__all__ = ["undo_backfill"]


def undo_backfill(
    run: int | None = None,
    *,
    using: str | None = None,
    dry_run: bool = False,
    models: Models | None = None,
    source: str | None = None,
) -> UndoReport:
    """Removes the tenants that a run made, each with its owner's membership, in one transaction.

    A tenant that is no longer as the run left it, that has a second member, or that anything else
    refers to is kept and listed. No slug is retired: the backfill can be run again with the same
    result. Without `run` it is the last one that was not undone, of `source` alone if told.

    - `dry_run`: the same report, and nothing is changed.

    Raises `NoSuchRunError`.

    >>> made = backfill()
    >>> undone = undo_backfill()
    >>> undone.removed, undone.kept
    (1, ())
    """
    if home := embedded_home():
        return home.undo(run, dry_run=dry_run)
    models = models or Models.of(apps)
    undo = _Undo(models, using or router.db_for_write(models.tenant))
    with transaction.atomic(using=undo.using):
        report = undo.undo(run, source)
        if dry_run:
            transaction.set_rollback(True, using=undo.using)
    return report


class _Undo:
    def __init__(self, models: Models, using: str) -> None:
        self.models = models
        self.using = using

    def _rows(self, model: Any) -> Any:
        return model._base_manager.using(self.using)

    def undo(self, run: int | None, source: str | None) -> UndoReport:
        found = self._find(run, source)
        # First of all, so that on SQLite nobody writes from here on.
        self._rows(self.models.run).filter(pk=found).update(undone_at=timezone.now())
        kept: list[KeptTenant] = []
        removed, last = 0, ""
        while True:
            entries = self._rows(self.models.entry).filter(run=found, user_key__gt=last)
            page = list(
                entries.order_by("user_key").values_list("user_key", "tenant", "checksum")[
                    :CHUNK_SIZE
                ]
            )
            if not page:
                return UndoReport(found, removed, kept)
            last = page[-1][0]
            gone, stays = self._sorted(page)
            kept += stays
            removed += self._remove(gone)

    def _find(self, run: int | None, source: str | None) -> Any:
        runs = self._rows(self.models.run).order_by("-pk")
        if source is not None:
            runs = runs.filter(source=source)
        runs = runs.filter(undone_at=None) if run is None else runs.filter(pk=run)
        found = runs.values_list("pk", flat=True).first()
        if found is None:
            which = "no run is left to undo" if run is None else f"there is no run {run}"
            raise NoSuchRunError(f"{which}; `undo_backfill --list` lists the runs", run=run)
        return found

    def _sorted(self, page: list[tuple[str, Any, int]]) -> tuple[list[Any], list[KeptTenant]]:
        """The tenants of these entries: those that may go, and those that are kept."""
        # Locked: whoever joins one meanwhile waits, and finds it gone.
        rows = self._rows(self.models.tenant).filter(pk__in=[tenant for _, tenant, _ in page])
        columns = ("pk", "name", "slug", "domain", "plan", "is_active", "created_at", "updated_at")
        tenants = {
            row[0]: row for row in rows.select_for_update().order_by("pk").values_list(*columns)
        }
        members: dict[Any, list[tuple[Any, bool]]] = defaultdict(list)
        memberships = self._rows(self.models.membership).filter(tenant__in=list(tenants))
        for tenant, user, role, is_active, is_same in memberships.annotate(
            is_same=Q(updated_at=F("created_at"))
        ).values_list("tenant", "user", "role", "is_active", "is_same"):
            members[tenant].append((user, role == Role.OWNER and is_active and is_same))
        referred = self._referred_to(list(tenants))
        gone: list[Any] = []
        stays: list[KeptTenant] = []
        for user_key, key, made in page:
            if key not in tenants:
                continue
            _, name, slug, domain, plan, is_active, created, updated = tenants[key]
            reason = why_kept(
                changed=(
                    not is_active
                    or updated != created
                    or checksum_of(name, slug, domain, plan) != made
                ),
                members=len(members[key]),
                owner_changed=(
                    not any(str(user) == user_key and same for user, same in members[key])
                ),
                referred_to=key in referred,
            )
            if reason is None:
                gone.append(key)
            else:
                stays.append(KeptTenant(slug, user_key, reason))
        return gone, stays

    def _referred_to(self, tenants: list[Any]) -> set[Any]:
        """Those of the tenants that anything else refers to, by itself or by a membership."""
        own = {self.models.membership, self.models.entry}
        found: set[Any] = set()
        for relation in _relations(self.models.tenant):
            if relation.related_model not in own:
                found |= self._values(relation.related_model, relation.field, "", tenants)
        for relation in _relations(self.models.membership):
            found |= self._values(relation.related_model, relation.field, "__tenant", tenants)
        return found

    def _values(self, model: Any, field: Any, path: str, tenants: list[Any]) -> set[Any]:
        name = field.name + path
        rows = self._rows(model).filter(**{f"{name}__in": tenants})
        return set(rows.order_by().values_list(name, flat=True))

    def _remove(self, tenants: list[Any]) -> int:
        """Removes tenants without their signals: nothing is to be retired."""
        models = self.models
        for model in (models.membership, models.entry):
            rows = self._rows(model).filter(tenant__in=tenants)
            rows._raw_delete(self.using)
        self._rows(models.tenant).filter(pk__in=tenants)._raw_delete(self.using)
        recount(self.using)
        return len(tenants)


def _relations(model: Any) -> Iterable[Any]:
    """The foreign keys to a model, those of many-to-many tables among them."""
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.many_to_many
    ]
