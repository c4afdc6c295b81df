//! Ctrl-C.
#![cfg(unix)]

use std::io::Write;
use std::process::{Child, Command, Stdio};

use crate::command::Place;

const USERS: usize = 60_000;

fn users(place: &Place) {
    let mut csv = "id,username,business_name,business_domain,tier\n".to_owned();
    for id in 1..=USERS {
        csv.push_str(&format!("{id},user{id},Acme,,\n"));
    }
    place.write("u.csv", csv);
}

fn start(place: &Place, line: &str) -> Child {
    place
        .command(&line.split(' ').collect::<Vec<_>>())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

fn tenants(place: &Place) -> u64 {
    let done = place.tenantry("runs --json --store t.db");
    done.json()
        .as_array()
        .map_or(0, |runs| runs.iter().map(|run| run["tenants"].as_u64().unwrap()).sum())
}

/// Waits until the store that the child makes holds some tenants.
fn wait_for_a_chunk(place: &Place, child: &mut Child) {
    while !(place.path("t.db").exists()
        && place.tenantry("runs --json --store t.db").out.contains("tenants"))
    {
        assert!(child.try_wait().unwrap().is_none(), "no chunk was committed");
    }
}

#[test]
fn a_chunked_run_stops_behind_its_chunk_says_how_to_go_on_and_goes_on() {
    let place = Place::new();
    users(&place);
    let line = "backfill --store t.db --users u.csv --chunk 500";
    let mut child = start(&place, line);
    wait_for_a_chunk(&place, &mut child);
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("running the same again goes on"), "{said}");

    let made = tenants(&place);
    assert!(made > 0 && made < USERS as u64 && made.is_multiple_of(500), "{made} tenants");
    assert!(said.contains(&format!("{made} tenants were made")), "{said}");
    place.tenantry("verify --store t.db").ok();

    place.tenantry(line).ok();
    assert_eq!(tenants(&place), USERS as u64);
    let runs = place.tenantry("runs --json --store t.db").json();
    assert_eq!(runs.as_array().unwrap().len(), 1, "the interrupted run was gone on with");
}

#[test]
fn an_atomic_run_that_is_stopped_keeps_nothing() {
    let place = Place::new();
    users(&place);
    let mut child = start(&place, "backfill --store t.db --users u.csv");
    // The store is made just before the first of the users. Not its log: that is cleared away once
    // more behind the making, and empty until the end of the run.
    while std::fs::metadata(place.path("t.db")).map_or(0, |file| file.len()) == 0 {
        assert!(child.try_wait().unwrap().is_none());
        std::thread::yield_now();
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(tenants(&place), 0);
    place.tenantry("verify --store t.db").ok();
}

#[test]
fn a_run_that_still_reads_stops_and_makes_no_store() {
    let place = Place::new();
    let mut child = place
        .command(&["backfill", "--store", "t.db", "--users", "-", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"id,username,business_name,business_domain,tier\n").unwrap();
    let mut interrupted = false;
    for id in 1.. {
        let row = format!("{id},user{id},Acme,,\n");
        if stdin.write_all(row.as_bytes()).is_err() {
            break;
        }
        if id == 50_000 {
            interrupt(&child);
            interrupted = true;
        }
        assert!(id < 50_000_000, "it does not stop");
    }
    assert!(interrupted);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(!place.path("t.db").exists());
}
