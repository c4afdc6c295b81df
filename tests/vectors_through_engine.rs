//! The vectors against the engine: `resolution.json` and `backfill.json` over a real file.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod answers;
mod cases;

use std::cell::RefCell;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use answers::in_words;
use cases::{BackfillCase, Member, ResolutionCase, Tenant, outcome};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tenantry::{
    BackfillOptions, Engine, EngineOptions, Error, NewSlug, NewTenant, Role, Roster, TenantId,
};

/// Owns what a case needs and none of its users has.
const SOMEBODY: &str = "somebody else";

#[test]
fn the_engine_answers_every_request_as_the_kernel_does() {
    let worlds = Worlds::default();
    let cases = cases::check("resolution.json", |case: &ResolutionCase| {
        let options = EngineOptions { sources: case.sources.clone(), ..Default::default() };
        let engine = Engine::open_with(worlds.path(case), options).unwrap();
        let first = engine.resolve(&case.request()).unwrap();
        // The second time it is answered from memory.
        assert_eq!(engine.resolve(&case.request()).unwrap(), first);
        (case.answer.clone(), in_words(&first))
    });
    assert!(cases > 0);
}

/// Stores with the tenants and memberships of a case. Many cases ask about the same ones.
#[derive(Default)]
struct Worlds(RefCell<Vec<World>>);

struct World {
    tenants: Vec<Tenant>,
    memberships: Vec<Member>,
    folder: TempDir,
}

impl Worlds {
    fn path(&self, case: &ResolutionCase) -> PathBuf {
        let mut worlds = self.0.borrow_mut();
        let same =
            |world: &World| world.tenants == case.tenants && world.memberships == case.memberships;
        let at = worlds.iter().position(same).unwrap_or_else(|| {
            worlds.push(World::make(&case.tenants, &case.memberships));
            worlds.len() - 1
        });
        worlds[at].path()
    }
}

impl World {
    fn make(tenants: &[Tenant], memberships: &[Member]) -> Self {
        let world = Self {
            tenants: tenants.to_vec(),
            memberships: memberships.to_vec(),
            folder: tempdir().unwrap(),
        };
        let engine = Engine::open(world.path()).unwrap();
        let ids: HashMap<&str, TenantId> =
            tenants.iter().map(|tenant| (&*tenant.slug, make(&engine, tenant))).collect();
        for Member { user, tenant, role, is_active } in memberships {
            let id = ids[&**tenant];
            engine.join(id, user, *role).unwrap();
            engine.set_membership_active(id, user, *is_active).unwrap();
        }
        world
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tenancy.db")
    }
}

/// A tenant that had each of its retired slugs, one after the other.
fn make(engine: &Engine, tenant: &Tenant) -> TenantId {
    let mut slugs = tenant.retired_slugs.iter().chain([&tenant.slug]);
    let first = NewTenant { slug: slugs.next().map(|slug| &**slug), ..NewTenant::named("Tenant") };
    let id = engine.create(&first, SOMEBODY).unwrap().id;
    for slug in slugs {
        engine.rename(id, "Tenant", NewSlug::Exactly(slug)).unwrap();
    }
    engine.set_domain(id, &tenant.domain).unwrap();
    engine.set_tenant_active(id, tenant.is_active).unwrap();
    id
}

#[test]
fn the_engine_makes_exactly_the_planned_tenants_in_one_transaction() {
    let cases = cases::check("backfill.json", |case: &BackfillCase| {
        let folder = tempdir().unwrap();
        let path = folder.path().join("tenancy.db");
        let ended = run(case, &path, None);
        (case.expected(), outcome(&made(case, &path), ended))
    });
    assert!(cases > 0);
}

#[test]
fn the_engine_makes_the_same_tenants_in_chunks_of_any_size() {
    for size in [1, 3] {
        let cases = cases::check("backfill.json", |case: &BackfillCase| {
            let folder = tempdir().unwrap();
            let path = folder.path().join("tenancy.db");
            let ended = run(case, &path, NonZeroUsize::new(size));
            let made = made(case, &path);
            // A run that stops keeps the chunks before the error, and says how many it made.
            if let Err(Error::Row { committed, .. }) = ended {
                assert_eq!(committed, made.len() as u64);
                return (case.expected(), outcome(&[], ended));
            }
            (case.expected(), outcome(&made, ended))
        });
        assert!(cases > 0);
    }
}

/// Fills a store with what the case says is there, and gives its users tenants.
fn run(
    case: &BackfillCase,
    path: &Path,
    chunk: Option<NonZeroUsize>,
) -> Result<tenantry::Report, Error> {
    // Without the case's options: what is there may be reserved, or longer than the limit.
    let engine = Engine::open(path).unwrap();
    let create = |slug| {
        let tenant = NewTenant { slug: Some(slug), ..NewTenant::named("There already") };
        engine.create(&tenant, SOMEBODY).unwrap().id
    };
    for slug in &case.existing {
        create(slug);
    }
    for slug in &case.retired {
        engine.delete(create(slug)).unwrap();
    }
    if case.users.iter().any(|user| user.has_membership) {
        let id = match engine.tenants().unwrap().first() {
            Some(tenant) => tenant.id,
            None => create("nobody-else-is-named-so"),
        };
        for user in case.users.iter().filter(|user| user.has_membership) {
            engine.join(id, &user.key, Role::Member).unwrap();
        }
    }

    let options = EngineOptions { slug: case.slug_options(), ..Default::default() };
    let engine = Engine::open_with(path, options).unwrap();
    let options = BackfillOptions {
        chunk,
        on_error: case.on_error(),
        unknown_plan: case.unknown_plan(),
        ..Default::default()
    };
    // Not in the order of their keys: that is the engine's to find.
    let users: Roster = case.users.iter().rev().map(|user| user.profile()).collect();
    engine.backfill(users, &options)
}

/// The tenants of the case's users, in the order in which they were made.
fn made(case: &BackfillCase, path: &Path) -> Vec<Value> {
    let engine = Engine::open(path).unwrap();
    let mut made = Vec::new();
    for user in case.users.iter().filter(|user| !user.has_membership) {
        for (tenant, membership) in engine.tenants_of(&user.key).unwrap() {
            assert_eq!((membership.role, membership.is_active), (Role::Owner, true));
            assert!(tenant.is_active);
            made.push((
                tenant.id,
                json!({
                    "user_key": user.key,
                    "name": tenant.name,
                    "slug": tenant.slug,
                    "domain": tenant.domain,
                    "plan": tenant.plan,
                }),
            ));
        }
    }
    made.sort_by_key(|(id, _)| *id);
    made.into_iter().map(|(_, tenant)| tenant).collect()
}
