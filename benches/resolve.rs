//! Resolution against the bare query: the same SQL, prepared once, on one connection of rusqlite.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    // Figures to be read, not to be reckoned with.
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    missing_docs
)]

mod support;

use std::cell::RefCell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, Statement};
use support::Target::{self, AtLeast, AtMost};
use support::users::Users;
use support::{Random, Zipf, line, median, percentile, user_count};
use tenantry::{BackfillOptions, Engine, EngineOptions, Request, Roster, Tenant, TenantId};

/// The statements of `src/store/resolution.rs`.
const BY_USER: &str = "SELECT t.id, t.name, t.slug, t.domain, t.plan, t.is_active, t.created_at,
        t.updated_at, m.role, m.is_active, r.slug FROM membership m
    JOIN tenant t ON t.id = m.tenant_id
    LEFT JOIN retired_slug r ON r.slug = ?2 AND r.tenant_id = t.id
    WHERE m.user_key = ?1";
const BY_SLUG: &str = "WITH named (id, retired) AS (
        SELECT id, NULL FROM tenant WHERE slug = ?2 AND slug = ?2 COLLATE BINARY
        UNION ALL SELECT tenant_id, slug FROM retired_slug WHERE slug = ?2
    )
    SELECT t.id, t.name, t.slug, t.domain, t.plan, t.is_active, t.created_at, t.updated_at,
        m.role, m.is_active, named.retired FROM named
    JOIN membership m ON m.user_key = ?1 AND m.tenant_id = named.id
    JOIN tenant t ON t.id = named.id";

/// Requests of a turn, and turns of a comparison.
const BATCH: usize = 2_000;
const ROUNDS: usize = 60;
/// Users of an ordinary working set: fewer than the cache holds.
const ACTIVE: usize = 2_000;
const THREADS: usize = 4;
const SPELL: Duration = Duration::from_millis(500);

/// A user of the store.
struct Member {
    key: Box<str>,
    slug: Box<str>,
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store.db");
    let mut members = build(&store);
    // Those who are active do not stand side by side in the file.
    let mut random = Random::new(3);
    for at in 0..members.len() {
        let other = random.below(members.len());
        members.swap(at, other);
    }
    let cached = Engine::open(&store).unwrap();
    let options = EngineOptions { cache_size: 0, ..EngineOptions::default() };
    let uncached = Engine::open_with(&store, options).unwrap();
    // The engines first: they refuse a file that something else in the process has open.
    ask(&cached, &members[0], true);
    ask(&uncached, &members[0], true);

    let anyone = Crowd { members: &members, zipf: None };
    let regulars = Crowd { members: &members[..ACTIVE.min(members.len())], zipf: None };
    let fans = Crowd { zipf: Some(Zipf::new(regulars.members.len())), ..regulars };
    // For a profiler: the name of one part.
    let part = std::env::args().nth(1).unwrap_or_default();
    if part != "threads" {
        println!("resolve of one request among {} users, microseconds", members.len());
        latency(&store, &cached, &uncached, [&anyone, &regulars, &fans]);
    }
    if part != "latency" {
        println!("\nthousands of requests a second, {THREADS} threads and one");
        throughput(&store, &cached, &uncached, [&anyone, &regulars]);
    }
}

