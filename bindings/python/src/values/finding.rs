//! What verify found.

use pyo3::prelude::*;
use tenantry::verify::Finding as Core;

use super::value;
use crate::errors;
use crate::words::{FindingKind, In};

value! {
    /// One thing that is wrong, with the keys involved; those that its kind does not name are none.
    /// As text it says what is wrong.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.forget_user("ann")
    /// 1
    /// >>> [finding] = engine.verify()
    /// >>> finding.kind, finding.tenant
    /// (<FindingKind.TENANT_WITHOUT_OWNER: 'tenant_without_owner'>, 'acme')
    /// >>> print(finding)
    /// tenant "acme" has no active owner
    Finding {
        /// What is wrong.
        kind: In<FindingKind>,
        /// The slug of the tenant.
        tenant: Option<String> = None,
        /// The user.
        user_key: Option<String> = None,
        /// The number of the tenant as text, where its slug is what is wrong.
        id: Option<String> = None,
        /// The slug that is wrong.
        slug: Option<String> = None,
        /// The name that is wrong.
        name: Option<String> = None,
        /// The domain that is wrong.
        domain: Option<String> = None,
        /// The plan that is none.
        plan: Option<String> = None,
        /// The role that is none.
        role: Option<String> = None,
    }

    fn __str__(&self) -> String {
        self.to_core().to_string()
    }
}

impl Finding {
    pub(crate) fn of(py: Python<'_>, finding: Core) -> PyResult<Self> {
        let blank = |kind| Self {
            kind: In(kind),
            tenant: None,
            user_key: None,
            id: None,
            slug: None,
            name: None,
            domain: None,
            plan: None,
            role: None,
        };
        let slug_of = |kind, id, slug| Self { id: Some(id), slug: Some(slug), ..blank(kind) };
        Ok(match finding {
            Core::UserWithoutMembership { user_key } => {
                Self { user_key: Some(user_key), ..blank(FindingKind::UserWithoutMembership) }
            }
            Core::TenantWithoutOwner { tenant } => {
                Self { tenant: Some(tenant), ..blank(FindingKind::TenantWithoutOwner) }
            }
            Core::InvalidSlug { id, slug } => slug_of(FindingKind::InvalidSlug, id, slug),
            Core::DuplicateSlug { id, slug } => slug_of(FindingKind::DuplicateSlug, id, slug),
            Core::ReservedSlug { id, slug } => slug_of(FindingKind::ReservedSlug, id, slug),
            Core::RetiredSlug { id, slug } => slug_of(FindingKind::RetiredSlug, id, slug),
            Core::InvalidName { tenant, name } => {
                Self { tenant: Some(tenant), name: Some(name), ..blank(FindingKind::InvalidName) }
            }
            Core::InvalidDomain { tenant, domain } => Self {
                tenant: Some(tenant),
                domain: Some(domain),
                ..blank(FindingKind::InvalidDomain)
            },
            Core::UnknownPlan { tenant, plan } => {
                Self { tenant: Some(tenant), plan: Some(plan), ..blank(FindingKind::UnknownPlan) }
            }
            Core::UnknownRole { tenant, user_key, role } => Self {
                tenant: Some(tenant),
                user_key: Some(user_key),
                role: Some(role),
                ..blank(FindingKind::UnknownRole)
            },
            Core::MissingUser { tenant, user_key } => Self {
                tenant: Some(tenant),
                user_key: Some(user_key),
                ..blank(FindingKind::MissingUser)
            },
            // A kind that the core has and this does not know yet.
            other => return Err(errors::invalid(py, "finding", &other.to_string(), "it is new")),
        })
    }

    fn to_core(&self) -> Core {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let (tenant, user_key) = (text(&self.tenant), text(&self.user_key));
        let (id, slug) = (text(&self.id), text(&self.slug));
        match self.kind.0 {
            FindingKind::UserWithoutMembership => Core::UserWithoutMembership { user_key },
            FindingKind::TenantWithoutOwner => Core::TenantWithoutOwner { tenant },
            FindingKind::InvalidSlug => Core::InvalidSlug { id, slug },
            FindingKind::DuplicateSlug => Core::DuplicateSlug { id, slug },
            FindingKind::ReservedSlug => Core::ReservedSlug { id, slug },
            FindingKind::RetiredSlug => Core::RetiredSlug { id, slug },
            FindingKind::InvalidName => Core::InvalidName { tenant, name: text(&self.name) },
            FindingKind::InvalidDomain => {
                Core::InvalidDomain { tenant, domain: text(&self.domain) }
            }
            FindingKind::UnknownPlan => Core::UnknownPlan { tenant, plan: text(&self.plan) },
            FindingKind::UnknownRole => {
                Core::UnknownRole { tenant, user_key, role: text(&self.role) }
            }
            FindingKind::MissingUser => Core::MissingUser { tenant, user_key },
        }
    }
}
