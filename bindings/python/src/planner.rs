//! The planner: rows in, planned tenants out, for those who keep their rows elsewhere.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyString, PyTuple};
use tenantry::backfill::{self, Column, PlanOptions, RowError, UnknownPlan};
use tenantry::slug::{self, Style};
use tenantry::{OnError, Plan, SlugOptions};

use crate::errors::OrRaise;
use crate::rows::{Columns, Reader, UserRow};
use crate::slugs::lone;
use crate::values::{self, Reduced, Report, Tuple};
use crate::words::In;

/// Plans tenants for users, batch by batch, and counts what it did. It reads and writes nothing: the
/// rows are yours, in whatever database.
///
/// Tell it first which slugs are taken. Then give it the users who have no membership, in the order
/// of the primary key, so that the result depends on nothing else. It is for one thread at a time;
/// another one that asks meanwhile gets a `RuntimeError`.
///
/// - `columns` names the keys or attributes to read where they differ, as in
///   `{"id": "pk", "name": "company", "plan": None}`; None for a field that the rows do not have.
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
    columns: Columns,
    on_error: OnError,
}

struct State {
    planner: backfill::Planner,
    /// What the reader has seen in earlier batches.
    seen: [bool; 5],
    rows: u64,
}

/// A tenant as planned, before it is a Python object.
struct Planned {
    slug: String,
    plan: Plan,
    /// None where it is the very text that was given.
    name: Option<String>,
    domain: Option<String>,
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
            slug_limit=slug::SLUG_MAX,
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
        slug_limit: usize,
        reserved_slugs: Tuple<String>,
        unknown_plan: In<UnknownPlan>,
        on_error: In<OnError>,
    ) -> PyResult<Self> {
        let slug =
            SlugOptions { style: slug_style.0, limit: slug_limit, reserved: reserved_slugs.0 };
        let options = PlanOptions { slug, unknown_plan: unknown_plan.0 };
        let planner = backfill::Planner::new(options).or_raise(py)?;
        Ok(Self {
            state: Mutex::new(State { planner, seen: [false; 5], rows: 0 }),
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
        for slug in slugs.try_iter()? {
            let slug = slug?;
            let slug = slug.cast::<PyString>()?.to_str()?;
            lone(&self.state, |state| state.planner.take_slug(slug))?.or_raise(py)?;
        }
        Ok(())
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
        let (seen, before) = lone(&self.state, |state| (state.seen, state.rows))?;
        let mut reader = Reader::going_on(&self.columns, seen, before);
        let size = users.len().unwrap_or_default();
        let mut rows = Vec::with_capacity(size);
        for row in users.try_iter()? {
            rows.push(reader.read(&row?)?);
        }
        reader.check_columns(py)?;
        let (seen, after) = reader.so_far();
        let planned = py.detach(|| {
            lone(&self.state, |state| {
                (state.seen, state.rows) = (seen, after);
                self.plan_all(&mut state.planner, &rows, before)
            })
        })?;
        let planned = planned.or_raise(py)?;
        let made = rows.into_iter().zip(planned);
        Ok(made.map(|(row, one)| one.map(|one| PlannedTenant::new(py, row, one))).collect())
    }

    /// The next slug of a user's tenant, after another writer was first to take `lost`, which was
    /// planned for it.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> ann = (1, "ann", "Acme")
    /// >>> [planned] = planner.plan([ann])
    /// >>> planner.next_slug(ann, planned.slug)
    /// 'acme-1'
    fn next_slug(&self, py: Python<'_>, user: &Bound<'_, PyAny>, lost: &str) -> PyResult<String> {
        let row = Reader::new(&self.columns).read(user)?;
        let profile = row.profile().map_err(tenantry::Error::from).or_raise(py)?;
        lone(&self.state, |state| state.planner.next_slug(&profile, lost))?.or_raise(py)
    }

    /// Counts users who have a membership already, active or not.
    ///
    /// >>> planner = tenantry.Planner()
    /// >>> planner.skip(3)
    /// >>> planner.report().skipped
    /// 3
    #[pyo3(signature = (count=1, /))]
    fn skip(&self, count: u64) -> PyResult<()> {
        lone(&self.state, |state| (0..count).for_each(|_| state.planner.skip()))
    }

    /// What was planned so far.
    ///
    /// >>> tenantry.Planner().report().seen
    /// 0
    fn report(&self) -> PyResult<Report> {
        lone(&self.state, |state| state.planner.report().clone().into())
    }

    fn __repr__(&self) -> PyResult<String> {
        let report = self.report()?;
        Ok(format!("<Planner: {} seen, {} planned>", report.seen, report.created))
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
                Err(tenantry::Error::Row { row, committed }) => {
                    let row = Box::new(RowError { row: Some(number), ..*row });
                    if self.on_error == OnError::Stop {
                        return Err(tenantry::Error::Row { row, committed });
                    }
                    planner.fail(*row);
                    all.push(None);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }
}

/// A tenant to be made, and the user who will own it.
///
/// `user` is the key as it was given: an int stays an int, to be written back as what it is.
///
/// >>> [planned] = tenantry.Planner().plan([(7, "ann")])
/// >>> planned.user, planned.user_key, planned.name, planned.slug
/// (7, '7', "ann's Workspace", 'anns-workspace')
#[pyclass(frozen, module = "tenantry")]
pub(crate) struct PlannedTenant {
    /// The key of the user who gets an active `owner` membership, as it was given.
    #[pyo3(get)]
    user: Py<PyAny>,
    /// The tenant's name.
    #[pyo3(get)]
    name: Py<PyString>,
    /// Its slug: free as far as the planner knows.
    #[pyo3(get)]
    slug: Py<PyString>,
    /// Its domain; may be empty.
    #[pyo3(get)]
    domain: Py<PyString>,
    /// Its plan.
    #[pyo3(get)]
    plan: In<Plan>,
}

const FIELDS: [&str; 5] = ["user", "name", "slug", "domain", "plan"];

#[pymethods]
impl PlannedTenant {
    #[new]
    fn from_fields(
        user: Py<PyAny>,
        name: Py<PyString>,
        slug: Py<PyString>,
        domain: Py<PyString>,
        plan: In<Plan>,
    ) -> Self {
        Self { user, name, slug, domain, plan }
    }

    /// The fields in their order, for `match`.
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, FIELDS)
    }

    /// The key as text.
    #[getter]
    fn user_key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        self.user.bind(py).str()
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        values::repr(slf.as_any(), &FIELDS)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        values::reduce(slf.as_any(), &FIELDS)
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        op: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) || !other.is_instance_of::<Self>() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let parts =
            |value: &Bound<'py, PyAny>| values::reduce(value, &FIELDS).map(|(_, parts)| parts);
        parts(slf.as_any())?.rich_compare(parts(other)?, op)
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        values::reduce(slf.as_any(), &FIELDS)?.1.hash()
    }
}

