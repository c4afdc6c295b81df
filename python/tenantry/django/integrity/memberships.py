"""Memberships: a tenant keeps one active owner, and a user is a member once.

Every change that could take an owner away locks the tenant first. So of two that try it at once the second
waits, and then sees that it is the last. Whether an owner is left is asked of the rows after the change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from tenantry.django import choices
from tenantry.django.exceptions import AlreadyMemberError
from tenantry.django.integrity.rows import concrete, current, key_of, lock, rows, using_of
from tenantry.django.integrity.stale import (
    Before,
    keep_untouched,
    remember_saved,
    told_columns,
    was_loaded,
)
from tenantry.django.swapping import all_rows
from tenantry.django.transactions import in_transaction, is_callers, is_unique_violation
from tenantry.enums import Role
from tenantry.exceptions import LastOwnerError, NoSuchMembershipError, UnknownRoleError

if TYPE_CHECKING:
    from tenantry.django.models import AbstractMembership, AbstractTenant

__all__ = [
    "check_raw",
    "clean_membership",
    "clean_memberships",
    "delete_memberships",
    "goes_with",
    "is_owner",
    "refuse_last_owner",
    "save_membership",
    "with_tenant_locked",
]

T = TypeVar("T")
Deleted = tuple[int, dict[str, int]]

MANY = 10_000
"""So many keys a statement takes, on every database."""

OF_OWNERS = {"role", "is_active", "tenant", "tenant_id", "user", "user_id"}
"""Fields that say who owns what."""


# Saving


def save_membership(
    membership: AbstractMembership,
    save: Callable[[], None],
    *,
    using: str,
    update_fields: Collection[str] | None,
    force_insert: bool,
) -> None:
    """Saves a membership by `save`, unless that would take the last active owner away."""
    names = OF_OWNERS if update_fields is None else OF_OWNERS.intersection(update_fields)
    if "role" in names:
        check_role(membership.role)
    if not names:
        save()
        return
    before, told = Before(membership), told_columns(membership, update_fields)

    def work() -> None:
        before.restore()  # when it is tried again
        stored = None if force_insert else _locked(membership, using)
        if stored is None:
            if was_loaded(membership, using) and not force_insert:
                raise _gone(membership)
            save()
        else:
            keep_untouched(membership, stored, told, using)
            save()
            if _is_owner(stored):
                _check_owner(membership, stored, using)
        remember_saved(membership, using)

    try:
        in_transaction(work, using)
    except BaseException as error:
        before.restore()
        if isinstance(error, IntegrityError) and _is_member(error, membership, using):
            message = _("This user is a member of the tenant already: change that membership.")
            fields = {"tenant_id": membership.tenant_id, "user_key": str(membership.user_id)}
            raise AlreadyMemberError(message, **fields) from error
        raise


def check_role(role: str) -> None:
    """Refuses a role that there is not."""
    if not choices.is_role(role):
        message = _("The role “%(role)s” is unknown; the roles are %(roles)s.")
        text = message % {"role": str(role)[:80], "roles": ", ".join(choices.roles())}
        raise UnknownRoleError(text, role=str(role)[:80])


def _locked(membership: AbstractMembership, using: str) -> dict[str, Any] | None:
    """What is stored of a membership, whose tenant is locked from here on; None if it is new."""
    key = key_of(membership)
    if key is None:
        return None
    lock_tenants(membership, [membership.tenant_id], using)
    stored = _stored(membership, key, using)
    if stored is not None and stored["tenant_id"] != membership.tenant_id:
        lock_tenants(membership, [stored["tenant_id"]], using)
        stored = _stored(membership, key, using)
    return stored


def _stored(membership: Any, key: Any, using: str) -> dict[str, Any] | None:
    found = current(rows(membership, using).filter(pk=key), using)
    row: dict[str, Any] | None = found.values(*membership.kept_fields).first()
    return row


def lock_tenants(membership: Any, tenants: Iterable[Any], using: str) -> None:
    """Makes other changes of who owns these tenants wait until this transaction ends."""
    model = membership if isinstance(membership, type) else type(membership)
    key = concrete(model)._meta.get_field("tenant").target_field
    # Each by itself and in one order, so that two who lock several do not wait for each other.
    for tenant in sorted({one for one in tenants if one is not None}, key=str):
        lock(all_rows(key.model, using).filter(**{key.attname: tenant}))


def with_tenant_locked(model: Any, tenant: Any, work: Callable[[], T], using: str) -> T:
    """What `work` returns, in a transaction in which this tenant is locked; None for one that is not told."""
    if isinstance(tenant, Model):
        tenant = getattr(tenant, concrete(model)._meta.get_field("tenant").target_field.attname)

    def locked() -> T:
        lock_tenants(model, [tenant], using)
        return work()

    return in_transaction(locked, using)


def _is_owner(stored: dict[str, Any]) -> bool:
    return bool(stored["role"] == Role.OWNER and stored["is_active"])


def owners(membership: Any, using: str) -> QuerySet[Any]:
    """The memberships of active owners."""
    found = rows(membership, using).filter(role=Role.OWNER.value, is_active=True)
    return current(found, using)


def _check_owner(membership: Any, stored: dict[str, Any], using: str) -> None:
    if not owners(membership, using).filter(tenant=stored["tenant_id"]).exists():
        raise last_owner(stored["tenant_id"], stored["user_id"])


def last_owner(tenant: Any, user: Any) -> LastOwnerError:
    message = _("A tenant keeps one active owner; make somebody else an owner first.")
    return LastOwnerError(message, tenant_id=tenant, user_key=str(user))


def _gone(membership: AbstractMembership) -> NoSuchMembershipError:
    message = _(
        "This membership was removed after it was loaded. To add the user again, make a new one."
    )
    fields = {"tenant_id": membership.tenant_id, "user_key": str(membership.user_id)}
    return NoSuchMembershipError(message, **fields)


def _is_member(error: IntegrityError, membership: Any, using: str) -> bool:
    if isinstance(error, AlreadyMemberError):
        return False
    model = concrete(type(membership))
    if is_unique_violation(error, model, "tenant", "user", using=using):
        return True
    same = {"tenant": membership.tenant_id, "user": membership.user_id}
    return rows(membership, using).filter(**same).exclude(pk=key_of(membership)).exists()


# Many at once


def delete_memberships(
    memberships: QuerySet[Any], delete: Callable[[QuerySet[Any]], Deleted]
) -> Deleted:
    """Deletes memberships by `delete`, which gets them by their keys: exactly those that were looked at
    when their tenants were locked."""
    using = memberships.db
    # Not the primary key of a child model, which may be one of its own.
    key = concrete(memberships.model)._meta.pk.attname

    def work() -> Deleted:
        found = dict(_plain(memberships).values_list(key, "tenant"))
        lock_tenants(memberships.model, found.values(), using)
        leaving = [
            row
            for some in batched(found, MANY)
            for row in current(rows(memberships.model, using).filter(pk__in=some), using).values(
                "pk", "tenant_id", "user_id", "role", "is_active"
            )
            # Who has moved to another tenant meanwhile is not among them any more.
            if row["tenant_id"] == found[row["pk"]]
        ]
        keys = {row["pk"] for row in leaving}
        losing = {row["tenant_id"] for row in leaving if _is_owner(row)}
        kept = {
            tenant
            for some in batched(losing, MANY)
            for owner, tenant in owners(memberships.model, using)
            .filter(tenant__in=some)
            .values_list("pk", "tenant")
            if owner not in keys
        }
        for row in leaving:
            if _is_owner(row) and row["tenant_id"] not in kept:
                raise last_owner(row["tenant_id"], row["user_id"])
        total: Counter[str] = Counter()
        for some in batched(keys, MANY):
            exactly = memberships.model._base_manager.using(using).filter(**{f"{key}__in": some})
            exactly._tenantry_checked = keys
            total.update(delete(exactly)[1])
        return total.total(), dict(total)

    return in_transaction(work, using)


def batched(keys: Iterable[Any], size: int) -> list[tuple[Any, ...]]:
    """Some of them at a time, for a statement takes no more."""
    rest = iter(keys)
    return list(iter(lambda: tuple(islice(rest, size)), ()))


def _plain(found: QuerySet[Any]) -> QuerySet[Any]:
    return found.order_by().select_related(None)


def check_raw(membership: AbstractMembership, using: str) -> None:
    """Refuses what a fixture would save, if it takes the last active owner away.

    In the transaction of `loaddata`. A deserialised row that is saved by itself, without one, is compared
    with what is stored a moment before.
    """
    key = key_of(membership)
    if key is None:
        return
    if is_callers(using):
        stored = _locked(membership, using)
    else:
        stored = rows(membership, using).filter(pk=key).values(*membership.kept_fields).first()
    if stored is None or not _is_owner(stored):
        return
    is_kept = is_owner(membership) and membership.tenant_id == stored["tenant_id"]
    others = rows(membership, using).filter(role=Role.OWNER.value, is_active=True)
    if not is_kept and not others.filter(tenant=stored["tenant_id"]).exclude(pk=key).exists():
        raise last_owner(stored["tenant_id"], stored["user_id"])


def goes_with(membership: Any, origin: Any, using: str) -> bool:
    """Whether the tenant or the user of a membership is deleted too, by what deletes `origin`."""
    going = origin.__dict__.get("_tenantry_going")
    if going is None:
        collector = Collector(using=using)
        collector.collect([origin] if isinstance(origin, Model) else origin)
        going = {(model, row.pk) for model, row in collector.instances_with_model()}
        origin.__dict__["_tenantry_going"] = going
    fields = (concrete(type(membership))._meta.get_field(name) for name in ("tenant", "user"))
    return any(
        issubclass(model, field.related_model) and key == getattr(membership, field.attname)
        for field in fields
        for model, key in going
    )


def refuse_last_owner(membership: Any, origin: Any, using: str) -> None:
    """Refuses that a membership goes if no active owner would be left, in the transaction that deletes it
    and what else goes with `origin`."""
    key = key_of(membership)
    leaving = origin.__dict__.setdefault("_tenantry_leaving", set())
    leaving.add(key)
    if key in getattr(origin, "_tenantry_checked", ()):
        return
    lock_tenants(membership, [membership.tenant_id], using)
    stored = _stored(membership, key, using)
    if stored is None or not _is_owner(stored):
        return
    lock_tenants(membership, {stored["tenant_id"]} - {membership.tenant_id}, using)
    staying = owners(membership, using).filter(tenant=stored["tenant_id"])
    if not staying.exclude(pk__in=leaving).exists():
        raise last_owner(stored["tenant_id"], stored["user_id"])


# Forms


def clean_membership(membership: AbstractMembership) -> None:
    """Raises as a `ValidationError` what saving would refuse."""
    if (
        membership._state.adding
        or membership.tenant_id is None
        or membership.is_checked_with_others
    ):
        return
    _clean([] if is_owner(membership) else [membership], [membership])


def clean_memberships(
    tenant: AbstractTenant,
    staying: Iterable[AbstractMembership],
    leaving: Iterable[AbstractMembership],
) -> None:
    """Raises as a `ValidationError` what saving some memberships of a tenant, and then deleting
    others, would refuse. A new tenant needs an owner among them."""
    staying = list(staying)
    if any(is_owner(one) for one in staying):
        return
    if tenant._state.adding:
        message = _("A tenant needs an active owner: add one.")
        raise ValidationError(message, code=LastOwnerError.code)
    concerned = [one for one in (*staying, *leaving) if one.pk is not None]
    _clean(concerned, concerned)


def _clean(ceasing: list[AbstractMembership], concerned: list[AbstractMembership]) -> None:
    """Refuses that these cease to be owners, or that these move, if no owner would be left."""
    if not concerned:
        return
    using = using_of(concerned[0])
    tenants = {key_of(one): one.tenant_id for one in concerned}
    gone = {key_of(one) for one in ceasing}
    found = rows(concerned[0], using).filter(role=Role.OWNER.value, is_active=True)
    for stored in found.filter(pk__in=tenants).values("pk", "tenant_id", "user_id"):
        if stored["pk"] in gone or stored["tenant_id"] != tenants[stored["pk"]]:
            others = found.filter(tenant=stored["tenant_id"]).exclude(pk__in=tenants)
            if not others.exists():
                error = last_owner(stored["tenant_id"], stored["user_id"])
                raise ValidationError(str(error), code=error.code) from error


def is_owner(membership: AbstractMembership) -> bool:
    """Whether it is an active owner's, as it stands in memory."""
    is_active = membership.is_active
    if not isinstance(is_active, bool):
        try:
            is_active = membership._meta.get_field("is_active").to_python(is_active)
        except ValidationError:
            return False  # an expression, which only the database knows
    return bool(membership.role == Role.OWNER and is_active)
