//! What can be wrong with one user's row.

use std::fmt;

use serde::Serialize;

use crate::model::first_chars;

/// A row that the backfill cannot use.
///
/// ```
/// use tenantry::{Error, UserProfile, backfill::{Planner, PlanOptions, RowFault}};
///
/// let mut planner = Planner::new(PlanOptions::default())?;
/// let domain = "x".repeat(300);
/// let user = UserProfile { key: "7", business_domain: &domain, ..Default::default() };
/// let Err(Error::Row { row, .. }) = planner.plan(&user) else { unreachable!() };
/// assert_eq!((row.user_key.as_deref(), row.fault), (Some("7"), RowFault::TooLong));
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct RowError {
    /// The number of the row where the users came from, if there is one: the line of a file.
    pub row: Option<u64>,
    /// The user, if the key could be read.
    pub user_key: Option<String>,
    /// The column at fault.
    pub column: Column,
    /// What is wrong with it.
    pub fault: RowFault,
    /// The value, cut to its first 40 characters.
    pub value: String,
}

impl RowError {
    pub(crate) fn new(user_key: &str, column: Column, fault: RowFault, value: &str) -> Self {
        let user_key = Some(first_chars(user_key, 40).to_owned());
        Self { row: None, user_key, column, fault, value: first_chars(value, 40).to_owned() }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        if let Some(key) = self.user_key.as_deref().filter(|key| !key.is_empty()) {
            write!(f, "user {key:?}: ")?;
        }
        write!(f, "the {} {:?} {}", self.column, self.value, self.fault.explain())
    }
}

/// Which of the user's values is at fault.
///
/// ```
/// assert_eq!(tenantry::backfill::Column::Domain.to_string(), "business domain");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The user key.
    Key,
    /// The user name.
    Username,
    /// The business name.
    Name,
    /// The business domain.
    Domain,
    /// The tier.
    Plan,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key => "user key",
            Self::Username => "username",
            Self::Name => "business name",
            Self::Domain => "business domain",
            Self::Plan => "tier",
        })
    }
}

/// What is wrong with a value.
///
/// ```
/// assert!(tenantry::backfill::RowFault::Nul.explain().contains("NUL"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFault {
    /// It is empty and may not be.
    Empty,
    /// It is longer than 255 characters.
    TooLong,
    /// It contains U+0000, which no database text may.
    Nul,
    /// It is no known plan, and unknown plans are to be rejected.
    Unknown,
    /// The key stands in an earlier row too.
    Duplicate,
    /// It is not UTF-8.
    NotUtf8,
    /// It is not text or a number.
    WrongType,
}

impl RowFault {
    /// What is wrong and what to do, to be read behind the value.
    ///
    /// ```
    /// assert!(tenantry::backfill::RowFault::Empty.explain().starts_with("is empty"));
    /// ```
    #[must_use]
    pub const fn explain(self) -> &'static str {
        match self {
            Self::Empty => "is empty; every user needs one",
            Self::TooLong => "is longer than 255 characters; shorten it",
            Self::Nul => "contains a NUL character; remove it",
            Self::Unknown => "is no plan; use free, starter, growth, pro or enterprise",
            Self::Duplicate => "stands in an earlier row too; keep one of them",
            Self::NotUtf8 => "is not UTF-8; convert it",
            Self::WrongType => "is neither text nor a whole number; convert it",
        }
    }
}
