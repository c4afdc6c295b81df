from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody who writes invoices, alone, for a business of their own."""

    business_name = models.CharField(max_length=200, blank=True, default="")
    business_domain = models.CharField(max_length=255, blank=True, default="")
    tier = models.CharField(
        max_length=20, choices=[("free", "Free"), ("pro", "Pro")], default="free", blank=True
    )
