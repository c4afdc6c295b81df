//! Users from CSV, JSON lines and SQLite files, by path and from standard input.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::command::Place;

/// What each user was given, in the order of the keys `1` to `n`.
fn slugs(place: &Place, store: &str, n: usize) -> Vec<Value> {
    (1..=n)
        .map(|user| {
            let line = format!("resolve --json --store {store} --user {user}");
            place.tenantry(&line).ok().json()["tenant"]["slug"].clone()
        })
        .collect()
}

#[test]
fn the_same_users_get_the_same_tenants_from_every_source() {
    let place = Place::new();
    let csv = "id,username,business_name,business_domain,tier\n\
        2,bob,\"Acme, Inc.\",,\n1,ann,\"Acme, Inc.\",a.example.com,pro\n10,cy,,,\n3,dee,東京,,\n";
    let jsonl = "{\"id\": 2, \"username\": \"bob\", \"business_name\": \"Acme, Inc.\"}\n\n\
        {\"id\": \"1\", \"username\": \"ann\", \"business_name\": \"Acme, Inc.\", \"business_domain\": \"a.example.com\", \"tier\": \"pro\"}\n\
        {\"id\": 10, \"username\": \"cy\", \"business_name\": null}\n\
        {\"id\": 3, \"username\": \"dee\", \"business_name\": \"東京\"}\n";
    place.write("u.csv", csv);
    place.write("u.jsonl", jsonl);
    let app = Connection::open(place.path("app.sqlite3")).unwrap();
    app.execute_batch(
        "CREATE TABLE core_user (id INTEGER PRIMARY KEY, username TEXT, business_name TEXT,
            business_domain TEXT, tier TEXT);
         INSERT INTO core_user VALUES (2, 'bob', 'Acme, Inc.', NULL, NULL),
            (1, 'ann', 'Acme, Inc.', 'a.example.com', 'pro'), (10, 'cy', '', '', ''),
            (3, 'dee', '東京', '', '');",
    )
    .unwrap();
    let query = "SELECT id, username, business_name, business_domain, tier FROM core_user";
    let sources: [(&str, Vec<&str>); 4] = [
        ("csv", vec!["--users", "u.csv"]),
        ("jsonl", vec!["--users", "u.jsonl"]),
        ("table", vec!["--users", "app.sqlite3", "--table", "core_user"]),
        ("query", vec!["--users", "app.sqlite3", "--query", query]),
    ];
    for (name, source) in sources {
        let store = format!("{name}.db");
        let mut args = vec!["--json", "backfill", "--store", &store];
        args.extend(source);
        assert_eq!(place.run(&args).ok().json()["created"], 4, "{name}");
        let expected = [json!("acme-inc"), json!("acme-inc-1"), json!("dong-jing")];
        assert_eq!(slugs(&place, &store, 3), expected, "{name}");
    }
    for (format, input) in [("csv", csv), ("jsonl", jsonl)] {
        let line = format!("backfill --store {format}-in.db --users - --format {format}");
        place.with_stdin(&line, input.as_bytes()).ok();
        assert_eq!(slugs(&place, &format!("{format}-in.db"), 1), [json!("acme-inc")]);
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_do_no_harm() {
    let place = Place::new();
    place.write(
        "u.csv",
        "\u{feff}id,username,business_name,business_domain,tier\r\n1,ann,Acme,,\r\n",
    );
    place
        .write("u.jsonl", "\u{feff}{\"id\":1,\"username\":\"ann\",\"business_name\":\"Acme\"}\r\n");
    for (source, columns) in [("u.csv", "id=id"), ("u.jsonl", "domain=,plan=")] {
        let store = format!("{source}.db");
        place
            .tenantry(&format!("backfill --store {store} --users {source} --columns {columns}"))
            .ok();
        assert_eq!(slugs(&place, &store, 1), [json!("acme")], "{source}");
    }
}

#[test]
fn columns_can_be_named_and_left_out() {
    let place = Place::new();
    place.write("u.csv", "pk,login,company\n1,ann,Acme\n");
    let backfill = "backfill --store t.db --users u.csv --columns";
    place
        .tenantry("backfill --store t.db --users u.csv")
        .failed(2, &["no column \"id\"", "\"pk\", \"login\", \"company\"", "--columns id=NAME"]);
    place
        .tenantry(&format!("{backfill} id=pk,username=login,name=company"))
        .failed(2, &["no column \"business_domain\"", "--columns domain="]);
    place.tenantry(&format!("{backfill} id=pk,username=login,name=company,domain=,plan=")).ok();
    place.tenantry(&format!("{backfill} company=name")).failed(2, &["\"company\" is none of id"]);
    assert_eq!(slugs(&place, "t.db", 1), [json!("acme")]);
}

#[test]
fn an_sqlite_file_is_only_read_whatever_the_query() {
    let place = Place::new();
    let app = Connection::open(place.path("app.sqlite3")).unwrap();
    app.execute_batch(
        "CREATE TABLE u (id INTEGER, username TEXT); INSERT INTO u VALUES (1, 'ann');",
    )
    .unwrap();
    let before = std::fs::read(place.path("app.sqlite3")).unwrap();
    let hostile = [
        "DELETE FROM u RETURNING id, username",
        "INSERT INTO u VALUES (2, 'eve') RETURNING id, username",
        "UPDATE u SET username = 'x' RETURNING id, username",
        "WITH x AS (SELECT 1) DELETE FROM u",
        "DROP TABLE u",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = WAL",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO 'copy.db'",
        "CREATE TABLE x AS SELECT * FROM u",
        "SELECT id, username FROM u; DELETE FROM u",
        "SELECT load_extension('x') AS id, 'y' AS username",
        "",
        "SELECT",
        "EXPLAIN SELECT id, username FROM u",
    ];
    for query in hostile {
        let args = [
            "backfill",
            "--store",
            "t.db",
            "--users",
            "app.sqlite3",
            "--columns",
            "name=,domain=,plan=",
            "--query",
            query,
        ];
        let done = place.run(&args);
        assert_ne!(done.code, 0, "{query}: {}", done.out);
        assert!(done.err.starts_with("error: "), "{query}: {}", done.err);
    }
    assert_eq!(std::fs::read(place.path("app.sqlite3")).unwrap(), before);
    let files: Vec<_> =
        std::fs::read_dir(place.path(".")).unwrap().flatten().map(|f| f.file_name()).collect();
    assert_eq!(files, ["app.sqlite3"], "nothing else was made, no store either");
}

#[test]
fn a_table_must_be_there_and_quotes_in_names_are_names() {
    let place = Place::new();
    let app = Connection::open(place.path("app.db")).unwrap();
    app.execute_batch(
        "CREATE TABLE \"us\"\"ers\" (\"i\"\"d\" TEXT, username TEXT);
         INSERT INTO \"us\"\"ers\" VALUES ('1', 'ann');",
    )
    .unwrap();
    let backfill = |more: &[&str]| {
        let mut args = vec!["backfill", "--store", "t.db", "--users", "app.db"];
        args.extend(more);
        place.run(&args)
    };
    backfill(&[]).failed(2, &["us\"ers", "--table"]);
    backfill(&["--table", "users"]).failed(2, &["no table \"users\"", "us\"ers"]);
    backfill(&["--table", "us\"ers"]).failed(2, &["no column \"id\""]);
    backfill(&["--table", "us\"ers", "--columns", "id=i\"d,name=,domain=,plan="]).ok();
    assert_eq!(slugs(&place, "t.db", 1), [json!("anns-workspace")]);
}

#[test]
fn an_application_may_go_on_writing_while_its_file_is_read() {
    let place = Place::new();
    let app = Connection::open(place.path("app.db")).unwrap();
    app.execute_batch(
        "PRAGMA journal_mode = WAL;
         CREATE TABLE u (id INTEGER, username TEXT); INSERT INTO u VALUES (1, 'ann');
         BEGIN IMMEDIATE; INSERT INTO u VALUES (2, 'bob');",
    )
    .unwrap();
    let line =
        "backfill --json --store t.db --users app.db --table u --columns name=,domain=,plan=";
    assert_eq!(place.tenantry(line).ok().json()["created"], 1);
    app.execute_batch("COMMIT").unwrap();
    assert_eq!(place.tenantry(line).ok().json()["created"], 1);
    let count: i64 = app.query_row("SELECT count(*) FROM u", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}

#[test]
fn what_a_source_is_must_be_known() {
    let place = Place::new();
    place.write("users.txt", "id,username\n");
    place.tenantry("backfill --store t.db --users users.txt").failed(2, &["--format csv"]);
    place.tenantry("backfill --store t.db --users -").failed(2, &["--format csv"]);
    place.tenantry("backfill --store t.db --users - --format sqlite").failed(2, &["path"]);
    place.tenantry("backfill --store t.db --users no.csv").failed(2, &["no.csv"]);
    place.tenantry("backfill --store t.db --users . --format csv").failed(2, &["directory"]);
    place.write("u.csv", "id\n");
    place.tenantry("backfill --store t.db --users u.csv --table u").failed(2, &["SQLite"]);
}
