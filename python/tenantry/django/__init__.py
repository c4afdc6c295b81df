"""Tenants for a Django project: the app `tenantry.django`, with the label `tenantry`.

The rows live in the project's own database and go through Django's own connection; the Rust kernel
decides what they mean. Start with `docs/django.md`.

- `models`: `Tenant` and `Membership`, and the abstract models to build one's own on.
- `tenants`: `create_tenant`, `ensure_default_tenant`, `release_slug`.
- `operations`: `BackfillDefaultTenants`, the backfill in a migration.
- `backfill`, `undo`, `verify`, `snapshots`: what the commands of the same names do.
- `middleware`, `context_processors`: `request.tenant` and `current_tenant`.
- `selection`: `select_tenant`, `clear_tenant`. `context`: the tenant for code that has no request.
- `testing`: fixtures for pytest.
"""
