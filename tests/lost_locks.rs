//! Something in the process opens and closes the store, and takes the locks of the engine along.
//!
//! Linux only, as it alone tells which locks a process has.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "support/stranger.rs"]
mod stranger;
mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use stranger::Stranger;
use support::{Player, arg, assert_sound, engine, quick_folder, role, say, store, users};
use tenantry::{BackfillOptions, Engine, EngineOptions, Error, NewTenant, Progress, Request};

/// What takes the locks along.
const CULPRITS: [&str; 4] = ["stranger", "file", "log", "shared memory"];

#[test]
fn a_child_plays_its_role() {
    support::play(&[
        ("between writes", between_writes),
        ("within a write", within_a_write),
        ("within a read", within_a_read),
        ("many threads", many_threads),
        ("create", create),
        ("create again and again", create_again_and_again),
        ("come and go", come_and_go),
        ("calm", calm),
    ]);
}

/// Opens and closes the store past the engine.
fn disturb(culprit: &str) {
    let beside = |suffix: &str| {
        let mut name = store().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    };
    match culprit {
        "stranger" => {
            let stranger = Stranger::open(&store());
            stranger.exec("SELECT count(*) FROM tenant");
            stranger.close();
        }
        "file" => drop(std::fs::read(store()).unwrap()),
        "log" => {
            // As one who copies all three.
            for suffix in ["", "-wal", "-shm"] {
                drop(std::fs::read(beside(suffix)).unwrap());
            }
        }
        "shared memory" => drop(std::fs::read(beside("-shm")).unwrap()),
        other => panic!("{other}"),
    }
}

/// What a process of its own said.
fn outsider(name: &str) -> String {
    Player::start(&mut role(name, &store())).finish().join(" ")
}

/// In a child: makes a tenant if it may.
fn create() {
    let options =
        EngineOptions { busy_timeout: Duration::from_millis(50), ..EngineOptions::default() };
    match Engine::open_with(store(), options).unwrap().create(&NewTenant::named("Theirs"), "eve") {
        Ok(tenant) => say(tenant.slug),
        Err(error) => say(error.code()),
    }
}

/// In a child: comes with the system's SQLite and goes, and, if it is the last, clears the log away.
fn come_and_go() {
    let stranger = Stranger::open(&store());
    stranger.exec("SELECT count(*) FROM tenant");
    stranger.close();
}

fn slugs(engine: &Engine) -> Vec<String> {
    let mut slugs: Vec<_> =
        engine.tenants().unwrap().into_iter().map(|tenant| tenant.slug).collect();
    slugs.sort_unstable();
    slugs
}

/// Plays a role beside a culprit, and returns what was said and what is in the store behind it.
fn with_each_culprit(name: &str, check: impl Fn(&str, &[String], &[String])) {
    for culprit in CULPRITS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tenancy.db");
        let said = Player::start(role(name, &path).env("CULPRIT", culprit)).finish();
        assert_sound(&path);
        check(culprit, &said, &slugs(&Engine::open(&path).unwrap()));
    }
}

fn between_writes() {
    let culprit = arg("CULPRIT");
    let engine = engine();
    engine.create(&NewTenant::named("First"), "ann").unwrap();
    // Several connections.
    let another = Engine::open(store()).unwrap();
    assert_eq!(slugs(&another), ["first"]);
    disturb(&culprit);
    outsider("come and go");
    // Silently.
    engine.create(&NewTenant::named("Second"), "ann").unwrap();
    assert_eq!(slugs(&another), ["first", "second"]);
    say(outsider("create"));
    assert_eq!(slugs(&engine), ["first", "second", "theirs"]);
    disturb(&culprit);
    std::thread::sleep(Duration::from_millis(25));
    say(outsider("create"));
    assert_eq!(slugs(&another), ["first", "second", "theirs", "theirs-1"]);
    engine.create(&NewTenant::named("Third"), "ann").unwrap();
    // Nothing is closed: as one who is killed.
    std::process::exit(0);
}

#[test]
fn between_two_writes_nothing_is_lost_and_the_engine_goes_on() {
    with_each_culprit("between writes", |culprit, said, slugs| {
        assert_eq!(said, ["theirs", "theirs-1"], "{culprit}");
        assert_eq!(slugs, ["first", "second", "theirs", "theirs-1", "third"], "{culprit}");
    });
}

