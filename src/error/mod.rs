//! One typed error for everything that can go wrong.

mod row;

use std::path::PathBuf;

pub use row::{Column, RowError, RowFault};

use crate::model::{TenantId, first_chars};

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with the offending value and what to do.
///
/// [`Error::code`] names the kind in a word that stays the same in every language.
///
/// ```
/// let error = "gold".parse::<tenantry::Plan>().unwrap_err();
/// assert_eq!(error.code(), "unknown_plan");
/// assert!(error.to_string().contains("\"gold\""));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value that cannot be stored or used.
    #[error("the {what} {value:?} cannot be used: {reason}")]
    Invalid {
        /// What it was meant to be: `slug`, `tenant name`, `domain`, `user key` ...
        what: &'static str,
        /// The value, cut to its first 80 characters.
        value: String,
        /// What is wrong with it, or what it may be.
        reason: &'static str,
    },
    /// A plan that is none of the five.
    #[error("unknown plan {0:?}; the plans are free, starter, growth, pro and enterprise")]
    UnknownPlan(String),
    /// A role that is none of the three.
    #[error("unknown role {0:?}; the roles are owner, admin and member")]
    UnknownRole(String),
    /// The slug belongs to another tenant, or did once and is retired, or is a reserved word.
    #[error("the slug {0:?} is taken, retired or reserved; choose another one")]
    SlugTaken(String),
    /// More than 4 GiB of slugs in one allocator.
    #[error("more slugs than one run can hold (4 GiB, some 200 million); split the run")]
    TooManySlugs,
    /// The user may not enter this tenant, or there is no such tenant: nobody is told which.
    #[error("the tenant {0:?} is not available to this user; choose one of the user's own tenants")]
    NotAvailable(String),
    /// No tenant has this number.
    #[error("there is no tenant {0}; it may have been deleted")]
    NoSuchTenant(TenantId),
    /// The user has no membership in this tenant.
    #[error("user {user_key:?} has no membership in tenant {tenant_id}; join the user first")]
    NoSuchMembership {
        /// The tenant.
        tenant_id: TenantId,
        /// The user.
        user_key: String,
    },
    /// The user has a membership in this tenant already, active or not.
    #[error("user {user_key:?} is a member of tenant {tenant_id} already; change that membership")]
    AlreadyMember {
        /// The tenant.
        tenant_id: TenantId,
        /// The user.
        user_key: String,
    },
    /// The change would leave the tenant without an active owner.
    #[error(
        "user {user_key:?} is the last active owner of tenant {tenant_id}; make another member its owner first"
    )]
    LastOwner {
        /// The tenant.
        tenant_id: TenantId,
        /// Its last active owner.
        user_key: String,
    },
    /// No backfill run has this number, or none is left to undo.
    #[error("there is no backfill run {} to undo; list the runs to see which there are", run_name(*.0))]
    NoSuchRun(Option<i64>),
    /// A row stopped the backfill. Nothing of the failing transaction is kept.
    #[error("{row}; {}", kept(*.committed))]
    Row {
        /// The row and what is wrong with it.
        row: Box<RowError>,
        /// How many tenants earlier chunks of this run made.
        committed: u64,
    },
    /// The caller asked a run to stop.
    #[error("interrupted; {}", stayed(*.committed))]
    Interrupted {
        /// How many tenants the chunks before the stop made; 0 when the run was atomic.
        committed: u64,
    },
    /// A snapshot that cannot be imported.
    #[error("the snapshot cannot be imported: {reason}; export a new one")]
    Snapshot {
        /// What is wrong with it.
        reason: String,
    },

    /// There is no store at this path.
    #[error("there is no store at {path:?}; check the path, or create one by a backfill")]
    NoStore {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is an SQLite database, but of another application.
    #[error(
        "{path:?} is the database of another application (application_id {application_id:#010x}); give the store a file of its own"
    )]
    ForeignFile {
        /// The file.
        path: PathBuf,
        /// Whose it is, by its header; 0 where none is set.
        application_id: i32,
    },
    /// The file was written by a newer tenantry.
    #[error("{path:?} has schema {found}, and this tenantry knows up to {known}; upgrade tenantry")]
    NewerStore {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// The file is damaged or no SQLite database. It is left as it is.
    #[error("{path:?} is damaged or not a store: {detail}; restore a backup")]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        detail: String,
    },
    /// Others kept the store busy for longer than the time-out.
    #[error("{path:?} was busy for {seconds} s; try again, or raise the busy time-out")]
    Busy {
        /// The file.
        path: PathBuf,
        /// The time-out.
        seconds: f64,
    },
    /// The file or its folder may not be written.
    #[error(
        "{path:?} cannot be written: {detail}; check the permissions of the file and its folder"
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The disk, or the size allowed to the file, is full. Nothing was written.
    #[error("no room to write {path:?}: {detail}; free some and try again, nothing was lost")]
    Full {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The path cannot be opened as a file.
    #[error("{path:?} cannot be opened: {detail}")]
    CannotOpen {
        /// The path.
        path: PathBuf,
        /// Why not.
        detail: String,
    },
    /// Something else in this process has the file open or had it open meanwhile: another copy of
    /// SQLite, or somebody who read it as a file. That breaks the locks, and committed rows get
    /// lost. Nothing was written; only if it came in the very moment of a commit, that may stand.
    #[error(
        "{path:?} is or was opened in this process past tenantry, through another copy of SQLite or as a file, and rows would be lost; close it there and try again, or use the store from a process of its own"
    )]
    SecondSqlite {
        /// The file.
        path: PathBuf,
    },
    /// This process was forked while the store was in use, so its locks cannot be trusted here.
    #[error(
        "this process was forked while {path:?} was in use in another thread; fork at a quiet moment, or start the process anew"
    )]
    Forked {
        /// The file.
        path: PathBuf,
    },
    /// Anything else that SQLite or the file system reports.
    #[error("{path:?}: {detail}")]
    Store {
        /// The file.
        path: PathBuf,
        /// What was said.
        detail: String,
    },
}

