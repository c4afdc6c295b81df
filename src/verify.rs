//! Verify: what in a set of tenants and memberships does not keep the promises.
//!
//! The rule alone: a driver brings each tenant, membership and user; see
//! [`Engine::verify`](crate::Engine::verify) for the store's.

use serde::Serialize;

use crate::model::{Plan, Role, check_domain, check_name};
use crate::slug::{self, SlugOptions};

/// One thing that is wrong, with the keys involved.
///
/// ```
/// use tenantry::verify::Finding;
///
/// let finding = Finding::TenantWithoutOwner { tenant: "acme".into() };
/// assert_eq!(finding.to_string(), "tenant \"acme\" has no active owner");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finding {
    /// A user of the host has no membership.
    #[error("user {user_key:?} has no membership")]
    UserWithoutMembership {
        /// The user.
        user_key: String,
    },
    /// A tenant has no active owner, as when the host deleted that user.
    #[error("tenant {tenant:?} has no active owner")]
    TenantWithoutOwner {
        /// The tenant's slug.
        tenant: String,
    },
    /// A slug that no tenant may bear.
    #[error("the slug {slug:?} of tenant {id} is invalid")]
    InvalidSlug {
        /// The tenant's number.
        id: String,
        /// Its slug.
        slug: String,
    },
    /// Several tenants bear one slug, ASCII case aside.
    #[error("the slug {slug:?} of tenant {id} is borne by another tenant too")]
    DuplicateSlug {
        /// The tenant's number.
        id: String,
        /// Its slug.
        slug: String,
    },
    /// A slug is one of the reserved words.
    #[error("the slug {slug:?} of tenant {id} is reserved")]
    ReservedSlug {
        /// The tenant's number.
        id: String,
        /// Its slug.
        slug: String,
    },
    /// A slug belonged to another tenant once, and is retired.
    #[error("the slug {slug:?} of tenant {id} is one that another tenant had")]
    RetiredSlug {
        /// The tenant's number.
        id: String,
        /// Its slug.
        slug: String,
    },
    /// A name that no tenant may bear: blank, too long, or with outer white space.
    #[error("tenant {tenant:?} has the invalid name {name:?}")]
    InvalidName {
        /// The tenant's slug.
        tenant: String,
        /// Its name.
        name: String,
    },
    /// A domain that no tenant may have: too long, or with outer white space.
    #[error("tenant {tenant:?} has the invalid domain {domain:?}")]
    InvalidDomain {
        /// The tenant's slug.
        tenant: String,
        /// Its domain.
        domain: String,
    },
    /// A tenant's plan is none of the five.
    #[error("tenant {tenant:?} has the unknown plan {plan:?}")]
    UnknownPlan {
        /// The tenant's slug.
        tenant: String,
        /// The plan.
        plan: String,
    },
    /// A membership's role is none of the three.
    #[error("user {user_key:?} has the unknown role {role:?} in tenant {tenant:?}")]
    UnknownRole {
        /// The tenant's slug.
        tenant: String,
        /// The user.
        user_key: String,
        /// The role.
        role: String,
    },
    /// A membership is that of a user whom the host does not have.
    #[error("user {user_key:?} of tenant {tenant:?} does not exist")]
    MissingUser {
        /// The tenant's slug.
        tenant: String,
        /// The user.
        user_key: String,
    },
}

/// A tenant as it stands in a database, its words unread.
///
/// ```
/// use tenantry::verify::TenantRow;
///
/// let row = TenantRow { id: "1", name: "Acme", slug: "acme", active_owners: 1, ..Default::default() };
/// assert_eq!(row.plan, "");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TenantRow<'a> {
    /// Its primary key as text.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// Whether that slug is retired, and was another tenant's.
    pub slug_is_retired: bool,
    /// Its domain.
    pub domain: &'a str,
    /// Its plan.
    pub plan: &'a str,
    /// How many active memberships with the role `owner` it has.
    pub active_owners: u64,
}

/// Collects findings.
///
/// ```
/// use tenantry::{SlugOptions, verify::{Finding, TenantRow, Verifier}};
///
/// let mut verifier = Verifier::new(SlugOptions::default());
/// verifier.tenant(TenantRow {
///     id: "1", name: "A B", slug: "a b", plan: "free", active_owners: 1, ..Default::default()
/// });
/// let finding = Finding::InvalidSlug { id: "1".into(), slug: "a b".into() };
/// assert_eq!(verifier.into_findings(), [finding]);
/// ```
#[derive(Debug, Default)]
pub struct Verifier {
    options: SlugOptions,
    last_slug: Option<String>,
    findings: Vec<Finding>,
}

