"""The admin in German."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tenantry.django.models import get_membership_model, get_tenant_model
from tenantry.django.tenants import create_tenant
from tenantry.exceptions import LastOwnerError, SlugTakenError

pytestmark = pytest.mark.django_db


def labels(model: Any) -> dict[str, str]:
    return {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}


def test_plans_roles_and_columns_have_german_names() -> None:
    tenant, membership = get_tenant_model(), get_membership_model()
    with translation.override("de"):
        assert str(apps.get_app_config("tenantry").verbose_name) == "Mandanten"
        assert labels(tenant)["plan"] == "Tarif"
        assert labels(membership)["role"] == "Rolle"
        assert tenant(plan="enterprise").get_plan_display() == "Unternehmen"
        assert membership(role="owner").get_role_display() == "Inhaber"
    assert labels(tenant)["plan"] == "plan"


def test_what_is_refused_is_refused_in_german(ann: Any, bob: Any) -> None:
    acme = create_tenant("Acme", ann)
    other = create_tenant("Globex", bob)
    with translation.override("de"):
        other.slug = "acme"
        with pytest.raises(SlugTakenError, match="Der Slug „acme“ gehört einem Mandanten"):
            other.save()
        owner = acme.memberships.get()
        owner.role = "member"
        with pytest.raises(LastOwnerError, match="behält einen aktiven Inhaber"):
            owner.save()


def test_the_admin_speaks_german(client: Client, make_user: Any) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client.force_login(root)
    acme = create_tenant("Acme", root)
    meta = type(acme)._meta
    changelist = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    german: dict[str, Any] = {"headers": {"accept-language": "de"}}
    page = client.get(changelist, **german).content.decode()
    for text in ("Aktive Mitglieder", "Tarif ändern in …", "Ausgewählte Mandanten deaktivieren"):
        assert text in page
    data = {"action": "deactivate", "_selected_action": acme.pk}
    response = client.post(changelist, data, follow=True, **german)
    assert [str(one) for one in response.context["messages"]] == [
        "1 Mandant wurde deaktiviert: Ihn betritt ab jetzt niemand mehr."
    ]
