//! What a tenant may be called: `tenantry::model` and `tenantry::slug`.

use pyo3::prelude::*;
use tenantry::{model, slug};

use crate::arguments::Text;
use crate::errors::OrRaise;

/// A tenant's name as it is kept: without outer white space, 1 to 200 characters, no NUL.
///
/// Raises `InvalidValueError`.
///
/// >>> tenantry.check_name(" Acme ")
/// 'Acme'
#[pyfunction]
#[pyo3(signature = (name, /))]
pub(crate) fn check_name(py: Python<'_>, name: Text) -> PyResult<String> {
    model::check_name(&name).map(str::to_owned).or_raise(py)
}

/// A tenant's domain as it is kept: without outer white space, at most 255 characters, no NUL.
///
/// Raises `InvalidValueError`.
///
/// >>> tenantry.check_domain(" acme.example ")
/// 'acme.example'
#[pyfunction]
#[pyo3(signature = (domain, /))]
pub(crate) fn check_domain(py: Python<'_>, domain: Text) -> PyResult<String> {
    model::check_domain(&domain).map(str::to_owned).or_raise(py)
}

/// Refuses a slug that no tenant may bear: see `is_valid_slug`.
///
/// Raises `InvalidValueError`.
///
/// >>> tenantry.check_slug("acme")
#[pyfunction]
#[pyo3(signature = (slug, /))]
pub(crate) fn check_slug(py: Python<'_>, slug: Text) -> PyResult<()> {
    slug::check(&slug).or_raise(py)
}
