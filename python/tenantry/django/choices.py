"""Plans and roles: the ones that the project's models declare by `choices`, and what people read for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenantry.django.homes import embedded_home
from tenantry.django.swapping import get_membership_model, get_tenant_model
from tenantry.enums import Plan, Role

__all__ = [
    "NOT_AVAILABLE",
    "NOT_CHOSEN",
    "NOT_LOGGED_IN",
    "NO_MEMBERSHIP",
    "PLANS",
    "ROLES",
    "WRONG_ROLE",
    "as_role",
    "is_plan",
    "is_role",
    "plans",
    "roles",
]

PLANS = [
    (Plan.FREE.value, _("Free")),
    (Plan.STARTER.value, _("Starter")),
    (Plan.GROWTH.value, _("Growth")),
    (Plan.PRO.value, _("Pro")),
    (Plan.ENTERPRISE.value, _("Enterprise")),
]
ROLES = [
    (Role.OWNER.value, _("Owner")),
    (Role.ADMIN.value, _("Admin")),
    (Role.MEMBER.value, _("Member")),
]

KNOWN_ROLES = {role.value: role for role in Role}

NOT_LOGGED_IN = _("Log in first.")
NO_MEMBERSHIP = _("You are not a member of any workspace.")
NOT_AVAILABLE = _("This workspace is not available to you.")
NOT_CHOSEN = _("Choose a workspace.")
WRONG_ROLE = _("Your role in this workspace does not allow this.")


def plans() -> Mapping[str, Any]:
    """The plans that a tenant can have, with what people read for them; empty if any text will do.

    >>> list(plans())
    ['free', 'starter', 'growth', 'pro', 'enterprise']
    """
    return dict(PLANS) if embedded_home() else _declared(get_tenant_model(), "plan")


def roles() -> Mapping[str, Any]:
    """The roles that a member can have, with what people read for them; empty if any text will do.

    >>> list(roles())
    ['owner', 'admin', 'member']
    """
    return dict(ROLES) if embedded_home() else _declared(get_membership_model(), "role")


def is_plan(plan: object) -> bool:
    """Whether it is one of the declared plans.

    >>> is_plan("pro"), is_plan("gold")
    (True, False)
    """
    return _is_declared(plan, plans())


def is_role(role: object) -> bool:
    """Whether it is one of the declared roles.

    >>> is_role("owner"), is_role("boss")
    (True, False)
    """
    return _is_declared(role, roles())


def as_role(role: str) -> Role | str:
    """The `Role` of this text, or the text of a role that the project has declared itself.

    >>> as_role("owner"), as_role("viewer")
    (<Role.OWNER: 'owner'>, 'viewer')
    """
    return KNOWN_ROLES.get(role, role)


def _declared(model: Any, field: str) -> Mapping[str, Any]:
    return dict(model._meta.get_field(field).flatchoices)


def _is_declared(text: object, declared: Mapping[str, Any]) -> bool:
    return isinstance(text, str) and (text in declared if declared else 1 <= len(text) <= 20)
