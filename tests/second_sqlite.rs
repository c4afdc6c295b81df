//! Two copies of SQLite in one process: the one in tenantry and the one of the system.
//!
//! Linux only: the guard reads what Linux says of the process.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/stranger.rs"]
mod stranger;
mod support;

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use stranger::Stranger;
use support::{Player, assert_sound, number, role, say, store};
use tenantry::{Engine, EngineOptions, Error, NewTenant, Request};

#[test]
fn a_child_plays_its_role() {
    support::play(&[
        ("stranger first", stranger_first),
        ("stranger second", stranger_second),
        ("stranger reads", stranger_reads),
        ("without the guard", without_the_guard),
        ("write", write),
        ("write past the engine", write_past_the_engine),
    ]);
}

fn in_a_child(name: &str, path: &Path) {
    Player::start(&mut role(name, path)).finish();
}

fn made() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenancy.db");
    // By another process, so that this one has never opened it.
    in_a_child("write", &path);
    (folder, path)
}

/// In a child: makes a tenant if it may, and says what came of it.
fn write() {
    let options =
        EngineOptions { busy_timeout: Duration::from_millis(50), ..EngineOptions::default() };
    let engine = Engine::open_with(store(), options).unwrap();
    match engine.create(&NewTenant::named("Acme"), "ann") {
        Ok(tenant) => say(tenant.slug),
        Err(error) => say(error.code()),
    }
}

#[test]
fn a_file_that_another_copy_has_open_is_refused_and_the_others_locks_stay() {
    let (_folder, path) = made();
    in_a_child("stranger first", &path);
    assert_sound(&path);
}

fn stranger_first() {
    let path = store();
    let stranger = Stranger::open(&path);
    stranger.exec("BEGIN IMMEDIATE; UPDATE tenant SET name = 'Theirs'");

    let engine = Engine::open(&path).unwrap();
    for _ in 0..3 {
        let refused = engine.tenants().unwrap_err();
        assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
        let refused = engine.create(&NewTenant::named("Ours"), "eve").unwrap_err();
        assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
    }
    assert!(refused_in_words(&engine).contains("another copy of SQLite"));

    // Had the file been opened and closed by our looking, the lock would be gone.
    assert_eq!(outsider("write", &path), "busy");
    stranger.exec("COMMIT");
    stranger.close();
    assert_eq!(engine.tenants().unwrap()[0].name, "Theirs");
    assert_eq!(outsider("write", &path), "acme-1");
}

fn refused_in_words(engine: &Engine) -> String {
    engine.tenants().unwrap_err().to_string()
}

/// What a process of its own said.
fn outsider(name: &str, path: &Path) -> String {
    Player::start(&mut role(name, path)).finish().join(" ")
}

#[test]
fn when_another_copy_comes_later_writing_is_refused_and_reading_goes_on() {
    let (_folder, path) = made();
    in_a_child("stranger second", &path);
    assert_sound(&path);
}

fn stranger_second() {
    let path = store();
    let engine = Engine::open(&path).unwrap();
    engine.create(&NewTenant::named("Globex"), "bob").unwrap();
    let stranger = Stranger::open(&path);
    stranger.exec("SELECT count(*) FROM tenant");

    let refused = engine.create(&NewTenant::named("Initech"), "eve").unwrap_err();
    assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
    let answer = engine.resolve(&Request { user: Some("bob"), ..Request::default() }).unwrap();
    assert_eq!(answer.tenant().unwrap().slug, "globex");
    assert_eq!(engine.tenants().unwrap().len(), 2);

    // What is refused was not written, and is when the other copy has gone.
    stranger.close();
    engine.create(&NewTenant::named("Initech"), "eve").unwrap();
    assert_eq!(engine.tenants().unwrap().len(), 3);
}

/// The kernel knows a file by its real path only.
#[test]
fn a_file_behind_a_link_is_guarded_too() {
    let (folder, path) = made();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    in_a_child("stranger second", &link.join(path.file_name().unwrap()));
}

#[test]
fn a_path_that_ends_as_another_one_does_is_not_taken_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("tenancy.db");
    // The whole path once more, below the folder.
    let below = folder.path().join(one.strip_prefix("/").unwrap());
    std::fs::create_dir_all(below.parent().unwrap()).unwrap();
    let engines = [&one, &below].map(|path| Engine::open(path).unwrap());
    for _ in 0..2 {
        for engine in &engines {
            engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        }
    }
}

#[test]
fn the_locks_of_a_host_on_its_own_database_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.db");
    let host = Connection::open(&path).unwrap();
    // With a rollback journal, as most hosts have it.
    host.execute_batch("CREATE TABLE t (who TEXT); BEGIN IMMEDIATE; INSERT INTO t VALUES ('host')")
        .unwrap();
    // This process has the engine's copy of SQLite too, and so one engine knows of the other.
    drop(host);
    in_a_child("stranger reads", &path);
}

fn stranger_reads() {
    let path = store();
    let stranger = Stranger::open(&path);
    stranger.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES ('host')");
    let refused = Engine::open(&path).unwrap().tenants().unwrap_err();
    assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
    assert_eq!(outsider("write past the engine", &path), "busy");
    stranger.exec("COMMIT");
    assert_eq!(outsider("write past the engine", &path), "committed");
    stranger.close();
}

/// Why all this: what happens to two copies that do not look out for each other.
#[test]
fn without_the_guard_a_row_that_another_process_committed_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.db");
    let plain = Connection::open(&path).unwrap();
    plain.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (who TEXT)").unwrap();
    drop(plain);
    in_a_child("without the guard", &path);
    let conn = Connection::open(&path).unwrap();
    let sound: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok", "nobody would notice");
    assert_eq!(number(&conn, "SELECT count(*) FROM t WHERE who = 'ours'"), 1);
    assert_eq!(number(&conn, "SELECT count(*) FROM t WHERE who = 'theirs'"), 0, "it was committed");
}

fn without_the_guard() {
    let path = store();
    let ours = Connection::open(&path).unwrap();
    ours.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES ('ours')").unwrap();
    assert_eq!(outsider("write past the engine", &path), "busy", "the lock holds");

    // The other copy opens the file, reads a little, closes it, and takes our locks along.
    let stranger = Stranger::open(&path);
    stranger.exec("SELECT count(*) FROM t");
    stranger.close();
    assert_eq!(outsider("write past the engine", &path), "committed");
    ours.execute_batch("COMMIT").unwrap();
}

/// In a child: writes a row with plain SQLite, and ends without closing, as a killed one would.
fn write_past_the_engine() {
    let conn = Connection::open(store()).unwrap();
    conn.busy_timeout(Duration::ZERO).unwrap();
    match conn.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES ('theirs'); COMMIT") {
        Ok(()) => say("committed"),
        Err(_) => say("busy"),
    }
    std::process::exit(0);
}
