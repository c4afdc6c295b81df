"""The admin: tenants with their memberships.

A project with models of its own registers them by these: `admin.site.register(Workspace, TenantAdmin)`.
"""

# Django's own classes take no parameters when they run.
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_permission_codename, get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenantry.django.admin_forms import (
    MembershipForm,
    MembershipFormSet,
    MembershipRowForm,
    TenantActionForm,
    TenantForm,
    UserWidget,
)
from tenantry.django.domains import verify_domain
from tenantry.django.models import (
    BackfillRun,
    Membership,
    RetiredSlug,
    Tenant,
    VerifiedDomain,
    get_membership_model,
)
from tenantry.exceptions import TenantryError

__all__ = [
    "BackfillRunAdmin",
    "MembershipAdmin",
    "MembershipInline",
    "RetiredSlugAdmin",
    "TenantAdmin",
    "VerifiedDomainAdmin",
]

INLINE_MEMBERSHIPS = 100
"""Of more, the tenant's page has a link to the list: Django takes 1,000 fields of a form at most."""


class _KeepsPromises(admin.ModelAdmin):
    """Words what only the save itself could find out, because of another transaction, as any error."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page to add or to change one."""
        # When it is tried again, the form sees what the other transaction did.
        return self._refusable(request, super().changeform_view, args, kwargs, tries=2)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page to delete one."""
        return self._refusable(request, super().delete_view, args, kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The list, and its actions."""
        return self._refusable(request, super().changelist_view, args, kwargs)

    def _refusable(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        *,
        tries: int = 1,
    ) -> HttpResponse:
        for left in reversed(range(tries)):
            try:
                return view(request, *args, **kwargs)
            except TenantryError as error:
                if not left:
                    self.message_user(request, str(error), messages.ERROR)
            except IntegrityError:
                if not left:
                    raise
        return HttpResponseRedirect(request.get_full_path())


