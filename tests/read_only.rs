//! Files and folders that may be read and not written: reads answer, writes say why not.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unsafe_code)]

mod support;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use support::{Player, copy_as_is, role, say};
use tenantry::{Engine, EngineOptions, Error, NewTenant, Request, Role, TenantId};

#[test]
fn a_child_plays_its_role() {
    support::play(&[("look", look), ("hold", hold), ("ask", ask), ("watch", watch)]);
}

/// Permissions do not bind root: becomes nobody.
fn become_nobody() {
    const NOBODY: u32 = 65534;
    // SAFETY: calls of the system with numbers.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setgroups(0, std::ptr::null()), 0);
            assert_eq!(libc::setgid(NOBODY), 0);
            assert_eq!(libc::setuid(NOBODY), 0);
        }
    }
}

/// Asks every kind of question, and tries every kind of change.
fn look() {
    become_nobody();
    let engine = support::engine();
    let ann = Request { user: Some("ann"), ..Request::default() };
    assert_eq!(engine.resolve(&ann).unwrap().tenant().unwrap().slug, "acme");
    assert!(engine.current("ann").unwrap().tenant().is_some());
    let acme = engine.tenants().unwrap().remove(0);
    assert_eq!(engine.members(acme.id).unwrap().len(), 2);
    assert_eq!(engine.export("ann").unwrap().tenants.len(), 1);
    assert_eq!(engine.verify(None).unwrap(), []);
    assert_eq!(engine.check_file().unwrap(), [""; 0]);

    for refused in [
        engine.create(&NewTenant::named("Globex"), "eve").map(drop),
        engine.set_tenant_active(acme.id, false).map(drop),
        engine.leave(acme.id, "bob"),
        engine.select("ann", "acme").map(drop),
        engine.backfill(support::users(10), &tenantry::BackfillOptions::default()).map(drop),
    ] {
        match refused {
            Err(Error::ReadOnly { path, .. }) => assert_eq!(path, support::store()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(engine.resolve(&ann).unwrap().tenant().unwrap().slug, "acme");
    say("looked");
}

/// Keeps the store open with something in its log until told to stop.
fn hold() {
    let engine = support::engine();
    let acme = engine.tenants().unwrap().remove(0);
    engine.join(acme.id, "bob", Role::Member).unwrap();
    say("holds");
    support::listen();
}

/// A store in a folder that nobody but its owner may write to.
struct Shelf {
    folder: tempfile::TempDir,
    store: PathBuf,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("t.db");
        let engine = Engine::open(&store).unwrap();
        engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        Self { folder, store }
    }

    fn with_bob(self) -> Self {
        let engine = Engine::open(&self.store).unwrap();
        engine.join(engine.tenants().unwrap()[0].id, "bob", Role::Member).unwrap();
        self
    }

    fn allow(&self, of_folder: u32, of_files: u32) {
        for entry in self.folder.path().read_dir().unwrap() {
            allow(&entry.unwrap().path(), of_files);
        }
        allow(self.folder.path(), of_folder);
    }

    fn look(&self) {
        let mut player = Player::start(&mut role("look", &self.store));
        player.expect("looked");
        player.finish();
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        allow(self.folder.path(), 0o755);
    }
}

fn allow(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Readers share memory with writers in a file beside the store. Where nobody has made it and they
/// may not, SQLite could only read the file as one that never changes, and a revocation would not
/// count. So there is no answer at all.
#[test]
fn a_store_that_nobody_has_open_in_a_folder_that_may_not_be_written_is_not_answered_from() {
    for of_file in [0o444, 0o666] {
        let shelf = Shelf::new().with_bob();
        let before = std::fs::read(&shelf.store).unwrap();
        shelf.allow(0o555, of_file);
        let mut player = Player::start(&mut role("ask", &shelf.store));
        let answer = player.hear().unwrap();
        assert!(["read_only", "cannot_open"].contains(&answer.as_str()), "{answer}");
        player.finish();
        assert_eq!(std::fs::read(&shelf.store).unwrap(), before);
        assert_eq!(shelf.folder.path().read_dir().unwrap().count(), 1);
    }
}

#[test]
fn a_file_that_may_not_be_written_in_a_folder_that_may_answers_and_refuses() {
    let shelf = Shelf::new().with_bob();
    let before = std::fs::read(&shelf.store).unwrap();
    shelf.allow(0o777, 0o444);
    shelf.look();
    assert_eq!(std::fs::read(&shelf.store).unwrap(), before);
}

#[test]
fn a_store_that_another_user_has_open_is_read_with_what_is_in_its_log() {
    let shelf = Shelf::new();
    let mut holder = Player::start(&mut role("hold", &shelf.store));
    holder.expect("holds");
    shelf.allow(0o555, 0o444);
    shelf.look();
    holder.tell("stop");
    holder.finish();
}

#[test]
fn a_store_that_a_killed_process_left_is_read_with_what_is_in_its_log() {
    let shelf = Shelf::new();
    let mut holder = Player::start(&mut role("hold", &shelf.store));
    holder.expect("holds");
    holder.kill();
    shelf.allow(0o555, 0o444);
    shelf.look();
}

/// Asks one question, and says what it was answered.
fn ask() {
    become_nobody();
    match support::engine().tenants() {
        Ok(tenants) => say(format!("{} tenants", tenants.len())),
        Err(error) => say(error.code()),
    }
}

#[test]
fn a_log_that_cannot_be_read_is_not_passed_over() {
    let shelf = Shelf::new();
    let mut holder = Player::start(&mut role("hold", &shelf.store));
    holder.expect("holds");
    holder.kill();
    // Without the shared memory that says what in the log counts.
    let copied = Shelf::new();
    copy_as_is(&shelf.store, &copied.store);
    copied.allow(0o555, 0o444);
    let mut player = Player::start(&mut role("ask", &copied.store));
    let answer = player.hear().unwrap();
    assert!(["read_only", "cannot_open"].contains(&answer.as_str()), "{answer}");
    player.finish();
}

/// Asks again and again, and says each answer that is another one than before.
fn watch() {
    become_nobody();
    let engine = support::engine();
    say("watches");
    let mut last = 0;
    while last < 40 {
        match engine.tenants() {
            Ok(tenants) => {
                assert!(tenants.len() >= last);
                last = tenants.len();
            }
            // The owner came in amid the question.
            Err(Error::Busy { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(engine.check_file().unwrap(), [""; 0]);
}

#[test]
fn whoever_may_only_read_sees_what_the_owner_writes_meanwhile() {
    let shelf = Shelf::new();
    // Open all the while, so that there is a log and memory to share.
    let owner = Engine::open(&shelf.store).unwrap();
    owner.set_tenant_active(TenantId(1), true).unwrap();
    shelf.allow(0o755, 0o644);
    let mut watcher = Player::start(&mut role("watch", &shelf.store));
    watcher.expect("watches");
    for n in 2..=40 {
        // Sometimes open in between, and sometimes not.
        let engine = Engine::open(&shelf.store).unwrap();
        engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        if n % 5 == 0 {
            engine.set_tenant_active(TenantId(1), true).unwrap();
        }
    }
    watcher.finish();
    drop(owner);
}

#[test]
fn a_store_is_not_made_where_nothing_may_be_written() {
    let folder = tempfile::tempdir().unwrap();
    allow(folder.path(), 0o555);
    let store = folder.path().join("t.db");
    let mut player = Player::start(&mut role("ask", &store));
    let answer = player.hear().unwrap();
    assert!(["read_only", "cannot_open"].contains(&answer.as_str()), "{answer}");
    player.finish();
    assert!(!store.exists());
    let options = EngineOptions { create: false, ..EngineOptions::default() };
    let engine = Engine::open_with(&store, options).unwrap();
    assert!(matches!(engine.tenants(), Err(Error::NoStore { .. })));
}
