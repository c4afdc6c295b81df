//! What the engine promises beyond its examples, one subject a file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod backfill;
mod interruption;
mod owners;
mod selection;
mod sign_up;
mod slugs;
mod snapshots;
mod threads;
mod undo;
mod verify;

use std::ops::Deref;
use std::path::PathBuf;

use tempfile::{TempDir, tempdir};
use tenantry::{
    BackfillOptions, Engine, EngineOptions, Membership, NewTenant, Report, Request, Roster, Tenant,
    UserProfile,
};

/// An engine over a file of its own.
struct Store {
    engine: Engine,
    folder: TempDir,
}

impl Store {
    fn new() -> Self {
        Self::with(EngineOptions::default())
    }

    fn with(options: EngineOptions) -> Self {
        let folder = tempdir().unwrap();
        let engine = Engine::open_with(folder.path().join("tenancy.db"), options).unwrap();
        Self { engine, folder }
    }

    /// Another engine over the same file, as in another process.
    fn again(&self) -> Engine {
        Engine::open(self.path()).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// A connection past the engine, for rows that no verb writes.
    fn sqlite(&self) -> rusqlite::Connection {
        // The engine first: it refuses a file that something else has open.
        self.engine.tenants().unwrap();
        rusqlite::Connection::open(self.path()).unwrap()
    }

    fn add(&self, name: &str, owner: &str) -> Tenant {
        self.engine.create(&NewTenant::named(name), owner).unwrap()
    }

    fn run(&self, users: &Roster) -> Report {
        self.engine.backfill(users.clone(), &BackfillOptions::default()).unwrap()
    }

    /// Everything in it.
    fn rows(&self) -> Vec<(Tenant, Vec<Membership>)> {
        let with_members = |tenant: Tenant| {
            let members = self.engine.members(tenant.id).unwrap();
            (tenant, members)
        };
        self.engine.tenants().unwrap().into_iter().map(with_members).collect()
    }

    fn slugs(&self) -> Vec<String> {
        self.engine.tenants().unwrap().into_iter().map(|tenant| tenant.slug).collect()
    }

    /// The slug of the only tenant of a user.
    fn slug_of(&self, user: &str) -> String {
        let [(tenant, _)] = &self.engine.tenants_of(user).unwrap()[..] else {
            panic!("user {user} has not one tenant")
        };
        tenant.slug.clone()
    }

    /// The slug of the tenant that a user is in, with this selection.
    fn selected(&self, user: &str, slug: &str) -> Option<String> {
        let request = Request { user: Some(user), selected: Some(slug), ..Default::default() };
        self.engine.resolve(&request).unwrap().tenant().map(|tenant| tenant.slug.clone())
    }
}

impl Deref for Store {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

fn user<'a>(key: &'a str, business_name: &'a str) -> UserProfile<'a> {
    UserProfile { key, username: "somebody", business_name, ..Default::default() }
}

/// Users of whom only the keys matter: "1", "2" and so on, all of the business "Acme".
fn acme_users(count: usize) -> Roster {
    let keys: Vec<String> = (1..=count).map(|key| key.to_string()).collect();
    keys.iter().map(|key| user(key, "Acme")).collect()
}
