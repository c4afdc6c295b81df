"""The app for projects that want no new tables."""

from pathlib import Path

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _

import tenantry.django


class EmbeddedConfig(AppConfig):
    """Put `tenantry.django.embedded` into `INSTALLED_APPS`: no models, no migrations, no admin."""

    name = "tenantry.django.embedded"
    label = "tenantry"
    verbose_name = _("Tenants")
    # Templates, translations and commands are those of the other app.
    path = str(Path(tenantry.django.__file__).parent)

    def ready(self) -> None:
        from tenantry.django import checks, signup  # noqa: F401
        from tenantry.django.embedded import store, users
        from tenantry.django.users import user_models

        store.remember()
        for sender in user_models():
            post_save.connect(users.forget_predecessor, sender=sender, dispatch_uid="tenantry.new")
            post_save.connect(
                signup.create_for_new_user, sender=sender, dispatch_uid="tenantry.signup"
            )
            pre_delete.connect(users.forget, sender=sender, dispatch_uid="tenantry.forget")
