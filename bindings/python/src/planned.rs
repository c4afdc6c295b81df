//! A tenant to be made, as the planner gives it.

use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyString, PyTuple};
use tenantry::Plan;
use tenantry::backfill::Column;

use crate::keys::UserKey;
use crate::rows::UserRow;
use crate::values::{self, Reduced};
use crate::words::In;

/// A tenant as planned, before it is a Python object.
pub(crate) struct Planned {
    pub(crate) slug: String,
    pub(crate) plan: Plan,
    /// None where it is the very text that was given.
    pub(crate) name: Option<String>,
    pub(crate) domain: Option<String>,
}

/// A tenant to be made, and the user who will own it.
///
/// `user` is the key as it was given: an int stays an int, to be written back as what it is.
///
/// >>> [planned] = tenantry.Planner().plan([(7, "ann")])
/// >>> planned.user, planned.user_key, planned.name, planned.slug
/// (7, '7', "ann's Workspace", 'anns-workspace')
#[pyclass(frozen, get_all, module = "tenantry")]
pub(crate) struct PlannedTenant {
    /// The key of the user who gets an active `owner` membership, as it was given.
    user: Py<PyAny>,
    /// The key as text.
    user_key: Py<PyString>,
    /// The tenant's name.
    name: Py<PyString>,
    /// Its slug: free as far as the planner knows.
    slug: Py<PyString>,
    /// Its domain; may be empty.
    domain: Py<PyString>,
    /// Its plan.
    plan: In<Plan>,
}

/// Those that make it; the key as text follows from them.
const FIELDS: [&str; 5] = ["user", "name", "slug", "domain", "plan"];

#[pymethods]
impl PlannedTenant {
    #[new]
    fn new(
        user: Bound<'_, PyAny>,
        name: Py<PyString>,
        slug: Py<PyString>,
        domain: Py<PyString>,
        plan: In<Plan>,
    ) -> PyResult<Self> {
        let user_key = user.extract::<UserKey>()?.as_py_str().clone_ref(user.py());
        Ok(Self { user: user.unbind(), user_key, name, slug, domain, plan })
    }

    /// The fields in their order, for `match`.
    #[classattr]
    fn __match_args__(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
        PyTuple::new(py, FIELDS)
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
        let parts = |value: &Bound<'py, PyAny>| values::reduce(value, &FIELDS).map(|made| made.1);
        parts(slf.as_any())?.rich_compare(parts(other)?, op)
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        values::reduce(slf.as_any(), &FIELDS)?.1.hash()
    }
}

impl PlannedTenant {
    pub(crate) fn of(py: Python<'_>, row: UserRow, planned: Planned) -> Self {
        // The texts that were given are taken again, and not copied.
        let given = |column, own: Option<String>| match (own, row.text(column)) {
            (Some(own), _) => PyString::new(py, &own).unbind(),
            (None, Some(given)) => given.as_py_str().clone_ref(py),
            (None, None) => pyo3::intern!(py, "").clone().unbind(),
        };
        Self {
            user_key: given(Column::Key, None),
            name: given(Column::Name, planned.name),
            domain: given(Column::Domain, planned.domain),
            slug: PyString::new(py, &planned.slug).unbind(),
            plan: In(planned.plan),
            user: row.key,
        }
    }
}
