//! Any bytes are users or a clear refusal; and users written as CSV are all read again.

#![no_main]

// The command is no library: its reader of files is taken in as it stands.
#[allow(dead_code)]
#[path = "../../src/bin/tenantry/users/mod.rs"]
mod users;

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tenantry::Roster;

use users::{Columns, Format, ReadError, SourceArgs};

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a temporary folder"));

fuzz_target!(|bytes: &[u8]| {
    for format in [Format::Csv, Format::Jsonl] {
        if let Err(refusal) = read(bytes, format) {
            assert!(!refusal.to_string().is_empty());
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let users: Vec<[&str; 5]> = text.split('\n').map(user).collect();
    let read = read(&written(&users), Format::Csv).expect("what csv has written");
    let keys = users.iter().map(|fields| fields[0]);
    assert!(read.keys().eq(keys), "{:?}", read.keys().collect::<Vec<_>>());
});

fn read(bytes: &[u8], format: Format) -> Result<Roster, ReadError> {
    let file: PathBuf = FOLDER.path().join("users");
    std::fs::write(&file, bytes).expect("a temporary file");
    let columns = Columns::default();
    let args = SourceArgs { format: Some(format), table: None, query: None, columns };
    users::read(&file, &args, &mut |_| true)
}

/// A line with tabs between the fields.
fn user(line: &str) -> [&str; 5] {
    let mut fields = line.split('\t');
    std::array::from_fn(|_| fields.next().unwrap_or_default())
}

fn written(users: &[[&str; 5]]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let headings = ["id", "username", "business_name", "business_domain", "tier"];
    for record in [headings].iter().chain(users) {
        csv.write_record(record).expect("memory takes it");
    }
    csv.into_inner().expect("memory takes it")
}
