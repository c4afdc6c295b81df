//! Eight processes that write to one store at once, each as fast as it can.

#![allow(
    clippy::cast_possible_wrap,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod support;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use support::{Chance, Player, arg, assert_sound, listen, look, number, role, say};
use tenantry::verify::Finding;
use tenantry::{Engine, Error, Membership, NewSlug, NewTenant, Role, Tenant, TenantId};

const PROCESSES: u64 = 8;
/// How many verbs the fastest process calls; the others go on until then.
const VERBS: usize = 400;
/// Few, so that the processes meet.
const NAMES: [&str; 4] = ["Acme", "ACME!", "Acme 1", "東京"];
const OWNERS: [&str; 3] = ["ann", "bob", "eve"];

#[test]
fn a_child_plays_its_role() {
    support::play(&[
        ("write", write),
        ("attack", attack),
        ("open", open),
        ("make", make),
        ("threads", threads),
    ]);
}

/// Starts one child for each number at once, and gives what they said.
fn all_at_once(name: &str, store: &Path, processes: u64) -> Vec<Vec<String>> {
    let mut players: Vec<_> = (0..processes)
        .map(|n| Player::start(role(name, store).env("NUMBER", n.to_string())))
        .collect();
    for player in &mut players {
        player.expect("ready");
    }
    for player in &mut players {
        player.tell("go");
    }
    players.into_iter().map(Player::finish).collect()
}

/// In a child: waits until all are ready. This one's number.
fn ready() -> u64 {
    say("ready");
    listen().unwrap();
    arg("NUMBER").parse().unwrap()
}

/// In a child: counts until the fastest process has called enough verbs, and all stop.
fn until_one_has_done(verbs: usize) -> impl Iterator<Item = usize> {
    let over = support::store().with_extension("over");
    (0..).take_while(move |done| {
        if *done == verbs {
            std::fs::write(&over, "").unwrap();
        }
        !over.exists()
    })
}

/// The answer of a verb, or none if it was refused by a rule, and how long it took at most.
fn timed<T>(longest: &mut Duration, verb: impl FnOnce() -> tenantry::Result<T>) -> Option<T> {
    let begun = Instant::now();
    let answer = verb();
    *longest = begun.elapsed().max(*longest);
    match answer {
        Ok(answer) => Some(answer),
        Err(error) if !error.is_store_trouble() => None,
        Err(error) => panic!("{error}"),
    }
}

fn say_tenant(tenant: &Tenant) {
    let Tenant { id, slug, updated_at, .. } = tenant;
    say(format!("tenant\t{id}\t{slug}\t{}", updated_at.as_microsecond()));
}

fn say_member(member: &Membership) {
    let Membership { tenant_id, user_key, role, is_active, updated_at, .. } = member;
    let time = updated_at.as_microsecond();
    say(format!("member\t{tenant_id}\t{user_key}\t{role}\t{is_active}\t{time}"));
}

/// Creates, joins, renames, changes and leaves by chance, and says what was committed.
fn write() {
    let number = ready();
    let engine = support::engine();
    let mut chance = Chance(number);
    let (mut longest, mut done) = (Duration::ZERO, 0);
    for _ in until_one_has_done(VERBS) {
        let wait = &mut longest;
        let tenants = i64::try_from(chance.below(40)).unwrap() + 1;
        let (id, name) = (TenantId(tenants), NAMES[chance.index(NAMES.len())]);
        let user = format!("user-{}", chance.below(6));
        let committed = match chance.below(8) {
            0 => timed(wait, || engine.create(&NewTenant::named(name), &user)).map(|tenant| {
                say(format!("made\t{}\t{user}", tenant.id));
                say_tenant(&tenant);
            }),
            1 => timed(wait, || engine.rename(id, name, NewSlug::OfName)).map(|t| say_tenant(&t)),
            2 => {
                let slug = format!("acme-{}", chance.below(200));
                let slug = NewSlug::Exactly(&slug);
                timed(wait, || engine.rename(id, name, slug)).map(|tenant| say_tenant(&tenant))
            }
            3 | 4 => timed(wait, || engine.join(id, &user, Role::Owner)).map(|member| {
                say(format!("made\t{id}\t{user}"));
                say_member(&member);
            }),
            5 => {
                timed(wait, || engine.leave(id, &user)).map(|()| say(format!("left\t{id}\t{user}")))
            }
            6 => {
                let active = chance.below(2) == 0;
                timed(wait, || engine.set_membership_active(id, &user, active))
                    .map(|m| say_member(&m))
            }
            _ => {
                let role = Role::ALL[chance.index(3)];
                timed(wait, || engine.set_role(id, &user, role)).map(|member| say_member(&member))
            }
        };
        done += u64::from(committed.is_some());
    }
    say(format!("waited\t{}\t{done}", longest.as_millis()));
}

