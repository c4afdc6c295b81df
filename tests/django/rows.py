"""How tests change rows, in whichever home these are: see `TENANTRY_TEST_BACKEND` in the settings."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.conf import settings
from tenantry.django.domains import verify_domain
from tenantry.django.exceptions import DomainTakenError
from tenantry.django.swapping import get_membership_model, get_tenant_model, own_model
from tenantry.django.tenants import create_tenant

IS_EMBEDDED = settings.TENANTRY.get("BACKEND") == "embedded"

QUERIES = 0 if IS_EMBEDDED else 1
"""What a resolution asks of the project's database."""


class ProjectRows:
    """By the models."""

    def join(self, tenant: Any, user: Any, role: str = "member", *, is_active: bool = True) -> None:
        get_membership_model()(tenant=tenant, user=user, role=role, is_active=is_active).save()

    def set_member_active(self, tenant: Any, user: Any, is_active: bool) -> None:
        seat = get_membership_model().objects.get(tenant=tenant, user=user)
        seat.is_active = is_active
        seat.save()

    def set_active(self, tenant: Any, is_active: bool) -> None:
        get_tenant_model()._default_manager.filter(pk=tenant.pk).update(is_active=is_active)

    def set_plan(self, tenant: Any, plan: str) -> None:
        get_tenant_model()._default_manager.filter(pk=tenant.pk).update(plan=plan)

    def rename(self, tenant: Any, slug: str) -> None:
        found: Any = get_tenant_model()._default_manager.get(pk=tenant.pk)
        found.slug = slug
        found.save()

    def delete(self, tenant: Any) -> None:
        get_tenant_model()._default_manager.get(pk=tenant.pk).delete()

    def put(self, slug: str, domain: str, is_active: bool, retired_slugs: list[str]) -> Any:
        """A tenant without an owner, as an old row may be: not by `save()`, which knows no capitals."""
        rows: Any = get_tenant_model()._default_manager
        rows.bulk_create(
            [get_tenant_model()(name=slug, slug=slug, domain=domain, is_active=is_active)]
        )
        tenant = rows.get(slug=slug)
        for retired in retired_slugs:
            own_model("RetiredSlug").objects.create(slug=retired, tenant=tenant)
        if domain:
            with suppress(DomainTakenError):
                verify_domain(tenant)
        return tenant


class StoreRows:
    """By the engine."""

    def __init__(self) -> None:
        from tenantry.django.embedded.store import store

        self.store = store

    def join(self, tenant: Any, user: Any, role: str = "member", *, is_active: bool = True) -> None:
        self.store().join(tenant.id, user.pk, role)
        if not is_active:
            self.set_member_active(tenant, user, False)

    def set_member_active(self, tenant: Any, user: Any, is_active: bool) -> None:
        self.store().set_membership_active(tenant.id, user.pk, is_active)

    def set_active(self, tenant: Any, is_active: bool) -> None:
        self.store().set_tenant_active(tenant.id, is_active)

    def set_plan(self, tenant: Any, plan: str) -> None:
        self.store().set_plan(tenant.id, plan)

    def rename(self, tenant: Any, slug: str) -> None:
        self.store().rename(tenant.id, tenant.name, slug=slug)

    def delete(self, tenant: Any) -> None:
        self.store().delete(tenant.id)

    def put(self, slug: str, domain: str, is_active: bool, retired_slugs: list[str]) -> Any:
        first, *others = [*retired_slugs, slug]
        tenant = self.store().create("Tenant", "somebody else", slug=first)
        for later in others:
            self.store().rename(tenant.id, "Tenant", slug=later)
        self.store().set_domain(tenant.id, domain)
        self.store().set_tenant_active(tenant.id, is_active)
        return tenant


def out_of_reach(user: Any, other: Any) -> list[str]:
    """Slugs of what a user may not enter: another's, its own that is closed, one that it has left, nobody's."""
    create_tenant("Bobs", other)
    rows.set_active(create_tenant("Closed", user), False)
    rows.join(create_tenant("Left", other), user, is_active=False)
    return ["bobs", "closed", "left", "nobodys"]


def asked(client: Any) -> Any:
    """The slug of the tenant that a browser is in, or the reason why in none."""
    answer = client.get("/ask/").json()
    return answer["tenant"] or answer["reason"]


rows: ProjectRows | StoreRows = StoreRows() if IS_EMBEDDED else ProjectRows()

__all__ = ["IS_EMBEDDED", "QUERIES", "asked", "out_of_reach", "rows"]
