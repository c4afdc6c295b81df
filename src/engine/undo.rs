//! Verbs about past runs of the backfill.

use super::{Engine, now_micros};
use crate::backfill::Run;
use crate::backfill::undo::{Kept, KeptTenant, Since, UndoReport, may_remove};
use crate::error::{Error, Result};
use crate::store::{Entry, Outcome, References, Rows};

impl Engine {
    /// All runs that made tenants, the newest first.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = tenantry::Engine::open(dir.path().join("t.db"))?;
    /// assert!(engine.runs()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn runs(&self) -> Result<Vec<Run>> {
        self.store.read(|rows| rows.runs())
    }

    /// Removes the tenants that a run made, those that are still as it left them, and releases
    /// their slugs. Without a number, of the newest run that was not undone.
    ///
    /// A tenant that others joined, that was changed, or that anything refers to is kept and
    /// listed. All in one transaction.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRun`].
    ///
    /// ```
    /// # use tenantry::*;
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// # let users: Roster = [UserProfile { key: "1", ..Default::default() }].into_iter().collect();
    /// let run = engine.backfill(users, &BackfillOptions::default())?.run;
    /// assert_eq!(engine.undo(run)?.removed, 1);
    /// assert!(engine.tenants()?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn undo(&self, run: Option<i64>) -> Result<UndoReport> {
        self.store.write(|rows| {
            let runs = rows.runs()?;
            let found = match run {
                Some(id) => runs.iter().find(|run| run.id == id),
                None => runs.iter().find(|run| run.undone_at.is_none()),
            };
            let run = found.ok_or(Error::NoSuchRun(run))?.id;
            let mut report = UndoReport { run, removed: 0, kept: Vec::new() };
            let references = rows.references()?;
            for entry in rows.entries(run)? {
                match remove(rows, &references, &entry)? {
                    Ok(()) => report.removed += 1,
                    Err(reason) => {
                        let Entry { slug, user_key, .. } = entry;
                        report.kept.push(KeptTenant { slug, user_key, reason });
                    }
                }
            }
            rows.mark_undone(run, now_micros())?;
            Ok(report)
        })
    }
}

/// Removes a tenant if it may go.
fn remove(rows: Rows<'_>, references: &References, entry: &Entry) -> Outcome<Result<(), Kept>> {
    let referred_to =
        entry.since.referred_to || rows.is_referred_to(references, entry.tenant_id)?;
    if let Err(reason) = may_remove(Since { referred_to, ..entry.since }) {
        return Ok(Err(reason));
    }
    rows.delete_tenant(entry.tenant_id)?;
    rows.delete_selection_of(&entry.user_key, &entry.slug)?;
    Ok(Ok(()))
}