#[test]
fn eight_processes_that_write_at_once_lose_no_row_and_share_no_slug() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let said = all_at_once("write", &store, PROCESSES);

    // What each row was when it was last committed: its time only grows.
    let mut tenants: BTreeMap<i64, (i64, String)> = BTreeMap::new();
    let mut members: HashMap<(i64, String), (i64, String)> = HashMap::new();
    let mut made: HashMap<(i64, String), i64> = HashMap::new();
    let mut bearers: HashMap<String, BTreeSet<i64>> = HashMap::new();
    let (mut longest, mut done, mut busiest) = (0, 0, 0);
    let mut least = u64::MAX;
    for line in said.iter().flatten() {
        let words: Vec<_> = line.split('\t').collect();
        let number = |at: usize| words[at].parse::<i64>().unwrap();
        match words[..] {
            ["tenant", _, slug, _] => {
                let new = (number(3), slug.to_owned());
                let row = tenants.entry(number(1)).or_default();
                *row = new.max(row.clone());
                bearers.entry(slug.to_owned()).or_default().insert(number(1));
            }
            ["member", _, user, role, active, _] => {
                let new = (number(5), format!("{role} {active}"));
                let row = members.entry((number(1), user.to_owned())).or_default();
                *row = new.max(row.clone());
            }
            ["made", _, user] => *made.entry((number(1), user.to_owned())).or_default() += 1,
            ["left", _, user] => *made.entry((number(1), user.to_owned())).or_default() -= 1,
            ["waited", ..] => {
                longest = longest.max(number(1));
                let count = u64::try_from(number(2)).unwrap();
                (done, busiest, least) = (done + count, busiest.max(count), least.min(count));
            }
            _ => panic!("{line}"),
        }
    }
    println!(
        "{done} commits by {PROCESSES} processes, {least} to {busiest} each; longest wait {longest} ms"
    );

    assert!(least * 10 > busiest, "some hardly got in: {least} and {busiest} commits");

    let conn = look(&store);
    assert_eq!(number(&conn, "SELECT count(*) FROM tenant"), tenants.len() as i64);
    for (id, (time, slug)) in &tenants {
        let sql = format!("SELECT slug || updated_at FROM tenant WHERE id = {id}");
        let found: String = conn.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, format!("{slug}{time}"), "tenant {id}");
    }
    for ((id, user), count) in &made {
        let sql = "SELECT role || iif(is_active, ' true', ' false') || updated_at FROM membership
            WHERE tenant_id = ?1 AND user_key = ?2";
        let found: Result<String, _> = conn.query_row(sql, (id, user), |row| row.get(0));
        assert_eq!(i64::from(found.is_ok()), *count, "user {user} of tenant {id}");
        // A creation does not say what it made of the owner.
        if let (Ok(found), Some((time, last))) = (found, members.get(&(*id, user.clone()))) {
            let time_found: i64 = found[found.rfind('e').unwrap() + 1..].parse().unwrap();
            assert!(time_found > *time || found == format!("{last}{time}"), "{found}, not {last}");
        }
    }
    let memberships = number(&conn, "SELECT count(*) FROM membership");
    assert_eq!(memberships, made.values().sum::<i64>());
    for (slug, bearers) in &bearers {
        assert_eq!(bearers.len(), 1, "the slug {slug} was given to {bearers:?}");
        let sql = "SELECT id FROM tenant WHERE slug = ?1
            UNION ALL SELECT tenant_id FROM retired_slug WHERE slug = ?1";
        let leads_to: i64 = conn.query_row(sql, [slug], |row| row.get(0)).unwrap();
        assert!(bearers.contains(&leads_to), "{slug} leads to {leads_to}");
    }
    drop(conn);
    assert_sound(&store);
}

