"""The project of the tests.

By the environment it runs in another configuration; the values are those of scripts/suites/matrix.py:

- `TENANTRY_TEST_DATABASE`: `sqlite`, `postgres`, `mariadb`, or one with options, such as `sqlite-wal`.
- `TENANTRY_TEST_HOME`: `project`, or `embedded` for the tenants in an embedded store.
- `TENANTRY_TEST_MODELS`: `own`, or `swapped` for the project's own tenant and membership.
- `TENANTRY_TEST_USERS`: the primary key of users, `int`, `uuid` or `text`.
"""

import os
from pathlib import Path

from servers import database

DATABASE = os.environ.get("TENANTRY_TEST_DATABASE", "sqlite")
IS_SWAPPED = os.environ.get("TENANTRY_TEST_MODELS") == "swapped"
IS_EMBEDDED = os.environ.get("TENANTRY_TEST_HOME") == "embedded"
USERS = os.environ.get("TENANTRY_TEST_USERS", "int")

# Processes that a test starts work on its database. Several runs may share a server.
NAME = os.environ.get("TENANTRY_TEST_NAME")
RUN = os.environ.get("TENANTRY_TEST_AT", "")
DATABASES = {"default": database(DATABASE, NAME or f"tenantry{RUN}")}
if NAME is None:
    DATABASES["other"] = database(DATABASE, f"other{RUN}")
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
    *([] if IS_EMBEDDED else ["companies"]),
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