fn latency(store: &Path, cached: &Engine, uncached: &Engine, crowds: [&Crowd<'_>; 3]) {
    let [anyone, regulars, fans] = crowds;
    let conn = connect(store);
    for (said, sql, selected) in
        [("no selection", BY_USER, false), ("selected slug", BY_SLUG, true)]
    {
        let bare = Bare::new(&conn, sql, selected);
        let against_bare = |what: &str, engine: &Engine, crowd: &Crowd<'_>, target| {
            let what = format!("{said}, {what}");
            let ours = |m: &Member| ask(engine, m, selected);
            compare(&what, "bare query", crowd, target, ours, |m| bare.ask(m));
        };
        against_bare("any user, no cache", uncached, anyone, AtMost(1.3));
        against_bare("2,000 active users", cached, regulars, AtMost(0.4));
        against_bare("2,000 active users by Zipf", cached, fans, AtMost(0.4));
        compare(
            &format!("{said}, any user, cache that seldom hits"),
            "no cache",
            anyone,
            Target::None,
            |m| ask(cached, m, selected),
            |m| ask(uncached, m, selected),
        );
    }
    let bare = Bare::new(&conn, BY_USER, false);
    let version = RefCell::new(conn.prepare("PRAGMA data_version").unwrap());
    let ask_version = |_: &Member| {
        let version = version.borrow_mut().query_row([], |row| row.get::<_, i64>(0));
        assert!(version.is_ok());
    };
    let what = "PRAGMA data_version alone";
    compare(what, "bare query", regulars, Target::None, ask_version, |m| bare.ask(m));
}

fn throughput(store: &Path, cached: &Engine, uncached: &Engine, crowds: [&Crowd<'_>; 2]) {
    let [anyone, regulars] = crowds;
    let all = |engine: &Engine, next: Next<'_, '_>| {
        while let Some(member) = next() {
            ask(engine, member, false);
        }
    };
    scaling("any user, no cache", AtLeast(1.5), anyone, |next| all(uncached, next));
    scaling("2,000 active users", AtLeast(1.5), regulars, |next| all(cached, next));
    scaling("bare query, any user", Target::None, anyone, |next| {
        let conn = connect(store);
        let bare = Bare::new(&conn, BY_USER, false);
        while let Some(member) = next() {
            bare.ask(member);
        }
    });
}

/// Gives a thread its next request, until time is up.
type Next<'n, 'm> = &'n mut dyn FnMut() -> Option<&'m Member>;

/// Who asks: members drawn evenly, or the first of them most often.
struct Crowd<'m> {
    members: &'m [Member],
    zipf: Option<Zipf>,
}

impl<'m> Crowd<'m> {
    fn draw(&self, count: usize, random: &mut Random) -> Vec<&'m Member> {
        let mut number = || match &self.zipf {
            Some(zipf) => zipf.rank(random),
            None => random.below(self.members.len()),
        };
        (0..count).map(|_| &self.members[number()]).collect()
    }
}

/// Makes the store, and says who is in it.
fn build(store: &Path) -> Vec<Member> {
    let roster: Roster =
        Users::new().take(user_count()).iter().map(|user| user.profile()).collect();
    let engine = Engine::open(store).unwrap();
    engine.backfill(roster, &BackfillOptions::default()).unwrap();
    drop(engine);
    // Reads all rows, and so warms the system's cache too.
    let conn = connect(store);
    let mut statement = conn
        .prepare(
            "SELECT m.user_key, t.slug FROM membership m JOIN tenant t ON t.id = m.tenant_id
            ORDER BY m.id",
        )
        .unwrap();
    let members = statement.query_map([], |row| Ok(Member { key: row.get(0)?, slug: row.get(1)? }));
    members.unwrap().map(Result::unwrap).collect()
}

fn connect(store: &Path) -> Connection {
    let conn = Connection::open(store).unwrap();
    conn.pragma_update(None, "foreign_keys", true).unwrap();
    conn
}

fn ask(engine: &Engine, member: &Member, selected: bool) {
    let request = Request {
        user: Some(&member.key),
        selected: selected.then_some(&member.slug),
        ..Request::default()
    };
    let answer = engine.resolve(&request).unwrap();
    assert!(answer.tenant().is_some());
}

/// The peer.
struct Bare<'c> {
    statement: RefCell<Statement<'c>>,
    selected: bool,
}

impl<'c> Bare<'c> {
    fn new(conn: &'c Connection, sql: &str, selected: bool) -> Self {
        Self { statement: conn.prepare(sql).unwrap().into(), selected }
    }

    fn ask(&self, member: &Member) {
        let slug = self.selected.then_some(&*member.slug);
        assert!(read(&mut self.statement.borrow_mut(), member, slug));
    }
}

