//! Files that no honest export made.

use rusqlite::Connection;
use serde_json::json;

use crate::command::{Done, Place};

const HEAD: &str = "id,username,business_name,business_domain,tier\n";

fn backfill(rows: impl AsRef<[u8]>, more: &str) -> (Place, Done) {
    let place = Place::new();
    place.write("u.csv", [HEAD.as_bytes(), rows.as_ref()].concat());
    let done = place.tenantry(format!("--json backfill --store t.db --users u.csv {more}").trim());
    (place, done)
}

#[test]
fn bad_utf8_is_an_error_of_its_row_and_column() {
    let rows = b"1,ann,Acme,,\n2,bob,Caf\xe9,,\n3,cy,Globex,,\n";
    let (place, done) = backfill(rows, "");
    done.failed(1, &["row 3", "user \"2\"", "business name", "not UTF-8"]);
    assert!(
        place.tenantry("resolve --store t.db --user 1").code != 0 || {
            let answer = place.tenantry("resolve --json --store t.db --user 1").json();
            answer["reason"] == "no_membership"
        }
    );
    let (_, done) = backfill(rows, "--on-error skip");
    let report = done.failed(1, &[]).json();
    assert_eq!((&report["created"], &report["failed"]), (&json!(2), &json!(1)));
    assert_eq!(report["errors"][0]["fault"], "not_utf8");
    assert_eq!(report["errors"][0]["row"], 3);
}

#[test]
fn a_nul_is_an_error_of_its_row_and_column() {
    for (rows, column) in [
        ("\0,ann,,,\n", "user key"),
        ("1,a\0n,,,\n", "username"),
        ("1,ann,\0,,\n", "business name"),
        ("1,ann,Acme,x\0y,\n", "business domain"),
        ("1,ann,Acme,,pro\0\n", "tier"),
    ] {
        backfill(rows, "").1.failed(1, &["row 2", column, "NUL"]);
    }
}

#[test]
fn a_quote_that_never_closes_loses_nobody_in_silence() {
    for rows in [
        "1,ann,\"Acme,,\n2,bob,Globex,,\n3,cy,Initech,,\n",
        // In the last column, the swallowed lines leave the number of fields right.
        "1,ann,Acme,,\"pro\n2,bob,Globex,,\n3,cy,Initech,,\n",
        "1,ann,Acme,,\"",
        "1,ann,Ac\"me,,\n2,bob,Globex,,\n",
    ] {
        for more in ["", "--on-error skip"] {
            let (place, done) = backfill(rows, more);
            done.failed(1, &["line", "quote"]);
            assert!(!place.path("t.db").exists(), "nothing was written");
        }
    }
}

#[test]
fn a_row_with_too_few_or_too_many_fields_is_named() {
    backfill("1,ann,Acme,,\n2,bob\n", "").1.failed(1, &["line 3", "2 fields", "5"]);
    backfill("1,ann,Acme,,,,,\n", "").1.failed(1, &["line 2", "8 fields", "5"]);
}

#[test]
fn a_repeated_key_is_an_error_of_the_later_row() {
    let rows = "1,ann,Acme,,\n2,bob,Globex,,\n1,eve,Evil,,\n";
    backfill(rows, "").1.failed(1, &["row 4", "user \"1\"", "earlier row"]);
    let (place, done) = backfill(rows, "--on-error skip");
    assert_eq!(done.failed(1, &[]).json()["created"], 2);
    let answer = place.tenantry("resolve --json --store t.db --user 1").ok().json();
    assert_eq!(answer["tenant"]["slug"], "acme");
}

#[test]
fn fields_of_ten_megabytes_are_cut_or_refused_and_never_a_crash() {
    let long = "x".repeat(10_000_000);
    let (place, done) = backfill(format!("1,ann,{long},,\n2,bob,Globex,,\n"), "");
    assert_eq!(done.ok().json()["names_cut"], 1);
    let tenant =
        place.tenantry("resolve --json --store t.db --user 1").ok().json()["tenant"].clone();
    assert_eq!(tenant["name"].as_str().unwrap().len(), 200);
    assert_eq!(tenant["slug"].as_str().unwrap().len(), 80);

    backfill(format!("{long},ann,,,\n"), "").1.failed(1, &["row 2", "user key", "255"]);
    backfill(format!("1,ann,,{long},\n"), "").1.failed(1, &["row 2", "business domain", "255"]);
    backfill(format!("1,{long},,,\n"), "").1.ok();
    let done = backfill(format!("1,ann,,,{long}\n"), "").1.ok();
    assert!(done.out.len() < 2000, "the report is short whatever the tier");
}

#[test]
fn every_limit_is_a_limit() {
    let (place, done) = backfill(
        format!(
            "{key},ann,{name},{domain},\n2,bob,{wide},,\n3,cy,{over},,\n",
            key = "k".repeat(255),
            name = "n".repeat(200),
            domain = "d".repeat(255),
            wide = "東".repeat(200),
            over = "東".repeat(201),
        ),
        "",
    );
    assert_eq!(done.ok().json()["names_cut"], 1);
    place.tenantry("verify --store t.db").ok();
    backfill(format!("{},ann,,,\n", "k".repeat(256)), "").1.failed(1, &["user key"]);
    backfill(format!("1,ann,,{},\n", "d".repeat(256)), "").1.failed(1, &["business domain"]);
    backfill(",ann,,,\n", "").1.failed(1, &["row 2", "user key", "empty"]);
}

