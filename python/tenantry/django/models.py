"""Tenants and memberships, and what is kept beside them.

`Tenant` and `Membership` are the app's own. A project that wants its own columns, or has its own
tables already, builds on `AbstractTenant` and `AbstractMembership` and names its models in the
settings `TENANTRY_TENANT_MODEL` and `TENANTRY_MEMBERSHIP_MODEL`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenantry.django.choices import PLANS, ROLES
from tenantry.django.integrity import memberships, tenants
from tenantry.django.integrity.guard import guard_memberships, guard_tenants
from tenantry.django.integrity.stale import RemembersWhatWasLoaded, is_unguarded
from tenantry.django.swapping import get_membership_model, get_tenant_model, tenant_label
from tenantry.django.transactions import in_transaction
from tenantry.enums import Plan, Role

__all__ = [
    "AbstractMembership",
    "AbstractTenant",
    "BackfillEntry",
    "BackfillRun",
    "Membership",
    "MembershipQuerySet",
    "RetiredSlug",
    "SlugCounter",
    "Tenant",
    "VerifiedDomain",
    "get_membership_model",
    "get_tenant_model",
]

_Field = TypeVar("_Field", bound="models.Field[Any, Any]")


def _labelled(label: Any, field: _Field) -> _Field:
    # Set behind the field's back: a label that it was given would stand in migrations, and every
    # project that has these columns already would get one.
    field.verbose_name = label
    return field


class _Guarded(RemembersWhatWasLoaded):
    """A model whose rows keep the promises of `integrity`, whatever way they are saved and deleted."""

    _save_guarded: ClassVar[Callable[..., None]]

    class Meta:
        abstract = True

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """What `save()` ends in. An error of ours has changed nothing, and a transaction that it is in can go
        on."""
        options = _save_options(self, args, kwargs)
        save = partial(super().save_base, **options)
        if is_unguarded(self):
            save()
        else:
            self._save_guarded(self, save, **_guarded(options))

    save_base.alters_data = True  # type: ignore[attr-defined]

    def delete(
        self, using: str | None = None, keep_parents: bool = False
    ) -> tuple[int, dict[str, int]]:
        """Deletes it, in a transaction."""
        alias = using or router.db_for_write(type(self), instance=self)
        delete = partial(super().delete, using=alias, keep_parents=keep_parents)
        return in_transaction(delete, alias)

    delete.alters_data = True  # type: ignore[attr-defined]


class AbstractTenant(_Guarded):
    """A tenant: a workspace that users are members of.

    A slug that is left empty becomes the first free one of the name, an old slug is retired, and no tenant
    takes another's: see `integrity`.

    Saving raises `InvalidValueError`, `UnknownPlanError` or `SlugTakenError`, and `NoSuchTenantError` for a
    tenant that was deleted since it was loaded.
    """

    objects: ClassVar[models.Manager[Any]]
    memberships: Any
    kept_fields = ("slug", "is_active")
    _save_guarded = staticmethod(tenants.save_tenant)
    _tenantry_guard = staticmethod(guard_tenants)

    name = _labelled(_("name"), models.CharField(max_length=200))
    slug = _labelled(_("slug"), models.SlugField(max_length=80, unique=True))
    domain = _labelled(_("domain"), models.CharField(max_length=255, blank=True, default=""))
    plan = _labelled(
        _("plan"), models.CharField(max_length=20, choices=PLANS, default=Plan.FREE.value)
    )
    is_active = _labelled(_("active"), models.BooleanField(default=True))
    created_at = _labelled(_("created"), models.DateTimeField(default=timezone.now, editable=False))
    updated_at = _labelled(_("changed"), models.DateTimeField(auto_now=True))

    class Meta:
        abstract = True
        ordering = ["name"]
        verbose_name = _("Tenant")
        verbose_name_plural = _("Tenants")

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        """Words as a form error what `save()` would refuse. An empty slug it leaves alone: `save()`
        finds one."""
        left_out = {*(exclude or ()), *(() if self.slug else ("slug",))}
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(left_out)
        except ValidationError as error:
            errors = error.error_dict
        errors.update(tenants.tenant_errors(self, {*left_out, *errors}))
        if errors:
            raise ValidationError(errors)


class MembershipQuerySet(models.QuerySet[Any]):
    """Memberships: deleting many keeps the promise that deleting one does."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes, unless a tenant would lose its last active owner: then `LastOwnerError`."""
        query = self.query
        is_values = getattr(self, "_fields", None) is not None
        if query.is_sliced or query.distinct_fields or query.combinator or is_values:
            return super().delete()  # which says what is wrong with that
        self._for_write = True
        return memberships.delete_memberships(self, models.QuerySet.delete)

    # As Django marks its own: a template must not call it.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def update_or_create(
        self, defaults: Any = None, create_defaults: Any = None, **kwargs: Any
    ) -> tuple[Any, bool]:
        """As Django's, which locks the membership first: here the tenant is, as by `save()`, so that the two
        do not wait for each other."""
        self._for_write = True
        tenant = kwargs.get("tenant", kwargs.get("tenant_id"))
        update = partial(super().update_or_create, defaults, create_defaults, **kwargs)
        return memberships.with_tenant_locked(self.model, tenant, update, self.db)

    update_or_create.alters_data = True  # type: ignore[attr-defined]


