"""The forms of the admin: they say beforehand what saving would refuse."""

# Django's own classes take no parameters when they run.
# mypy: disable-error-code="type-arg"

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.forms.models import BaseInlineFormSet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from tenantry.django.choices import PLANS
from tenantry.django.integrity import memberships

__all__ = [
    "KeepsChangesOfOthers",
    "MembershipForm",
    "MembershipFormSet",
    "MembershipRowForm",
    "TenantActionForm",
    "TenantForm",
    "UserWidget",
]


class KeepsChangesOfOthers(forms.ModelForm):
    """A form whose page says what some of its fields were when it was shown. What was not changed in it since
    then stays as it is by now, no matter who changed it.

    For forms of your own too: name the fields as `kept_fields`.
    """

    kept_fields: Collection[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in self.kept_fields:
            # A client that sends fields alone has not been shown the page.
            is_told = not self.is_bound or self.add_initial_prefix(name) in self.data
            if name in self.fields and is_told:
                self.fields[name].show_hidden_initial = True

    def clean(self) -> dict[str, Any] | None:
        """What the instance gets."""
        found = super().clean()
        data = self.cleaned_data if found is None else found
        if self.instance.pk is not None:
            for name in set(self.kept_fields) & set(data) - set(self.changed_data):
                if self.fields[name].show_hidden_initial:
                    data[name] = getattr(self.instance, name)
        return data


class TenantForm(KeepsChangesOfOthers):
    """A tenant, whose slug may be left empty."""

    kept_fields = ("slug", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if slug := self.fields.get("slug"):
            slug.required = False
            slug.help_text = _("Leave blank to generate one from the name.")


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


class MembershipForm(KeepsChangesOfOthers):
    """A membership by itself."""

    kept_fields = ("role", "is_active")


class MembershipRowForm(MembershipForm):
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
        memberships.clean_memberships(self.instance, staying, leaving)

    def save_in_order(self) -> None:
        """Saves those who become owners before those who cease to be: either may be the last."""
        rows = self.save(commit=False)
        for row in sorted(rows, key=memberships.is_owner, reverse=True):
            row.save()
        for row in self.deleted_objects:
            row.delete()
        self.save_m2m()


class TenantActionForm(ActionForm):
    """The action, and the plan for the one that changes it."""

    plan = forms.ChoiceField(label=_("Plan:"), required=False, choices=[("", "---------"), *PLANS])
