//! Plain arguments: texts and numbers, with errors that say what is wrong with them.

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyString};

use crate::errors;
use crate::keys::{shown, utf8};

/// How many items of an iterable are read between two looks at signals and at other threads.
const STEP: usize = 4096;

/// A text. Half of a surrogate pair cannot be stored, and is an `InvalidValueError`.
pub(crate) struct Text(PyBackedStr);

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl FromPyObject<'_, '_> for Text {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        utf8(&*value.cast::<PyString>()?).map(Self).map_err(|(_, shown)| {
            errors::invalid(value.py(), "text", &shown, "it holds half of a surrogate pair")
        })
    }
}

/// A whole number. One out of range is an `InvalidValueError`, and a bool is none.
#[derive(Clone, Copy)]
pub(crate) struct Number<T>(pub(crate) T);

impl<T> FromPyObject<'_, '_> for Number<T>
where
    T: for<'a, 'py> FromPyObject<'a, 'py, Error = PyErr>,
{
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = value.py();
        if value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("a number is needed, and this is a bool"));
        }
        value.extract().map(Self).map_err(|error: PyErr| {
            if !error.is_instance_of::<PyOverflowError>(py) {
                return error;
            }
            match shown(&value) {
                Ok(shown) => errors::invalid(py, "number", &shown, "it is negative or too large"),
                Err(error) => error,
            }
        })
    }
}

/// Does something with each item of an iterable, and lets signals and other threads in now and then.
pub(crate) fn each<'py>(
    items: &Bound<'py, PyAny>,
    mut work: impl FnMut(Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    let py = items.py();
    for (number, item) in items.try_iter()?.enumerate() {
        work(item?)?;
        if number % STEP == STEP - 1 {
            py.check_signals()?;
            py.detach(|| ());
        }
    }
    Ok(())
}

/// Does something with each of several texts. One text is not several: it would be taken letter by
/// letter.
pub(crate) fn each_text(
    texts: &Bound<'_, PyAny>,
    mut work: impl FnMut(&str) -> PyResult<()>,
) -> PyResult<()> {
    refuse_one_text(texts)?;
    each(texts, |text| work(&text.extract::<Text>()?))
}

pub(crate) fn refuse_one_text(texts: &Bound<'_, PyAny>) -> PyResult<()> {
    if texts.is_instance_of::<PyString>() {
        let message = "a list or another iterable is needed, and this is one text";
        return Err(PyTypeError::new_err(message));
    }
    Ok(())
}
