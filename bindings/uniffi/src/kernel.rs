//! The kernel: slugs, and the rule of resolution for those who keep their rows elsewhere.

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use tenantry::resolve::{self, Decision as CoreDecision};
use tenantry::slug;
use tenantry::{Reason, Source, backfill};

use crate::error::EngineError;
use crate::values::{Request, TenantName, TenantPlan};

/// How a name becomes a slug.
pub type SlugStyle = slug::Style;

#[uniffi::remote(Enum)]
pub enum SlugStyle {
    Django,
    Transliterate,
}

/// The slug of a name; it may be empty.
#[uniffi::export]
#[must_use]
pub fn slugify(name: &str, style: SlugStyle) -> String {
    style.slugify(name)
}

/// The slug that the candidates of a tenant are made of; never empty.
#[uniffi::export]
#[must_use]
pub fn slug_base(name: &str, username: &str, style: SlugStyle) -> String {
    slug::base(style, name, username).0
}

/// Candidate `n` of a base, no longer than `limit`.
#[uniffi::export]
#[must_use]
pub fn slug_candidate(base: &str, n: u32, limit: u32) -> String {
    slug::candidate(base, n, limit as usize)
}

/// Whether a tenant may have this slug.
#[uniffi::export]
#[must_use]
pub fn is_valid_slug(slug: &str) -> bool {
    slug::is_valid(slug)
}

/// The name of a tenant of a user, and whether it was cut.
#[uniffi::export]
#[must_use]
pub fn tenant_name(business_name: &str, username: &str) -> TenantName {
    let (name, was_cut) = backfill::tenant_name(business_name, username);
    TenantName { name: name.into_owned(), was_cut }
}

/// The plan of a tier, and whether that is one.
#[uniffi::export]
#[must_use]
pub fn tenant_plan(tier: &str) -> TenantPlan {
    let (plan, is_known) = backfill::tenant_plan(tier);
    TenantPlan { plan, is_known }
}

/// How two user keys stand in the order of a backfill: -1, 0 or 1.
#[uniffi::export]
#[must_use]
pub fn key_order(a: &str, b: &str) -> i8 {
    match backfill::key_order(a, b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// Whether a host is that of a tenant's domain: whole, without case, port and trailing dot, in Unicode or as its
/// ASCII form.
#[uniffi::export]
#[must_use]
pub fn is_host_of(host: &str, domain: &str) -> bool {
    resolve::is_host_of(host, domain)
}

/// A membership of the user, with its tenant.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Candidate {
    /// The tenant's slug.
    pub slug: String,
    /// The retired slug of the tenant that was asked for, if it was one.
    #[uniffi(default)]
    pub retired_slug: Option<String>,
    /// The tenant's domain.
    #[uniffi(default = "")]
    pub domain: String,
    /// Whether membership and tenant are active.
    pub usable: bool,
}

/// Which of the candidates it is, or why none.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Decision {
    /// The candidate at this place.
    Chosen {
        /// Its place, from 0.
        index: u32,
        /// What named it.
        source: Source,
    },
    /// None.
    Refused {
        /// Why.
        reason: Reason,
    },
}

/// Decides which of the memberships that were read a request is in.
#[uniffi::export]
#[must_use]
pub fn decide(request: &Request, sources: &[Source], read: &[Candidate]) -> Decision {
    let read: Vec<_> = read
        .iter()
        .map(|one| resolve::Candidate {
            slug: &one.slug,
            retired_slug: one.retired_slug.as_deref(),
            domain: &one.domain,
            usable: one.usable,
        })
        .collect();
    match resolve::decide(&request.as_core(), sources, &read) {
        CoreDecision::Chosen { index, source } => {
            Decision::Chosen { index: u32::try_from(index).unwrap_or(u32::MAX), source }
        }
        CoreDecision::None(reason) => Decision::Refused { reason },
    }
}

/// Hands out free slugs.
#[derive(Debug, uniffi::Object)]
pub struct SlugAllocator(Mutex<slug::SlugAllocator>);

#[uniffi::export]
impl SlugAllocator {
    /// One that gives out slugs of at most `limit` characters, 16 to 80.
    ///
    /// # Errors
    ///
    /// `Invalid` for another limit.
    #[uniffi::constructor]
    pub fn new(limit: u32) -> Result<Self, EngineError> {
        let allocator = slug::SlugAllocator::new(limit as usize)?;
        Ok(Self(Mutex::new(allocator)))
    }

    /// Notes a slug that is taken.
    ///
    /// # Errors
    ///
    /// If it can hold no more.
    pub fn take(&self, slug: &str) -> Result<(), EngineError> {
        let mut allocator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        allocator.take(slug)?;
        Ok(())
    }

    /// The first free slug of a base, which is from then on taken.
    ///
    /// # Errors
    ///
    /// If it can hold no more.
    pub fn allocate(&self, base: &str) -> Result<String, EngineError> {
        let mut allocator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(allocator.allocate(base)?)
    }
}
