//! A process that is killed at any moment, with no chance to clean up, loses nothing and leaves
//! nothing half done.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod support;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{
    Chance, Player, assert_same, assert_sound, copy_as_is, dump, look, number, role, say, users,
};
use tenantry::{BackfillOptions, Engine, NewTenant};

const USERS: u16 = 3000;
const CHUNK: usize = 50;
const KILLS: usize = 100;

#[test]
fn a_child_plays_its_role() {
    support::play(&[("backfill", backfill), ("undo", undo), ("create", create)]);
}

fn options() -> BackfillOptions<'static> {
    BackfillOptions {
        chunk: std::env::var("ATOMIC").is_err().then_some(NonZeroUsize::new(CHUNK).unwrap()),
        ..BackfillOptions::default()
    }
}

fn backfill() {
    let (engine, users) = (support::engine(), users(USERS.into()));
    say("begun");
    engine.backfill(users, &options()).unwrap();
}

fn undo() {
    let engine = support::engine();
    say("begun");
    engine.undo(Some(1)).unwrap();
}

fn create() {
    let engine = support::engine();
    say("begun");
    engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    say("created");
}

/// How long a role takes from its first word to its end.
fn time_of(name: &str, store: &Path) -> Duration {
    let mut player = Player::start(&mut role(name, store));
    player.expect("begun");
    let begun = Instant::now();
    player.finish();
    begun.elapsed()
}

/// Starts a role and kills it at a moment by chance within `most`. Whether it was amid its work.
fn start_and_kill(name: &str, store: &Path, chance: &mut Chance, most: Duration) -> bool {
    let mut player = Player::start(&mut role(name, store));
    player.expect("begun");
    sleep(chance.time(most));
    player.kill().amid
}

#[test]
fn a_chunked_backfill_killed_a_hundred_times_ends_with_the_rows_of_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.db");
    let time = time_of("backfill", &whole);
    let expected = dump(&whole);

    let mut chance = Chance(1);
    let (mut kills, mut amid, mut stores) = (0, 0, 0);
    while kills < KILLS {
        let store = folder.path().join(format!("killed-{stores}.db"));
        stores += 1;
        for _ in 0..=chance.below(8) {
            if start_and_kill("backfill", &store, &mut chance, time / 2) {
                kills += 1;
                amid += usize::from(is_amid(&store));
            }
        }
        // Alternately by a process of its own and by this one.
        if stores % 2 == 0 {
            time_of("backfill", &store);
        } else {
            let engine = Engine::open(&store).unwrap();
            engine.backfill(users(USERS.into()), &options()).unwrap();
        }
        assert_same(&dump(&store), &expected);
        assert_sound(&store);
        assert_eq!(Engine::open(&store).unwrap().runs().unwrap().len(), 1);
    }
    println!(
        "{kills} kills of {stores} stores, {amid} with some of the tenants made; a run takes {time:?}"
    );
    assert!(amid > KILLS / 2, "{amid} kills came amid a run");
}

/// Whether some of the tenants were made, and not all.
fn is_amid(store: &Path) -> bool {
    if !store.exists() {
        return false;
    }
    let conn = look(&copied(store));
    let tables = number(&conn, "SELECT count(*) FROM sqlite_schema");
    tables > 0 && (1..i64::from(USERS)).contains(&number(&conn, "SELECT count(*) FROM tenant"))
}

/// A copy to look at.
fn copied(store: &Path) -> PathBuf {
    let copy = store.with_extension("look");
    copy_as_is(store, &copy);
    copy
}

#[test]
fn an_atomic_backfill_that_is_killed_leaves_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let atomic = |name: &str| {
        let store = folder.path().join(name);
        let mut command = role("backfill", &store);
        command.env("ATOMIC", "1");
        (store, Player::start(&mut command))
    };
    let (whole, mut player) = atomic("whole.db");
    player.expect("begun");
    let begun = Instant::now();
    player.finish();
    let (time, expected) = (begun.elapsed(), dump(&whole));

    let mut chance = Chance(2);
    for n in 0..12 {
        let (store, mut player) = atomic(&format!("killed-{n}.db"));
        player.expect("begun");
        sleep(chance.time(time));
        player.kill();
        let engine = Engine::open(&store).unwrap();
        let made = engine.tenants().unwrap().len();
        assert!(made == 0 || made == usize::from(USERS), "{made} tenants");
        engine.backfill(users(USERS.into()), &BackfillOptions::default()).unwrap();
        assert_same(&dump(&store), &expected);
    }
}

#[test]
fn an_undo_that_is_killed_is_done_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("made.db");
    time_of("backfill", &made);
    let copy = |name: &str| {
        let to = folder.path().join(name);
        std::fs::copy(&made, &to).unwrap();
        to
    };
    let (before, undone) = (dump(&made), copy("undone.db"));
    let time = time_of("undo", &undone);
    let after = dump(&undone);
    assert_ne!(before, after);

    let (mut chance, mut kept) = (Chance(3), 0);
    for n in 0..15 {
        let store = copy(&format!("killed-{n}.db"));
        if !start_and_kill("undo", &store, &mut chance, time) {
            continue;
        }
        let found = dump(&copied(&store));
        assert!(found == before || found == after);
        kept += usize::from(found == before);
        let engine = Engine::open(&store).unwrap();
        engine.undo(Some(1)).unwrap();
        drop(engine);
        assert_same(&dump(&store), &after);
        assert_sound(&store);
    }
    println!("{kept} of 15 kills came before the end of an undo, which takes {time:?}");
    assert!(kept > 0);
}

#[test]
fn a_store_whose_maker_is_killed_at_once_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let time = time_of("create", &folder.path().join("whole.db"));
    let (mut chance, mut kills, mut half_made) = (Chance(4), 0, 0);
    for n in 0..60 {
        let store = folder.path().join(format!("killed-{n}.db"));
        let mut player = Player::start(&mut role("create", &store));
        player.expect("begun");
        sleep(chance.time(time));
        let killed = player.kill();
        if !killed.amid {
            continue;
        }
        kills += 1;
        half_made +=
            usize::from(store.exists() && number(&look(&store), "PRAGMA user_version") == 0);
        let engine = Engine::open(&store).unwrap();
        let tenants = engine.tenants().unwrap();
        assert!(tenants.len() < 2);
        // What was acknowledged is there.
        assert!(tenants.len() >= killed.said.len());
        for tenant in &tenants {
            assert_eq!(engine.members(tenant.id).unwrap().len(), 1);
        }
        engine.create(&NewTenant::named("Globex"), "bob").unwrap();
        drop(engine);
        assert_sound(&store);
    }
    println!(
        "{kills} of 60 were killed, {half_made} with a file and no schema in it; making takes {time:?}"
    );
    assert!(half_made > 0);
}
