"""The swappable models: which they are, and which migration makes them."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.conf import settings
from django.db.migrations import CreateModel, Migration, RenameModel
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet

if TYPE_CHECKING:
    from tenantry.django.models import AbstractMembership, AbstractTenant

__all__ = [
    "all_rows",
    "get_membership_model",
    "get_tenant_model",
    "membership_label",
    "migration_that_makes",
    "own_model",
    "tenant_label",
]


for _setting, _default in (
    ("TENANTRY_TENANT_MODEL", "tenantry.Tenant"),
    ("TENANTRY_MEMBERSHIP_MODEL", "tenantry.Membership"),
):
    # The migrations that Django writes for foreign keys to these read the settings.
    if not hasattr(settings, _setting):
        setattr(settings, _setting, _default)


def tenant_label() -> str:
    """The tenant model as `app.Model`: the setting `TENANTRY_TENANT_MODEL`."""
    return str(settings.TENANTRY_TENANT_MODEL)


def membership_label() -> str:
    """The membership model as `app.Model`: the setting `TENANTRY_MEMBERSHIP_MODEL`."""
    return str(settings.TENANTRY_MEMBERSHIP_MODEL)


def get_tenant_model() -> type[AbstractTenant]:
    """The project's tenant model.

    >>> get_tenant_model()._meta.get_field("slug").max_length
    80
    """
    return cast("type[AbstractTenant]", apps.get_model(tenant_label(), require_ready=False))


def get_membership_model() -> type[AbstractMembership]:
    """The project's membership model.

    >>> get_membership_model()._meta.get_field("role").default
    'member'
    """
    return cast("type[AbstractMembership]", apps.get_model(membership_label(), require_ready=False))


def own_model(name: str) -> Any:
    """A model of the app's own, such as `RetiredSlug`, by its name: not every project has them."""
    return apps.get_model("tenantry", name, require_ready=False)


def all_rows(model: Any, using: str) -> QuerySet[Any]:
    """All rows of a model in a database, past every manager of the project's."""
    rows: QuerySet[Any] = QuerySet(model, using=using)
    return rows


def migration_that_makes(label: str) -> tuple[str, str]:
    """The migration, as a dependency, that makes a model of the project.

    Django itself takes the app's first, which is right for a model that was there from the start.
    A project that followed the guide has made its `Tenant` in a later one.
    """
    app_label, _, model = label.partition(".")
    found = "__first__"
    module_name, _ = MigrationLoader.migrations_module(app_label)
    try:
        package = import_module(module_name or "")
    except (ModuleNotFoundError, ValueError):  # an app without migrations
        return app_label, found
    names = (
        name for _, name, is_package in pkgutil.iter_modules(package.__path__) if not is_package
    )
    for name in sorted(names):
        if name[0] in "_~":
            continue
        migration = getattr(import_module(f"{module_name}.{name}"), "Migration", None)
        if migration is not None and _makes(migration, model):
            found = name
    return app_label, found


def _makes(migration: type[Migration], model: str) -> bool:
    for operation in migration.operations:
        if isinstance(operation, CreateModel) and operation.name.lower() == model.lower():
            return True
        if isinstance(operation, RenameModel) and operation.new_name.lower() == model.lower():
            return True
    return False
