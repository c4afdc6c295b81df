"""A small service: tenants for existing users, a sign-up, a switch, a revocation.

python examples/python/service.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import tenantry


def main(folder: Path) -> None:
    with tenantry.Engine(folder / "tenancy.db") as engine:
        # The users that the application has had for years.
        report = engine.backfill([(1, "ann", "Acme Inc."), (2, "aki", "東京")])
        print(f"{report.created} users had no tenant and got one")

        # A sign-up, from now on.
        engine.ensure_tenant((3, "bob"))

        # Ann takes Bob in, and Bob switches to her tenant.
        [(acme, _)] = engine.tenants_of(1)
        engine.join(acme.id, 3, tenantry.Role.MEMBER)
        show(engine, 3)
        show(engine, 3, "acme-inc")

        # She changes her mind: his next request is refused, whatever his session holds.
        engine.set_membership_active(acme.id, 3, False)
        show(engine, 3, "acme-inc")
        show(engine, 3)


def show(engine: tenantry.Engine, user: int, selected: str | None = None) -> None:
    session = selected or "nothing"
    match engine.resolve(user, selected=selected):
        case tenantry.Resolution(tenantry.Tenant(name=name), role, source):
            print(f"user {user}, session holds {session}: {name} as {role}, by {source}")
        case tenantry.Resolution(reason=reason):
            print(f"user {user}, session holds {session}: no tenant, {reason}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