/// Reads all rows, as a sole membership has to be the only one.
fn read(statement: &mut Statement<'_>, member: &Member, slug: Option<&str>) -> bool {
    let mut rows = statement.query((&*member.key, slug)).unwrap();
    let mut found = None;
    while let Some(row) = rows.next().unwrap() {
        found = Some(found_in(row).unwrap());
    }
    std::hint::black_box(found).is_some()
}

type Found = (Tenant, tenantry::Role, bool, Option<String>);

fn found_in(row: &Row<'_>) -> rusqlite::Result<Found> {
    let time = |at| row.get(at).map(|micros| jiff::Timestamp::from_microsecond(micros).unwrap());
    let tenant = Tenant {
        id: TenantId(row.get(0)?),
        name: row.get(1)?,
        slug: row.get(2)?,
        domain: row.get(3)?,
        plan: row.get_ref(4)?.as_str()?.parse().unwrap(),
        is_active: row.get(5)?,
        created_at: time(6)?,
        updated_at: time(7)?,
    };
    Ok((tenant, row.get_ref(8)?.as_str()?.parse().unwrap(), row.get(9)?, row.get(10)?))
}

/// Lets two ways of asking take turns, and prints what single requests took.
fn compare(
    what: &str,
    peer: &str,
    crowd: &Crowd<'_>,
    target: Target,
    ours: impl Fn(&Member),
    theirs: impl Fn(&Member),
) {
    let mut random = Random::new(7);
    let mut turn = |ask: &dyn Fn(&Member)| -> Vec<f64> {
        let members = crowd.draw(BATCH, &mut random);
        members
            .into_iter()
            .map(|member| {
                let started = Instant::now();
                ask(member);
                started.elapsed().as_secs_f64() * 1e6
            })
            .collect()
    };
    let (mut all_ours, mut all_theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS + 5 {
        let (mut a, mut b) = if round % 2 == 0 {
            let a = turn(&ours);
            (a, turn(&theirs))
        } else {
            let b = turn(&theirs);
            (turn(&ours), b)
        };
        // The first rounds fill the caches.
        if round >= 5 {
            ratios.push(median(&mut a) / median(&mut b));
            all_ours.append(&mut a);
            all_theirs.append(&mut b);
        }
    }
    for (name, times) in [(what, &mut all_ours), (&*format!("  {peer}"), &mut all_theirs)] {
        line(&format!("{name}: p50"), percentile(times, 50.0), "", Target::None);
        line("  p99", percentile(times, 99.0), "", Target::None);
    }
    line("  ratio of p50", median(&mut ratios), "", target);
}

/// Lets one thread and several take turns, and prints what they get done.
fn scaling(what: &str, target: Target, crowd: &Crowd<'_>, work: impl Fn(Next<'_, '_>) + Sync) {
    let members = crowd.draw(100_000, &mut Random::new(9));
    let run = |number: usize, done: &AtomicBool| {
        let mut at = number * members.len() / THREADS;
        let mut asked = 0_u32;
        work(&mut || {
            (at, asked) = ((at + 1) % members.len(), asked + 1);
            (!done.load(Relaxed)).then(|| members[at])
        });
        f64::from(asked)
    };
    let rate = |threads: usize| {
        let done = AtomicBool::new(false);
        let asked: f64 = std::thread::scope(|scope| {
            let (run, done) = (&run, &done);
            let workers: Vec<_> =
                (0..threads).map(|number| scope.spawn(move || run(number, done))).collect();
            std::thread::sleep(SPELL);
            done.store(true, Relaxed);
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        asked / SPELL.as_secs_f64() / 1e3
    };
    rate(THREADS); // fills the caches
    let (mut many, mut one, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..9 {
        many.push(rate(THREADS));
        one.push(rate(1));
        ratios.push(many[many.len() - 1] / one[one.len() - 1]);
    }
    line(&format!("{what}: {THREADS} threads"), median(&mut many), "", Target::None);
    line("  one thread", median(&mut one), "", Target::None);
    line("  ratio", median(&mut ratios), "", target);
}
