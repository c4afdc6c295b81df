"""A project to measure: users, a tenant and a membership by the guide for the peers, and tenantry."""

import json
import os

SECRET_KEY = "only for benchmarks"
DATABASES = {"default": json.loads(os.environ["TENANTRY_BENCH_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "bench.User"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "bench",
    "tenantry.django",
]
MIGRATION_MODULES = {"bench": None, "auth": None, "contenttypes": None}