class AbstractMembership(_Guarded):
    """What a user is in a tenant. A tenant always keeps one active owner: see `integrity`.

    Saving raises `LastOwnerError`, `UnknownRoleError`, `AlreadyMemberError`, or `NoSuchMembershipError` for a
    membership that was deleted since it was loaded; deleting raises `LastOwnerError`.
    """

    kept_fields = ("tenant_id", "user_id", "role", "is_active")
    _save_guarded = staticmethod(memberships.save_membership)
    _tenantry_guard = staticmethod(guard_memberships)

    tenant = _labelled(
        _("tenant"),
        models.ForeignKey(tenant_label(), on_delete=models.CASCADE, related_name="memberships"),
    )
    user = _labelled(
        _("user"),
        models.ForeignKey(
            settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
        ),
    )
    tenant_id: Any
    user_id: Any
    role = _labelled(
        _("role"), models.CharField(max_length=20, choices=ROLES, default=Role.MEMBER.value)
    )
    is_active = _labelled(_("active"), models.BooleanField(default=True))
    created_at = _labelled(_("created"), models.DateTimeField(default=timezone.now, editable=False))
    updated_at = _labelled(_("changed"), models.DateTimeField(auto_now=True))

    is_checked_with_others = False
    """Whether `clean()` leaves it to a form of several memberships to see that an owner is left."""

    objects = MembershipQuerySet.as_manager()

    class Meta:
        abstract = True
        unique_together = [("tenant", "user")]
        indexes = [
            models.Index(fields=["tenant", "user"]),
            models.Index(fields=["tenant", "role"]),
        ]

    def __str__(self) -> str:
        # Of what is loaded: a page of the admin that lists a thousand would ask for each user by itself.
        known = self._state.fields_cache
        user, tenant = known.get("user"), known.get("tenant")
        who = user.get_username() if user else _("user {}").format(self.user_id)
        where = tenant.name if tenant else _("tenant {}").format(self.tenant_id)
        return f"{who} @ {where} ({self.role})"

    def clean(self) -> None:
        """Words as a form error what `save()` would refuse."""
        super().clean()
        memberships.clean_membership(self)