#[test]
fn unknown_plans_are_listed_or_refused() {
    let rows = "1,ann,Acme,,gold\n2,bob,Globex,,Pro\n3,cy,Initech,,gold\n";
    let report = backfill(rows, "").1.ok().json();
    assert_eq!(report["unknown_plans"], json!({ "gold": 2, "Pro": 1 }));
    backfill(rows, "--unknown-plan reject").1.failed(1, &["row 2", "tier", "\"gold\""]);
}

#[test]
fn headings_that_are_missing_or_repeated_or_not_there_at_all_are_said() {
    let place = Place::new();
    for (content, said) in [
        ("", "no column"),
        ("\n\n", "no column"),
        ("id;username;business_name;business_domain;tier\n1;ann;;;\n", "no column \"id\""),
        ("id,username,business_name,business_domain,tier,id\n1,ann,,,,1\n", "twice"),
        ("\0\0\0\0", "no column"),
    ] {
        place.write("u.csv", content);
        place.tenantry("backfill --store t.db --users u.csv").failed(2, &[said]);
    }
    place.write("u.csv", HEAD);
    assert_eq!(place.tenantry("--json backfill --store t.db --users u.csv").ok().json()["seen"], 0);
}

#[test]
fn json_lines_that_are_none_are_named() {
    let place = Place::new();
    let good = "{\"id\":1,\"username\":\"ann\",\"business_name\":\"A\",\"business_domain\":\"\",\"tier\":\"\"}\n";
    for (content, code, said) in [
        (format!("{good}[1]\n"), 1, "line 2"),
        (format!("{good}{{\"id\":2\n"), 1, "line 2"),
        (format!("{good}{{\"id\":true,\"username\":\"x\"}}\n"), 1, "row 2"),
        (format!("{good}{{\"id\":2.5,\"username\":\"x\"}}\n"), 1, "row 2"),
        (format!("{good}{{\"id\":2,\"username\":{{}}}}\n"), 1, "username"),
        (format!("{good}{{\"id\":{}}}\n", "9".repeat(400)), 1, "2"),
        (format!("{good}{{\"username\":\"x\"}}\n"), 1, "empty"),
        ("{\"id\":1,\"name\":\"x\"}\n".to_owned(), 2, "no column \"username\""),
        (format!("{good}{}\n", "[".repeat(100_000)), 1, "line 2"),
    ] {
        place.write("u.jsonl", &content);
        place.tenantry("backfill --store t.db --users u.jsonl").failed(code, &[said]);
    }
    place.write("u.jsonl", b"{\"id\":1,\"username\":\"\xff\"}\n");
    place.tenantry("backfill --store t.db --users u.jsonl").failed(1, &["line 1"]);
}

#[test]
fn sqlite_values_of_other_kinds_are_errors_of_their_rows() {
    let place = Place::new();
    let app = Connection::open(place.path("app.db")).unwrap();
    app.execute_batch(
        "CREATE TABLE u (id, username);
         INSERT INTO u VALUES (1.5, 'a'), (x'00ff', 'b'), (3, CAST(x'ff' AS TEXT)), (4, 'd');",
    )
    .unwrap();
    let line = "--json backfill --store t.db --users app.db --table u \
        --columns name=,domain=,plan= --on-error skip";
    let report = place.tenantry(line).failed(1, &[]).json();
    assert_eq!((&report["created"], &report["failed"]), (&json!(1), &json!(3)));
    let faults: Vec<_> =
        report["errors"].as_array().unwrap().iter().map(|error| &error["fault"]).collect();
    assert_eq!(faults, ["wrong_type", "wrong_type", "not_utf8"]);

    place.write("broken.db", [b"SQLite format 3\0".as_slice(), &[7; 5000]].concat());
    place.tenantry("backfill --store t.db --users broken.db --table u").failed(1, &["broken.db"]);
}

#[test]
fn a_snapshot_that_is_none_changes_nothing() {
    let place = Place::new();
    for content in ["", "{}", "[]", "null", "{\"format\":\"tenantry.snapshot\",\"version\":2}"] {
        place.write("s.json", content);
        place.tenantry("import --store t.db s.json").failed(1, &["snapshot cannot be imported"]);
        assert!(!place.path("t.db").exists());
    }
    place.write("s.json", b"\xff\xfe");
    place.tenantry("import --store t.db s.json").failed(2, &["s.json"]);
}

#[test]
fn the_users_file_given_as_the_store_is_refused_and_unharmed() {
    let place = Place::new();
    let app = Connection::open(place.path("app.db")).unwrap();
    app.execute_batch("CREATE TABLE u (id, username); INSERT INTO u VALUES (1, 'ann');").unwrap();
    drop(app);
    let before = std::fs::read(place.path("app.db")).unwrap();
    let line = "backfill --store app.db --users app.db --table u --columns name=,domain=,plan=";
    place.tenantry(line).failed(3, &["another application"]);
    assert_eq!(std::fs::read(place.path("app.db")).unwrap(), before);
}
