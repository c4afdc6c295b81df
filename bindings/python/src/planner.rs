//! The planner: rows in, planned tenants out, for those who keep their rows elsewhere.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tenantry::backfill::{self, PlanOptions, RowError, UnknownPlan};
use tenantry::slug::{self, Style};
use tenantry::{Error, OnError, SlugOptions};

use crate::arguments::{Number, Text, each, each_text};
use crate::errors::{self, OrRaise};
use crate::planned::{Planned, PlannedTenant};
use crate::rows::{Columns, Read, Reader, UserRow};
use crate::slugs::lone;
use crate::values::{Report, Tuple};
use crate::words::In;

/// Plans tenants for users, batch by batch, and counts what it did. It reads and writes nothing: the
/// rows are yours, in whatever database.
///
/// Tell it first which slugs are taken. Then give it the users who have no membership, in the order
/// of the primary key, so that the result depends on nothing else; a key that comes twice is not
/// noticed. It is for one thread at a time: another one that plans meanwhile gets a `RuntimeError`.
///
/// - `columns` names the keys or attributes to read where they differ, as in
///   `{"id": "pk", "name": "company", "plan": None}`; None for a field that the rows do not have. In
///   the first batch each of them must stand in some row, or it is misnamed.
/// - `slug_style`, `slug_limit` (16 to 80) and `reserved_slugs` say how slugs are made.
/// - `unknown_plan` says what becomes of a tier that is no plan: `free`, or `reject` the row.
/// - `on_error` says what a row in error does: `stop` raises `RowError`, and what was planned so far
///   is void, as the transaction it was for; `skip` plans None for it and lists it in the report.
///
/// >>> planner = tenantry.Planner(reserved_slugs=["admin"])
/// >>> planner.take_slugs(["acme"])
/// >>> [ann, bob] = planner.plan([(1, "ann", "Acme", "", "pro"), (2, "bob")])
/// >>> ann.slug, ann.plan, bob.name
/// ('acme-1', <Plan.PRO: 'pro'>, "bob's Workspace")
/// >>> planner.report().created
/// 2
#[pyclass(frozen, module = "tenantry")]
pub(crate) struct Planner {
    state: Mutex<State>,
    /// Whether a batch is being read and planned. While it is read, code of the caller's runs, and the
    /// state is free: that code may skip users.
    is_planning: AtomicBool,
    columns: Columns,
    on_error: OnError,
}

struct State {
    planner: backfill::Planner,
    /// What was read in earlier batches.
    read: Read,
}

/// The right to plan a batch. Ends when dropped.
struct Batch<'p>(&'p AtomicBool);

impl<'p> Batch<'p> {
    fn begin(is_planning: &'p AtomicBool) -> PyResult<Self> {
        if is_planning.swap(true, SeqCst) {
            let message = "the planner is planning already, for another thread or for the one whose \
                           rows ask it; the order of the rows decides the slugs, so keep it to one";
            return Err(PyRuntimeError::new_err(message));
        }
        Ok(Self(is_planning))
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        self.0.store(false, SeqCst);
    }
}

