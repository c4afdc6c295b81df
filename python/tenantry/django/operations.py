"""Operations for migrations."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.operations.base import Operation

from tenantry import OnError
from tenantry.django.backfill import CHUNK_SIZE, Models, backfill, check_chunk_size
from tenantry.django.homes import embedded_home
from tenantry.django.undo import undo_backfill
from tenantry.django.users import user_fields
from tenantry.exceptions import NoSuchRunError

__all__ = ["BackfillDefaultTenants"]

logger = logging.getLogger("tenantry.django")

_UNSET = "__unset__"


class BackfillDefaultTenants(Operation):
    """Gives every user without a membership a tenant, and an active `owner` membership in it.

    - `name`, `domain`, `plan`, `username`: the fields of the user that give the tenant these; None for
      none. Unless told they are those of the setting `USER_FIELDS`, or the guide's `business_name`,
      `business_domain` and `tier` as far as the user model has them, and its `USERNAME_FIELD`.
    - `chunk_size`: how many users are committed at a time, where the migration is not atomic.
    - `on_error`: what a user does that cannot be given a tenant: `stop`, or `skip`.

    In an atomic migration it is a part of its transaction; with `atomic = False` each chunk is
    committed, and a migration that was interrupted goes on where it was. Reversed, it undoes by its
    manifest what it made, as far as that is as it was made.

    The migration depends on `("tenantry", "0001_initial")`, on the migration of the user's fields, and
    on that of the project's own tenant and membership, if it has such.

    >>> BackfillDefaultTenants(name="business_name", domain="business_domain", plan="tier").describe()
    'Give every user without a membership a tenant'
    """

    reduces_to_sql = False
    reversible = True

    def __init__(
        self,
        *,
        name: str | None = _UNSET,
        domain: str | None = _UNSET,
        plan: str | None = _UNSET,
        username: str | None = _UNSET,
        chunk_size: int = CHUNK_SIZE,
        on_error: str = OnError.STOP.value,
        elidable: bool = False,
    ) -> None:
        check_chunk_size(chunk_size)
        given = {"name": name, "domain": domain, "plan": plan, "username": username}
        self.fields = {key: field for key, field in given.items() if field != _UNSET}
        self.chunk_size = chunk_size
        self.on_error = OnError(on_error)
        self.elidable = elidable  # type: ignore[misc]
        # As for RunPython: in the migration's transaction, if it has one.
        self.atomic = None  # type: ignore[assignment,misc]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """What a squashed migration writes."""
        options: dict[str, Any] = dict(self.fields)
        if self.chunk_size != CHUNK_SIZE:
            options["chunk_size"] = self.chunk_size
        if self.on_error is not OnError.STOP:
            options["on_error"] = self.on_error.value
        if self.elidable:
            options["elidable"] = True
        return type(self).__qualname__, [], options

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes no model."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Runs the backfill over the migration's own connection."""
        del to_state
        models = self._models(app_label, schema_editor, from_state)
        if models is None:
            return
        using = schema_editor.connection.alias
        is_atomic = connections[using].in_atomic_block
        report = backfill(
            using=using,
            chunk_size=None if is_atomic else self.chunk_size,
            resume=not is_atomic,
            on_error=self.on_error,
            fields=user_fields(models.user, **self.fields),
            models=models,
            source=_source(app_label),
        )
        logger.info(
            "backfill: %d users, %d tenants made, %d users had one, %d rows in error",
            report.seen,
            report.created,
            report.skipped,
            report.failed,
        )
        if report.errors:
            logger.warning("backfill: verify_tenants names the users that were skipped")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Undoes by the manifest the last run that this made."""
        del from_state
        models = self._models(app_label, schema_editor, to_state)
        if models is None:
            return
        using = schema_editor.connection.alias
        try:
            report = undo_backfill(using=using, models=models, source=_source(app_label))
        except NoSuchRunError:
            # It was faked, or undone by the command.
            return
        logger.info("undo: %d tenants removed, %d kept", report.removed, len(report.kept))
        # How many and why, and not which: names of tenants and users do not belong into a log.
        for reason, count in Counter(tenant.reason.value for tenant in report.kept).items():
            logger.warning("undo: %d tenants are kept: %s", count, reason.replace("_", " "))

    def _models(self, app_label: str, schema_editor: Any, state: Any) -> Models | None:
        """The models of this moment, or None where a router keeps them from this database."""
        if embedded_home():
            message = (
                'BackfillDefaultTenants is for the project\'s database, and TENANTRY["BACKEND"] is embedded: '
                "run manage.py backfill_tenants instead, and take the operation out of the migrations of "
                f"{app_label}"
            )
            raise ImproperlyConfigured(message)
        state.clear_delayed_apps_cache()
        try:
            models = Models.of(state.apps)
        except LookupError as error:
            raise LookupError(
                f"{error} A migration with BackfillDefaultTenants depends on the migrations of all its "
                'models: put ("tenantry", "0001_initial") into the dependencies of the one in '
                f"{app_label}, and where the project has its own tenant, the migration that makes it."
            ) from error
        alias = schema_editor.connection.alias
        return models if self.allow_migrate_model(alias, models.tenant) else None

    def describe(self) -> str:
        """What `migrate --plan` and `sqlmigrate` show."""
        return "Give every user without a membership a tenant"


def _source(app_label: str) -> str:
    return f"migration {app_label}"
