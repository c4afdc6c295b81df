//! Files that are damaged, foreign, newer or none at all: every verb gives a typed error or an
//! answer, and the file stays what it is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use support::{Chance, Player, assert_sound, copy_as_is, role, say, users};
use tenantry::{
    BackfillOptions, Engine, EngineOptions, Error, NewSlug, NewTenant, Request, Role, TenantId,
};

#[test]
fn a_child_plays_its_role() {
    support::play(&[("write", write)]);
}

/// Makes a store whose log holds half of what was committed, and waits to be killed.
fn write() {
    let engine = support::engine();
    fill(&engine);
    say("written");
    support::listen();
}

fn fill(engine: &Engine) {
    engine.backfill(users(60), &BackfillOptions::default()).unwrap();
    for n in 1..30 {
        let id = TenantId(n);
        engine.join(id, "eve", Role::Member).unwrap();
        engine.rename(id, &format!("Renamed {n}"), NewSlug::OfName).unwrap();
        engine.set_tenant_active(id, n % 2 == 0).unwrap();
    }
    engine.select("30", &engine.tenants_of("30").unwrap()[0].0.slug).unwrap();
}

/// Calls every verb, and gives the code of each outcome. No outcome is a panic or an abort, and
/// each error is one that says what became of the store.
fn ask_everything(engine: &Engine) -> Vec<&'static str> {
    let eve = Request { user: Some("eve"), selected: Some("renamed-4"), ..Request::default() };
    let two = TenantId(2);
    let copy = engine.path().with_extension("backup");
    let outcomes = [
        engine.check_file().map(drop),
        engine.resolve(&eve).map(drop),
        engine.resolve(&Request { selected: None, ..eve }).map(drop),
        engine.current("30").map(drop),
        engine.tenants().map(drop),
        engine.tenant(two).map(drop),
        engine.tenant_by_slug("renamed-2").map(drop),
        engine.members(two).map(drop),
        engine.tenants_of("eve").map(drop),
        engine.runs().map(drop),
        engine.verify(None).map(drop),
        engine.export("eve").map(drop),
        engine.backup(&copy),
        engine.create(&NewTenant::named("Renamed 2"), "zoe").map(drop),
        engine.rename(two, "Renamed 40", NewSlug::OfName).map(drop),
        engine.set_tenant_active(two, true).map(drop),
        engine.join(two, "zoe", Role::Owner).map(drop),
        engine.set_role(two, "eve", Role::Admin).map(drop),
        engine.leave(two, "zoe"),
        engine.select("eve", "renamed-4").map(drop),
        engine.clear("30"),
        engine.backfill(users(70), &BackfillOptions::default()).map(drop),
        engine.undo(None).map(drop),
        engine.delete(two),
        engine.forget_user("eve").map(drop),
        engine.export("3").and_then(|snapshot| engine.import(&snapshot)).map(drop),
        engine.check_file().map(drop),
    ];
    let _ = std::fs::remove_file(copy);
    let code = |outcome: tenantry::Result<()>| outcome.map_or_else(|error| error.code(), |()| "ok");
    outcomes.map(code).to_vec()
}

/// Whether an outcome may come of a file that was damaged. Rules are refused by what the damaged
/// rows say; [`Error::Store`] is SQLite's word for what fits in nowhere else.
fn is_expected(code: &str) -> bool {
    const TYPED: [&str; 13] = [
        "ok",
        "corrupt",
        "foreign_file",
        "newer_store",
        "no_store",
        "store",
        "read_only",
        "cannot_open",
        "already_member",
        "last_owner",
        "no_such_tenant",
        "no_such_membership",
        "not_available",
    ];
    TYPED.contains(&code) || matches!(code, "no_such_run" | "slug_taken" | "invalid" | "snapshot")
}

/// Which outcomes there were, and how often.
type Outcomes = BTreeMap<&'static str, usize>;

