//! The verb that gives every user a tenant.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::{Engine, now_micros};
use crate::backfill::{PlanOptions, Planner, Report, Roster, UnknownPlan, key_order};
use crate::error::{Error, Result};
use crate::model::{Role, UserProfile};
use crate::store::{Outcome, Rows, Store};

/// How many users of an atomic run pass between two calls of the progress callback.
const STEP: usize = 1000;

/// How a backfill runs; right for most as it is.
///
/// ```
/// use std::num::NonZeroUsize;
/// use tenantry::BackfillOptions;
///
/// let options = BackfillOptions { chunk: NonZeroUsize::new(10_000), ..Default::default() };
/// assert!(!options.dry_run);
/// ```
#[derive(Clone, Copy, Default)]
pub struct BackfillOptions<'a> {
    /// How many users each transaction takes. None, the default, takes all in one: all or nothing.
    /// With chunks others can write in between, and an interrupted run goes on where it stopped
    /// when the same is run again.
    pub chunk: Option<NonZeroUsize>,
    /// Whether to report only, and write nothing.
    pub dry_run: bool,
    /// What a row in error does.
    pub on_error: OnError,
    /// What becomes of a tier that is no plan.
    pub unknown_plan: UnknownPlan,
    /// Is told now and then how far the run is: every thousand users, from the first on, or behind
    /// every chunk; not at all if there are no users. Only behind a chunk may it write to the store.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Stops the run when it is set.
    pub cancel: Option<&'a Cancel>,
}

impl std::fmt::Debug for BackfillOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BackfillOptions")
            .field("chunk", &self.chunk)
            .field("dry_run", &self.dry_run)
            .field("on_error", &self.on_error)
            .field("unknown_plan", &self.unknown_plan)
            .finish_non_exhaustive()
    }
}

/// What a row in error does.
///
/// ```
/// assert_eq!(tenantry::OnError::default(), tenantry::OnError::Stop);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnError {
    /// It ends the run, and nothing of its transaction is kept.
    #[default]
    Stop,
    /// It is listed in the report, and the run goes on without it.
    Skip,
}

/// How far a run is.
///
/// ```
/// let half = tenantry::Progress { done: 500, total: 1000 };
/// assert!(half.done < half.total);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Progress {
    /// Users dealt with so far.
    pub done: usize,
    /// Users in all.
    pub total: usize,
}

