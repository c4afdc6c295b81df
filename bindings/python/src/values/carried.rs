//! How single fields are carried: times, tuples, counts, other values.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use jiff::tz::Offset;
use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pyclass::boolean_struct::True;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyDateTime, PyDelta, PyDeltaAccess, PyDict, PyMappingProxy, PyTuple, PyTzInfo, PyTzInfoAccess,
};
use pyo3::{PyClass, PyTypeInfo};
use tenantry::backfill::{Column, RowError, RowFault};

use crate::arguments::refuse_one_text;
use crate::errors;
use crate::words::In;

/// A moment, in Python a `datetime` with the zone UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Utc(pub(crate) Timestamp);

impl Utc {
    /// A moment from elsewhere, to the microsecond as Python has it. None before the year 1, which
    /// Python has not.
    pub(crate) fn new(time: Timestamp) -> Option<Self> {
        let time =
            time.round(TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor));
        time.ok().filter(|time| Offset::UTC.to_datetime(*time).year() > 0).map(Self)
    }
}

impl<'py> IntoPyObject<'py> for &Utc {
    type Target = PyDateTime;
    type Output = Bound<'py, PyDateTime>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let time = Offset::UTC.to_datetime(self.0);
        let part = |number: i8| number.unsigned_abs();
        PyDateTime::new(
            py,
            time.year().into(),
            part(time.month()),
            part(time.day()),
            part(time.hour()),
            part(time.minute()),
            part(time.second()),
            time.subsec_nanosecond().unsigned_abs() / 1000,
            Some(&*PyTzInfo::utc(py)?),
        )
    }
}

impl FromPyObject<'_, '_> for Utc {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let time = value.cast::<PyDateTime>()?;
        if time.get_tzinfo().is_none() {
            let shown = value.repr()?;
            let message = format!("{shown} has no time zone; give one, as in datetime.now(UTC)");
            return Err(PyValueError::new_err(message));
        }
        let epoch = PyDateTime::new(py, 1970, 1, 1, 0, 0, 0, 0, Some(&*PyTzInfo::utc(py)?))?;
        let since = time.sub(epoch)?.cast_into::<PyDelta>()?;
        let micros = i64::from(since.get_days()) * 86_400_000_000
            + i64::from(since.get_seconds()) * 1_000_000
            + i64::from(since.get_microseconds());
        let time = Timestamp::UNIX_EPOCH.checked_add(SignedDuration::from_micros(micros));
        time.map(Utc).map_err(|error| PyValueError::new_err(error.to_string()))
    }
}

/// Another value, shared and not copied: frozen as it is, nobody can tell.
pub(crate) struct Shared<T>(pub(crate) Py<T>);

impl<T: PyClass<Frozen = True> + Sync> Shared<T> {
    pub(crate) fn new(py: Python<'_>, value: T) -> PyResult<Self>
    where
        T: Into<pyo3::PyClassInitializer<T>>,
    {
        Py::new(py, value).map(Self)
    }

    pub(crate) fn get(&self) -> &T {
        self.0.get()
    }
}

impl<T: PyClass<Frozen = True> + Sync + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: PyClass<Frozen = True> + Sync + Eq> Eq for Shared<T> {}

impl<T: PyClass<Frozen = True> + Sync + Hash> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl<T: PyTypeInfo> FromPyObject<'_, '_> for Shared<T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(value.cast::<T>()?.to_owned().unbind()))
    }
}

impl<'py, T> IntoPyObject<'py> for &Shared<T> {
    type Target = T;
    type Output = Bound<'py, T>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(self.0.bind(py).clone())
    }
}

/// Several of a kind, in Python a tuple; made of any iterable.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Tuple<T>(pub(crate) Vec<T>);

impl<'py, T> IntoPyObject<'py> for &Tuple<T>
where
    for<'a> &'a T: IntoPyObject<'py>,
{
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        PyTuple::new(py, self.0.iter())
    }
}

impl<T> FromPyObject<'_, '_> for Tuple<T>
where
    T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
{
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        refuse_one_text(&value)?;
        value.try_iter()?.map(|item| item?.extract()).collect::<PyResult<_>>().map(Self)
    }
}

/// How often each text was seen, in Python a read-only mapping.
#[derive(Default, PartialEq, Eq, Hash)]
pub(crate) struct Counts(pub(crate) BTreeMap<String, u64>);

impl<'py> IntoPyObject<'py> for &Counts {
    type Target = PyMappingProxy;
    type Output = Bound<'py, PyMappingProxy>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let counts = PyDict::new(py);
        for (text, count) in &self.0 {
            counts.set_item(text, count)?;
        }
        Ok(PyMappingProxy::new(py, counts.as_mapping()))
    }
}

impl FromPyObject<'_, '_> for Counts {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let items = value.call_method0("items")?;
        items.try_iter()?.map(|item| item?.extract()).collect::<PyResult<_>>().map(Self)
    }
}

/// A time in seconds. Never a NaN, so it can be compared.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Seconds(pub(crate) f64);

impl Eq for Seconds {}

impl Hash for Seconds {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // 0.0 and -0.0 are equal.
        (self.0 + 0.0).to_bits().hash(state);
    }
}

impl<'py> IntoPyObject<'py> for &Seconds {
    type Target = pyo3::types::PyFloat;
    type Output = Bound<'py, pyo3::types::PyFloat>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        self.0.into_pyobject(py)
    }
}

impl FromPyObject<'_, '_> for Seconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let seconds: f64 = value.extract()?;
        if seconds.is_nan() {
            return Err(errors::invalid(value.py(), "number of seconds", "nan", "it is no number"));
        }
        Ok(Self(seconds))
    }
}

/// The rows in error of a report, in Python a tuple of `RowError`, made at the first look.
pub(crate) struct RowErrors {
    rows: Vec<RowError>,
    shown: PyOnceLock<Py<PyTuple>>,
}

impl RowErrors {
    pub(crate) fn new(rows: Vec<RowError>) -> Self {
        Self { rows, shown: PyOnceLock::new() }
    }
}

impl Default for RowErrors {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl PartialEq for RowErrors {
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl Eq for RowErrors {}

impl Hash for RowErrors {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for RowError { row, user_key, column, fault, value } in &self.rows {
            (row, user_key, column, fault, value).hash(state);
        }
    }
}

impl<'py> IntoPyObject<'py> for &RowErrors {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let shown = self.shown.get_or_try_init(py, || {
            let errors = self.rows.iter().map(|row| errors::bad_row(py, row));
            PyTuple::new(py, errors.collect::<Vec<_>>()).map(Bound::unbind)
        })?;
        Ok(shown.bind(py).clone())
    }
}

impl FromPyObject<'_, '_> for RowErrors {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let read = |error: Bound<'_, PyAny>| {
            Ok(RowError {
                row: error.getattr("row")?.extract()?,
                user_key: error.getattr("user_key")?.extract()?,
                column: error.getattr("column")?.extract::<In<Column>>()?.0,
                fault: error.getattr("fault")?.extract::<In<RowFault>>()?.0,
                value: error.getattr("value")?.extract()?,
            })
        };
        value.try_iter()?.map(|error| read(error?)).collect::<PyResult<_>>().map(Self::new)
    }
}
