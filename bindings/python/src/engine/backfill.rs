//! Verbs that give every user a tenant, take that back, and look for what is wrong.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use tenantry::backfill::UnknownPlan;
use tenantry::{BackfillOptions, Cancel, OnError, Progress};

use super::Engine;
use crate::arguments::Number;
use crate::errors;
use crate::rows::{Columns, roster};
use crate::values::{Finding, Report, Run, UndoReport};
use crate::words::In;

#[pymethods]
impl Engine {
    /// Gives every user without a membership, active or not, a tenant and an active `owner` membership
    /// in it.
    ///
    /// `users` is any iterable. A user is a tuple `(id, username, business_name, business_domain,
    /// tier)` that may end early, a mapping with these keys, or an object with these attributes. None
    /// stands for an absent text. The id may be anything whose `str()` is the key: text, an int, a
    /// UUID. Users are taken in the order of their keys, whatever their order here. Run again, it
    /// creates nothing; killed or stopped and run again, it ends with the same rows.
    ///
    /// - `columns` names the keys or attributes to read where they differ, as in
    ///   `{"id": "pk", "name": "company", "plan": None}`; None for a field that the users do not have.
    /// - `chunk`: how many users each transaction takes; None takes all in one, all or nothing.
    /// - `dry_run`: report only, and write nothing.
    /// - `on_error`: what a row in error does, `stop` by raising `RowError`, or `skip`.
    /// - `unknown_plan`: what becomes of a tier that is no plan, `free`, or `reject` the row.
    /// - `progress(done, total)` is called now and then, behind every chunk or every thousand users from
    ///   the first on; not at all if there are none.
    ///   What it raises ends the run and comes out here, as does Ctrl-C: an atomic run then keeps
    ///   nothing, one in chunks keeps those that are done, as a note at the exception says.
    ///
    /// >>> users = [(1, "ann", "Acme"), (2, "bob", "Globex"), (3, "eve", "Acme")]
    /// >>> report = engine.backfill(users)
    /// >>> report.created, report.slugs_suffixed
    /// (3, 1)
    /// >>> engine.resolve(3).tenant.slug
    /// 'acme-1'
    /// >>> engine.backfill(users).created
    /// 0
    #[allow(clippy::too_many_arguments)]
    #[pyo3(
        signature = (
            users,
            *,
            columns=None,
            chunk=None,
            dry_run=false,
            on_error=In(OnError::Stop),
            unknown_plan=In(UnknownPlan::Free),
            progress=None,
        ),
        text_signature = "($self, users, *, columns=None, chunk=None, dry_run=False, \
            on_error='stop', unknown_plan='free', progress=None)"
    )]
    fn backfill(
        &self,
        py: Python<'_>,
        users: &Bound<'_, PyAny>,
        columns: Option<&Bound<'_, PyAny>>,
        chunk: Option<Number<usize>>,
        dry_run: bool,
        on_error: In<OnError>,
        unknown_plan: In<UnknownPlan>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Report> {
        let chunk = match chunk.map(|Number(size)| NonZeroUsize::new(size)) {
            Some(None) => {
                let reason = "it is a number of users, at least 1, or None for all at once";
                return Err(errors::invalid(py, "chunk", "0", reason));
            }
            chunk => chunk.flatten(),
        };
        let users = roster(users, &Columns::new(py, columns)?)?;
        let cancel = Cancel::default();
        let stop: Mutex<Option<PyErr>> = Mutex::new(None);
        let listen = |now: Progress| {
            let told = Python::attach(|py| {
                py.check_signals()?;
                match &progress {
                    Some(progress) => progress.call1(py, (now.done, now.total)).map(drop),
                    None => Ok(()),
                }
            });
            if let Err(error) = told {
                stop.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                cancel.cancel();
            }
        };
        let options = BackfillOptions {
            chunk,
            dry_run,
            on_error: on_error.0,
            unknown_plan: unknown_plan.0,
            progress: Some(&listen),
            cancel: Some(&cancel),
        };
        let result = self.run(py, |core| core.backfill(users, &options));
        match stop.into_inner().unwrap_or_else(PoisonError::into_inner) {
            None => result.map(Report::from),
            Some(error) => {
                let note = match &result {
                    Ok(report) if dry_run => {
                        format!("all {} users had been looked at", report.seen)
                    }
                    Ok(report) => format!("the backfill was done: {} tenants stay", report.created),
                    Err(interrupted) => interrupted.value(py).str()?.to_string(),
                };
                // An exception that takes no notes is raised all the same.
                let _ = error.value(py).call_method1("add_note", (note,));
                Err(error)
            }
        }
    }

    /// All runs of the backfill that made tenants, the newest first.
    ///
    /// >>> engine.runs()
    /// []
    fn runs(&self, py: Python<'_>) -> PyResult<Vec<Run>> {
        Ok(self.run(py, tenantry::Engine::runs)?.into_iter().map(Run::from).collect())
    }

    /// Removes the tenants that a run made, those that are still as it left them, and releases their
    /// slugs. Without a number, of the newest run that was not undone.
    ///
    /// A tenant that others joined, that was changed, or that anything refers to is kept and listed.
    /// All in one transaction. Raises `NoSuchRunError`.
    ///
    /// >>> run = engine.backfill([(1, "ann")]).run
    /// >>> engine.undo(run).removed
    /// 1
    #[pyo3(signature = (run=None))]
    fn undo(&self, py: Python<'_>, run: Option<Number<i64>>) -> PyResult<UndoReport> {
        let run = run.map(|Number(run)| run);
        UndoReport::of(py, self.run(py, |core| core.undo(run))?)
    }

    /// Lists everything in the store that does not keep the promises; nothing when all is well.
    ///
    /// Given the users that the application has, as in `backfill`, it also lists those without a
    /// membership, and the memberships of users whom the application does not have. Raises `RowError`
    /// for users of which a row could not be read.
    ///
    /// >>> acme = engine.create("Acme", "ann")
    /// >>> engine.verify()
    /// []
    /// >>> print(*engine.verify([("ann",), ("eve",)]))
    /// user "eve" has no membership
    #[pyo3(signature = (users=None, *, columns=None))]
    fn verify(
        &self,
        py: Python<'_>,
        users: Option<&Bound<'_, PyAny>>,
        columns: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Finding>> {
        let columns = Columns::new(py, columns)?;
        let users = users.map(|users| roster(users, &columns)).transpose()?;
        let findings = self.run(py, |core| core.verify(users.as_ref()))?;
        findings.into_iter().map(|finding| Finding::of(py, finding)).collect()
    }
}
