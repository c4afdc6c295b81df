//! Tenants, memberships, and the answer to a request.

use pyo3::prelude::*;
use tenantry::{Plan, Reason, Role, Source};

use super::{Shared, Utc, value};
use crate::words::In;

value! {
    /// A workspace that users belong to.
    ///
    /// >>> acme = engine.create("Acme Inc.", "ann")
    /// >>> acme.slug, acme.is_active
    /// ('acme-inc', True)
    Tenant {
        /// Its number in its store.
        id: i64,
        /// 1 to 200 characters, no outer white space.
        name: String,
        /// 1 to 80 characters, unique without regard to ASCII case.
        slug: String,
        /// At most 255 characters; may be empty; several tenants may share one.
        domain: String,
        /// Its plan.
        plan: In<Plan>,
        /// An inactive tenant is never resolved.
        is_active: bool,
        /// When it was made, to the microsecond, UTC.
        created_at: Utc,
        /// When it was last changed, UTC. Equal to `created_at` while it is as it was made.
        updated_at: Utc,
    }
}

impl From<tenantry::Tenant> for Tenant {
    fn from(tenant: tenantry::Tenant) -> Self {
        let tenantry::Tenant { id, name, slug, domain, plan, is_active, created_at, updated_at } =
            tenant;
        Self {
            id: id.0,
            name,
            slug,
            domain,
            plan: In(plan),
            is_active,
            created_at: Utc(created_at),
            updated_at: Utc(updated_at),
        }
    }
}

value! {
    /// One user's place in one tenant.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> bob = engine.join(acme.id, "bob", "member")
    /// >>> bob.tenant_id == acme.id, bob.role
    /// (True, <Role.MEMBER: 'member'>)
    Membership {
        /// The number of the tenant.
        tenant_id: i64,
        /// The application's key of the user, as text.
        user_key: String,
        /// What the user may do there.
        role: In<Role>,
        /// An inactive membership never resolves to its tenant.
        is_active: bool,
        /// When it was made, to the microsecond, UTC.
        created_at: Utc,
        /// When it was last changed, UTC.
        updated_at: Utc,
    }
}

impl From<tenantry::Membership> for Membership {
    fn from(membership: tenantry::Membership) -> Self {
        let tenantry::Membership { tenant_id, user_key, role, is_active, created_at, updated_at } =
            membership;
        Self {
            tenant_id: tenant_id.0,
            user_key,
            role: In(role),
            is_active,
            created_at: Utc(created_at),
            updated_at: Utc(updated_at),
        }
    }
}

value! {
    /// Which tenant a request is in, or why in none: a tenant with a role and a source, or a reason.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> match engine.resolve("ann"):
    /// ...     case tenantry.Resolution(tenant=None, reason=reason):
    /// ...         print(f"no tenant: {reason}")
    /// ...     case tenantry.Resolution(tenant=tenant, role=role):
    /// ...         print(f"{tenant.name} as {role}")
    /// Acme as owner
    Resolution {
        /// The tenant; none if the request is in none.
        tenant: Option<Shared<Tenant>> = None,
        /// The role of the user's membership in it.
        role: Option<In<Role>> = None,
        /// What decided.
        source: Option<In<Source>> = None,
        /// Why there is no tenant.
        reason: Option<In<Reason>> = None,
    }
}

impl Resolution {
    pub(crate) fn of(py: Python<'_>, answer: tenantry::Resolution) -> PyResult<Self> {
        Ok(match answer {
            tenantry::Resolution::Tenant { tenant, role, source } => Self {
                tenant: Some(Shared::new(py, tenant.into())?),
                role: Some(In(role)),
                source: Some(In(source)),
                reason: None,
            },
            tenantry::Resolution::None { reason } => {
                Self { tenant: None, role: None, source: None, reason: Some(In(reason)) }
            }
        })
    }
}
