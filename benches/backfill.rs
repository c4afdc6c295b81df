//! The backfill against the least it could take: the same rows, computed beforehand and inserted.
//!
//! Each run is a process of its own, so that its peak memory is its own too.

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

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior, params};
use support::Target::{AtMost, None};
use support::memory::{Counting, counted, processor_seconds, reset_peak, status};
use support::users::Users;
use support::{line, median, user_count};
use tenantry::{BackfillOptions, Engine, Roster};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const SCHEMA: &str = include_str!("../src/store/migrations/001_initial.sql");
const ROUNDS: usize = 5;
/// Page caches: that of the store's writer, and the one that SQLite has unless told.
const WRITER_CACHE_KIB: &str = "16384";
const SQLITE_CACHE_KIB: &str = "2000";

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [_, "run-ours", store] => ours(Path::new(store)),
        [_, "run-floor", store, source, cache] => {
            floor(Path::new(store), Path::new(source), cache.parse().unwrap());
        }
        _ => compare(),
    }
}

/// What a run took.
struct Taken {
    seconds: f64,
    /// The same without what other processes took, or the disk.
    processor: f64,
    /// Most bytes allocated by Rust at a time, above the rows in memory.
    allocated: f64,
    /// Most bytes resident at a time, above what was resident with the rows in memory.
    resident: f64,
    /// Most bytes resident at a time, the rows and all else included.
    whole: f64,
}

fn compare() {
    let users = user_count();
    println!("backfill of {users} users, medians of {ROUNDS} runs each");
    let source = tempfile::tempdir().unwrap();
    let source = source.path().join("source.db");
    run(&["run-ours", source.to_str().unwrap()]);

    let [mut ours, mut floor, mut plain] = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        for turn in 0..3 {
            let dir = tempfile::tempdir().unwrap();
            let store = dir.path().join("store.db");
            let (store, source) = (store.to_str().unwrap(), source.to_str().unwrap());
            match (round + turn) % 3 {
                0 => ours.push(run(&["run-ours", store])),
                1 => floor.push(run(&["run-floor", store, source, WRITER_CACHE_KIB])),
                _ => plain.push(run(&["run-floor", store, source, SQLITE_CACHE_KIB])),
            }
        }
    }
    let of = |runs: &[Taken], what: fn(&Taken) -> f64| {
        median(&mut runs.iter().map(what).collect::<Vec<_>>())
    };
    let ratio = |floor: &[Taken], what: fn(&Taken) -> f64| {
        let rounds = ours.iter().zip(floor);
        median(&mut rounds.map(|(ours, floor)| what(ours) / what(floor)).collect::<Vec<_>>())
    };
    let seconds = |runs: &[Taken]| of(runs, |taken| taken.seconds);
    line("Engine::backfill, roster included", seconds(&ours), " s", None);
    for (pages, floor) in [("16 MB of pages, as ours", &floor), ("SQLite's 2 MB", &plain)] {
        let what = format!("  the same rows by prepared statements, {pages}");
        line(&what, seconds(floor), " s", None);
        line("    ratio of times", ratio(floor, |taken| taken.seconds), "", AtMost(1.5));
        line("    ratio of processor times", ratio(floor, |taken| taken.processor), "", None);
    }

    let each = |what: fn(&Taken) -> f64| {
        let each = |runs| of(runs, what) / users as f64;
        (each(&ours), each(&floor))
    };
    let memory = [
        ("allocated by Rust", each(|taken| taken.allocated)),
        ("resident (VmHWM)", each(|taken| taken.resident)),
    ];
    for (what, (ours, floor)) in memory {
        let what = format!("most memory a user above the rows, {what}");
        line(&what, ours, " B", None);
        line("  the floor's", floor, " B", None);
        line("  difference", ours - floor, " B", AtMost(200.0));
    }
    let whole = |runs| of(runs, |taken| taken.whole) / f64::from(1 << 20);
    line("most resident memory of the process", whole(&ours), " MiB", None);
    line("  the floor's", whole(&floor), " MiB", None);
}

