"""Tenants and memberships, and what is kept beside them.

`Tenant` and `Membership` are the app's own. A project that wants its own columns, or has its own
tables already, builds on `AbstractTenant` and `AbstractMembership` and names its models in the
settings `TENANTRY_TENANT_MODEL` and `TENANTRY_MEMBERSHIP_MODEL`.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenantry.django import promises
from tenantry.django.swapping import get_membership_model, get_tenant_model, tenant_label
from tenantry.django.words import PLANS, ROLES
from tenantry.enums import Plan, Role

__all__ = [
    "AbstractMembership",
    "AbstractTenant",
    "BackfillEntry",
    "BackfillRun",
    "Membership",
    "MembershipQuerySet",
    "RetiredSlug",
    "Tenant",
    "get_membership_model",
    "get_tenant_model",
]

_Field = TypeVar("_Field", bound="models.Field[Any, Any]")


def _labelled(label: Any, field: _Field) -> _Field:
    # Set behind the field's back: a label that it was given would stand in migrations, and every
    # project that has these columns already would get one.
    field.verbose_name = label
    return field


class AbstractTenant(models.Model):
    """A tenant: a workspace that users are members of.

    What `save()` keeps is in `promises`: a slug that is left empty is the first free one of the name,
    an old slug is retired, and no tenant takes another's.
    """

    objects: ClassVar[models.Manager[Any]]
    memberships: Any

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
        errors.update(promises.tenant_errors(self, {*left_out, *errors}))
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and keeps the promises.

        Raises `InvalidValueError`, `UnknownPlanError` or `SlugTakenError`, and has then changed
        nothing; a transaction that it is in can go on.
        """
        kwargs["using"] = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        promises.save_tenant(
            self, lambda: super(AbstractTenant, self).save(*args, **kwargs), kwargs
        )


class MembershipQuerySet(models.QuerySet[Any]):
    """Memberships: to delete many keeps the promise that deleting one does."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes, unless a tenant would lose its last active owner: then `LastOwnerError`."""
        return promises.delete_memberships(self, super().delete)

    # As Django marks its own: a template must not call it.
    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class AbstractMembership(models.Model):
    """What a user is in a tenant. A tenant always keeps one active owner."""

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
        user = cast("Any", self.user)
        return f"{user.get_username()} @ {cast('Any', self.tenant).name} ({self.role})"

    def clean(self) -> None:
        """Words as a form error what `save()` would refuse."""
        super().clean()
        promises.clean_membership(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, unless the tenant would lose its last active owner: then `LastOwnerError`.

        Raises `UnknownRoleError` too. Either has changed nothing.
        """
        kwargs["using"] = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        promises.save_membership(
            self, lambda: super(AbstractMembership, self).save(*args, **kwargs), kwargs
        )

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Deletes, unless the tenant would lose its last active owner: then `LastOwnerError`."""
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        kwargs["using"] = using
        return promises.delete_membership(
            self, lambda: super(AbstractMembership, self).delete(*args, **kwargs), using
        )


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
