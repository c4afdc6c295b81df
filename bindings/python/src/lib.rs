//! The Python module of tenantry: it translates types and errors, and decides nothing.
//!
//! What is public is re-exported by `python/tenantry/__init__.py` and typed by hand in `_native.pyi`.
//! The examples in the docs are Python, and run as doctests by `tests/python`.

#![allow(
    // In `value!` a default of several tokens stands in parentheses.
    unused_parens,
    // What is extracted from a Python object is the function's own.
    clippy::needless_pass_by_value,
    // The docs are Python's, with its texts in quotes.
    clippy::doc_link_with_quotes,
    clippy::doc_markdown
)]

mod arguments;
mod checks;
mod engine;
mod errors;
mod keys;
mod planned;
mod planner;
mod resolve;
mod rows;
mod slugs;
mod values;
mod verify;
mod words;

/// The engine of tenantry in Rust; use it as `tenantry`.
#[pyo3::pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::checks::{check_domain, check_name, check_slug};
    #[pymodule_export]
    use super::engine::Engine;
    #[pymodule_export]
    use super::planned::PlannedTenant;
    #[pymodule_export]
    use super::planner::{Planner, key_order, tenant_name, tenant_plan};
    #[pymodule_export]
    use super::resolve::{Candidate, Decision, Need, canonical_host, is_host_of, need, resolve};
    #[pymodule_export]
    use super::slugs::{SlugAllocator, is_valid_slug, slug_base, slug_candidate, slugify};
    #[pymodule_export]
    use super::values::{
        Finding, KeptTenant, Membership, Report, Resolution, Run, Snapshot, SnapshotTenant, Tenant,
        UndoReport,
    };

    #[pymodule_export]
    use super::verify::{Verifier, why_kept};

    #[pymodule_export]
    const UNICODE_VERSION: (u8, u8, u8) = tenantry::slug::UNICODE_VERSION;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        super::errors::find(module.py())?;
        super::words::check(module.py())
    }
}