/// Runs this program again with these arguments, and reads what it prints.
fn run(arguments: &[&str]) -> Taken {
    let output = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut numbers = text.split_whitespace().map(|number| number.parse().unwrap());
    let mut next = || numbers.next().unwrap();
    Taken { seconds: next(), processor: next(), allocated: next(), resident: next(), whole: next() }
}

/// Takes the measures of `work`, and prints them for the process that asked.
fn measure(work: impl FnOnce()) {
    reset_peak();
    let before = status("VmRSS").unwrap_or(0);
    let processor = processor_seconds().unwrap_or(0.0);
    let started = Instant::now();
    let ((), bytes) = counted(work);
    let seconds = started.elapsed().as_secs_f64();
    let processor = processor_seconds().unwrap_or(0.0) - processor;
    let whole = status("VmHWM").unwrap_or(0);
    println!("{seconds} {processor} {} {} {whole}", bytes.peak, whole - before);
}

fn ours(store: &Path) {
    let count = user_count();
    let users = Users::new().take(count);
    let mut report = tenantry::Report::default();
    measure(|| {
        let engine = Engine::open(store).unwrap();
        let roster: Roster = users.iter().map(|user| user.profile()).collect();
        report = engine.backfill(roster, &BackfillOptions::default()).unwrap();
    });
    assert_eq!(report.created, count as u64);
}

/// A tenant and its owner, as a backfill computed them.
struct Row {
    name: Box<str>,
    slug: Box<str>,
    domain: Box<str>,
    plan: Box<str>,
    user_key: Box<str>,
}

fn floor(store: &Path, source: &Path, cache_kib: i64) {
    let rows = read(source);
    assert_eq!(rows.len(), user_count());
    measure(|| insert(store, &rows, cache_kib).unwrap());
}

fn read(source: &Path) -> Vec<Row> {
    let conn = Connection::open(source).unwrap();
    let mut statement = conn
        .prepare(
            "SELECT t.name, t.slug, t.domain, t.plan, m.user_key
            FROM tenant t JOIN membership m ON m.tenant_id = t.id ORDER BY t.id",
        )
        .unwrap();
    let rows = statement.query_map([], |row| {
        Ok(Row {
            name: row.get(0)?,
            slug: row.get(1)?,
            domain: row.get(2)?,
            plan: row.get(3)?,
            user_key: row.get(4)?,
        })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn insert(store: &Path, rows: &[Row], cache_kib: i64) -> rusqlite::Result<()> {
    let mut conn = Connection::open(store)?;
    conn.pragma_update(Option::None, "journal_mode", "wal")?;
    conn.pragma_update(Option::None, "synchronous", "full")?;
    conn.pragma_update(Option::None, "foreign_keys", true)?;
    conn.pragma_update(Option::None, "cache_size", -cache_kib)?;
    conn.execute_batch(SCHEMA)?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now = 1_800_000_000_000_000_i64;
    tx.execute("INSERT INTO backfill_run (options, started_at) VALUES ('', ?1)", [now])?;
    let run = tx.last_insert_rowid();
    let mut tenant = tx.prepare(
        "INSERT INTO tenant (name, slug, domain, plan, is_active, created_at, updated_at)
        VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)",
    )?;
    let mut membership = tx.prepare(
        "INSERT INTO membership (tenant_id, user_key, role, is_active, created_at, updated_at)
        VALUES (?1, ?2, 'owner', 1, ?3, ?3)",
    )?;
    let mut entry =
        tx.prepare("INSERT INTO backfill_entry (tenant_id, run_id, user_key) VALUES (?1, ?2, ?3)")?;
    for row in rows {
        tenant.execute(params![row.name, row.slug, row.domain, row.plan, now])?;
        let id = tx.last_insert_rowid();
        membership.execute(params![id, row.user_key, now])?;
        entry.execute(params![id, run, row.user_key])?;
    }
    drop((tenant, membership, entry));
    tx.execute("UPDATE backfill_run SET finished_at = ?1", [now])?;
    tx.commit()
}
