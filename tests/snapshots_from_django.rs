//! What a Django project exported, imported here: the same answers, as `tests/fixtures/snapshots/` has them.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod answers;

use std::fs;
use std::path::PathBuf;

use answers::in_words;
use serde_json::Value;
use tempfile::tempdir;
use tenantry::{Engine, Reason, Request, Resolution, Snapshot};

/// The checked-in ones, or those of the run that the environment names.
fn folder() -> PathBuf {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/snapshots");
    std::env::var_os("TENANTRY_SNAPSHOTS").map_or_else(|| kept.into(), PathBuf::from)
}

fn read(name: &str) -> Snapshot {
    Snapshot::from_json(&fs::read_to_string(folder().join(name)).unwrap()).unwrap()
}

#[test]
fn an_engine_answers_as_the_project_that_exported() {
    let answers: Value =
        serde_json::from_str(&fs::read_to_string(folder().join("answers.json")).unwrap()).unwrap();
    let answers = answers.as_array().unwrap();
    assert!(answers.len() > 50);
    for case in answers {
        let dir = tempdir().unwrap();
        let phone = Engine::open(dir.path().join("phone.db")).unwrap();
        phone.import(&read(case["snapshot"].as_str().unwrap())).unwrap();
        let request = Request {
            user: case["user"].as_str(),
            selected: case["selected"].as_str(),
            ..Request::default()
        };
        let found = in_words(&phone.resolve(&request).unwrap());
        assert_eq!(found, case["answer"], "{case}");
    }
}

#[test]
fn what_the_later_one_revokes_is_refused_at_once() {
    let dir = tempdir().unwrap();
    let phone = Engine::open(dir.path().join("phone.db")).unwrap();
    let (before, after) = (read("ann.before.json"), read("ann.after.json"));
    let ann = before.user_key.as_str();
    phone.import(&before).unwrap();
    phone.select(ann, "globex").unwrap();
    let first = phone.tenants_of(ann).unwrap();
    phone.import(&before).unwrap();
    assert_eq!(phone.tenants_of(ann).unwrap(), first, "the same again changes nothing");

    phone.import(&after).unwrap();

    assert_eq!(phone.current(ann).unwrap(), Resolution::None { reason: Reason::NotAvailable });
    let renamed = phone.select(ann, "acme").unwrap();
    assert_eq!(renamed.tenant().unwrap().slug, "acme-inc", "the old slug leads there");
}

#[test]
fn what_is_damaged_or_newer_is_refused_and_changes_nothing() {
    let dir = tempdir().unwrap();
    let phone = Engine::open(dir.path().join("phone.db")).unwrap();
    let good = read("ann.before.json");
    phone.import(&good).unwrap();
    let before = phone.tenants_of(&good.user_key).unwrap();
    let mut count = 0;
    for file in fs::read_dir(folder().join("refused")).unwrap() {
        let path = file.unwrap().path();
        let read = Snapshot::from_json(&fs::read_to_string(&path).unwrap());
        let error = read.and_then(|snapshot| phone.import(&snapshot)).unwrap_err();
        assert_eq!(error.code(), "snapshot", "{}: {error}", path.display());
        count += 1;
    }
    assert!(count > 10);
    assert_eq!(phone.tenants_of(&good.user_key).unwrap(), before);
}