fn count(outcomes: &mut Outcomes, codes: &[&'static str]) {
    for code in codes {
        assert!(is_expected(code), "{code}");
        *outcomes.entry(code).or_default() += 1;
    }
}

fn sound_store(folder: &Path) -> PathBuf {
    let store = folder.join("sound.db");
    fill(&Engine::open(&store).unwrap());
    store
}

/// What `check_file` finds: by its list, or by not getting that far.
fn finds_damage(store: &Path) -> bool {
    !matches!(Engine::open(store).unwrap().check_file(), Ok(problems) if problems.is_empty())
}

#[test]
fn a_file_cut_off_anywhere_is_never_made_anew_and_the_check_finds_it() {
    let folder = support::quick_folder();
    let sound = std::fs::read(sound_store(folder.path())).unwrap();
    let store = folder.path().join("cut.db");
    let mut chance = Chance(5);
    let mut outcomes = Outcomes::new();
    let edges = [1, 15, 16, 17, 60, 99, 100, 101, 511, 512, 1024, 4095, 4096, 4097, 8192];
    let lengths = edges.map(|length| length.min(sound.len() - 1));
    let by_chance = (0..60).map(|_| chance.index(sound.len()).max(1));
    for length in lengths.into_iter().chain(by_chance) {
        std::fs::write(&store, &sound[..length]).unwrap();
        assert!(finds_damage(&store), "{length} of {} bytes", sound.len());
        let left = std::fs::read(&store).unwrap();
        assert_eq!(left, sound[..length], "{length} bytes");
        let engine = Engine::open(&store).unwrap();
        count(&mut outcomes, &ask_everything(&engine));
        drop(engine);
        assert!(store.metadata().unwrap().len() >= length as u64, "{length} bytes");
        clear(&store);
    }
    println!("{outcomes:?}");
}

#[test]
fn a_file_with_a_flipped_bit_anywhere_gives_typed_errors_or_answers() {
    let folder = support::quick_folder();
    let path = sound_store(folder.path());
    let sound = std::fs::read(&path).unwrap();
    let rows = support::dump_columns(&path, |_| true);
    let store = folder.path().join("flipped.db");
    let mut chance = Chance(6);
    let mut outcomes = Outcomes::new();
    let (mut found, mut unseen) = (0, 0);
    // Every bit that decides what the file is, and others by chance.
    let header = (0..100 * 8).step_by(3);
    let by_chance = (0..500).map(|_| chance.index(sound.len() * 8));
    for bit in header.chain(by_chance) {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&store, &flipped).unwrap();
        let is_found = finds_damage(&store);
        if is_found {
            found += 1;
        } else if support::dump_columns(&store, |_| true) != rows {
            // SQLite keeps no check sums: a changed letter in a name is a name.
            unseen += 1;
        }
        clear(&store);
        std::fs::write(&store, &flipped).unwrap();
        let engine = Engine::open(&store).unwrap();
        let codes = ask_everything(&engine);
        drop(engine);
        count(&mut outcomes, &codes);
        // The check sees what any verb has seen.
        assert!(is_found || !codes.contains(&"corrupt"), "bit {bit}: {codes:?}");
        // Whatever was written into it, it was not begun anew.
        assert!(store.metadata().unwrap().len() >= sound.len() as u64, "bit {bit}");
        clear(&store);
    }
    println!("damage found {found} times, values changed unseen {unseen} times; {outcomes:?}");
    assert!(found > 0);
}

#[test]
fn a_log_that_is_cut_off_or_flipped_gives_a_state_that_was_committed_or_a_typed_error() {
    let folder = support::quick_folder();
    let written = folder.path().join("written.db");
    let mut player = Player::start(&mut role("write", &written));
    player.expect("written");
    player.kill();
    let log = std::fs::read(with_suffix(&written, "-wal")).unwrap();
    assert!(log.len() > 100_000);

    let store = folder.path().join("t.db");
    let mut chance = Chance(7);
    let mut outcomes = Outcomes::new();
    let edges = [0, 1, 31, 32, 33, 55, 56, 57, 4151, 4152];
    for n in 0..150 {
        let mut damaged = log.clone();
        match edges.get(n) {
            Some(&length) => damaged.truncate(length),
            None if n % 3 == 0 => damaged.truncate(chance.index(log.len())),
            None => {
                let bit = chance.index(log.len() * 8);
                damaged[bit / 8] ^= 1 << (bit % 8);
            }
        }
        let damage = || {
            copy_as_is(&written, &store);
            std::fs::write(with_suffix(&store, "-wal"), &damaged).unwrap();
        };
        damage();
        // A frame that does not fit ends the log: what was committed before it is whole.
        let engine = Engine::open(&store).unwrap();
        match engine.check_file() {
            Ok(problems) => {
                assert_eq!(problems, [""; 0]);
                assert_eq!(engine.verify(None).unwrap(), []);
                let tenants = engine.tenants().unwrap();
                assert!(tenants.is_empty() || tenants.len() == 60, "{}", tenants.len());
            }
            Err(error) => assert_eq!(error.code(), "corrupt", "{error}"),
        }
        drop(engine);
        clear(&store);
        damage();
        let engine = Engine::open(&store).unwrap();
        count(&mut outcomes, &ask_everything(&engine));
        drop(engine);
        clear(&store);
    }
    println!("{outcomes:?}");
}

#[test]
fn an_empty_file_becomes_a_store_when_one_may_be_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    std::fs::write(&store, "").unwrap();
    assert!(matches!(only_open(&store).tenants(), Err(Error::NoStore { .. })));
    assert_eq!(std::fs::read(&store).unwrap(), b"");
    Engine::open(&store).unwrap().create(&NewTenant::named("Acme"), "ann").unwrap();
    assert_sound(&store);
}

#[test]
fn a_file_cut_to_nothing_beside_its_log_is_damaged_and_not_new() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("written.db");
    let mut player = Player::start(&mut role("write", &written));
    player.expect("written");
    player.kill();
    std::fs::write(&written, "").unwrap();
    let log = std::fs::read(with_suffix(&written, "-wal")).unwrap();
    let engine = Engine::open(&written).unwrap();
    match engine.tenants() {
        Err(Error::Corrupt { .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(std::fs::read(with_suffix(&written, "-wal")).unwrap(), log);
}

#[test]
fn a_text_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("notes.txt");
    for text in ["a", "not a database at all\n", &"long ".repeat(5000)] {
        std::fs::write(&store, text).unwrap();
        for code in ask_everything(&Engine::open(&store).unwrap()) {
            assert!(["corrupt", "no_such_run"].contains(&code), "{code}");
        }
        assert_eq!(std::fs::read_to_string(&store).unwrap(), text);
    }
}

#[test]
fn a_folder_in_the_place_of_the_file_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    for engine in [Engine::open(folder.path()).unwrap(), only_open(folder.path())] {
        assert!(matches!(engine.tenants(), Err(Error::CannotOpen { .. })));
    }
}