impl PlannedTenant {
    fn new(py: Python<'_>, row: UserRow, planned: Planned) -> Self {
        // The texts that were given are taken again, and not copied.
        let given = |column, own: Option<String>| match (own, row.text(column)) {
            (Some(own), _) => PyString::new(py, &own).unbind(),
            (None, Some(given)) => given.as_py_str().clone_ref(py),
            (None, None) => pyo3::intern!(py, "").clone().unbind(),
        };
        Self {
            name: given(Column::Name, planned.name),
            domain: given(Column::Domain, planned.domain),
            slug: PyString::new(py, &planned.slug).unbind(),
            plan: In(planned.plan),
            user: row.key,
        }
    }
}

/// The name of a user's tenant, and whether it had to be cut to 200 characters: the business name
/// without outer white space or, if that leaves nothing, `<username>'s Workspace`.
///
/// >>> tenantry.tenant_name("   ", "ann")
/// ("ann's Workspace", False)
#[pyfunction]
pub(crate) fn tenant_name(business_name: Option<&str>, username: &str) -> (String, bool) {
    let (name, cut) = backfill::tenant_name(business_name.unwrap_or_default(), username);
    (name.into_owned(), cut)
}

/// The plan of a tier, and whether the tier is known: blank means `free`, anything that is no plan is
/// unknown and means `free` too.
///
/// >>> tenantry.tenant_plan("pro"), tenantry.tenant_plan("Pro")
/// ((<Plan.PRO: 'pro'>, True), (<Plan.FREE: 'free'>, False))
#[pyfunction]
pub(crate) fn tenant_plan(tier: Option<&str>) -> (In<Plan>, bool) {
    let (plan, known) = backfill::tenant_plan(tier.unwrap_or_default());
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
pub(crate) fn key_order(a: &str, b: &str) -> i8 {
    backfill::key_order(a, b) as i8
}
