//! A disk that is full: a typed error, nothing lost, and all well again when there is room.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use support::{Player, assert_same, assert_sound, dump, number, role_within, say, users};
use tenantry::{BackfillOptions, Engine, Error, NewTenant, Request, Resolution};

const USERS: usize = 600;
const CHUNK: usize = 20;

#[test]
fn a_child_plays_its_role() {
    support::play(&[("backfill", backfill), ("make", make), ("verbs", verbs)]);
}

/// Plays a role in a folder with a file system of its own, of four mebibytes.
fn on_a_small_disk(name: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=4m none \"$STORE\" && exec \"$0\" \"$@\"";
    let command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount];
    let mut player = Player::start(&mut role_within(&command, name, folder.path()));
    assert_eq!(
        player.hear().as_deref(),
        Some("mounted"),
        "this test mounts a file system in a user namespace: allow those, or run it as root"
    );
    player.finish()
}

/// In a child on a small disk: its folder.
fn disk() -> PathBuf {
    let disk = support::store();
    say("mounted");
    disk
}

/// Fills the disk but for so many bytes. Empties it when dropped.
struct Ballast(PathBuf);

impl Ballast {
    fn leaving(disk: &Path, free: usize) -> Self {
        let path = disk.join("ballast");
        let mut file = File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let size = file.metadata().unwrap().len();
        file.set_len(size.saturating_sub(free as u64)).unwrap();
        Self(path)
    }
}

impl Drop for Ballast {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

fn clear(disk: &Path) {
    for entry in disk.read_dir().unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
}

fn backfill() {
    let disk = disk();
    let store = disk.join("t.db");
    let whole = tempfile::tempdir().unwrap();
    let whole = whole.path().join("t.db");
    let chunk = NonZeroUsize::new(CHUNK);
    let prepare = |path: &Path| {
        let engine = Engine::open(path).unwrap();
        engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        engine
    };
    let options = BackfillOptions { chunk, ..BackfillOptions::default() };
    prepare(&whole).backfill(users(USERS), &options).unwrap();
    let expected = dump(&whole);

    for free in (0..2_000_000).step_by(36_864) {
        let engine = prepare(&store);
        let ballast = Ballast::leaving(&disk, free);
        let done = AtomicUsize::new(0);
        let progress = |progress: tenantry::Progress| done.store(progress.done, SeqCst);
        let options = BackfillOptions { progress: Some(&progress), ..options };
        match engine.backfill(users(USERS), &options) {
            Err(Error::Full { .. }) => {}
            // There is room for all of it.
            Ok(_) => return,
            Err(error) => panic!("with {free} bytes free: {error}"),
        }
        let done = done.load(SeqCst);
        assert_eq!(engine.tenants().unwrap().len(), 1 + done, "with {free} bytes free");
        if free % 24_576 == 0 {
            // The process may also end and another one come while the disk is full.
            drop(engine);
            let engine = Engine::open(&store).unwrap();
            match engine.tenants() {
                Ok(tenants) => assert_eq!(tenants.len(), 1 + done),
                // There is no room even for the memory that readers share.
                Err(Error::Full { .. }) => {}
                Err(error) => panic!("{error}"),
            }
            drop(ballast);
        } else {
            drop(ballast);
            engine.backfill(users(USERS), &options).unwrap();
            drop(engine);
            assert_same(&dump(&store), &expected);
            assert_sound(&store);
        }
        say(format!("{free}\t{done}"));
        clear(&disk);
    }
    panic!("the backfill never fitted");
}

#[test]
fn a_backfill_that_fills_the_disk_keeps_what_was_committed_and_goes_on_when_there_is_room() {
    for line in on_a_small_disk("backfill") {
        println!("{line}");
    }
}

fn make() {
    let disk = disk();
    let store = disk.join("t.db");
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for free in (0..300_000).step_by(4096) {
        let ballast = Ballast::leaving(&disk, free);
        let engine = Engine::open(&store).unwrap();
        let made = engine.create(&NewTenant::named("Acme"), "ann");
        let outcome = match &made {
            Ok(_) => "made".to_owned(),
            Err(error @ Error::Full { .. }) => error.to_string(),
            Err(error) => panic!("with {free} bytes free: {error}"),
        };
        *outcomes.entry(outcome).or_default() += 1;
        drop(ballast);
        if made.is_err() {
            engine.create(&NewTenant::named("Acme"), "ann").unwrap();
        }
        assert_eq!(engine.tenants().unwrap().len(), 1);
        drop(engine);
        assert_sound(&store);
        clear(&disk);
    }
    for (outcome, count) in outcomes {
        say(format!("{count}\t{outcome}"));
    }
}

#[test]
fn a_store_that_finds_no_room_to_be_made_is_made_when_there_is_some() {
    for line in on_a_small_disk("make") {
        println!("{line}");
    }
}

fn verbs() {
    let disk = disk();
    let store = disk.join("t.db");
    let engine = Engine::open(&store).unwrap();
    let acme = engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    engine.create(&NewTenant::named("Globex"), "bob").unwrap();
    let before = dump(&store);
    let ballast = Ballast::leaving(&disk, 0);
    // What is in the log already has room; a long name will not.
    let name = "x".repeat(200);
    let full = RefCell::new(0);
    for n in 0..2000 {
        match engine.rename(acme.id, &name[n % 100..], tenantry::NewSlug::Keep) {
            Ok(_) => {}
            Err(Error::Full { .. }) => *full.borrow_mut() += 1,
            Err(error) => panic!("{error}"),
        }
    }
    say(format!("{} of 2000 renamings found no room", full.borrow()));
    let request = Request { user: Some("ann"), selected: Some("acme"), ..Request::default() };
    assert!(matches!(engine.resolve(&request), Ok(Resolution::Tenant { .. })));
    assert_eq!(engine.tenants().unwrap().len(), 2);
    assert_eq!(engine.verify(None).unwrap(), []);
    assert_eq!(engine.check_file().unwrap(), [""; 0]);
    match engine.backup(disk.join("copy.db")) {
        Err(Error::Full { .. }) => {}
        other => panic!("{other:?}"),
    }
    let names: Vec<_> = disk.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_str().unwrap().contains("backup")), "{names:?}");
    drop(ballast);
    engine.rename(acme.id, "Acme", tenantry::NewSlug::Keep).unwrap();
    engine.backup(disk.join("copy.db")).unwrap();
    drop(engine);
    assert_same(&dump(&store), &before);
    assert_sound(&store);
    assert_eq!(number(&support::look(&store), "SELECT count(*) FROM tenant"), 2);
}

#[test]
fn a_full_disk_is_a_typed_error_of_every_verb_that_writes_and_of_none_that_reads() {
    for line in on_a_small_disk("verbs") {
        println!("{line}");
    }
}
