//! The core's error as the exceptions of `tenantry.exceptions`.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{IntoPyDict, PyDict};
use tenantry::backfill::RowError;
use tenantry::{Error, TenantId};

use crate::words::In;

/// What the core gives, with its errors as exceptions.
pub(crate) trait OrRaise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for tenantry::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, &error))
    }
}

/// The exception of an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let message = error.to_string();
    let made = match error {
        Error::Row { row, committed } => row_error(py, row, *committed, &message),
        _ => class_and_fields(py, error)
            .and_then(|(class, fields)| make(py, class, &message, &fields)),
    };
    made.unwrap_or_else(|failure| failure)
}

/// A value that Python brought and that cannot be used.
pub(crate) fn invalid(py: Python<'_>, what: &str, value: &str, reason: &str) -> PyErr {
    let value: String = value.chars().take(80).collect();
    let message = format!("the {what} {value:?} cannot be used: {reason}");
    [("what", what), ("value", &value), ("reason", reason)]
        .into_py_dict(py)
        .and_then(|fields| make(py, "InvalidValueError", &message, &fields))
        .unwrap_or_else(|failure| failure)
}

/// The engine was closed.
pub(crate) fn closed(py: Python<'_>, path: &Path) -> PyErr {
    let message = format!("the engine on {} is closed; open another one", path.display());
    [("path", path.as_os_str())]
        .into_py_dict(py)
        .and_then(|fields| make(py, "EngineClosedError", &message, &fields))
        .unwrap_or_else(|failure| failure)
}

/// A row in error that no transaction had to be given up for.
pub(crate) fn bad_row(py: Python<'_>, row: &RowError) -> PyErr {
    row_error(py, row, 0, &row.to_string()).unwrap_or_else(|failure| failure)
}

/// A row in error as an exception, to be raised or listed.
pub(crate) fn row_error(
    py: Python<'_>,
    row: &RowError,
    committed: u64,
    message: &str,
) -> PyResult<PyErr> {
    let fields = PyDict::new(py);
    fields.set_item("row", row.row)?;
    fields.set_item("user_key", row.user_key.as_deref())?;
    fields.set_item("column", In(row.column))?;
    fields.set_item("fault", In(row.fault))?;
    fields.set_item("value", &row.value)?;
    fields.set_item("committed", committed)?;
    make(py, "RowError", message, &fields)
}

fn make(py: Python<'_>, class: &str, message: &str, fields: &Bound<'_, PyDict>) -> PyResult<PyErr> {
    let class = find(py)?.bind(py).getattr(class)?;
    Ok(PyErr::from_value(class.call((message,), Some(fields))?))
}

/// The module of the exceptions: found when this one is imported, for while Python shuts down nothing can
/// be imported any more.
pub(crate) fn find(py: Python<'_>) -> PyResult<&'static Py<PyModule>> {
    static EXCEPTIONS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    EXCEPTIONS.get_or_try_init(py, || Ok(py.import("tenantry.exceptions")?.unbind()))
}

type ClassAndFields<'py> = (&'static str, Bound<'py, PyDict>);

fn class_and_fields<'py>(py: Python<'py>, error: &Error) -> PyResult<ClassAndFields<'py>> {
    let of_member = |tenant_id: TenantId, user_key: &str| {
        let fields = [("tenant_id", tenant_id.0)].into_py_dict(py)?;
        fields.set_item("user_key", user_key)?;
        PyResult::Ok(fields)
    };
    let of_file = |path: &Path, detail: &str| {
        let fields = [("path", path.as_os_str())].into_py_dict(py)?;
        fields.set_item("detail", detail)?;
        PyResult::Ok(fields)
    };
    Ok(match error {
        Error::Invalid { what, value, reason } => {
            let fields = [("what", *what), ("value", value), ("reason", reason)];
            ("InvalidValueError", fields.into_py_dict(py)?)
        }
        Error::UnknownPlan(plan) => ("UnknownPlanError", [("plan", plan)].into_py_dict(py)?),
        Error::UnknownRole(role) => ("UnknownRoleError", [("role", role)].into_py_dict(py)?),
        Error::SlugTaken(slug) => ("SlugTakenError", [("slug", slug)].into_py_dict(py)?),
        Error::TooManySlugs => ("TooManySlugsError", PyDict::new(py)),
        Error::NotAvailable(slug) => ("NotAvailableError", [("slug", slug)].into_py_dict(py)?),
        Error::NoSuchTenant(id) => ("NoSuchTenantError", [("tenant_id", id.0)].into_py_dict(py)?),
        Error::NoSuchMembership { tenant_id, user_key } => {
            ("NoSuchMembershipError", of_member(*tenant_id, user_key)?)
        }
        Error::AlreadyMember { tenant_id, user_key } => {
            ("AlreadyMemberError", of_member(*tenant_id, user_key)?)
        }
        Error::LastOwner { tenant_id, user_key } => {
            ("LastOwnerError", of_member(*tenant_id, user_key)?)
        }
        Error::NoSuchRun(run) => ("NoSuchRunError", [("run", run)].into_py_dict(py)?),
        Error::Interrupted { committed } => {
            ("BackfillInterruptedError", [("committed", committed)].into_py_dict(py)?)
        }
        Error::Snapshot { reason } => ("SnapshotError", [("reason", reason)].into_py_dict(py)?),
        Error::NoStore { path } => ("NoStoreError", of_file(path, "")?),
        Error::ForeignFile { path, application_id } => {
            let fields = of_file(path, "")?;
            fields.set_item("application_id", application_id)?;
            ("ForeignFileError", fields)
        }
        Error::NewerStore { path, found, known } => {
            let fields = of_file(path, "")?;
            fields.set_item("found", found)?;
            fields.set_item("known", known)?;
            ("NewerStoreError", fields)
        }
        Error::Corrupt { path, detail } => ("CorruptStoreError", of_file(path, detail)?),
        Error::Busy { path, seconds } => {
            let fields = of_file(path, "")?;
            fields.set_item("seconds", seconds)?;
            ("StoreBusyError", fields)
        }
        Error::ReadOnly { path, detail } => ("ReadOnlyStoreError", of_file(path, detail)?),
        Error::Full { path, detail } => ("StoreFullError", of_file(path, detail)?),
        Error::CannotOpen { path, detail } => ("CannotOpenError", of_file(path, detail)?),
        Error::SecondSqlite { path } => ("SecondSqliteError", of_file(path, "")?),
        Error::Forked { path } => ("ForkedError", of_file(path, "")?),
        Error::Store { path, detail } => ("StoreError", of_file(path, detail)?),
        // A kind that the core has and this does not know yet.
        _ => ("TenantryError", PyDict::new(py)),
    })
}
