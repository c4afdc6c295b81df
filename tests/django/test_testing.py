"""The fixtures that projects get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tenantry.django.verify import verify


def test_the_factory_makes_a_tenant_with_members(
    tenant_factory: Callable[..., Any], ann: Any, bob: Any
) -> None:
    acme = tenant_factory(ann, "Acme Inc.", members=[bob], plan="pro")
    assert (acme.slug, acme.plan) == ("acme-inc", "pro")
    assert set(acme.memberships.values_list("user", "role")) == {
        (ann.pk, "owner"),
        (bob.pk, "member"),
    }
    assert verify() == []


def test_the_factory_makes_owners_where_none_is_given(tenant_factory: Callable[..., Any]) -> None:
    assert [tenant_factory().slug, tenant_factory().slug] == ["acme", "acme-1"]
    assert verify() == []
