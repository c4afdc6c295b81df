from django.contrib import admin
from tenantry.django.admin import MembershipAdmin, TenantAdmin

from workspaces.models import Seat, Workspace


@admin.register(Workspace)
class WorkspaceAdmin(TenantAdmin):
    fields = ("name", "slug", "domain", "plan", "is_active", "members", "colour")


@admin.register(Seat)
class SeatAdmin(MembershipAdmin):
    fields = ("tenant", "user", "role", "is_active")
