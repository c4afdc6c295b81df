"""The app for projects that want no new tables."""

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils.translation import gettext_lazy as _

import tenantry.django


class EmbeddedConfig(AppConfig):
    """Put `tenantry.django.embedded` into `INSTALLED_APPS`: no models, no migrations, no admin."""

    name = "tenantry.django.embedded"
    label = "tenantry"
    verbose_name = _("Tenants")
    # Templates, translations and commands are those of the other app.
    path = str(Path(tenantry.django.__file__).parent)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Before any module of models is loaded, so that a receiver of the project's, which may ask for the
        # tenants of a new user, comes after these.
        pre_save.connect(_notice, dispatch_uid="tenantry.notice")
        post_save.connect(_forget_predecessor, dispatch_uid="tenantry.new")

    def ready(self) -> None:
        from django.contrib.auth import get_user_model

        from tenantry.django import caching, checks, signup  # noqa: F401
        from tenantry.django.embedded import store, users
        from tenantry.django.users import user_models

        caching.keep_pages_apart()
        store.remember()
        for sender in user_models():
            post_save.connect(
                signup.create_for_new_user, sender=sender, dispatch_uid="tenantry.signup"
            )
            if sender._meta.concrete_model is get_user_model()._meta.concrete_model:
                # Of a child Django tells that its parent is deleted, too, unless it stays.
                pre_delete.connect(users.forget, sender=sender, dispatch_uid="tenantry.forget")


def _notice(**told: Any) -> None:
    from tenantry.django.embedded import users

    users.notice(**told)


def _forget_predecessor(**told: Any) -> None:
    from tenantry.django.embedded import users

    users.forget_predecessor(**told)