fn within_a_write() {
    let culprit = arg("CULPRIT");
    // If anything waited here, it would for an hour.
    let patient =
        EngineOptions { busy_timeout: Duration::from_secs(3600), ..EngineOptions::default() };
    let engine = Engine::open_with(store(), patient).unwrap();
    engine.create(&NewTenant::named("First"), "ann").unwrap();
    let progress = |progress: Progress| {
        assert!(progress.done <= 1000, "it goes on in vain");
        if progress.done == 1000 {
            disturb(&culprit);
            outsider("come and go");
            say(outsider("create"));
            // Amid the transaction nothing can be opened anew, and nothing waits for that.
            let refused = engine.tenants().unwrap_err();
            assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
        }
    };
    let options = BackfillOptions { progress: Some(&progress), ..BackfillOptions::default() };
    let refused = engine.backfill(users(2000), &options).unwrap_err();
    assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");

    say(outsider("create"));
    assert_eq!(engine.check_file().unwrap(), [""; 0]);
    let report = engine.backfill(users(2000), &BackfillOptions::default()).unwrap();
    say(report.created);
    std::process::exit(0);
}

#[test]
fn within_a_transaction_nothing_is_committed_and_the_next_one_is() {
    with_each_culprit("within a write", |culprit, said, slugs| {
        // Whether or not the turn to write was gone too, for another process.
        let [meanwhile, behind, created] = said else { panic!("{culprit}: {said:?}") };
        let theirs = if meanwhile == "busy" { 1 } else { 2 };
        assert_eq!(behind, ["theirs", "theirs-1"][theirs - 1], "{culprit}");
        assert_eq!(created, "2000", "{culprit}");
        assert_eq!(slugs.len(), 1 + theirs + 2000, "{culprit}");
    });
}

fn within_a_read() {
    let culprit = arg("CULPRIT");
    let engine = engine();
    engine.create(&NewTenant::named("First"), "ann").unwrap();
    let progress = |progress: Progress| {
        if progress.done == 1000 {
            disturb(&culprit);
            std::thread::sleep(Duration::from_millis(25));
        }
    };
    let options =
        BackfillOptions { dry_run: true, progress: Some(&progress), ..BackfillOptions::default() };
    let refused = engine.backfill(users(2000), &options).unwrap_err();
    assert!(matches!(refused, Error::SecondSqlite { .. }), "{refused}");
    assert_eq!(slugs(&engine), ["first"]);
}

#[test]
fn what_was_read_meanwhile_is_refused_and_the_next_answer_is_right() {
    with_each_culprit("within a read", |_, _, slugs| assert_eq!(slugs, ["first"]));
}

/// In a child: makes tenants until told to stop.
fn create_again_and_again() {
    let engine = engine();
    say("ready");
    let stopped = std::thread::spawn(support::listen);
    while !stopped.is_finished() {
        say(engine.create(&NewTenant::named("Theirs"), "eve").unwrap().slug);
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Threads at work on two engines while the store is read as a file now and then, and another process writes.
fn many_threads() {
    let engines = [engine(), engine()];
    engines[0].create(&NewTenant::named("First"), "ann").unwrap();
    let culprit = arg("CULPRIT");
    let mut other = Player::start(&mut role("create again and again", &store()));
    other.expect("ready");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for engine in &engines {
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    match engine.create(&NewTenant::named("Ours"), "ann") {
                        Ok(tenant) => say(tenant.slug),
                        Err(Error::SecondSqlite { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    let ann = Request {
                        user: Some("ann"),
                        selected: Some("first"),
                        ..Request::default()
                    };
                    match engine.resolve(&ann) {
                        Ok(answer) => assert!(answer.tenant().is_some()),
                        Err(Error::SecondSqlite { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(20));
            disturb(&culprit);
        }
        stop.store(true, SeqCst);
    });
    other.tell("stop");
    other.finish().into_iter().for_each(say);
    std::process::exit(0);
}

/// Whatever was said to be made is there.
#[test]
fn with_many_threads_and_another_process_nothing_is_lost() {
    with_each_culprit("many threads", |culprit, said, slugs| {
        for slug in said {
            assert!(slugs.binary_search(slug).is_ok(), "{culprit}: {slug} is lost");
        }
    });
}

/// Threads that write, read, open and close, without anything that takes locks along.
fn calm() {
    let lasting = engine();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let lasting = &lasting;
            scope.spawn(move || {
                for _ in 0..100 {
                    let engine = if thread % 2 == 0 { lasting } else { &engine() };
                    say(engine.create(&NewTenant::named("Acme"), "ann").unwrap().slug);
                    engine.tenants_of("ann").unwrap();
                }
            });
        }
    });
}

#[test]
fn without_a_culprit_nothing_is_refused() {
    let folder = quick_folder();
    let path: &Path = &folder.path().join("tenancy.db");
    let players = [(); 2].map(|()| Player::start(&mut role("calm", path)));
    let mut said: Vec<_> = players.into_iter().flat_map(Player::finish).collect();
    said.sort_unstable();
    assert_eq!(slugs(&Engine::open(path).unwrap()), said);
}