class MembershipInline(admin.TabularInline):
    """The memberships of a tenant."""

    model = get_membership_model()
    form = MembershipRowForm
    formset = MembershipFormSet
    fields = ("user", "role", "is_active")
    raw_id_fields = ("user",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With what each row shows, in one query."""
        return super().get_queryset(request).select_related("tenant", "user").order_by("pk")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """An empty row for the owner of a new tenant."""
        return 1 if obj is None else super().get_extra(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """A user is told by its key."""
        if db_field.name == "user" and "user" in self.raw_id_fields:
            remote, using = db_field.remote_field, kwargs.get("using")
            kwargs["widget"] = UserWidget(remote, self.admin_site, using=using)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Tenant)
class TenantAdmin(_KeepsPromises):
    """Tenants with their memberships."""

    form = TenantForm
    action_form = TenantActionForm
    inlines = (MembershipInline,)
    list_display = ("name", "slug", "plan", "is_active", "members", "created_at")
    list_filter = ("is_active", "plan", "created_at")
    search_fields = ("name", "slug", "domain")
    search_help_text = gettext_lazy("Name, slug or domain")
    readonly_fields = ("members", "created_at", "updated_at")
    actions = ("deactivate", "activate", "change_plan", "verify_domains")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many members each has, counted for those on the page alone."""
        rows = get_membership_model()._base_manager.filter(tenant=OuterRef("pk"), is_active=True)
        counts = rows.order_by().values("tenant").annotate(count=Count("pk")).values("count")
        members = Coalesce(Subquery(counts, output_field=IntegerField()), 0)
        tenants: QuerySet[Any] = super().get_queryset(request).annotate(member_count=members)
        return tenants

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Memberships, unless there are too many for one form."""
        inlines = super().get_inlines(request, obj)
        if (
            obj is None
            or obj.memberships.all()[: INLINE_MEMBERSHIPS + 1].count() <= INLINE_MEMBERSHIPS
        ):
            return inlines
        return [one for one in inlines if not issubclass(one, MembershipInline)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may add a tenant may add its owner: there is none without."""
        meta = get_membership_model()._meta
        permission = f"{meta.app_label}.{get_permission_codename('add', meta)}"
        user: Any = request.user
        return super().has_add_permission(request) and user.has_perm(permission)

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        """Memberships in an order in which each step is allowed."""
        if isinstance(formset, MembershipFormSet):
            formset.save_in_order()
        else:
            super().save_formset(request, form, formset, change)

    @admin.display(description=gettext_lazy("active members"), ordering="member_count")
    def members(self, tenant: Any) -> Any:
        """How many active members, with a link to all."""
        if tenant.pk is None:
            return self.get_empty_value_display()
        meta = get_membership_model()._meta
        site = self.admin_site.name
        try:
            url = reverse(f"{site}:{meta.app_label}_{meta.model_name}_changelist")
        except NoReverseMatch:  # the project does not show them
            return tenant.member_count
        return format_html(
            '<a href="{}?tenant__exact={}">{}</a>', url, tenant.pk, tenant.member_count
        )

    @admin.action(permissions=["change"], description=gettext_lazy("Deactivate selected tenants"))
    def deactivate(self, request: HttpRequest, tenants: QuerySet[Any]) -> None:
        """Nobody enters them from the next request on."""
        count = self._change(request, tenants, is_active=False)
        message = ngettext(
            "%(count)d tenant was deactivated: nobody enters it from now on.",
            "%(count)d tenants were deactivated: nobody enters them from now on.",
            count,
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    @admin.action(permissions=["change"], description=gettext_lazy("Activate selected tenants"))
    def activate(self, request: HttpRequest, tenants: QuerySet[Any]) -> None:
        """Their members enter them again."""
        count = self._change(request, tenants, is_active=True)
        message = ngettext(
            "%(count)d tenant was activated.", "%(count)d tenants were activated.", count
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    @admin.action(permissions=["change"], description=gettext_lazy("Change the plan to …"))
    def change_plan(self, request: HttpRequest, tenants: QuerySet[Any]) -> None:
        """To the plan that is chosen beside the action."""
        plan = request.POST.get("plan")  # the action's form was valid
        if not plan:
            self.message_user(request, _("Choose a plan beside the action."), messages.ERROR)
            return
        count = self._change(request, tenants, plan=plan)
        message = ngettext(
            "The plan of %(count)d tenant was changed.",
            "The plan of %(count)d tenants was changed.",
            count,
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    @admin.action(
        permissions=["change"],
        description=gettext_lazy("Mark the domains of selected tenants as verified"),
    )
    def verify_domains(self, request: HttpRequest, tenants: QuerySet[Any]) -> None:
        """From now on the host of a request names them, where the project has that source."""
        count = 0
        for tenant in tenants.exclude(domain="").order_by("pk"):
            try:
                verify_domain(tenant)
            except TenantryError as error:
                self.message_user(request, f"{tenant}: {error}", messages.ERROR)
            else:
                count += 1
                self.log_change(request, tenant, [{"changed": {"fields": ["Verified domain"]}}])
        message = ngettext(
            "The domain of %(count)d tenant is verified.",
            "The domains of %(count)d tenants are verified.",
            count,
        )
        self.message_user(request, message % {"count": count}, messages.SUCCESS)

    def _change(self, request: HttpRequest, tenants: QuerySet[Any], **values: Any) -> int:
        """Sets a field of those that have another value, and logs it; how many they were.

        Each by its own `save()`, for a project's own may do more when a plan changes.
        """
        [(name, value)] = values.items()
        user: Any = request.user
        with transaction.atomic(using=tenants.db):
            changing = list(tenants.exclude(**values).order_by("pk"))
            for tenant in changing:
                setattr(tenant, name, value)
                tenant.save(using=tenants.db, update_fields=[name, "updated_at"])
            with translation.override(None):
                field: Any = self.opts.get_field(name)
                label = str(field.verbose_name)
            if changing:
                message = [{"changed": {"fields": [label]}}]
                LogEntry.objects.log_actions(user.pk, changing, CHANGE, message)
        return len(changing)


@admin.register(Membership)
class MembershipAdmin(_KeepsPromises):
    """All memberships of all tenants."""

    form = MembershipForm
    list_display = ("user", "tenant", "role", "is_active", "created_at")
    list_display_links = ("user", "tenant")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "tenant")
    raw_id_fields = ("user", "tenant")
    readonly_fields = ("created_at", "updated_at")
    search_help_text = gettext_lazy("User, or name or slug of the tenant")
    show_full_result_count = False

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """By what the project's users log in, and by tenant."""
        return (f"user__{get_user_model().USERNAME_FIELD}", "tenant__name", "tenant__slug")


class _ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(VerifiedDomain)
class VerifiedDomainAdmin(_ReadOnly):
    """Domains that are proven to be a tenant's. Deleting one takes that back."""

    list_display = ("domain", "tenant", "verified_at")
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__name", "tenant__slug")
    show_full_result_count = False


@admin.register(RetiredSlug)
class RetiredSlugAdmin(_ReadOnly):
    """Slugs that tenants once had. Deleting one releases it."""

    list_display = ("slug", "tenant", "retired_at")
    list_select_related = ("tenant",)
    search_fields = ("slug",)
    show_full_result_count = False


@admin.register(BackfillRun)
class BackfillRunAdmin(_ReadOnly):
    """Runs of the backfill. `manage.py undo_backfill` takes one back."""

    list_display = ("pk", "source", "started_at", "finished_at", "undone_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: what a run made can be undone as long as it is known."""
        return False
