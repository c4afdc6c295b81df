//! The core's values. Those that are mirrored fail to compile until a new field is carried.

use std::time::SystemTime;

use jiff::Timestamp;
use tenantry::{Membership, Plan, Reason, Role, Source, Tenant, TenantId};

uniffi::custom_type!(TenantId, i64, {
    remote,
    lower: |id| id.0,
    try_lift: |number| Ok(TenantId(number)),
});

uniffi::custom_type!(Timestamp, SystemTime, {
    remote,
    // A time that the system cannot hold is none that a store or a snapshot does.
    lower: |time| SystemTime::try_from(time).unwrap_or(SystemTime::UNIX_EPOCH),
    try_lift: |time| Ok(Timestamp::try_from(time)?),
});

#[uniffi::remote(Enum)]
pub enum Plan {
    Free,
    Starter,
    Growth,
    Pro,
    Enterprise,
}

#[uniffi::remote(Enum)]
pub enum Role {
    Owner,
    Admin,
    Member,
}

#[uniffi::remote(Enum)]
pub enum Source {
    Session,
    Header,
    Domain,
    SoleMembership,
}

#[uniffi::remote(Enum)]
pub enum Reason {
    Anonymous,
    NotAvailable,
    NoMembership,
    Ambiguous,
}

#[uniffi::remote(Record)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub slug: String,
    pub domain: String,
    pub plan: Plan,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[uniffi::remote(Record)]
pub struct Membership {
    pub tenant_id: TenantId,
    pub user_key: String,
    pub role: Role,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A tenant with the user's membership in it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct MemberOf {
    /// The tenant.
    pub tenant: Tenant,
    /// The membership.
    pub membership: Membership,
}

/// Who asks, and what names the tenant.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct Request {
    /// The key of the user, or nobody.
    #[uniffi(default)]
    pub user: Option<String>,
    /// The slug that was selected.
    #[uniffi(default)]
    pub selected: Option<String>,
    /// The slug that a header names.
    #[uniffi(default)]
    pub header: Option<String>,
    /// The host that was asked.
    #[uniffi(default)]
    pub host: Option<String>,
}

impl Request {
    pub(crate) fn as_core(&self) -> tenantry::Request<'_> {
        tenantry::Request {
            user: self.user.as_deref(),
            selected: self.selected.as_deref(),
            header: self.header.as_deref(),
            host: self.host.as_deref(),
        }
    }
}

/// The answer. Not mirrored: `Resolution.None` is Swift's own word for something else.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Resolution {
    /// In this tenant.
    Resolved {
        /// The tenant.
        tenant: Tenant,
        /// The user's role in it.
        role: Role,
        /// What named it.
        source: Source,
    },
    /// In none.
    Unresolved {
        /// Why.
        reason: Reason,
    },
}

impl From<tenantry::Resolution> for Resolution {
    fn from(answer: tenantry::Resolution) -> Self {
        match answer {
            tenantry::Resolution::Tenant { tenant, role, source } => {
                Self::Resolved { tenant, role, source }
            }
            tenantry::Resolution::None { reason } => Self::Unresolved { reason },
        }
    }
}

/// The name of a tenant of a user.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TenantName {
    /// The name.
    pub name: String,
    /// Whether it was too long.
    pub was_cut: bool,
}

/// The plan of a tenant of a user.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TenantPlan {
    /// The plan.
    pub plan: Plan,
    /// Whether the tier was one.
    pub is_known: bool,
}
