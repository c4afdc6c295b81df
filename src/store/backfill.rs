//! Rows of runs and their entries.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::failure::Outcome;
use super::rows::{Rows, opt_time, time};
use crate::backfill::Run;
use crate::backfill::undo::Since;
use crate::model::TenantId;

/// An entry of a run, and what became of its tenant.
pub(crate) struct Entry {
    pub(crate) tenant_id: TenantId,
    pub(crate) slug: String,
    pub(crate) user_key: String,
    pub(crate) since: Since,
}

impl Rows<'_> {
    /// The run to go on with: one with these options that was neither ended nor undone.
    pub(crate) fn open_run(self, options: &str) -> Outcome<Option<i64>> {
        const SQL: &str = "SELECT id FROM backfill_run
            WHERE options = ?1 AND finished_at IS NULL AND undone_at IS NULL
            ORDER BY id DESC LIMIT 1";
        self.find(SQL, [options], |row| row.get(0))
    }

    pub(crate) fn insert_run(self, options: &str, now: i64) -> Outcome<i64> {
        const SQL: &str = "INSERT INTO backfill_run (options, started_at) VALUES (?1, ?2)";
        self.change(SQL, params![options, now])?;
        Ok(self.0.last_insert_rowid())
    }

    pub(crate) fn finish_run(self, run: i64, now: i64) -> Outcome<()> {
        const SQL: &str = "UPDATE backfill_run SET finished_at = ?2 WHERE id = ?1";
        self.change(SQL, [run, now]).map(drop)
    }

    pub(crate) fn is_undone(self, run: i64) -> Outcome<bool> {
        const SQL: &str = "SELECT 1 FROM backfill_run WHERE id = ?1 AND undone_at IS NOT NULL";
        Ok(self.0.prepare_cached(SQL)?.exists([run])?)
    }

    pub(crate) fn mark_undone(self, run: i64, now: i64) -> Outcome<()> {
        const SQL: &str = "UPDATE backfill_run SET undone_at = ?2 WHERE id = ?1";
        self.change(SQL, [run, now]).map(drop)
    }

    pub(crate) fn insert_entry(self, id: TenantId, run: i64, user_key: &str) -> Outcome<()> {
        const SQL: &str =
            "INSERT INTO backfill_entry (tenant_id, run_id, user_key) VALUES (?1, ?2, ?3)";
        self.change(SQL, params![id.0, run, user_key]).map(drop)
    }

    /// All runs, the newest first.
    pub(crate) fn runs(self) -> Outcome<Vec<Run>> {
        const SQL: &str = "SELECT r.id, r.started_at, r.finished_at, r.undone_at,
                coalesce(e.tenants, 0)
            FROM backfill_run r LEFT JOIN
                (SELECT run_id, count(*) AS tenants FROM backfill_entry GROUP BY run_id) e
                ON e.run_id = r.id
            ORDER BY r.id DESC";
        self.list(SQL, [], read_run)
    }

    /// The entries of a run whose tenants still live, in the order in which they were made.
    pub(crate) fn entries(self, run: i64) -> Outcome<Vec<Entry>> {
        const SQL: &str = "SELECT e.tenant_id, t.slug, e.user_key,
                t.updated_at IS NOT t.created_at,
                (SELECT count(*) FROM membership m WHERE m.tenant_id = t.id),
                NOT EXISTS (SELECT 1 FROM membership m
                    WHERE m.tenant_id = t.id AND m.user_key = e.user_key
                    AND m.role = 'owner' AND m.is_active AND m.updated_at = m.created_at),
                EXISTS (SELECT 1 FROM retired_slug r WHERE r.tenant_id = t.id)
            FROM backfill_entry e JOIN tenant t ON t.id = e.tenant_id
            WHERE e.run_id = ?1 ORDER BY e.tenant_id";
        self.list(SQL, [run], |row| {
            Ok(Entry {
                tenant_id: TenantId(row.get(0)?),
                slug: row.get(1)?,
                user_key: row.get(2)?,
                since: Since {
                    changed: row.get(3)?,
                    members: row.get(4)?,
                    owner_changed: row.get(5)?,
                    referred_to: row.get(6)?,
                },
            })
        })
    }
}

fn read_run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let started_at: Timestamp = time(row, 1)?;
    Ok(Run {
        id: row.get(0)?,
        started_at,
        finished_at: opt_time(row, 2)?,
        undone_at: opt_time(row, 3)?,
        tenants: row.get(4)?,
    })
}
