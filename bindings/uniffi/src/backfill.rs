//! Users, and what became of them.

use std::collections::HashMap;

use tenantry::UserProfile;
use tenantry::backfill::{Column, Roster, RowFault};

/// A user as the host application knows it. What is absent is empty.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct User {
    /// The primary key as text.
    pub key: String,
    /// The login name.
    #[uniffi(default = "")]
    pub username: String,
    /// What the tenant will be named, unless it is blank.
    #[uniffi(default = "")]
    pub business_name: String,
    /// The tenant's domain.
    #[uniffi(default = "")]
    pub business_domain: String,
    /// The tenant's plan.
    #[uniffi(default = "")]
    pub tier: String,
}

impl User {
    pub(crate) fn as_core(&self) -> UserProfile<'_> {
        UserProfile {
            key: &self.key,
            username: &self.username,
            business_name: &self.business_name,
            business_domain: &self.business_domain,
            tier: &self.tier,
        }
    }
}

pub(crate) fn roster(users: &[User]) -> Roster {
    let mut roster = Roster::new();
    for user in users {
        roster.push(&user.as_core());
    }
    roster
}

#[uniffi::remote(Enum)]
pub enum Column {
    Key,
    Username,
    Name,
    Domain,
    Plan,
}

#[uniffi::remote(Enum)]
pub enum RowFault {
    Empty,
    TooLong,
    Nul,
    Unknown,
    Duplicate,
    NotUtf8,
    WrongType,
}

/// A user that could not be given a tenant.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RowFailure {
    /// The user, if the key could be read.
    pub user_key: Option<String>,
    /// The column at fault.
    pub column: Column,
    /// What is wrong with it.
    pub fault: RowFault,
    /// The same as a sentence.
    pub words: String,
}

/// What a backfill did.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct BackfillReport {
    /// The number of the run; none for a dry run, or if it made nothing.
    pub run: Option<i64>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Users that were looked at.
    pub seen: u64,
    /// Tenants that were made.
    pub created: u64,
    /// Users who had a membership.
    pub skipped: u64,
    /// Users in error.
    pub failed: u64,
    /// Slugs that are just that of the name.
    pub slugs_unchanged: u64,
    /// Slugs with a number.
    pub slugs_suffixed: u64,
    /// Slugs that were too long.
    pub slugs_cut: u64,
    /// Slugs of a name in other letters.
    pub slugs_transliterated: u64,
    /// Slugs of which the name gave nothing.
    pub slugs_fallen_back: u64,
    /// Names that were too long.
    pub names_cut: u64,
    /// Tiers that are no plan, and how often.
    pub unknown_plans: HashMap<String, u64>,
    /// The users in error.
    pub errors: Vec<RowFailure>,
    /// How long it took.
    pub seconds: f64,
}