#[test]
fn a_missing_folder_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("missing").join("t.db");
    assert!(matches!(only_open(&store).tenants(), Err(Error::NoStore { .. })));
    assert!(matches!(Engine::open(&store).unwrap().tenants(), Err(Error::CannotOpen { .. })));
    assert!(!folder.path().join("missing").exists());
}

#[test]
fn a_file_in_the_place_of_the_folder_cannot_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    let store = file.join("t.db");
    assert!(matches!(Engine::open(&store).unwrap().tenants(), Err(Error::CannotOpen { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), b"text");
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = sound_store(folder.path());
    let conn = Connection::open(&store).unwrap();
    conn.pragma_update(None, "user_version", 999).unwrap();
    conn.close().unwrap();
    let before = std::fs::read(&store).unwrap();
    let engine = Engine::open(&store).unwrap();
    match engine.tenants() {
        Err(Error::NewerStore { found: 999, known, .. }) => assert!(known < 999),
        other => panic!("{other:?}"),
    }
    assert!(ask_everything(&engine).iter().all(|&code| code == "newer_store"));
    drop(engine);
    assert_eq!(std::fs::read(&store).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Every way in which a database can be somebody else's.
fn foreign_databases() -> Vec<(&'static str, i32)> {
    const JOURNAL: &str = "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);";
    const LOG: &str = "PRAGMA journal_mode = wal; CREATE TABLE theirs (x);";
    const NAMED: &str = "PRAGMA application_id = 42; CREATE TABLE theirs (x);";
    const BARE: &str = "PRAGMA application_id = 42;";
    const VERSION: &str = "PRAGMA user_version = 1;";
    const SAME: &str = "CREATE TABLE tenant (id INTEGER PRIMARY KEY, slug TEXT);";
    vec![(JOURNAL, 0), (LOG, 0), (NAMED, 42), (BARE, 42), (VERSION, 0), (SAME, 0)]
}

#[test]
fn the_database_of_another_application_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for (n, (sql, expected)) in foreign_databases().into_iter().enumerate() {
        let path = folder.path().join(format!("{n}.db"));
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(sql).unwrap();
        conn.close().unwrap();
        let before = std::fs::read(&path).unwrap();
        for engine in [Engine::open(&path).unwrap(), only_open(&path)] {
            match engine.tenants() {
                Err(Error::ForeignFile { application_id, .. }) => {
                    assert_eq!(application_id, expected, "{sql}");
                }
                other => panic!("{sql}: {other:?}"),
            }
            assert!(ask_everything(&engine).iter().all(|&code| code == "foreign_file"));
        }
        assert_eq!(std::fs::read(&path).unwrap(), before, "{sql}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), foreign_databases().len());
}

#[test]
fn a_foreign_database_is_left_alone_with_what_its_killed_owner_has_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open.db");
    let conn = Connection::open(&open).unwrap();
    conn.execute_batch(foreign_databases()[1].0).unwrap();
    // As it stands on the disk now, with nobody to look after it.
    let path = folder.path().join("theirs.db");
    copy_as_is(&open, &path);
    drop(conn);
    let read = |suffix| std::fs::read(with_suffix(&path, suffix)).unwrap();
    let before = (read(""), read("-wal"));
    let engine = Engine::open(&path).unwrap();
    assert!(matches!(engine.tenants(), Err(Error::ForeignFile { .. })));
    drop(engine);
    assert_eq!((read(""), read("-wal")), before);
}

#[test]
fn a_store_with_the_log_of_another_one_beside_its_backup_is_not_mixed_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("written.db");
    let mut player = Player::start(&mut role("write", &written));
    player.expect("written");
    player.kill();
    // Somebody moved the old store away, and not its log.
    let target = folder.path().join("backup.db");
    copy_as_is(&written, &target);
    std::fs::remove_file(&target).unwrap();

    let store = folder.path().join("t.db");
    let engine = Engine::open(&store).unwrap();
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    match engine.backup(&target) {
        Err(Error::CannotOpen { .. }) => assert!(!target.exists()),
        Ok(()) => {
            assert_sound(&target);
            assert_eq!(Engine::open(&target).unwrap().tenants().unwrap().len(), 1);
        }
        Err(error) => panic!("{error}"),
    }
}

/// An engine that makes no file.
fn only_open(path: &Path) -> Engine {
    let options = EngineOptions { create: false, ..EngineOptions::default() };
    Engine::open_with(path, options).unwrap()
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn clear(store: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let _ = std::fs::remove_file(with_suffix(store, suffix));
    }
}
