//! Stores written by every version there was, as they were frozen then, opened by this one.
//!
//! `tests/fixtures/store_v1.db` was written by the first version and is never written again. When the
//! schema changes, freeze what the last version wrote beside it, and replay that too:
//!
//! ```sh
//! TENANTRY_FREEZE=tests/fixtures/store_v2.db cargo test --test old_stores freezes
//! ```

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::path::{Path, PathBuf};

use support::{Player, assert_sound, listen, number, role, say};
use tenantry::{
    BackfillOptions, Engine, NewSlug, NewTenant, Plan, Reason, Request, Resolution, Role, Roster,
    UserProfile,
};

#[test]
fn a_child_plays_its_role() {
    support::play(&[("open", open)]);
}

fn frozen(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A copy to open; the frozen file itself is only read.
fn copy(name: &str, folder: &Path) -> PathBuf {
    let path = folder.join("tenancy.db");
    std::fs::copy(frozen(name), &path).unwrap();
    path
}

/// Everything that a store can hold.
fn fill(engine: &Engine, folder: &Path) {
    let user = |key, business_name| UserProfile { key, business_name, ..Default::default() };
    let users = || -> Roster {
        [user("1", "Acme"), user("2", "Acme"), user("3", "東京")].into_iter().collect()
    };
    engine.backfill(users(), &BackfillOptions::default()).unwrap();
    engine.undo(None).unwrap();
    engine.backfill(users(), &BackfillOptions::default()).unwrap();

    let acme = engine.tenants_of("1").unwrap().remove(0).0;
    engine.rename(acme.id, "Acme Global", NewSlug::OfName).unwrap();
    engine.set_plan(acme.id, Plan::Pro).unwrap();
    engine.join(acme.id, "2", Role::Admin).unwrap();
    engine.join(acme.id, "3", Role::Member).unwrap();
    engine.set_membership_active(acme.id, "3", false).unwrap();
    engine.select("2", "acme").unwrap();
    let closed = engine.create(&NewTenant::named("Closed"), "4").unwrap();
    engine.set_tenant_active(closed.id, false).unwrap();
    let gone = engine.create(&NewTenant::named("Gone"), "4").unwrap();
    engine.delete(gone.id).unwrap();

    let server = Engine::open(folder.join("server.db")).unwrap();
    let remote = server.create(&NewTenant::named("Remote"), "5").unwrap();
    server.rename(remote.id, "Remote", NewSlug::Exactly("far-away")).unwrap();
    engine.import(&server.export("5").unwrap()).unwrap();
}

/// What the store must answer, whatever version has written it.
fn assert_answers(engine: &Engine) {
    let ask = |user, selected| {
        let request = Request { user: Some(user), selected, ..Request::default() };
        match engine.resolve(&request).unwrap() {
            Resolution::Tenant { tenant, role, .. } => format!("{} {role}", tenant.slug),
            Resolution::None { reason } => reason.as_str().to_owned(),
        }
    };
    assert_eq!(ask("1", None), "acme-global owner");
    assert_eq!(ask("1", Some("acme")), "acme-global owner");
    assert_eq!(ask("2", None), Reason::Ambiguous.as_str());
    assert_eq!(ask("2", Some("acme-1")), "acme-1 owner");
    assert_eq!(engine.current("2").unwrap().tenant().unwrap().slug, "acme-global");
    assert_eq!(ask("3", None), "dong-jing owner");
    assert_eq!(ask("3", Some("acme-global")), Reason::NotAvailable.as_str());
    assert_eq!(ask("4", None), Reason::NoMembership.as_str());
    assert_eq!(ask("5", Some("remote")), "far-away owner");
    assert_eq!(engine.tenant_by_slug("acme-global").unwrap().unwrap().plan, Plan::Pro);

    let runs = engine.runs().unwrap();
    let tenants: Vec<_> = runs.iter().map(|run| (run.tenants, run.undone_at.is_some())).collect();
    assert_eq!(tenants, [(3, false), (0, true)]);
}

#[test]
fn what_the_first_version_wrote_is_answered_as_ever() {
    let folder = tempfile::tempdir().unwrap();
    let path = copy("store_v1.db", folder.path());
    let engine = Engine::open(&path).unwrap();
    assert_answers(&engine);
    assert_sound(&path);

    // It goes on: slugs stay retired, and the run can be undone but for what was changed.
    assert_eq!(engine.create(&NewTenant::named("Gone"), "6").unwrap().slug, "gone-1");
    assert_eq!(engine.create(&NewTenant::named("Acme"), "6").unwrap().slug, "acme-2");
    let undone = engine.undo(None).unwrap();
    assert_eq!((undone.removed, undone.kept.len()), (2, 1));
    assert_sound(&path);
}

#[test]
fn what_this_version_writes_is_answered_alike() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    fill(&engine, folder.path());
    assert_answers(&engine);
}

/// In a child: opens the store with the others, and asks.
fn open() {
    say("ready");
    listen().unwrap();
    assert_answers(&support::engine());
}

#[test]
fn eight_processes_that_open_an_old_store_at_once_all_get_its_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = copy("store_v1.db", folder.path());
    let mut players: Vec<_> = (0..8).map(|_| Player::start(&mut role("open", &path))).collect();
    for player in &mut players {
        player.expect("ready");
    }
    for player in &mut players {
        player.tell("go");
    }
    for player in players {
        player.finish();
    }
    assert_sound(&path);
}

/// Writes a new fixture where the environment asks for one; else there is nothing to freeze.
#[test]
fn freezes_a_store_where_it_is_asked_to() {
    let Some(to) = std::env::var_os("TENANTRY_FREEZE").map(PathBuf::from) else {
        return;
    };
    assert!(!to.exists(), "{to:?} is frozen already, and stays as it is");
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    fill(&engine, folder.path());
    // A backup is one whole file, without a log beside it.
    engine.backup(to).unwrap();
}

#[test]
fn the_frozen_file_is_of_the_version_that_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let conn = support::look(&copy("store_v1.db", folder.path()));
    assert_eq!(number(&conn, "PRAGMA user_version"), 1);
}