impl From<RowError> for Error {
    fn from(row: RowError) -> Self {
        Self::Row { row: Box::new(row), committed: 0 }
    }
}

impl Error {
    pub(crate) fn invalid(what: &'static str, value: &str, reason: &'static str) -> Self {
        Self::Invalid { what, value: first_chars(value, 80).to_owned(), reason }
    }

    pub(crate) fn snapshot(reason: impl Into<String>) -> Self {
        Self::Snapshot { reason: reason.into() }
    }

    /// The kind of the error as one stable word, the same in every language.
    ///
    /// ```
    /// assert_eq!(tenantry::Error::SlugTaken("acme".into()).code(), "slug_taken");
    /// ```
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "invalid",
            Self::UnknownPlan(_) => "unknown_plan",
            Self::UnknownRole(_) => "unknown_role",
            Self::SlugTaken(_) => "slug_taken",
            Self::TooManySlugs => "too_many_slugs",
            Self::NotAvailable(_) => "not_available",
            Self::NoSuchTenant(_) => "no_such_tenant",
            Self::NoSuchMembership { .. } => "no_such_membership",
            Self::AlreadyMember { .. } => "already_member",
            Self::LastOwner { .. } => "last_owner",
            Self::NoSuchRun(_) => "no_such_run",
            Self::Row { .. } => "row",
            Self::Interrupted { .. } => "interrupted",
            Self::Snapshot { .. } => "snapshot",
            Self::NoStore { .. } => "no_store",
            Self::ForeignFile { .. } => "foreign_file",
            Self::NewerStore { .. } => "newer_store",
            Self::Corrupt { .. } => "corrupt",
            Self::Busy { .. } => "busy",
            Self::ReadOnly { .. } => "read_only",
            Self::Full { .. } => "full",
            Self::CannotOpen { .. } => "cannot_open",
            Self::SecondSqlite { .. } => "second_sqlite",
            Self::Forked { .. } => "forked",
            Self::Store { .. } => "store",
        }
    }

    /// Whether the store is the trouble, and not what was asked of it.
    ///
    /// ```
    /// assert!(!tenantry::Error::SlugTaken("acme".into()).is_store_trouble());
    /// ```
    #[must_use]
    pub const fn is_store_trouble(&self) -> bool {
        matches!(
            self,
            Self::NoStore { .. }
                | Self::ForeignFile { .. }
                | Self::NewerStore { .. }
                | Self::Corrupt { .. }
                | Self::Busy { .. }
                | Self::ReadOnly { .. }
                | Self::Full { .. }
                | Self::CannotOpen { .. }
                | Self::SecondSqlite { .. }
                | Self::Forked { .. }
                | Self::Store { .. }
        )
    }
}

fn kept(committed: u64) -> String {
    match committed {
        0 => "nothing was kept".to_owned(),
        n => format!("the {n} tenants of earlier chunks stay, and nothing of this one was kept"),
    }
}

fn stayed(committed: u64) -> String {
    match committed {
        0 => "nothing was made, and running the same again starts anew".to_owned(),
        n => format!("{n} tenants were made and stay; running the same again goes on from there"),
    }
}

fn run_name(run: Option<i64>) -> String {
    run.map_or_else(|| "left".to_owned(), |run| run.to_string())
}
