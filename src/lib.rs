//! The embedded tenancy engine.
//!
//! An application in which every user stands alone gets *tenants* (workspaces): each existing user
//! is given one, and from then on every request is *resolved* to the tenant it is in, or to none
//! with a reason. One kernel decides, the same for Rust, Python, Django, Kotlin and Swift.
//!
//! ```
//! use tenantry::{BackfillOptions, Engine, Request, Roster, UserProfile};
//!
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("tenancy.db");
//! let engine = Engine::open(path)?;
//!
//! // Every existing user gets a tenant, once.
//! let users: Roster = [
//!     UserProfile { key: "1", username: "ann", business_name: "Acme & Co", tier: "pro", ..Default::default() },
//!     UserProfile { key: "2", username: "bob", ..Default::default() },
//! ]
//! .into_iter()
//! .collect();
//! let report = engine.backfill(users, &BackfillOptions::default())?;
//! assert_eq!(report.created, 2);
//!
//! // Which tenant is this request in?
//! let answer = engine.resolve(&Request { user: Some("1"), ..Default::default() })?;
//! assert_eq!(answer.tenant().unwrap().slug, "acme-co");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The map
//!
//! - [`Engine`]: one object with every verb, over one SQLite file.
//! - The kernel, which touches no file and no clock, for those who keep their rows elsewhere:
//!   [`slug`] makes slugs and gives them out, [`backfill`] plans tenants for users, [`resolve`]
//!   decides which tenant a request is in, [`verify`] finds what is wrong.
//! - [`model`]: tenants, memberships, plans and roles.
//! - [`snapshot`]: one user's tenants as JSON.
//! - [`Error`]: everything that can go wrong.
//!
//! # Features
//!
//! - `cli`: the command `tenantry`; off by default.

/// The examples of the front page compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod backfill;
mod engine;
mod error;
pub mod model;
pub mod resolve;
pub mod slug;
pub mod snapshot;
mod store;
pub mod verify;

pub use backfill::{Report, Roster, Run};
pub use engine::{
    BackfillOptions, Cancel, Engine, EngineOptions, NewSlug, NewTenant, OnError, Progress,
};
pub use error::{Error, Result};
pub use model::{Membership, Plan, Role, Tenant, TenantId, UserProfile};
pub use resolve::{Reason, Request, Resolution, Source};
pub use slug::{SlugAllocator, SlugOptions, slugify};
pub use snapshot::Snapshot;
