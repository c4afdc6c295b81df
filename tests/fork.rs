//! Processes that fork with an engine in use: both sides go on, and nothing is lost.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unsafe_code)]

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use support::{Player, assert_same, assert_sound, dump, look, number, role, say, users};
use tenantry::{BackfillOptions, Engine, Error, NewTenant, Request};

#[test]
fn a_child_plays_its_role() {
    support::play(&[
        ("both_go_on", both_go_on),
        ("parent_exits", parent_exits),
        ("amid_backfill", amid_backfill),
        ("in_callback", in_callback),
        ("between_chunks", between_chunks),
        ("hot", hot),
        ("opening", opening),
        ("raw", raw),
    ]);
}

/// Forks. The child does `work` and ends.
fn fork(work: impl FnOnce()) -> libc::pid_t {
    // SAFETY: the child calls what the tests are about, and never returns.
    match unsafe { libc::fork() } {
        -1 => panic!("no fork: {}", std::io::Error::last_os_error()),
        0 => {
            let outcome = catch_unwind(AssertUnwindSafe(work));
            // SAFETY: ends the process, without the work that is the parent's to do at its end.
            unsafe { libc::_exit(i32::from(outcome.is_err())) }
        }
        pid => pid,
    }
}

/// Waits for a child, which must end without a panic.
fn join(pid: libc::pid_t) {
    let mut status = 0;
    // SAFETY: writes to a number of ours.
    assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
    assert_eq!(status, 0, "the forked child failed");
}

/// Ends this process in a while, should it hang: a child may wait for a lock that nobody holds.
fn no_longer_than(seconds: u32) {
    // SAFETY: a call of the system with a number.
    unsafe { libc::alarm(seconds) };
}

/// Fails if this process has a descriptor or a mapping of the store.
fn assert_nothing_inherited(store: &Path) {
    let store = store.to_str().unwrap();
    for entry in Path::new("/proc/self/fd").read_dir().unwrap() {
        let Ok(target) = entry.unwrap().path().read_link() else {
            continue; // that of the listing itself
        };
        assert!(!target.to_string_lossy().starts_with(store), "{} was inherited", target.display());
    }
    assert!(!std::fs::read_to_string("/proc/self/maps").unwrap().contains(store));
}

fn run(name: &str, store: &Path) -> Vec<String> {
    Player::start(&mut role(name, store)).finish()
}

fn make(engine: &Engine, name: &str) {
    let tenant = engine.create(&NewTenant::named(name), "ann").unwrap();
    say(format!("made {}", tenant.slug));
}

/// Everything that was said to be made is there, and nothing else.
fn assert_all_there(store: &Path, said: &[String]) {
    let mut made: Vec<_> = said.iter().filter_map(|line| line.strip_prefix("made ")).collect();
    made.sort_unstable();
    let tenants = Engine::open(store).unwrap().tenants().unwrap();
    let found: Vec<_> = tenants.iter().map(|tenant| tenant.slug.as_str()).collect();
    assert_eq!(found, made);
    assert_sound(store);
}

fn both_go_on() {
    no_longer_than(600);
    let store = support::store();
    let engine = support::engine();
    make(&engine, "before");
    let request = Request { user: Some("ann"), selected: Some("before"), ..Request::default() };
    assert!(engine.resolve(&request).unwrap().tenant().is_some());
    let write = |name: &str| {
        for n in 0..30 {
            assert!(engine.resolve(&request).unwrap().tenant().is_some());
            make(&engine, &format!("{name} {n}"));
        }
    };
    let child = fork(|| {
        assert_nothing_inherited(&store);
        write("child");
        // One more generation.
        let grandchild = fork(|| {
            assert_nothing_inherited(&store);
            write("grandchild");
        });
        write("child again");
        join(grandchild);
    });
    write("parent");
    join(child);
    assert_eq!(engine.tenants().unwrap().len(), 1 + 4 * 30);
}

#[test]
fn parent_and_child_both_go_on_with_the_engine_and_inherit_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let said = run("both_go_on", &store);
    assert_eq!(said.len(), 1 + 4 * 30);
    assert_all_there(&store, &said);
}

fn parent_exits() {
    let engine = support::engine();
    make(&engine, "before");
    for child in 0..3 {
        fork(|| {
            for n in 0..25 {
                make(&engine, &format!("child {child} {n}"));
                std::thread::sleep(Duration::from_millis(10));
            }
        });
    }
    make(&engine, "parent");
}