def _save_options(row: models.Model, args: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `save_base()` by name."""
    names = ("raw", "force_insert", "force_update", "using", "update_fields")
    options = {**dict(zip(names, args, strict=False)), **kwargs}
    options["using"] = options.get("using") or router.db_for_write(type(row), instance=row)
    return options


def _guarded(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "using": options["using"],
        "update_fields": options.get("update_fields"),
        "force_insert": bool(options.get("force_insert")),
    }


class Tenant(AbstractTenant):
    """The tenant of projects that bring none of their own."""

    class Meta(AbstractTenant.Meta):
        swappable = "TENANTRY_TENANT_MODEL"


class Membership(AbstractMembership):
    """The membership of projects that bring none of their own."""

    class Meta(AbstractMembership.Meta):
        swappable = "TENANTRY_MEMBERSHIP_MODEL"
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")


class RetiredSlug(models.Model):
    """A slug that a tenant once had. It leads to that tenant while it lives, and to nobody after."""

    slug = models.SlugField(_("slug"), max_length=80, primary_key=True)
    """In lower case."""
    as_written = models.CharField(_("as written"), max_length=80, blank=True, default="")
    """As the tenant had it, if that had capitals: it leads there too."""
    tenant = models.ForeignKey(
        tenant_label(),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("tenant"),
    )
    retired_at = models.DateTimeField(_("retired"), default=timezone.now)

    class Meta:
        verbose_name = _("retired slug")
        verbose_name_plural = _("retired slugs")

    def __str__(self) -> str:
        return self.slug


class SlugCounter(models.Model):
    """Below which number all slugs of a name are taken, so that the first free one need not be looked for
    among a hundred thousand. It may lag behind, and can be deleted at any time."""

    base = models.CharField(_("name as a slug"), max_length=90, primary_key=True)
    """With the limit of slugs before it."""
    count = models.PositiveBigIntegerField(_("count"))

    class Meta:
        verbose_name = _("slug counter")
        verbose_name_plural = _("slug counters")

    def __str__(self) -> str:
        return self.base


class VerifiedDomain(models.Model):
    """A domain that is proven to be a tenant's. Only such a one counts where the host names the tenant."""

    domain = models.CharField(_("domain"), max_length=255, primary_key=True)
    """As a browser sends it: in lower case and ASCII."""
    tenant = models.ForeignKey(
        tenant_label(),
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        verbose_name=_("tenant"),
    )
    verified_at = models.DateTimeField(_("verified"), default=timezone.now)

    class Meta:
        verbose_name = _("verified domain")
        verbose_name_plural = _("verified domains")

    def __str__(self) -> str:
        return self.domain


class BackfillRun(models.Model):
    """A run of the backfill. What it made stands in its entries."""

    source = models.CharField(_("source"), max_length=255)
    """Who ran it: `command`, or `migration` and the app."""
    options = models.TextField(_("options"))
    """The options that an interrupted run must be gone on with, as JSON."""
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("backfill run")
        verbose_name_plural = _("backfill runs")

    def __str__(self) -> str:
        return f"{self.pk} ({self.source})"


class BackfillEntry(models.Model):
    """A default tenant: for whom it was made, and by which run; none if at sign-up.

    Each user has one at most. So two transactions that give one user a tenant at the same moment meet
    here, and the UNIQUE index lets one of them win.
    """

    # No constraints: a million of them would be checked one by one, and an entry whose tenant is gone
    # does no harm.
    tenant = models.OneToOneField(
        tenant_label(),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("tenant"),
    )
    user_key = models.CharField(_("user"), max_length=255)
    run = models.ForeignKey(
        BackfillRun,
        on_delete=models.CASCADE,
        null=True,
        related_name="entries",
        db_constraint=False,
        db_index=False,
        verbose_name=_("run"),
    )
    checksum = models.BigIntegerField(_("checksum"))
    """Of what the tenant was when it was made; see `undo`."""

    class Meta:
        verbose_name = _("backfill entry")
        verbose_name_plural = _("backfill entries")
        constraints = [
            # And not `unique=True`, for which PostgreSQL gets a second index to search by LIKE.
            models.UniqueConstraint(fields=["user_key"], name="tenantry_entry_user")
        ]

    def __str__(self) -> str:
        return self.user_key
