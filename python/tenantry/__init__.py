"""The embedded tenancy engine.

Every user of an application gets a *tenant* (a workspace), and from then on every request is
*resolved* to the tenant it is in, or to none with a reason.

- `Engine` is one object with every verb, over one SQLite file.
- The kernel, for those who keep their rows elsewhere: `slugify` and `SlugAllocator` make slugs and
  give them out, `Planner` plans tenants for users, `need` and `resolve` decide which tenant a request
  is in.
- What can go wrong is in `tenantry.exceptions`, all under `TenantryError`.

>>> import tenantry
>>> with tenantry.Engine(folder / "tenancy.db") as engine:
...     report = engine.backfill([(1, "ann", "Acme Inc.", "", "pro"), (2, "bob")])
...     answer = engine.resolve(1)
>>> report.created, answer.tenant.slug, answer.role
(2, 'acme-inc', <Role.OWNER: 'owner'>)
"""

from tenantry._native import (
    UNICODE_VERSION,
    Candidate,
    Decision,
    Engine,
    Finding,
    KeptTenant,
    Membership,
    Need,
    PlannedTenant,
    Planner,
    Report,
    Resolution,
    Run,
    SlugAllocator,
    Snapshot,
    SnapshotTenant,
    Tenant,
    UndoReport,
    Verifier,
    __version__,
    canonical_host,
    check_domain,
    check_name,
    check_slug,
    is_host_of,
    is_valid_slug,
    key_order,
    need,
    resolve,
    slug_base,
    slug_candidate,
    slugify,
    tenant_name,
    tenant_plan,
    why_kept,
)
from tenantry.enums import (
    Column,
    FindingKind,
    Kept,
    NeedKind,
    NewSlug,
    OnError,
    Plan,
    Reason,
    Role,
    RowFault,
    Source,
    Style,
    UnknownPlan,
)
from tenantry.exceptions import RowError, StoreError, TenantryError

__all__ = [
    "UNICODE_VERSION",
    "Candidate",
    "Column",
    "Decision",
    "Engine",
    "Finding",
    "FindingKind",
    "Kept",
    "KeptTenant",
    "Membership",
    "Need",
    "NeedKind",
    "NewSlug",
    "OnError",
    "Plan",
    "PlannedTenant",
    "Planner",
    "Reason",
    "Report",
    "Resolution",
    "Role",
    "RowError",
    "RowFault",
    "Run",
    "SlugAllocator",
    "Snapshot",
    "SnapshotTenant",
    "Source",
    "StoreError",
    "Style",
    "Tenant",
    "TenantryError",
    "UndoReport",
    "UnknownPlan",
    "Verifier",
    "__version__",
    "canonical_host",
    "check_domain",
    "check_name",
    "check_slug",
    "is_host_of",
    "is_valid_slug",
    "key_order",
    "need",
    "resolve",
    "slug_base",
    "slug_candidate",
    "slugify",
    "tenant_name",
    "tenant_plan",
    "why_kept",
]
