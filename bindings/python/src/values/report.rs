//! What runs of the backfill did, and what undo did.

use pyo3::prelude::*;
use tenantry::backfill::undo::Kept;

use super::{Counts, RowErrors, Seconds, Shared, Tuple, Utc, value};
use crate::words::In;

value! {
    /// What a run of the backfill did, or in a dry run would do.
    ///
    /// A slug can be counted as suffixed, cut and transliterated at once; it is unchanged only when it
    /// is none of these.
    ///
    /// >>> report = engine.backfill([(1, "ann", "Acme"), (2, "bob", "Acme")])
    /// >>> report.created, report.slugs_unchanged, report.slugs_suffixed
    /// (2, 1, 1)
    Report(
        "(run=None, dry_run=False, seen=0, created=0, skipped=0, failed=0, slugs_unchanged=0, \
          slugs_suffixed=0, slugs_cut=0, slugs_transliterated=0, slugs_fallen_back=0, names_cut=0, \
          unknown_plans={}, errors=(), seconds=0.0)"
    ) {
        /// The number of the run, by which it can be undone; none if it made nothing.
        run: Option<i64> = None,
        /// Whether nothing was written.
        dry_run: bool = false,
        /// Users looked at: created, skipped and in error.
        seen: u64 = 0,
        /// Tenants made, each with its owner's membership.
        created: u64 = 0,
        /// Users who had a membership already, active or not.
        skipped: u64 = 0,
        /// Users in error; `errors` lists them.
        failed: u64 = 0,
        /// Slugs that are just the slug of the name.
        slugs_unchanged: u64 = 0,
        /// Slugs that got a number because the plain one was taken.
        slugs_suffixed: u64 = 0,
        /// Slugs cut to the limit, or cut to make room for the number.
        slugs_cut: u64 = 0,
        /// Slugs transliterated because the style left nothing of the name.
        slugs_transliterated: u64 = 0,
        /// Slugs of the user's name, or `workspace`, because nothing was left of the name.
        slugs_fallen_back: u64 = 0,
        /// Names cut to 200 characters.
        names_cut: u64 = 0,
        /// Tiers that are no plan and became `free`: each, cut to its first 40 characters, and how
        /// many users have it.
        unknown_plans: Counts = (Counts::default()),
        /// The rows in error as `RowError`, in the order of the users; first those without a key.
        errors: RowErrors = (RowErrors::default()),
        /// How long the run took, in seconds.
        seconds: Seconds = (Seconds::default()),
    }
}

impl From<tenantry::Report> for Report {
    fn from(report: tenantry::Report) -> Self {
        let tenantry::Report {
            run,
            dry_run,
            seen,
            created,
            skipped,
            failed,
            slugs_unchanged,
            slugs_suffixed,
            slugs_cut,
            slugs_transliterated,
            slugs_fallen_back,
            names_cut,
            unknown_plans,
            errors,
            seconds,
        } = report;
        Self {
            run,
            dry_run,
            seen,
            created,
            skipped,
            failed,
            slugs_unchanged,
            slugs_suffixed,
            slugs_cut,
            slugs_transliterated,
            slugs_fallen_back,
            names_cut,
            unknown_plans: Counts(unknown_plans),
            errors: RowErrors::new(errors),
            seconds: Seconds(seconds),
        }
    }
}

value! {
    /// A run of the backfill that made tenants.
    ///
    /// >>> report = engine.backfill([(1, "ann")])
    /// >>> [run] = engine.runs()
    /// >>> run.tenants, run.undone_at
    /// (1, None)
    Run {
        /// Its number.
        id: i64,
        /// When it began, UTC.
        started_at: Utc,
        /// When it ended; none if it was interrupted, and not gone on with since.
        finished_at: Option<Utc>,
        /// When it was last undone.
        undone_at: Option<Utc>,
        /// How many of the tenants it made still live.
        tenants: u64,
    }
}

impl From<tenantry::Run> for Run {
    fn from(run: tenantry::Run) -> Self {
        let tenantry::Run { id, started_at, finished_at, undone_at, tenants } = run;
        Self {
            id,
            started_at: Utc(started_at),
            finished_at: finished_at.map(Utc),
            undone_at: undone_at.map(Utc),
            tenants,
        }
    }
}

value! {
    /// What undo did.
    ///
    /// >>> report = engine.backfill([(1, "ann")])
    /// >>> undone = engine.undo()
    /// >>> undone.removed, undone.kept
    /// (1, ())
    UndoReport {
        /// The number of the run.
        run: i64,
        /// How many tenants were removed, each with its owner's membership.
        removed: u64,
        /// The tenants that are no longer as the run left them, and stay.
        kept: Tuple<Shared<KeptTenant>>,
    }
}

value! {
    /// A tenant that undo kept.
    ///
    /// >>> report = engine.backfill([(1, "ann")])
    /// >>> [(tenant, _)] = engine.tenants_of(1)
    /// >>> bob = engine.join(tenant.id, 2, "member")
    /// >>> engine.undo().kept
    /// (KeptTenant(slug='anns-workspace', user_key='1', reason=<Kept.HAS_OTHER_MEMBERS: 'has_other_members'>),)
    KeptTenant {
        /// Its slug now.
        slug: String,
        /// The user it was made for.
        user_key: String,
        /// Why it stays.
        reason: In<Kept>,
    }
}

impl UndoReport {
    pub(crate) fn of(
        py: Python<'_>,
        report: tenantry::backfill::undo::UndoReport,
    ) -> PyResult<Self> {
        let kept = report.kept.into_iter().map(|kept| {
            let tenantry::backfill::undo::KeptTenant { slug, user_key, reason } = kept;
            Shared::new(py, KeptTenant { slug, user_key, reason: In(reason) })
        });
        Ok(Self {
            run: report.run,
            removed: report.removed,
            kept: Tuple(kept.collect::<PyResult<_>>()?),
        })
    }
}