#[pymethods]
impl Planner {
    #[allow(clippy::too_many_arguments)]
    #[new]
    #[pyo3(
        signature = (
            *,
            columns=None,
            slug_style=In(Style::Django),
            slug_limit=Number(slug::SLUG_MAX),
            reserved_slugs=Tuple(Vec::new()),
            unknown_plan=In(UnknownPlan::Free),
            on_error=In(OnError::Stop),
        ),
        text_signature = "(*, columns=None, slug_style='django', slug_limit=80, \
            reserved_slugs=(), unknown_plan='free', on_error='stop')"
    )]
    fn new(
        py: Python<'_>,
        columns: Option<&Bound<'_, PyAny>>,
        slug_style: In<Style>,
        slug_limit: Number<usize>,
        reserved_slugs: Tuple<String>,
        unknown_plan: In<UnknownPlan>,
        on_error: In<OnError>,
    ) -> PyResult<Self> {
        let slug =
            SlugOptions { style: slug_style.0, limit: slug_limit.0, reserved: reserved_slugs.0 };
        let options = PlanOptions { slug, unknown_plan: unknown_plan.0 };
        let planner = backfill::Planner::new(options).or_raise(py)?;
        Ok(Self {
            state: Mutex::new(State { planner, read: Read::default() }),
            is_planning: AtomicBool::new(false),
            columns: Columns::new(py, columns)?,
            on_error: on_error.0,
        })
    }

    /// Makes existing and retired slugs such that are not given out.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> planner.take_slugs(["acme", "acme-1"])
    /// >>> planner.plan([(1, "ann", "Acme")])[0].slug
    /// 'acme-2'
    #[pyo3(signature = (slugs, /))]
    fn take_slugs(&self, py: Python<'_>, slugs: &Bound<'_, PyAny>) -> PyResult<()> {
        each_text(slugs, |slug| {
            lone(&self.state, |state| state.planner.take_slug(slug))?.or_raise(py)
        })
    }

    /// Plans the tenants of a batch of users: one result for each row, in the same order.
    ///
    /// A user is a tuple `(id, username, business_name, business_domain, tier)` that may end early, a
    /// mapping with these keys, or an object with these attributes. None stands for an absent text.
    /// The id may be anything whose `str()` is the key: text, an int, a UUID.
    ///
    /// Raises `RowError` for a row in error, unless they are skipped: then its result is None.
    ///
    /// >>> planner = tenantry.Planner(on_error="skip")
    /// >>> planner.plan([{"id": 7, "username": "ann", "business_name": "Acme", "business_domain": "",
    /// ...                "tier": None}, {"id": None}])
    /// [PlannedTenant(user=7, name='Acme', slug='acme', domain='', plan=<Plan.FREE: 'free'>), None]
    /// >>> print(*planner.report().errors)
    /// row 2: the user key "" is empty; every user needs one
    #[pyo3(signature = (users, /))]
    fn plan(
        &self,
        py: Python<'_>,
        users: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Option<PlannedTenant>>> {
        let _batch = Batch::begin(&self.is_planning)?;
        let read = lone(&self.state, |state| state.read)?;
        let mut reader = Reader::new(&self.columns, read);
        let mut rows = Vec::new();
        each(users, |row| {
            rows.push(reader.read(&row)?);
            Ok(())
        })?;
        reader.check_columns(py)?;
        let after = reader.read;
        let planned = py.detach(|| {
            lone(&self.state, |state| {
                state.read = after;
                self.plan_all(&mut state.planner, &rows, read.rows)
            })
        })?;
        let planned = planned.map_err(|error| match error {
            Error::Row { row, .. } => errors::bad_row(py, &row),
            error => errors::raise(py, &error),
        })?;
        let made = rows.into_iter().zip(planned);
        Ok(made.map(|(row, one)| one.map(|one| PlannedTenant::of(py, row, one))).collect())
    }

    /// The next slug of a user's tenant, after another writer was first to take `lost`, which was
    /// planned for it.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> ann = (1, "ann", "Acme")
    /// >>> [planned] = planner.plan([ann])
    /// >>> planner.next_slug(ann, planned.slug)
    /// 'acme-1'
    fn next_slug(&self, py: Python<'_>, user: &Bound<'_, PyAny>, lost: Text) -> PyResult<String> {
        // Its columns were looked at when it was planned.
        let row = Reader::new(&self.columns, Read::default()).read(user)?;
        let profile = row.profile().map_err(|row| errors::bad_row(py, &row))?;
        lone(&self.state, |state| state.planner.next_slug(&profile, &lost))?.or_raise(py)
    }

    /// Takes a planned tenant back, after another writer was first to give its user one: the user
    /// counts as one who has a membership. Its slug is not given out again.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> [planned] = planner.plan([(1, "ann")])
    /// >>> planner.withdraw((1, "ann"), planned.slug)
    /// >>> planner.report().created, planner.report().skipped
    /// (0, 1)
    #[pyo3(signature = (user, slug, /))]
    fn withdraw(&self, py: Python<'_>, user: &Bound<'_, PyAny>, slug: Text) -> PyResult<()> {
        let row = Reader::new(&self.columns, Read::default()).read(user)?;
        let profile = row.profile().map_err(|row| errors::bad_row(py, &row))?;
        lone(&self.state, |state| state.planner.withdraw(&profile, &slug))
    }

    /// Counts users who have a membership already, active or not. The generator that feeds `plan` may
    /// call it.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> planner.skip(3)
    /// >>> planner.report().skipped
    /// 3
    #[pyo3(signature = (count=Number(1), /), text_signature = "($self, count=1, /)")]
    fn skip(&self, count: Number<u64>) -> PyResult<()> {
        lone(&self.state, |state| state.planner.skip(count.0))
    }

    /// What was planned so far.
    ///
    /// >>> tenantry.Planner().report().seen
    /// 0
    fn report(&self) -> PyResult<Report> {
        lone(&self.state, |state| state.planner.report().clone().into())
    }

    fn __repr__(&self) -> String {
        match self.report() {
            Ok(report) => format!("<Planner: {} seen, {} planned>", report.seen, report.created),
            Err(_) => "<Planner: at work>".to_owned(),
        }
    }
}