/// Tries to take the last owner from the few tenants there are.
fn attack() {
    let number = ready();
    let engine = support::engine();
    let mut chance = Chance(100 + number);
    let (mut longest, mut refused, mut done) = (Duration::ZERO, 0, 0);
    for _ in until_one_has_done(VERBS) {
        let id = TenantId(1 + i64::try_from(chance.below(3)).unwrap());
        let user = OWNERS[chance.index(OWNERS.len())];
        let begun = Instant::now();
        let answer = match chance.below(8) {
            0 | 1 => engine.set_role(id, user, Role::Member).map(drop),
            2 | 3 => engine.set_membership_active(id, user, false).map(drop),
            4 => engine.leave(id, user),
            5 => engine.set_membership_active(id, user, true).map(drop),
            6 => engine.set_role(id, user, Role::Owner).map(drop),
            _ => engine.join(id, user, Role::Owner).map(drop),
        };
        longest = begun.elapsed().max(longest);
        match answer {
            Ok(()) => done += 1,
            Err(Error::LastOwner { .. }) => refused += 1,
            Err(Error::NoSuchMembership { .. } | Error::AlreadyMember { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        // One look in a few: a look costs less than a commit, and would crowd it out.
        if chance.below(8) == 0 {
            let found = engine.verify(None).unwrap();
            assert!(
                !found.iter().any(|f| matches!(f, Finding::TenantWithoutOwner { .. })),
                "{found:?}"
            );
        }
    }
    say(format!("{done} {refused} {}", longest.as_millis()));
}

#[test]
fn eight_processes_that_aim_at_the_last_owner_never_leave_a_tenant_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    let engine = Engine::open(&store).unwrap();
    for owner in OWNERS {
        engine.create(&NewTenant::named("Acme"), owner).unwrap();
    }
    drop(engine);
    let (mut done, mut refused, mut longest) = (0, 0, 0);
    for line in all_at_once("attack", &store, PROCESSES).iter().flatten() {
        let numbers: Vec<u64> = line.split(' ').map(|n| n.parse().unwrap()).collect();
        done += numbers[0];
        refused += numbers[1];
        longest = longest.max(numbers[2]);
    }
    println!("{done} changes, {refused} refused for the last owner; longest wait {longest} ms");
    assert!(refused > 0);
    assert_sound(&store);
}

/// Comes to one new file after another, at the moments at which the others come to it too.
fn open() {
    let number = ready();
    let mut longest = Duration::ZERO;
    for n in 0..FILES {
        let moment = now() / SLOT * SLOT + SLOT;
        let path = support::store().join(format!("{}.db", moment / SLOT));
        // Sometimes a little later: the file is half made then.
        while now() < moment + number * (n % 8) * 100 {
            std::hint::spin_loop();
        }
        let engine = Engine::open(path).unwrap();
        // Some come only to read.
        if number.is_multiple_of(2) {
            timed(&mut longest, || engine.create(&NewTenant::named("Acme"), "ann")).unwrap();
        } else {
            timed(&mut longest, || engine.tenants()).unwrap();
        }
    }
    say(longest.as_millis());
}

const FILES: u64 = 250;
/// Microseconds from one file to the next.
const SLOT: u64 = 12_000;

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_micros()).unwrap()
}

#[test]
fn processes_that_race_to_make_a_file_all_get_it() {
    let folder = support::quick_folder();
    let said = all_at_once("open", folder.path(), 3);
    println!("longest waits for a first answer, in ms: {said:?}");
    for file in folder.path().read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.extension().unwrap() == "db" {
            assert_sound(&path);
        }
    }
}

#[test]
fn eight_processes_that_open_a_new_file_at_once_all_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("t.db");
    all_at_once("make", &store, PROCESSES);
    assert_eq!(Engine::open(&store).unwrap().tenants().unwrap().len(), 8);
    assert_sound(&store);
}

fn make() {
    ready();
    support::engine().create(&NewTenant::named("Acme"), "ann").unwrap();
}

/// Each thread has an engine of its own, as a program with several parts may.
fn threads() {
    ready();
    let path = support::store();
    let barrier = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let (path, barrier) = (&path, &barrier);
            scope.spawn(move || {
                let owner = format!("user-{n}");
                // No panic before all have passed the barrier for the last time.
                let made = [(); 3].map(|()| {
                    barrier.wait();
                    Engine::open(path)?.create(&NewTenant::named("Acme"), &owner)
                });
                for tenant in made {
                    tenant.unwrap();
                }
            });
        }
    });
}

#[test]
fn engines_of_one_process_may_be_opened_and_dropped_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..10 {
        let store = folder.path().join(format!("{n}.db"));
        all_at_once("threads", &store, 2);
        assert_eq!(Engine::open(&store).unwrap().tenants().unwrap().len(), 24);
    }
}