#[test]
fn children_lose_nothing_when_the_parent_exits_and_others_open_and_close_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let forked = AtomicBool::new(true);
    let (said, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| {
            let mut opened = 0;
            while forked.load(SeqCst) {
                Engine::open(&store).unwrap().tenants().unwrap();
                opened += 1;
            }
            opened
        });
        // All that was said, until the last of the children has ended too.
        let mut player = Player::start(&mut role("parent_exits", &store));
        let said: Vec<_> = std::iter::from_fn(|| player.hear()).collect();
        forked.store(false, SeqCst);
        player.finish();
        (said, others.join().unwrap())
    });
    assert!(others > 5, "{others}");
    assert_eq!(said.len(), 2 + 3 * 25);
    assert_all_there(&store, &said);
}

fn amid_backfill() {
    no_longer_than(600);
    let engine = support::engine();
    let (started, starts) = mpsc::channel();
    let forked = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let (engine, forked) = (&engine, &forked);
        scope.spawn(move || {
            let progress = |progress: tenantry::Progress| {
                if progress.done == 0 {
                    started.send(()).unwrap();
                    // The fork waits for this work to end, and then gives up.
                    forked.wait();
                }
            };
            let options =
                BackfillOptions { progress: Some(&progress), ..BackfillOptions::default() };
            assert_eq!(engine.backfill(users(500), &options).unwrap().created, 500);
        });
        starts.recv().unwrap();
        let child = fork(|| {
            let store = support::store();
            for refused in [
                engine.tenants().map(drop),
                engine.create(&NewTenant::named("Acme"), "ann").map(drop),
                Engine::open(&store).and_then(|engine| engine.tenants()).map(drop),
            ] {
                match refused {
                    Err(Error::Forked { path }) => assert_eq!(path, store),
                    other => panic!("{other:?}"),
                }
            }
            // To drop what was inherited does no harm either.
            drop(engine.clone());
        });
        forked.wait();
        join(child);
    });
    assert_eq!(engine.tenants().unwrap().len(), 500);
}

#[test]
fn a_child_forked_amid_a_long_backfill_is_refused_and_the_parent_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, alone) = (folder.path().join("t.db"), folder.path().join("alone.db"));
    run("amid_backfill", &store);
    Engine::open(&alone).unwrap().backfill(users(500), &BackfillOptions::default()).unwrap();
    assert_same(&dump(&store), &dump(&alone));
    assert_sound(&store);
}

fn in_callback() {
    no_longer_than(600);
    let engine = support::engine();
    let parent = std::process::id();
    let children = Mutex::new(Vec::new());
    let progress = |progress: tenantry::Progress| {
        let is_amid = (1..10_000).contains(&progress.done);
        if !is_amid || std::process::id() != parent {
            return;
        }
        // One child ends here, and one goes on as if nothing had happened.
        join(fork(|| assert!(matches!(engine.tenants(), Err(Error::Forked { .. })))));
        // SAFETY: the child goes on in the backfill, and ends behind it.
        match unsafe { libc::fork() } {
            -1 => panic!("no fork"),
            0 => {}
            child => children.lock().unwrap().push(child),
        }
    };
    let options = BackfillOptions { progress: Some(&progress), ..BackfillOptions::default() };
    let outcome = engine.backfill(users(10_000), &options);
    if std::process::id() != parent {
        let refused = matches!(outcome, Err(Error::Forked { .. }));
        // SAFETY: ends the process.
        unsafe { libc::_exit(i32::from(!refused)) }
    }
    assert_eq!(outcome.unwrap().created, 10_000);
    children.into_inner().unwrap().into_iter().for_each(join);
    assert_eq!(engine.tenants().unwrap().len(), 10_000);
}

#[test]
fn a_child_forked_in_a_callback_of_a_backfill_cannot_go_on_with_it_and_the_parent_does() {
    let folder = tempfile::tempdir().unwrap();
    let (store, alone) = (folder.path().join("t.db"), folder.path().join("alone.db"));
    run("in_callback", &store);
    Engine::open(&alone).unwrap().backfill(users(10_000), &BackfillOptions::default()).unwrap();
    assert_same(&dump(&store), &dump(&alone));
    assert_sound(&store);
}

