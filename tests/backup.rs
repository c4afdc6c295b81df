//! Backups while the store is in use.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use support::assert_sound;
use tenantry::{Engine, NewTenant, Role};

#[test]
fn a_copy_made_while_four_threads_write_is_a_sound_store_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for writer in 0..4 {
            let (engine, done) = (&engine, &done);
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let tenant =
                        engine.create(&NewTenant::named("Acme"), &format!("{writer}")).unwrap();
                    // In another transaction: a copy may lack it, but never what came before it.
                    engine.join(tenant.id, "guest", Role::Member).unwrap();
                }
            });
        }
        let mut before = 0;
        for number in 0..20 {
            let copy = folder.path().join(format!("copy-{number}.db"));
            engine.backup(&copy).unwrap();
            assert_sound(&copy);
            let copy = Engine::open(&copy).unwrap();
            let tenants = copy.tenants().unwrap();
            for tenant in &tenants {
                assert!(!copy.members(tenant.id).unwrap().is_empty(), "a tenant without an owner");
            }
            assert!(tenants.len() >= before, "a later copy holds less");
            before = tenants.len();
        }
        done.store(true, Ordering::Relaxed);
        assert!(before > 0);
    });
    assert_sound(engine.path());
}

#[test]
fn what_is_there_already_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    let taken = folder.path().join("letter.txt");
    std::fs::write(&taken, "dear Ann").unwrap();
    for path in [&taken, &engine.path().to_owned(), &folder.path().to_owned()] {
        let error = engine.backup(path).unwrap_err();
        assert_eq!(error.code(), "cannot_open", "{error}");
    }
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "dear Ann");
    assert_sound(engine.path());
}

#[test]
fn a_backup_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    let error = engine.backup(folder.path().join("no/such/folder/copy.db")).unwrap_err();
    assert_eq!(error.code(), "cannot_open", "{error}");

    let missing = Engine::open_with(
        folder.path().join("no.db"),
        tenantry::EngineOptions { create: false, ..Default::default() },
    );
    let error = missing.unwrap().backup(folder.path().join("copy.db")).unwrap_err();
    assert_eq!(error.code(), "no_store", "{error}");
    let left = std::fs::read_dir(folder.path()).unwrap().flatten();
    assert!(left.into_iter().all(|file| !file.file_name().to_string_lossy().contains("backup")));
}

#[test]
fn a_backup_taken_back_into_use_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    let copy = folder.path().join("copy.db");
    engine.backup(&copy).unwrap();
    let copy = Engine::open(&copy).unwrap();
    assert_eq!(copy.create(&NewTenant::named("Acme"), "bob").unwrap().slug, "acme-1");
    assert_eq!(engine.tenants().unwrap().len(), 1);
}
