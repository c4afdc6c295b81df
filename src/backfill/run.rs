//! What is kept of a run: its manifest, by which it can be undone.

use jiff::Timestamp;
use serde::Serialize;

/// A run of the backfill that made tenants.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// # let users: Roster = [UserProfile { key: "1", ..Default::default() }].into_iter().collect();
/// engine.backfill(users, &BackfillOptions::default())?;
/// let run = engine.runs()?.remove(0);
/// assert_eq!((run.tenants, run.undone_at), (1, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// When it began, UTC.
    pub started_at: Timestamp,
    /// When it ended; none if it was interrupted, and not gone on with since.
    pub finished_at: Option<Timestamp>,
    /// When it was last undone.
    pub undone_at: Option<Timestamp>,
    /// How many of the tenants it made still live.
    pub tenants: u64,
}
