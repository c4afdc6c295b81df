"""Hangs the rules on every model of tenants and memberships: children, proxies, and those of a project.

- `save_base()` is what every `save()` ends in, whatever its arguments were: see `models`.
- Fixtures go round it, and tell by the signal `pre_save` with `raw`.
- Deleting tells of each row by `pre_delete`, from whatever manager, queryset or cascade it comes.
- `add()` and `set()` of `tenant.memberships` and `user.memberships` would write by `update()`; here they save.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import router
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor
from django.db.models.signals import class_prepared, post_save, pre_delete, pre_save
from django.utils.functional import cached_property

from tenantry.django.integrity import memberships, tenants
from tenantry.django.integrity.rows import concrete
from tenantry.django.transactions import in_transaction

__all__ = ["guard_memberships", "guard_tenants"]


def guard_tenants(model: Any) -> None:
    """Keeps the rules of tenants for a model of them."""
    uid = f"tenantry.tenants.{model._meta.label}"
    pre_save.connect(_check_raw_tenant, sender=model, dispatch_uid=uid)
    post_save.connect(_hold_raw_tenant, sender=model, dispatch_uid=uid)
    if model._meta.concrete_model is concrete(model):
        # Of a child Django tells that its parent is deleted, too.
        pre_delete.connect(_retire_deleted, sender=model, dispatch_uid=uid)


def guard_memberships(model: Any) -> None:
    """Keeps the rules of memberships for a model of them."""
    for name in ("tenant", "user"):
        model._meta.get_field(name).related_accessor_class = _Memberships
    uid = f"tenantry.memberships.{model._meta.label}"
    pre_save.connect(_check_raw_membership, sender=model, dispatch_uid=uid)
    if model._meta.concrete_model is concrete(model):
        pre_delete.connect(_check_deleting_membership, sender=model, dispatch_uid=uid)


class _Memberships(ReverseManyToOneDescriptor):  # type: ignore[type-arg]
    """`tenant.memberships` and `user.memberships`."""

    @cached_property
    def related_manager_cls(self) -> Any:
        """The class of its managers."""
        base: Any = super().related_manager_cls

        class Memberships(base):  # type: ignore[misc]
            def add(self, *objs: Any, bulk: bool = True) -> None:
                del bulk
                # A savepoint, because Django's own transaction in there is not one.
                using = router.db_for_write(self.model, instance=self.instance)
                in_transaction(partial(super().add, *objs, bulk=False), using)

            add.alters_data = True  # type: ignore[attr-defined]

        return Memberships


def _check_raw_tenant(*, instance: Any, raw: bool, using: str, **_kwargs: Any) -> None:
    if raw:
        tenants.check_raw(instance, using)


def _hold_raw_tenant(*, instance: Any, raw: bool, using: str, **_kwargs: Any) -> None:
    if raw:
        tenants.hold_lower_case(instance, using)


def _retire_deleted(*, instance: Any, using: str, **_kwargs: Any) -> None:
    tenants.retire_stored_slug(instance, using)


def _check_raw_membership(*, instance: Any, raw: bool, using: str, **_kwargs: Any) -> None:
    if raw:
        memberships.check_raw(instance, using)


def _check_deleting_membership(
    *, instance: Any, using: str, origin: Any = None, **_kwargs: Any
) -> None:
    if origin is None:
        return  # a collector of the project's own
    model = getattr(origin, "model", type(origin))
    own = concrete(type(instance))
    # That a user or a tenant goes, with all that is theirs, is the project's decision.
    owners = tuple(own._meta.get_field(name).related_model for name in ("tenant", "user"))
    if issubclass(model, owners):
        return
    if issubclass(model, own) or not memberships.goes_with(instance, origin, using):
        memberships.refuse_last_owner(instance, origin, using)


def _guard(*, sender: Any, **_kwargs: Any) -> None:
    guard = getattr(sender, "_tenantry_guard", None)
    if guard is not None:
        guard(sender)


class_prepared.connect(_guard, dispatch_uid="tenantry.guard")
