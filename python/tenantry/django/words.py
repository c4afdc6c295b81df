"""What people read for the words of plans and roles."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenantry.enums import Plan, Role

__all__ = ["PLANS", "ROLES"]

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
