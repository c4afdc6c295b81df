//! Users, and what became of them.

use std::collections::BTreeMap;

use tenantry::OnError;
use tenantry::backfill::{Column, Report, Roster, RowError, RowFault, UnknownPlan};

/// A user as the host application knows it. What is absent is empty.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct UserProfile {
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

impl UserProfile {
    pub(crate) fn as_core(&self) -> tenantry::UserProfile<'_> {
        tenantry::UserProfile {
            key: &self.key,
            username: &self.username,
            business_name: &self.business_name,
            business_domain: &self.business_domain,
            tier: &self.tier,
        }
    }
}

pub(crate) fn roster(users: &[UserProfile]) -> Roster {
    let mut roster = Roster::new();
    for user in users {
        roster.push(&user.as_core());
    }
    roster
}

#[uniffi::remote(Enum)]
pub enum OnError {
    Stop,
    Skip,
}

#[uniffi::remote(Enum)]
pub enum UnknownPlan {
    Free,
    Reject,
}

/// How a run works. Always all in one transaction: who has a million users has the command.
#[derive(Clone, Debug, uniffi::Record)]
pub struct BackfillOptions {
    /// Whether to report only, and write nothing.
    pub dry_run: bool,
    /// What a row in error does.
    pub on_error: OnError,
    /// What becomes of a tier that is no plan.
    pub unknown_plan: UnknownPlan,
}

impl BackfillOptions {
    pub(crate) fn as_core(&self) -> tenantry::BackfillOptions<'static> {
        let Self { dry_run, on_error, unknown_plan } = *self;
        tenantry::BackfillOptions { dry_run, on_error, unknown_plan, ..Default::default() }
    }
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

#[uniffi::remote(Record)]
pub struct RowError {
    pub row: Option<u64>,
    pub user_key: Option<String>,
    pub column: Column,
    pub fault: RowFault,
    pub value: String,
}

/// What is wrong with a row, as a sentence with what to do.
#[uniffi::export]
#[must_use]
pub fn row_error_words(error: &RowError) -> String {
    error.to_string()
}

/// A tier that is no plan.
#[derive(Clone, Debug, uniffi::Record)]
pub struct UnknownTier {
    /// The tier.
    pub tier: String,
    /// How many users have it.
    pub users: u64,
}

type UnknownPlans = BTreeMap<String, u64>;

// A list: for Swift, texts that look the same are one key of a dictionary.
uniffi::custom_type!(UnknownPlans, Vec<UnknownTier>, {
    remote,
    lower: |plans| plans.into_iter().map(|(tier, users)| UnknownTier { tier, users }).collect(),
    try_lift: |plans| Ok(plans.into_iter().map(|one| (one.tier, one.users)).collect()),
});

#[uniffi::remote(Record)]
pub struct Report {
    pub run: Option<i64>,
    pub dry_run: bool,
    pub seen: u64,
    pub created: u64,
    pub skipped: u64,
    pub failed: u64,
    pub slugs_unchanged: u64,
    pub slugs_suffixed: u64,
    pub slugs_cut: u64,
    pub slugs_transliterated: u64,
    pub slugs_fallen_back: u64,
    pub names_cut: u64,
    pub unknown_plans: UnknownPlans,
    pub errors: Vec<RowError>,
    pub seconds: f64,
}
