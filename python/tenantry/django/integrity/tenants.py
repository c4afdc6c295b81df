"""Tenants: valid values, and a slug that is given to one tenant only, ever.

The UNIQUE index decides who has a slug now; that it was another tenant's before is looked for after the
save. A tenant that is being renamed has its old slug in the index until it is committed, so another that
wants it waits, and then finds it retired.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenantry import check_domain, check_name, check_slug, slug_base
from tenantry.django import choices, slugs
from tenantry.django.conf import configuration
from tenantry.django.exceptions import SlugTakenError
from tenantry.django.integrity.rows import concrete, current, key_of, lock, rows, using_of
from tenantry.django.integrity.stale import (
    Before,
    keep_untouched,
    remember_saved,
    told_columns,
    was_loaded,
)
from tenantry.django.transactions import in_transaction, is_unique_violation
from tenantry.exceptions import (
    InvalidValueError,
    NoSuchTenantError,
    TenantryError,
    UnknownPlanError,
)

if TYPE_CHECKING:
    from tenantry.django.models import AbstractTenant

__all__ = [
    "check_raw",
    "hold_lower_case",
    "retire_stored_slug",
    "save_tenant",
    "tenant_errors",
]


def save_tenant(
    tenant: AbstractTenant,
    save: Callable[[], None],
    *,
    using: str,
    update_fields: Collection[str] | None,
    force_insert: bool,
) -> None:
    """Saves a tenant by `save`. If its slug is empty, it gets the first free one of its name."""
    _normalise(tenant, update_fields)
    if update_fields is not None and not {"slug", "is_active"}.intersection(update_fields):
        in_transaction(save, using)
        return
    once = _Save(tenant, save, using, update_fields, force_insert)
    if not once.saves_slug or tenant.slug:
        once()
        return
    base = slug_base(tenant.name, style=configuration().slug_style)
    for slug in slugs.free_slugs(base, using=using, tenant=key_of(tenant)):
        try:
            once(slug)
        except SlugTakenError:
            continue  # another was first
        return


def _normalise(tenant: AbstractTenant, update_fields: Collection[str] | None) -> None:
    names = {"name", "slug", "domain", "plan"}
    names = names if update_fields is None else names.intersection(update_fields)
    for name in ("name", "slug", "domain"):
        if name in names:
            setattr(tenant, name, _text(tenant, name))
    if "name" in names:
        tenant.name = check_name(tenant.name)
    if "domain" in names and tenant.domain is not None:
        tenant.domain = check_domain(tenant.domain)
    if "plan" in names and not choices.is_plan(tenant.plan):
        message = _("The plan “%(plan)s” is unknown; the plans are %(plans)s.")
        text = message % {"plan": str(tenant.plan)[:80], "plans": ", ".join(choices.plans())}
        raise UnknownPlanError(text, plan=str(tenant.plan)[:80])


def _text(tenant: AbstractTenant, name: str) -> Any:
    """The value of a field as the text that it is: an expression, whose value only the database
    will know, cannot be checked."""
    value = getattr(tenant, name)
    if isinstance(value, (str, Promise)):
        return str(value)
    if value is None and tenant._meta.get_field(name).null:
        return value  # a project's own field
    reason = _("it must be text")
    message = _("The %(field)s of a tenant is %(value)s: it must be text.")
    text = message % {"field": name, "value": repr(value)[:80]}
    raise InvalidValueError(text, what=name, value=str(value)[:80], reason=reason)


class _Save:
    """One try to save a tenant with the slug that it has."""

    def __init__(
        self,
        tenant: AbstractTenant,
        save: Callable[[], None],
        using: str,
        update_fields: Collection[str] | None,
        force_insert: bool,
    ) -> None:
        self.tenant = tenant
        self.save = save
        self.using = using
        self.force_insert = force_insert
        self.told = told_columns(tenant, update_fields)
        self.saves_slug = update_fields is None or "slug" in update_fields
        self.before = Before(tenant)

    def __call__(self, slug: str | None = None) -> None:
        """Saves it with this slug, or the one that it has."""
        if self.saves_slug:
            self.slug = self.tenant.slug if slug is None else slug
        try:
            in_transaction(self._try, self.using)
        except BaseException as error:
            self.before.restore()
            if isinstance(error, IntegrityError) and self._is_taken(error):
                raise slugs.taken(self.slug) from error
            raise

    def _is_taken(self, error: IntegrityError) -> bool:
        if isinstance(error, SlugTakenError):
            return False
        model = concrete(type(self.tenant))
        if is_unique_violation(error, model, "slug", using=self.using):
            return True
        others = rows(self.tenant, self.using).filter(slug=self.slug.lower())
        return others.exclude(pk=key_of(self.tenant)).exists()

    def _try(self) -> None:
        tenant = self.tenant
        self.before.restore()  # when it is tried again
        if self.saves_slug:
            tenant.slug = self.slug
        stored = None if self.force_insert else self._locked()
        if stored is None:
            if was_loaded(tenant, self.using) and not self.force_insert:
                message = _("This tenant was deleted after it was loaded; create a new one.")
                raise NoSuchTenantError(message, tenant_id=key_of(tenant))
            self._take(None)
        else:
            keep_untouched(tenant, stored, self.told, self.using)
            if not self.saves_slug:
                self.save()
            elif tenant.slug == stored["slug"]:
                self._save_with(tenant.slug, stored["slug"])
            else:
                self._take(stored["slug"])
        remember_saved(tenant, self.using)

    def _locked(self) -> dict[str, Any] | None:
        """What is stored of the tenant, locked from here on; None if it is new."""
        key = key_of(self.tenant)
        if key is None:
            return None
        found = rows(self.tenant, self.using).filter(pk=key)
        if not lock(found):
            return None
        row: dict[str, Any] = current(found, self.using).values(*self.tenant.kept_fields).get()
        return row

    def _take(self, old: str | None) -> None:
        """Saves with a slug that the tenant did not have, and retires the old one."""
        tenant, using = self.tenant, self.using
        typed, own = tenant.slug, None if old is None else key_of(tenant)
        check_slug(typed)
        tenant.slug = typed.lower()
        if slugs.is_reserved(typed) or self._is_there_in_capitals(typed, own):
            raise slugs.taken(typed)
        if old is not None:
            slugs.exchange(old, tenant.slug, using=using, tenant=own)
        with slugs.held(tenant.slug, using, own):
            self._save_with(tenant.slug, old)
        if slugs.is_retired(tenant.slug, using=using, tenant=own):
            raise slugs.taken(tenant.slug)

    def _save_with(self, slug: str, old: str | None) -> None:
        """Saves with this slug, or what a receiver of `pre_save` makes of it."""
        self.save()
        tenant, using = self.tenant, self.using
        if tenant.slug == slug:
            return
        check_slug(tenant.slug)
        own = key_of(tenant)
        is_retired = slugs.is_retired(tenant.slug, using=using, tenant=own)
        if is_retired or slugs.is_reserved(tenant.slug):
            raise slugs.taken(tenant.slug)
        if old is not None and old != tenant.slug:
            slugs.exchange(old, tenant.slug, using=using, tenant=own)

    def _is_there_in_capitals(self, slug: str, own: Any) -> bool:
        """Whether an old row has the slug just as it was typed: the index does not compare it with ours."""
        if slug == slug.lower():
            return False
        return rows(self.tenant, self.using).filter(slug=slug).exclude(pk=own).exists()


def check_raw(tenant: AbstractTenant, using: str) -> None:
    """Retires the old slug of a tenant that a fixture changes, and refuses one that was another's."""
    stored = rows(tenant, using).filter(pk=key_of(tenant)).values_list("slug", flat=True).first()
    slug = str(tenant.slug)
    if slug == stored:
        return
    key = key_of(tenant)
    if slugs.is_retired(slug, using=using, tenant=key):
        raise slugs.taken(slug)
    if stored is not None:
        slugs.exchange(stored, slug, using=using, tenant=key)


