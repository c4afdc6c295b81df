"""A caller as a type checker sees it: `make lint` checks it, nothing runs it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import assert_type

import tenantry
from tenantry.exceptions import LastOwnerError, StoreError


def use(path: Path) -> None:
    with tenantry.Engine(path, sources=[tenantry.Source.SESSION, "header"]) as engine:
        assert_type(engine, tenantry.Engine)
        report = engine.backfill([(1, "ann")], progress=lambda done, total: print(done, total))
        assert_type(report.unknown_plans, MappingProxyType[str, int])
        assert_type(report.errors, tuple[tenantry.RowError, ...])
        tenant = engine.create("Acme", 7, plan="pro")
        assert_type(tenant.plan, tenantry.Plan)
        assert_type(tenant.created_at, datetime)
        assert_type(engine.rename(tenant.id, "A", slug=tenantry.NewSlug.OF_NAME), tenantry.Tenant)
        match engine.resolve("ann", selected=None):
            case tenantry.Resolution(tenant=None, reason=reason):
                assert_type(reason, tenantry.Reason | None)
            case tenantry.Resolution(found, role):
                assert_type(found, tenantry.Tenant | None)
                assert_type(role, tenantry.Role | None)
        try:
            engine.leave(tenant.id, 7)
        except LastOwnerError as error:
            assert_type(error.user_key, str)
        except StoreError as error:
            assert_type(error.path, str)


def plan(users: list[tuple[int, str]]) -> list[str]:
    planner = tenantry.Planner(columns=None, unknown_plan=tenantry.UnknownPlan.REJECT)
    planned = planner.plan(users)
    assert_type(planned, list[tenantry.PlannedTenant | None])
    return [tenant.slug for tenant in planned if tenant is not None]


def frozen(tenant: tenantry.Tenant) -> None:
    tenant.name = "Globex"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
