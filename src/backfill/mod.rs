//! The default-tenant backfill: from users to planned tenants, a report, and what may be undone.
//!
//! - [`Roster`] holds the users of a run, in the order of their keys.
//! - [`Planner`] turns one user after the other into a [`PlannedTenant`] and counts in a [`Report`].
//! - [`RowError`] says which user it could not plan for, and why.
//! - [`Run`] is what is kept of a run, and [`undo`] decides which tenants of a run are still as it left them.
//!
//! Nothing here reads or writes anything: drivers bring rows and carry rows away.

mod order;
mod planner;
mod report;
mod roster;
mod run;
pub mod undo;

pub use order::key_order;
pub use planner::{PlanOptions, PlannedTenant, Planner, UnknownPlan, tenant_name, tenant_plan};
pub use report::Report;
pub use roster::Roster;
pub use run::Run;

pub use crate::error::{Column, RowError, RowFault};
