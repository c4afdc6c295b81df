//! The command `tenantry`, run as a person would run it.
#![cfg(feature = "cli")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod command;
mod hostile_input;
mod interrupts;
mod main_job;
mod sources;
