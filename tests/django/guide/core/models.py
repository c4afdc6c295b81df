"""The guide's models: as it has them, or on the abstract models."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone


class User(AbstractUser):
    business_name = models.CharField(max_length=200, blank=True, default="")
    business_domain = models.CharField(max_length=255, blank=True, default="")
    tier = models.CharField(max_length=20, blank=True, default="free")


if settings.IS_ADOPTED:
    from tenantry.django.models import AbstractMembership, AbstractTenant

    class Tenant(AbstractTenant):
        pass

    class Membership(AbstractMembership):
        pass

else:

    class TimeStampedModel(models.Model):
        created_at = models.DateTimeField(default=timezone.now, editable=False)
        updated_at = models.DateTimeField(auto_now=True)

        class Meta:
            abstract = True

    class Tenant(TimeStampedModel):
        name = models.CharField(max_length=200)
        slug = models.SlugField(max_length=80, unique=True)
        domain = models.CharField(max_length=255, blank=True, default="")
        plan = models.CharField(
            max_length=20,
            choices=[
                ("free", "Free"),
                ("starter", "Starter"),
                ("growth", "Growth"),
                ("pro", "Pro"),
                ("enterprise", "Enterprise"),
            ],
            default="free",
        )
        is_active = models.BooleanField(default=True)

        class Meta:
            ordering = ["name"]
            verbose_name = "Tenant"
            verbose_name_plural = "Tenants"

    class Membership(TimeStampedModel):
        tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
        user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="memberships")
        role = models.CharField(
            max_length=20,
            choices=[("owner", "Owner"), ("admin", "Admin"), ("member", "Member")],
            default="member",
        )
        is_active = models.BooleanField(default=True)

        class Meta:
            unique_together = [("tenant", "user")]
            indexes = [
                models.Index(fields=["tenant", "user"]),
                models.Index(fields=["tenant", "role"]),
            ]
