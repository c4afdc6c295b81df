"""A project that has followed the guide by hand; adopted if `ADOPTED` is set."""

import os

IS_ADOPTED = "ADOPTED" in os.environ

SECRET_KEY = "only for tests"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["GUIDE_DATABASE"]}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "core",
    *(["tenantry.django"] if IS_ADOPTED else []),
]
if IS_ADOPTED:
    TENANTRY_TENANT_MODEL = "core.Tenant"
    TENANTRY_MEMBERSHIP_MODEL = "core.Membership"