/// Stops a run from elsewhere: another thread, or a signal handler.
///
/// A chunked run ends behind the chunk it is in; an atomic one ends within a thousand users and
/// keeps nothing. Both then return [`Error::Interrupted`].
///
/// ```
/// use tenantry::*;
///
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// # let users: Roster = [UserProfile { key: "1", ..Default::default() }].into_iter().collect();
/// let cancel = Cancel::default();
/// cancel.cancel(); // as from another thread
/// let options = BackfillOptions { cancel: Some(&cancel), ..Default::default() };
/// assert_eq!(engine.backfill(users, &options).unwrap_err().code(), "interrupted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the run to stop. Safe to call at any time, from any thread, more than once.
    ///
    /// ```
    /// let cancel = tenantry::Cancel::default();
    /// cancel.clone().cancel();
    /// assert!(cancel.is_cancelled());
    /// ```
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the run was asked to stop.
    ///
    /// ```
    /// assert!(!tenantry::Cancel::default().is_cancelled());
    /// ```
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Engine {
    /// Gives every user without a membership, active or not, a tenant and an active `owner`
    /// membership in it.
    ///
    /// Users are taken in the order of their keys, whatever their order in the roster. Run again,
    /// it creates nothing. Killed at any moment and run again, it ends with the rows of a run that
    /// was never interrupted: it goes on under the same run, whether the one before was killed or is
    /// still at work in another process.
    ///
    /// # Errors
    ///
    /// [`Error::Row`] for a row in error, unless they are skipped; [`Error::Interrupted`].
    ///
    /// ```
    /// use tenantry::*;
    ///
    /// # let dir = tempfile::tempdir()?;
    /// # let engine = Engine::open(dir.path().join("t.db"))?;
    /// let names = ["Acme", "Globex", "Acme"];
    /// let keys = ["1", "2", "3"];
    /// let users: Roster = keys
    ///     .into_iter()
    ///     .zip(names)
    ///     .map(|(key, business_name)| UserProfile { key, business_name, ..Default::default() })
    ///     .collect();
    /// let report = engine.backfill(users.clone(), &BackfillOptions::default())?;
    /// assert_eq!((report.created, report.slugs_suffixed), (3, 1));
    /// assert_eq!(engine.tenants_of("3")?[0].0.slug, "acme-1");
    /// assert_eq!(engine.backfill(users, &BackfillOptions::default())?.created, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn backfill(&self, mut users: Roster, options: &BackfillOptions<'_>) -> Result<Report> {
        let started = Instant::now();
        users.put_in_order();
        let plan =
            PlanOptions { slug: self.options.slug.clone(), unknown_plan: options.unknown_plan };
        let mut run = Running {
            store: &self.store,
            options,
            // What must be the same for an interrupted run to be gone on with.
            key: serde_json::to_string(&plan).unwrap_or_default(),
            planner: Planner::new(plan)?,
            total: users.len(),
            done: 0,
            committed: 0,
            run: None,
            process: std::process::id(),
        };
        for row in users.take_rejected() {
            run.refuse(Error::from(row))?;
            run.done += 1;
        }
        if options.dry_run {
            if self.path().try_exists().unwrap_or(true) {
                self.store.read(|rows| run.dry(Some(rows), &users))?;
            } else {
                // There is nothing to compare with, and nothing may be made.
                run.dry(None, &users).map_err(|failure| self.store.explain(failure))?;
            }
        } else {
            let users_len = users.len();
            let size = options.chunk.map_or(users_len, NonZeroUsize::get);
            let (mut at, mut first) = (0, true);
            while first || at < users_len {
                let end = users_len.min(at.saturating_add(size));
                self.store.write(|rows| {
                    if first {
                        run.begin(rows)?;
                    }
                    run.chunk(rows, &users, at, end)?;
                    if end == users_len {
                        run.finish(rows)?;
                    }
                    Ok(())
                })?;
                run.committed = run.planner.report().created;
                (at, first) = (end, false);
                run.report_progress();
                if at < users_len {
                    run.stop_if_cancelled()?;
                }
            }
        }
        let mut report = run.planner.into_report();
        report.errors.sort_by(|a, b| {
            let keys = (a.user_key.as_deref(), b.user_key.as_deref());
            let by_key = match keys {
                (Some(a), Some(b)) => key_order(a, b),
                (a, b) => a.cmp(&b),
            };
            by_key.then_with(|| a.row.cmp(&b.row))
        });
        report.run = run.run;
        report.dry_run = options.dry_run;
        report.seconds = started.elapsed().as_secs_f64();
        Ok(report)
    }
}

/// A backfill under way.
struct Running<'a> {
    store: &'a Store,
    options: &'a BackfillOptions<'a>,
    key: String,
    planner: Planner,
    total: usize,
    done: usize,
    /// Tenants in transactions that are committed.
    committed: u64,
    run: Option<i64>,
    /// The process that began it.
    process: u32,
}

