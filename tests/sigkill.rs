//! A process that is killed at any moment, with no chance to clean up, loses nothing and leaves
//! nothing half done.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod support;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{
    Chance, Killed, Player, assert_same, assert_sound, copy_as_is, dump, look, number, role, say,
    users,
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
    let progress = |_| say("committed");
    engine.backfill(users, &BackfillOptions { progress: Some(&progress), ..options() }).unwrap();
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

/// Plays a role to its end. How long it took from its first word.
fn play(command: &mut Command) -> Duration {
    let mut player = Player::start(command);
    player.expect("begun");
    let begun = Instant::now();
    player.finish();
    begun.elapsed()
}

/// Moments by chance within the time that a role takes. Whenever it was over before, they come sooner, so
/// that enough kills come amid the work on a machine that is now busy and now idle.
struct Moments {
    chance: Chance,
    within: Duration,
}

impl Moments {
    /// Starts a role and kills it at such a moment.
    fn start_and_kill(&mut self, command: &mut Command) -> Killed {
        let mut player = Player::start(command);
        player.expect("begun");
        sleep(self.chance.time(self.within));
        let killed = player.kill();
        if !killed.amid {
            self.within = self.within * 3 / 4;
        }
        killed
    }
}

#[test]
fn a_chunked_backfill_killed_a_hundred_times_ends_with_the_rows_of_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.db");
    play(&mut role("backfill", &whole));
    let expected = dump(&whole);

    let mut chance = Chance(1);
    let (mut kills, mut amid, mut stores) = (0, 0, 0);
    while kills < KILLS || amid < KILLS / 2 {
        let store = folder.path().join(format!("killed-{stores}.db"));
        stores += 1;
        for _ in 0..=chance.below(8) {
            let mut player = Player::start(&mut role("backfill", &store));
            player.expect("begun");
            // Amid a chunk, or close to its commit.
            for _ in 0..chance.below(12) {
                player.hear();
            }
            sleep(chance.time(Duration::from_millis(2)));
            if player.kill().amid {
                kills += 1;
                amid += usize::from(is_amid(&store));
            }
        }
        // Alternately by a process of its own and by this one.
        if stores % 2 == 0 {
            play(&mut role("backfill", &store));
        } else {
            let engine = Engine::open(&store).unwrap();
            engine.backfill(users(USERS.into()), &options()).unwrap();
        }
        assert_same(&dump(&store), &expected);
        assert_sound(&store);
        assert_eq!(Engine::open(&store).unwrap().runs().unwrap().len(), 1);
    }
    println!("{kills} kills of {stores} stores, {amid} with some of the tenants made");
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
        (store, command)
    };
    let (whole, mut command) = atomic("whole.db");
    let mut moments = Moments { chance: Chance(2), within: play(&mut command) };
    let expected = dump(&whole);

    for n in 0..12 {
        let (store, mut command) = atomic(&format!("killed-{n}.db"));
        moments.start_and_kill(&mut command);
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
    play(&mut role("backfill", &made));
    let copy = |name: &str| {
        let to = folder.path().join(name);
        std::fs::copy(&made, &to).unwrap();
        to
    };
    let (before, undone) = (dump(&made), copy("undone.db"));
    let mut moments = Moments { chance: Chance(3), within: play(&mut role("undo", &undone)) };
    let after = dump(&undone);
    assert_ne!(before, after);

    let (mut kept, mut kills) = (0, 0);
    while kills < 10 || kept == 0 {
        let store = copy(&format!("killed-{kills}.db"));
        if !moments.start_and_kill(&mut role("undo", &store)).amid {
            continue;
        }
        kills += 1;
        let found = dump(&copied(&store));
        assert!(found == before || found == after);
        kept += usize::from(found == before);
        let engine = Engine::open(&store).unwrap();
        engine.undo(Some(1)).unwrap();
        drop(engine);
        assert_same(&dump(&store), &after);
        assert_sound(&store);
    }
    println!("{kept} of {kills} kills came before the end of an undo");
}

#[test]
fn a_store_whose_maker_is_killed_at_once_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let within = play(&mut role("create", &folder.path().join("whole.db")));
    let mut moments = Moments { chance: Chance(4), within };
    let (mut starts, mut kills, mut half_made) = (0, 0, 0);
    while kills < 40 || half_made == 0 {
        let store = folder.path().join(format!("killed-{starts}.db"));
        starts += 1;
        let killed = moments.start_and_kill(&mut role("create", &store));
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
    println!("{kills} of {starts} were killed, {half_made} with a file and no schema in it");
}