fn between_chunks() {
    no_longer_than(600);
    let store = support::store();
    let engine = support::engine();
    let progress = |_: tenantry::Progress| {
        join(fork(|| {
            assert_nothing_inherited(&store);
            make(&engine, "child");
        }));
    };
    let chunk = std::num::NonZeroUsize::new(20);
    let options =
        BackfillOptions { chunk, progress: Some(&progress), ..BackfillOptions::default() };
    assert_eq!(engine.backfill(users(100), &options).unwrap().created, 100);
    say(engine.tenants().unwrap().len());
}

#[test]
fn a_child_forked_between_two_chunks_may_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let said = run("between_chunks", &store);
    let made = said.iter().filter(|line| line.starts_with("made")).count();
    assert_eq!(said.last().unwrap(), &(100 + made).to_string());
    assert_sound(&store);
}

/// Stops the other threads, also when this one panics.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}

/// Forks again and again while other threads write and read without a pause.
fn hot() {
    no_longer_than(600);
    let store = support::store();
    let engine = support::engine();
    make(&engine, "before");
    let (stop, made) = (AtomicBool::new(false), AtomicUsize::new(1));
    std::thread::scope(|scope| {
        for n in 0..2 {
            let (engine, stop, made) = (&engine, &stop, &made);
            scope.spawn(move || {
                while !stop.load(SeqCst) {
                    let owner = format!("writer {n}");
                    engine.create(&NewTenant::named("Parent"), &owner).unwrap();
                    made.fetch_add(1, SeqCst);
                }
            });
            scope.spawn(move || {
                while !stop.load(SeqCst) {
                    let ann = Request { user: Some("ann"), ..Request::default() };
                    engine.resolve(&ann).unwrap();
                }
            });
        }
        let _stop = StopAtEnd(&stop);
        for _ in 0..60 {
            join(fork(|| {
                no_longer_than(600);
                assert_nothing_inherited(&store);
                engine.create(&NewTenant::named("Child"), "ann").unwrap();
            }));
            made.fetch_add(1, SeqCst);
        }
    });
    assert_eq!(engine.tenants().unwrap().len(), made.into_inner());
}

#[test]
fn forks_amid_short_work_of_many_threads_wait_for_it_and_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    run("hot", &store);
    assert_sound(&store);
}

/// Forks again and again while other threads open engines and drop them.
fn opening() {
    no_longer_than(600);
    let store = support::store();
    make(&support::engine(), "before");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(SeqCst) {
                    let engine = Engine::open(&store).unwrap();
                    assert!(!engine.tenants().unwrap().is_empty());
                }
            });
        }
        let _stop = StopAtEnd(&stop);
        for _ in 0..150 {
            join(fork(|| {
                no_longer_than(600);
                assert_nothing_inherited(&store);
                Engine::open(&store).unwrap().create(&NewTenant::named("Child"), "ann").unwrap();
            }));
        }
    });
}

#[test]
fn forks_while_engines_are_opened_and_dropped_neither_hang_nor_lose_rows() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    run("opening", &store);
    assert_eq!(Engine::open(&store).unwrap().tenants().unwrap().len(), 151);
    assert_sound(&store);
}

/// What SQLite alone does: the parent forks with a connection open, and the child opens its own.
fn raw() {
    let path = support::store();
    let parent = Connection::open(&path).unwrap();
    parent
        .execute_batch("PRAGMA journal_mode = wal; CREATE TABLE a (x); INSERT INTO a VALUES (1);")
        .unwrap();
    let (mut to_child, mut to_parent) = (std::io::pipe().unwrap(), std::io::pipe().unwrap());
    let child = fork(|| {
        use std::io::{Read, Write};
        let child = Connection::open(&path).unwrap();
        child.execute("INSERT INTO a VALUES (2)", []).unwrap();
        to_parent.1.write_all(b"!").unwrap();
        to_child.0.read_exact(&mut [0]).unwrap();
        child.execute("INSERT INTO a VALUES (3)", []).unwrap();
        assert_eq!(number(&child, "SELECT count(*) FROM a"), 3);
    });
    {
        use std::io::{Read, Write};
        to_parent.0.read_exact(&mut [0]).unwrap();
        parent.close().unwrap();
        to_child.1.write_all(b"!").unwrap();
    }
    join(child);
}

/// Why connections are closed before a fork, and nothing less will do: a connection that the child
/// opens itself still believes in the locks that it inherited the list of.
#[test]
fn without_the_engine_a_committed_row_of_a_child_is_lost_when_the_parent_closes() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("raw.db");
    run("raw", &store);
    assert_eq!(number(&look(&store), "SELECT max(x) FROM a"), 2);
}
