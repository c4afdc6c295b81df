"""The project of the tests.

By the environment it runs on another database (`TENANTRY_TEST_DATABASE`: sqlite, postgres, mariadb),
with the project's own tenant and membership (`TENANTRY_TEST_MODELS=swapped`), and with users of other
primary keys (`TENANTRY_TEST_USERS`: int, uuid, text), and with the tenants in an embedded store
(`TENANTRY_TEST_BACKEND=embedded`).
"""

import os
from pathlib import Path

from servers import database

VENDOR = os.environ.get("TENANTRY_TEST_DATABASE", "sqlite")
IS_SWAPPED = os.environ.get("TENANTRY_TEST_MODELS") == "swapped"
IS_EMBEDDED = os.environ.get("TENANTRY_TEST_BACKEND") == "embedded"
USERS = os.environ.get("TENANTRY_TEST_USERS", "int")

# Processes that a test starts work on its database.
NAME = os.environ.get("TENANTRY_TEST_NAME", "tenantry")
DATABASES = {"default": database(VENDOR, NAME)}
if "TENANTRY_TEST_NAME" not in os.environ:
    DATABASES["other"] = database(VENDOR, "other")
SECRET_KEY = "only for tests"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "core.User"
ROOT_URLCONF = "project.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
USE_I18N = True
STATIC_URL = "/static/"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "core",
    *(["workspaces"] if IS_SWAPPED else []),
    "tenantry.django.embedded" if IS_EMBEDDED else "tenantry.django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenantry.django.middleware.TenantMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ALLOWED_HOSTS = ["*"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tenantry.django.context_processors.current_tenant",
            ]
        },
    }
]
TENANTRY: dict[str, object] = {}
if IS_EMBEDDED:
    # Each test has one of its own; this is for the processes that it starts.
    TENANTRY = {"BACKEND": "embedded", "STORE": os.environ.get("TENANTRY_TEST_STORE", "no store")}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.BasicAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
if IS_SWAPPED:
    TENANTRY_TENANT_MODEL = "workspaces.Workspace"
    TENANTRY_MEMBERSHIP_MODEL = "workspaces.Seat"
