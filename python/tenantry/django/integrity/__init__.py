"""What saving and deleting keep, by whatever way a row is reached.

- `tenants`: a tenant's name, domain and plan are valid; a slug is given to one tenant only, ever.
- `memberships`: a tenant keeps one active owner; a user is a member once.
- `rows`: which rows these are, past classes, managers and snapshots, and the lock on a tenant.
- `stale`: a row that was changed since it was loaded stays as it was changed.
- `guard`: hangs all of it on the models: on `save_base()`, on the signals of fixtures and of deleting, on
  the manager by which Django itself writes.

Each decides by what is stored, and not by what an instance in memory says, under a lock on the tenant.
`QuerySet.update()`, `bulk_create()` and SQL go round it; `verify_tenants` finds what they broke.
"""
