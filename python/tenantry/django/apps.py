"""The app."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _


class TenantryConfig(AppConfig):
    """Put `tenantry.django` into `INSTALLED_APPS`."""

    name = "tenantry.django"
    label = "tenantry"
    verbose_name = _("Tenants")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenantry.django import caching, checks, signup, slugs  # noqa: F401
        from tenantry.django.models import RetiredSlug
        from tenantry.django.users import user_models

        caching.keep_pages_apart()
        post_delete.connect(slugs.released, sender=RetiredSlug, dispatch_uid="tenantry.released")
        for sender in user_models():
            post_save.connect(
                signup.create_for_new_user, sender=sender, dispatch_uid="tenantry.signup"
            )
