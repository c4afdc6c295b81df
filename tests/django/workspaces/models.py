"""A project's own tenant and membership: other names, other keys, more columns."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from tenantry.django.models import AbstractMembership, AbstractTenant


class Workspace(AbstractTenant):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    domain = models.CharField(  # type: ignore[assignment]
        max_length=255, blank=True, null=True, default=None
    )
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    colour = models.CharField(max_length=20, default="blue")
    notes = models.TextField()
    settings = models.JSONField(default=dict)
    reviewed_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(default=timezone.now)


class Seat(AbstractMembership):
    seat_number = models.IntegerField(null=True)
