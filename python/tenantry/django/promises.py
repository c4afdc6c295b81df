"""The promises that saving and deleting keep, whoever saves or deletes at the same moment.

- A tenant's name, slug, domain and plan are such as a tenant may have.
- A slug is given to one tenant only, ever: an old one is retired.
- A tenant keeps one active owner.

`QuerySet.update()`, `bulk_create()` and SQL go round a model's `save()`, and so round these;
`verify_tenants` finds what they broke.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, router, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenantry import check_domain, check_name, check_slug, slug_base
from tenantry.django import slugs
from tenantry.django.conf import configuration
from tenantry.enums import Plan, Role
from tenantry.exceptions import (
    LastOwnerError,
    SlugTakenError,
    TenantryError,
    UnknownPlanError,
    UnknownRoleError,
)

if TYPE_CHECKING:
    from tenantry.django.models import AbstractMembership, AbstractTenant, MembershipQuerySet

Deleted = tuple[int, dict[str, int]]


# Tenants


def tenant_errors(
    tenant: AbstractTenant, exclude: Collection[str]
) -> dict[str, list[ValidationError]]:
    """What saving would refuse, by field, without those of `exclude`."""
    checks: dict[str, tuple[Callable[[], Any], str]] = {
        "name": (
            lambda: check_name(tenant.name),
            _("A name has 1 to 200 characters, and NUL is none of them."),
        ),
        "domain": (
            lambda: check_domain(tenant.domain),
            _("A domain has at most 255 characters, and NUL is none of them."),
        ),
        "slug": (
            lambda: _check_free(tenant, _using(tenant)),
            _("A slug has 1 to 80 characters: the letters a-z, digits, - and _."),
        ),
    }
    errors = {}
    for name, (check, message) in checks.items():
        if name in exclude:
            continue
        try:
            check()
        except SlugTakenError as error:
            errors[name] = [ValidationError(str(error), code=error.code)]
        except TenantryError as error:
            errors[name] = [ValidationError(message, code=error.code)]
    return errors


def save_tenant(
    tenant: AbstractTenant, save: Callable[[], None], options: Mapping[str, Any]
) -> None:
    """Saves a tenant by `save`, called with these keyword arguments."""
    touched = options.get("update_fields")
    _normalise(tenant, touched)
    if touched is not None and "slug" not in touched:
        save()
        return
    using = options["using"]
    with transaction.atomic(using=using):
        old = _stored_slug(tenant, using)
        if tenant.slug and tenant.slug == old:
            save()
        elif tenant.slug:
            _check_free(tenant, using)
            _take(tenant, old, save, using)
        else:
            _find_slug(tenant, old, save, using)


def _normalise(tenant: AbstractTenant, touched: Iterable[str] | None) -> None:
    names = {"name", "domain", "plan"} if touched is None else set(touched)
    if "name" in names:
        tenant.name = check_name(tenant.name)
    if "domain" in names:
        tenant.domain = check_domain(tenant.domain)
    if "plan" in names and tenant.plan not in list(Plan):
        message = _("The plan “%(plan)s” is unknown; the plans are %(plans)s.")
        text = message % {"plan": tenant.plan, "plans": ", ".join(Plan)}
        raise UnknownPlanError(text, plan=tenant.plan)


def _stored_slug(tenant: AbstractTenant, using: str) -> str | None:
    """The slug that stands in the database, locked so that it stays. None for a new tenant."""
    if tenant._state.adding or tenant.pk is None:
        return None
    rows = type(tenant)._base_manager.using(using).select_for_update().filter(pk=tenant.pk)
    return rows.values_list("slug", flat=True).first()


def _check_free(tenant: AbstractTenant, using: str) -> None:
    """Refuses a new slug that the tenant may not have."""
    if not tenant.slug:
        return  # one will be found
    rows = type(tenant)._base_manager.using(using)
    own = None if tenant._state.adding else tenant.pk
    if own is not None and rows.filter(pk=own, slug=tenant.slug).exists():
        return
    check_slug(tenant.slug)
    # PostgreSQL and SQLite tell `Acme` from `acme`, and the UNIQUE index is the authority.
    slug = tenant.slug.lower()
    is_taken = (
        slugs.is_reserved(slug)
        or rows.filter(slug__in={slug, tenant.slug}).exclude(pk=own).exists()
        or slugs.is_retired(slug, using=using, tenant=own)
    )
    if is_taken:
        raise _taken(slug)


def _take(tenant: AbstractTenant, old: str | None, save: Callable[[], None], using: str) -> None:
    """Saves a tenant with a slug that it did not have, and retires the old one.

    The retired slugs are looked at once more behind the save: a tenant that was being renamed
    meanwhile had its old slug in the index until it was committed, and our row waited for that.
    """
    tenant.slug = tenant.slug.lower()
    own, key = (None if old is None else tenant.pk), tenant.pk
    try:
        with transaction.atomic(using=using):
            if old is not None:
                slugs.retire(old, using=using, tenant=own)
                slugs.take_back(tenant.slug, using=using, tenant=own)
            save()
            if slugs.is_retired(tenant.slug, using=using, tenant=own):
                raise _taken(tenant.slug)
    except (IntegrityError, SlugTakenError) as error:
        # As it was: it may be saved again.
        tenant._state.adding, tenant.pk = old is None, key
        others = type(tenant)._base_manager.using(using).filter(slug=tenant.slug)
        if isinstance(error, IntegrityError) and others.exclude(pk=own).exists():
            raise _taken(tenant.slug) from error
        raise


def _find_slug(
    tenant: AbstractTenant, old: str | None, save: Callable[[], None], using: str
) -> None:
    """Saves a tenant with the first free slug of its name."""
    own = None if old is None else tenant.pk
    base = slug_base(tenant.name, style=configuration().slug_style)
    for slug in slugs.free_slugs(base, using=using, tenant=own):
        tenant.slug = slug
        if slug == old:
            save()
            return
        try:
            _take(tenant, old, save, using)
        except SlugTakenError:
            continue  # another was first
        return


def _taken(slug: str) -> SlugTakenError:
    message = _("The slug “%(slug)s” belongs to a tenant, or did once, or is reserved.")
    return SlugTakenError(message % {"slug": slug}, slug=slug)


# Memberships


def clean_membership(membership: AbstractMembership) -> None:
    """Raises as a `ValidationError` what saving would refuse."""
    if membership._state.adding or membership.tenant_id is None:
        return
    if not membership.is_checked_with_others:
        _clean_leaving(_left_by_saving(membership, _using(membership)))


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
    if concerned:
        rows = type(concerned[0])._base_manager.using(_using(tenant))
        _clean_leaving(rows.filter(pk__in=[one.pk for one in concerned]))


def _clean_leaving(leaving: QuerySet[Any]) -> None:
    try:
        _keep_an_owner(leaving, lock=False)
    except LastOwnerError as error:
        raise ValidationError(str(error), code=error.code) from error


def save_membership(
    membership: AbstractMembership, save: Callable[[], None], options: Mapping[str, Any]
) -> None:
    """Saves a membership by `save`, called with these keyword arguments."""
    touched = options.get("update_fields")
    names = {"role", "is_active", "tenant"} if touched is None else set(touched)
    if "role" in names and membership.role not in list(Role):
        message = _("The role “%(role)s” is unknown; the roles are %(roles)s.")
        text = message % {"role": membership.role, "roles": ", ".join(Role)}
        raise UnknownRoleError(text, role=membership.role)
    if membership._state.adding or not names & {"role", "is_active", "tenant", "tenant_id"}:
        save()
        return
    using = options["using"]
    with transaction.atomic(using=using):
        _keep_an_owner(_left_by_saving(membership, using))
        save()


def delete_membership(
    membership: AbstractMembership, delete: Callable[[], Deleted], using: str
) -> Deleted:
    """Deletes a membership by `delete`."""
    with transaction.atomic(using=using):
        _keep_an_owner(_stored(membership, using))
        return delete()


def delete_memberships(memberships: MembershipQuerySet, delete: Callable[[], Deleted]) -> Deleted:
    """Deletes memberships by `delete`."""
    memberships._for_write = True  # type: ignore[attr-defined]
    with transaction.atomic(using=memberships.db):
        leaving = memberships.order_by().select_related(None).using(memberships.db)
        _keep_an_owner(leaving)
        return delete()


def _keep_an_owner(leaving: QuerySet[Any], *, lock: bool = True) -> None:
    """Refuses that these memberships go if a tenant would then have no active owner.

    They and all owners are locked, in the order of their keys: of two that leave at once, the second
    waits, and then sees that it is the last.
    """
    chosen = leaving.values_list("pk", flat=True)
    tenants = set(leaving.values_list("tenant", flat=True))
    owners = Q(tenant__in=tenants, role=Role.OWNER.value, is_active=True)
    rows = leaving.model._base_manager.using(leaving.db).filter(Q(pk__in=chosen) | owners)
    concerned = list(rows.select_for_update().order_by("pk") if lock else rows)
    gone = set(chosen)
    kept = {row.tenant_id for row in concerned if is_owner(row) and row.pk not in gone}
    for row in concerned:
        if row.pk in gone and is_owner(row) and row.tenant_id not in kept:
            message = _("A tenant keeps one active owner; make somebody else an owner first.")
            raise LastOwnerError(message, tenant_id=row.tenant_id, user_key=str(row.user_id))


def _stored(membership: AbstractMembership, using: str) -> QuerySet[Any]:
    """The membership as it stands in the database."""
    return type(membership)._base_manager.using(using).filter(pk=membership.pk)


def _left_by_saving(membership: AbstractMembership, using: str) -> QuerySet[Any]:
    """The membership as it stands in the database, if saving it makes it one of another tenant or
    takes its ownership away."""
    stored = _stored(membership, using)
    return stored.exclude(tenant=membership.tenant_id) if is_owner(membership) else stored


def is_owner(membership: AbstractMembership) -> bool:
    """Whether it is an active owner's, as it stands in memory."""
    return membership.role == Role.OWNER and membership.is_active


def _using(row: AbstractTenant | AbstractMembership) -> str:
    return row._state.db or router.db_for_write(type(row), instance=row)
