"""Pages of the admin, as a browser reads and sends them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from tenantry.django.models import get_tenant_model


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def page_of(tenant: Any) -> str:
    return url(get_tenant_model(), "change", tenant.pk)


def shown(form: Any) -> dict[str, Any]:
    """What the page says that the fields of a form were when it was shown."""
    fields = [field for field in form if field.field.show_hidden_initial]
    return {field.html_initial_name: str(field.initial) for field in fields}


def filled(client: Client, path: str, *rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What the browser sends: the page's form as it is, with these changes, and these changes of the
    rows of its memberships. A further one is a new row."""
    context = client.get(path).context
    form, (memberships,) = context["adminform"].form, context["inline_admin_formsets"]
    formset = memberships.formset
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data |= shown(form)
    prefix = formset.prefix
    forms = list(formset.forms)
    for number in range(max(len(forms), len(rows))):
        if number < len(forms):
            one = forms[number]
            values = {name: one[name].value() for name in one.fields}
            data |= shown(one)
        else:
            values = {"user": "", "role": "member", "is_active": True}
        values.update(rows[number] if number < len(rows) else {})
        data.update({f"{prefix}-{number}-{name}": value for name, value in values.items()})
        data[f"{prefix}-TOTAL_FORMS"] = number + 1
    data[f"{prefix}-INITIAL_FORMS"] = formset.initial_form_count()
    data.update(changes)
    # A browser leaves out what is not ticked.
    return {name: value for name, value in data.items() if value is not None and value is not False}


def errors_of(response: Any) -> list[str]:
    """Every error that the page of a form words."""
    assert response.status_code == 200, "the form was taken"
    errors = list(response.context["errors"])
    return [str(one) for error in errors for one in (error if isinstance(error, list) else [error])]


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def text_of(response: Any) -> str:
    return str(response.content.decode())
