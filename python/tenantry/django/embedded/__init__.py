"""The embedded store as the home of the tenants, for projects that want no new tables.

Put `tenantry.django.embedded` into `INSTALLED_APPS` instead of `tenantry.django`, and say where the
store is: `TENANTRY = {"BACKEND": "embedded", "STORE": BASE_DIR / "tenants.db"}`.

- `store`: `store()`, the engine over that file, with every verb to join, rename, deactivate.
- `home`: what the rest of `tenantry.django` asks it.
"""
