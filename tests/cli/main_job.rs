//! The main job on real input.

use serde_json::json;

use crate::command::{Place, ten_thousand_users};

#[test]
fn ten_thousand_users_get_tenants_once_and_undo_takes_them_back() {
    let place = Place::new();
    let users = ten_thousand_users();
    let users = users.to_str().unwrap();
    let backfill = ["--json", "backfill", "--store", "t.db", "--users", users];

    let report = place.run(&backfill).ok().json();
    assert_eq!(report["created"], 10_000);
    assert_eq!(report["slugs_transliterated"], 706);

    let answer = place.tenantry("resolve --json --store t.db --user 5").ok().json();
    assert_eq!(answer["tenant"]["slug"], "green-labs-1");
    assert_eq!((&answer["role"], &answer["source"]), (&json!("owner"), &json!("sole_membership")));

    let verify = ["verify", "--json", "--store", "t.db", "--users", users];
    assert_eq!(place.run(&verify).ok().json(), json!({ "findings": [], "file": [] }));

    let again = place.run(&backfill).ok().json();
    assert_eq!(
        (&again["created"], &again["skipped"], &again["run"]),
        (&json!(0), &json!(10_000), &json!(null))
    );

    let undone = place.tenantry("undo --json --store t.db").ok().json();
    assert_eq!((&undone["removed"], &undone["kept"]), (&json!(10_000), &json!([])));
    let answer = place.tenantry("resolve --json --store t.db --user 5").ok().json();
    assert_eq!(answer["reason"], "no_membership");

    place.run(&backfill).ok();
    let answer = place.tenantry("resolve --json --store t.db --user 5").ok().json();
    assert_eq!(answer["tenant"]["slug"], "green-labs-1");
}

#[test]
fn a_selection_is_kept_and_outsiders_learn_nothing() {
    let place = Place::new();
    place.write(
        "u.csv",
        "id,username,business_name,business_domain,tier\n1,ann,Acme,,pro\n2,eve,,,\n",
    );
    place.tenantry("backfill --store t.db --users u.csv").ok();

    place.tenantry("select --store t.db --user 1 acme").ok();
    let answer = place.tenantry("resolve --json --store t.db --user 1").ok().json();
    assert_eq!(answer["source"], "session");
    place.tenantry("select --store t.db --user 1 --clear").ok();
    let answer = place.tenantry("resolve --json --store t.db --user 1").ok().json();
    assert_eq!(answer["source"], "sole_membership");

    let theirs = place.tenantry("resolve --json --store t.db --user 2 --selected acme").ok();
    let nobodys = place.tenantry("resolve --json --store t.db --user 2 --selected none").ok();
    assert_eq!(theirs.out, nobodys.out);
    let theirs = place.tenantry("select --store t.db --user 2 acme").failed(1, &[]);
    let nobodys = place.tenantry("select --store t.db --user 2 none").failed(1, &[]);
    assert_eq!(theirs.err.replace("acme", "none"), nobodys.err);
}

#[test]
fn a_dry_run_reports_the_same_and_makes_nothing() {
    let place = Place::new();
    let users = ten_thousand_users();
    let backfill = |more: &[&str]| {
        let mut args = vec!["--json", "backfill", "--store", "t.db", "--users"];
        args.push(users.to_str().unwrap());
        args.extend(more);
        let mut report = place.run(&args).ok().json();
        for field in ["seconds", "run", "dry_run"] {
            report.as_object_mut().unwrap().remove(field);
        }
        report
    };
    let dry = backfill(&["--dry-run"]);
    assert!(!place.path("t.db").exists());
    assert_eq!(backfill(&[]), dry);
}

#[test]
fn a_snapshot_goes_from_one_store_to_another() {
    let place = Place::new();
    place.write("u.csv", "id,username,business_name,business_domain,tier\n1,ann,Acme,,pro\n");
    place.tenantry("backfill --store server.db --users u.csv").ok();
    let snapshot = place.tenantry("export --store server.db --user 1").ok();
    let done = place.with_stdin("import --store phone.db -", snapshot.out.as_bytes());
    assert_eq!(done.code, 0, "{}", done.err);
    let answer = place.tenantry("resolve --json --store phone.db --user 1").ok().json();
    assert_eq!(answer["tenant"]["name"], "Acme");
}

#[test]
fn a_backup_is_a_store() {
    let place = Place::new();
    place.write("u.csv", "id,username,business_name,business_domain,tier\n1,ann,Acme,,pro\n");
    place.tenantry("backfill --store t.db --users u.csv").ok();
    place.tenantry("backup --store t.db copy.db").ok();
    place.tenantry("backup --store t.db copy.db").failed(3, &["already"]);
    place.tenantry("verify --store copy.db").ok();
}

#[test]
fn slugs_are_made_of_arguments_of_lines_and_of_json_lines() {
    let place = Place::new();
    assert_eq!(place.run(&["slugify", "Łódź & Co", "東京"]).ok().out, "odz-co\n\n");
    let args = ["slugify", "--style", "transliterate", "Łódź & Co", "東京"];
    assert_eq!(place.run(&args).ok().out, "lodz-co\ndong-jing\n");
    assert_eq!(place.with_stdin("slugify", "A b\nC\n".as_bytes()).out, "a-b\nc\n");
    let done = place.with_stdin("slugify --json", b"\"A\\u0000 \\n b\"\n\"\"\n");
    assert_eq!(done.out, "\"a-b\"\n\"\"\n");
    place.with_stdin("slugify --json", b"\"a\"\nno json\n").failed(2, &["line 2"]);
}

#[test]
fn help_teaches_and_completions_are_printed() {
    let place = Place::new();
    assert!(place.tenantry("--help").ok().out.contains("tenantry backfill --store"));
    assert!(place.tenantry("backfill --help").ok().out.contains("Examples:"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(place.tenantry(&format!("completions {shell}")).ok().out.contains("backfill"));
    }
    place.tenantry("").failed(2, &["Usage"]);
}

#[test]
fn trouble_with_the_store_is_exit_code_3_and_json_says_so_too() {
    let place = Place::new();
    place.tenantry("resolve --store no.db --user 1").failed(3, &["there is no store"]);
    assert!(!place.path("no.db").exists());
    place.write("text.db", "this is no database, whatever its name says".repeat(99));
    let done = place.tenantry("verify --json --store text.db").failed(3, &["not a store"]);
    assert_eq!(done.json()["error"], "corrupt");
    let done = place.tenantry("undo --store no.db --json").failed(3, &[]);
    assert_eq!(done.json()["error"], "no_store");
}

#[test]
fn a_reserved_word_is_never_a_slug() {
    let place = Place::new();
    place.write("u.csv", "id,username,business_name,business_domain,tier\n1,ann,Admin,,\n");
    place.tenantry("backfill --store t.db --users u.csv --reserved admin,api").ok();
    let answer = place.tenantry("resolve --json --store t.db --user 1").ok().json();
    assert_eq!(answer["tenant"]["slug"], "admin-1");
    place.tenantry("verify --store t.db --reserved admin-1").failed(1, &[]);
}
