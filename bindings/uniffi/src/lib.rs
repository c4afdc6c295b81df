//! The core for Kotlin and Swift. It translates types and errors, and decides nothing.
//!
//! People meet the idiomatic layers on top of what is generated from this: `bindings/kotlin` and
//! `bindings/swift`. The names here are those of the core.

mod backfill;
mod engine;
mod error;
mod kernel;
mod values;

pub use backfill::{BackfillOptions, UnknownTier, UserProfile, row_error_words};
pub use engine::{Engine, EngineOptions};
pub use error::EngineError;
pub use kernel::{
    Candidate, Decision, SlugAllocator, SlugStyle, decide, is_host_of, is_valid_slug, key_order,
    slug_base, slug_candidate, slugify, tenant_name, tenant_plan,
};
pub use values::{MemberOf, Request, Resolution, TenantName, TenantPlan};

uniffi::setup_scaffolding!();