def hold_lower_case(tenant: AbstractTenant, using: str) -> None:
    """Keeps the lower-case form of a slug with capitals, which a fixture brought, for its tenant."""
    slug = str(tenant.slug)
    if slug != slug.lower() and not rows(tenant, using).filter(slug=slug.lower()).exists():
        slugs.retire(slug.lower(), using=using, tenant=key_of(tenant))


def retire_stored_slug(tenant: Any, using: str) -> None:
    """Retires the slug of a tenant that is being deleted: the one that is stored, whatever the instance
    says."""
    found = rows(tenant, using).filter(pk=key_of(tenant))
    if lock(found):
        slug = current(found, using).values_list("slug", flat=True).get()
        slugs.retire(slug, using=using)


# Forms


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
            lambda: check_domain(tenant.domain or ""),
            _("A domain has at most 255 characters, and NUL is none of them."),
        ),
        "slug": (
            lambda: _check_free(tenant, using_of(tenant)),
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


def _check_free(tenant: AbstractTenant, using: str) -> None:
    """Refuses a new slug that the tenant may not have, as far as can be seen now."""
    if not tenant.slug:
        return  # one will be found
    found, own = rows(tenant, using), key_of(tenant)
    if own is not None and found.filter(pk=own, slug=tenant.slug).exists():
        return
    check_slug(tenant.slug)
    slug = tenant.slug.lower()
    is_taken = (
        slugs.is_reserved(slug)
        or found.filter(slug__in={slug, tenant.slug}).exclude(pk=own).exists()
        or slugs.is_retired(slug, using=using, tenant=own)
    )
    if is_taken:
        raise slugs.taken(slug)