impl Verifier {
    /// A verifier that has found nothing. Of `options` it needs the reserved words.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::Verifier};
    /// assert!(Verifier::new(SlugOptions::default()).into_findings().is_empty());
    /// ```
    #[must_use]
    pub fn new(options: SlugOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Looks at a tenant. They must come in the order of their slugs in lower case, so that equal
    /// ones stand together.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::{TenantRow, Verifier}};
    /// # let mut verifier = Verifier::new(SlugOptions::default());
    /// let acme = TenantRow {
    ///     id: "1", name: "Acme", slug: "Acme", plan: "free", active_owners: 1, ..Default::default()
    /// };
    /// verifier.tenant(acme);
    /// verifier.tenant(TenantRow { id: "2", slug: "acme", plan: "gold", active_owners: 0, ..acme });
    /// assert_eq!(verifier.into_findings().len(), 3); // duplicate slug, unknown plan, no owner
    /// ```
    pub fn tenant(&mut self, row: TenantRow<'_>) {
        let (id, slug) = (|| row.id.to_owned(), || row.slug.to_owned());
        if !slug::is_valid(row.slug) {
            self.findings.push(Finding::InvalidSlug { id: id(), slug: slug() });
        }
        if self.last_slug.as_ref().is_some_and(|last| last.eq_ignore_ascii_case(row.slug)) {
            self.findings.push(Finding::DuplicateSlug { id: id(), slug: slug() });
        }
        if self.options.is_reserved(row.slug) {
            self.findings.push(Finding::ReservedSlug { id: id(), slug: slug() });
        }
        if row.slug_is_retired {
            self.findings.push(Finding::RetiredSlug { id: id(), slug: slug() });
        }
        if !check_name(row.name).is_ok_and(|kept| kept == row.name) {
            self.findings.push(Finding::InvalidName { tenant: slug(), name: row.name.to_owned() });
        }
        if !check_domain(row.domain).is_ok_and(|kept| kept == row.domain) {
            let domain = row.domain.to_owned();
            self.findings.push(Finding::InvalidDomain { tenant: slug(), domain });
        }
        if row.plan.parse::<Plan>().is_err() {
            let plan = row.plan.to_owned();
            self.findings.push(Finding::UnknownPlan { tenant: slug(), plan });
        }
        if row.active_owners == 0 {
            self.findings.push(Finding::TenantWithoutOwner { tenant: slug() });
        }
        self.last_slug = Some(slug());
    }

    /// Looks at a membership: the slug of its tenant, its user and role, and whether the host has
    /// that user; true where the host cannot tell.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::Verifier};
    /// # let mut verifier = Verifier::new(SlugOptions::default());
    /// verifier.membership("acme", "ann", "boss", true);
    /// verifier.membership("acme", "bob", "member", false);
    /// assert_eq!(verifier.into_findings().len(), 2);
    /// ```
    pub fn membership(&mut self, tenant: &str, user_key: &str, role: &str, user_exists: bool) {
        let (tenant, user_key) = (|| tenant.to_owned(), || user_key.to_owned());
        if role.parse::<Role>().is_err() {
            let role = role.to_owned();
            self.findings.push(Finding::UnknownRole {
                tenant: tenant(),
                user_key: user_key(),
                role,
            });
        }
        if !user_exists {
            self.findings.push(Finding::MissingUser { tenant: tenant(), user_key: user_key() });
        }
    }

    /// Notes a user of the host without any membership, active or not.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::Verifier};
    /// # let mut verifier = Verifier::new(SlugOptions::default());
    /// verifier.user_without_membership("eve");
    /// assert_eq!(verifier.into_findings().len(), 1);
    /// ```
    pub fn user_without_membership(&mut self, user_key: &str) {
        self.findings.push(Finding::UserWithoutMembership { user_key: user_key.to_owned() });
    }

    /// What was found so far.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::Verifier};
    /// assert_eq!(Verifier::new(SlugOptions::default()).findings(), []);
    /// ```
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// All findings, in the order in which they were made.
    ///
    /// ```
    /// # use tenantry::{SlugOptions, verify::Verifier};
    /// assert_eq!(Verifier::new(SlugOptions::default()).into_findings(), []);
    /// ```
    #[must_use]
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }
}
