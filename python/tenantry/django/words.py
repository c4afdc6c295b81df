"""What people read for plans and roles, and where they are refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenantry.enums import Plan, Role

__all__ = ["NOT_AVAILABLE", "NOT_CHOSEN", "NO_MEMBERSHIP", "PLANS", "ROLES", "WRONG_ROLE"]

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

NO_MEMBERSHIP = _("You are not a member of any workspace.")
NOT_AVAILABLE = _("This workspace is not available to you.")
NOT_CHOSEN = _("Choose a workspace.")
WRONG_ROLE = _("Your role in this workspace does not allow this.")