impl Running<'_> {
    /// Learns what is taken, and which run this goes on with.
    fn begin(&mut self, rows: Rows<'_>) -> Outcome<()> {
        rows.each_taken_slug(|slug| self.planner.take_slug(slug))?;
        self.run = rows.open_run(&self.key)?;
        Ok(())
    }

    fn chunk(&mut self, rows: Rows<'_>, users: &Roster, at: usize, end: usize) -> Outcome<()> {
        let now = now_micros();
        if let Some(run) = self.run
            && rows.is_undone(run)?
        {
            // Undone between two chunks: what is made from here on is another run.
            self.run = None;
        }
        for (row, user) in users.users(at).take(end - at) {
            self.pause()?;
            if rows.has_membership(user.key)? {
                self.planner.skip(1);
            } else {
                self.create(rows, row, &user, now)?;
            }
            self.done += 1;
        }
        Ok(())
    }

    fn create(
        &mut self,
        rows: Rows<'_>,
        row: u64,
        user: &UserProfile<'_>,
        now: i64,
    ) -> Outcome<()> {
        let mut planned = match self.planner.plan(user) {
            Ok(planned) => planned,
            Err(error) => return Ok(self.refuse(in_row(row, error))?),
        };
        let tenant = loop {
            let name = &planned.name;
            if let Some(tenant) =
                rows.insert_tenant(name, &planned.slug, planned.domain, planned.plan, now)?
            {
                break tenant;
            }
            // Another writer was first, between two chunks.
            planned.slug = self.planner.next_slug(user, &planned.slug)?;
        };
        rows.insert_membership(tenant, user.key, Role::Owner, now)?;
        let run = match self.run {
            Some(run) => run,
            // Only now: a run that makes nothing leaves no trace.
            None => *self.run.insert(rows.insert_run(&self.key, now)?),
        };
        rows.insert_entry(tenant, run, user.key)
    }

    fn finish(&mut self, rows: Rows<'_>) -> Outcome<()> {
        self.run.map_or(Ok(()), |run| rows.finish_run(run, now_micros()))
    }

    /// Plans for everyone and writes nothing.
    fn dry(&mut self, rows: Option<Rows<'_>>, users: &Roster) -> Outcome<()> {
        if let Some(rows) = rows {
            rows.each_taken_slug(|slug| self.planner.take_slug(slug))?;
        }
        for (row, user) in users.users(0) {
            self.pause()?;
            if rows.map_or(Ok(false), |rows| rows.has_membership(user.key))? {
                self.planner.skip(1);
            } else if let Err(error) = self.planner.plan(&user) {
                self.refuse(in_row(row, error))?;
            }
            self.done += 1;
        }
        self.report_progress();
        Ok(())
    }

    /// Lists a row in error, or ends the run by it.
    fn refuse(&mut self, error: Error) -> Result<()> {
        match error {
            Error::Row { row, .. } if self.options.on_error == OnError::Skip => {
                self.planner.fail(*row);
                Ok(())
            }
            Error::Row { row, .. } => Err(Error::Row { row, committed: self.committed }),
            error => Err(error),
        }
    }

    /// Now and then within a transaction, tells how far it is, and can be stopped. A chunked run
    /// does both between its transactions.
    fn pause(&mut self) -> Result<()> {
        let is_chunked = self.options.chunk.is_some() && !self.options.dry_run;
        if is_chunked || !self.done.is_multiple_of(STEP) {
            return Ok(());
        }
        self.report_progress();
        if self.process != std::process::id() {
            // The callback has forked, and this is the child. The transaction is the parent's, and
            // to write one row more would be to write into its log.
            return Err(Error::Interrupted { committed: self.committed });
        }
        if !self.options.dry_run {
            self.store.check_locks()?;
        }
        self.stop_if_cancelled()
    }

    fn stop_if_cancelled(&self) -> Result<()> {
        match self.options.cancel {
            Some(cancel) if cancel.is_cancelled() => {
                Err(Error::Interrupted { committed: self.committed })
            }
            _ => Ok(()),
        }
    }

    fn report_progress(&self) {
        if let Some(progress) = self.options.progress
            && self.total > 0
        {
            progress(Progress { done: self.done, total: self.total });
        }
    }
}

fn in_row(number: u64, mut error: Error) -> Error {
    if let Error::Row { row, .. } = &mut error {
        row.row = Some(number);
    }
    error
}
