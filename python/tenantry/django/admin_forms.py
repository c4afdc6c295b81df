"""The forms of the admin: they say beforehand what saving would refuse."""

# Django's own classes take no parameters when they run.
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.forms.models import BaseInlineFormSet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tenantry.django import promises
from tenantry.django.words import PLANS

__all__ = [
    "MembershipForm",
    "MembershipFormSet",
    "TenantActionForm",
    "TenantForm",
    "UserWidget",
]


class TenantForm(forms.ModelForm):
    """A tenant, whose slug may be left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.required = False
            slug.help_text = _("Leave it empty, and it will be the first free one of the name.")


class UserWidget(ForeignKeyRawIdWidget):
    """A user's key beside the user's name, which Django's would look up for every row."""

    known: Any = None
    """The user, where it was read with its membership."""

    def label_and_url_for_value(self, value: Any) -> tuple[str, str]:
        """The user's name, and where to change it."""
        if self.known is None or str(self.known.pk) != str(value):
            return super().label_and_url_for_value(value)
        meta = self.known._meta
        view = f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_change"
        try:
            return str(self.known), reverse(view, args=(self.known.pk,))
        except NoReverseMatch:  # the site does not show users
            return str(self.known), ""


class MembershipForm(forms.ModelForm):
    """One of a tenant's memberships. Whether an owner is left is for the whole set to say."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_checked_with_others = True
        if self.instance.pk is None:
            return
        # A row that nobody changed is not validated: that would be three queries for each.
        self.empty_permitted = True
        widget = self.fields["user"].widget if "user" in self.fields else None
        widget = getattr(widget, "widget", widget)  # out of what puts links beside it
        if isinstance(widget, UserWidget):
            widget.known = self.instance.user


class MembershipFormSet(BaseInlineFormSet):
    """A tenant's memberships, checked as they will be when all of them are saved."""

    def clean(self) -> None:
        """Refuses to leave the tenant without an active owner."""
        super().clean()
        if any(self.errors):
            return
        staying, leaving = [], []
        for form in self.forms:
            if self._should_delete_form(form):  # type: ignore[attr-defined]
                leaving.append(form.instance)
            elif form.instance.pk is not None or form.has_changed():
                staying.append(form.instance)
        promises.clean_memberships(self.instance, staying, leaving)

    def save_in_order(self) -> None:
        """Saves those who become owners before those who cease to be: either may be the last."""
        rows = self.save(commit=False)
        for row in sorted(rows, key=promises.is_owner, reverse=True):
            row.save()
        for row in self.deleted_objects:
            row.delete()
        self.save_m2m()


class TenantActionForm(ActionForm):
    """The action, and the plan for the one that changes it."""

    plan = forms.ChoiceField(label=_("Plan:"), required=False, choices=[("", "---------"), *PLANS])