impl Planner {
    fn plan_all(
        &self,
        planner: &mut backfill::Planner,
        rows: &[UserRow],
        before: u64,
    ) -> tenantry::Result<Vec<Option<Planned>>> {
        let mut all = Vec::with_capacity(rows.len());
        for (number, row) in (before + 1..).zip(rows) {
            let one = match row.profile() {
                Ok(user) => planner.plan(&user).map(|planned| {
                    // Trimmed or not, or made of the username.
                    let own = |given: &str, text: &str| (given != text).then(|| text.to_owned());
                    Planned {
                        name: own(user.business_name, &planned.name),
                        domain: own(user.business_domain, planned.domain),
                        slug: planned.slug,
                        plan: planned.plan,
                    }
                }),
                Err(error) => Err(error.into()),
            };
            match one {
                Ok(one) => all.push(Some(one)),
                Err(Error::Row { row, .. }) => {
                    let row = RowError { row: Some(number), ..*row };
                    if self.on_error == OnError::Stop {
                        return Err(row.into());
                    }
                    planner.fail(row);
                    all.push(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }
}

/// The name of a user's tenant, and whether it had to be cut to 200 characters: the business name
/// without outer white space or, if that leaves nothing, `<username>'s Workspace`.
///
/// >>> tenantry.tenant_name("   ", "ann")
/// ("ann's Workspace", False)
#[pyfunction]
pub(crate) fn tenant_name(business_name: Option<Text>, username: Text) -> (String, bool) {
    let business_name = business_name.as_deref().unwrap_or_default();
    let (name, cut) = backfill::tenant_name(business_name, &username);
    (name.into_owned(), cut)
}

/// The plan of a tier, and whether the tier is known: blank means `free`, anything that is no plan is
/// unknown and means `free` too.
///
/// >>> tenantry.tenant_plan("pro"), tenantry.tenant_plan("Pro")
/// ((<Plan.PRO: 'pro'>, True), (<Plan.FREE: 'free'>, False))
#[pyfunction]
pub(crate) fn tenant_plan(tier: Option<Text>) -> (In<tenantry::Plan>, bool) {
    let (plan, known) = backfill::tenant_plan(tier.as_deref().unwrap_or_default());
    (In(plan), known)
}

/// How two user keys stand in the order in which a backfill takes users: less than 0, 0, or more.
///
/// Whole numbers come first, by value; all other texts after them, by their UTF-8 bytes.
///
/// >>> from functools import cmp_to_key
/// >>> sorted(["b", "10", "9", "-3"], key=cmp_to_key(tenantry.key_order))
/// ['-3', '9', '10', 'b']
#[pyfunction]
#[pyo3(signature = (a, b, /))]
pub(crate) fn key_order(a: Text, b: Text) -> i8 {
    backfill::key_order(&a, &b) as i8
}
