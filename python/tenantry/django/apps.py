"""The app."""

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _


class TenantryConfig(AppConfig):
    """Put `tenantry.django` into `INSTALLED_APPS`."""

    name = "tenantry.django"
    label = "tenantry"
    verbose_name = _("Tenants")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenantry.django import checks, signup, slugs  # noqa: F401
        from tenantry.django.models import get_tenant_model
        from tenantry.django.users import user_models

        pre_delete.connect(
            slugs.retire_on_delete, sender=get_tenant_model(), dispatch_uid="tenantry.retire"
        )
        for sender in user_models():
            post_save.connect(
                signup.create_for_new_user, sender=sender, dispatch_uid="tenantry.signup"
            )
