//! An answer is never older than the last commit, in whatever process that was made.
//!
//! The first process asks the same questions again and again, so that they are answered from what it
//! keeps. The second one changes something and says so once it is committed. The very next answer of
//! the first must show it.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod support;

use support::{Player, engine, listen, quick_folder, role, say};
use tenantry::{Engine, NewSlug, NewTenant, Request, Resolution, Role, TenantId};

const ROUNDS: usize = 2000;

#[test]
fn a_child_plays_its_role() {
    support::play(&[("change", change)]);
}

/// What the questions of the two users are answered, in short.
fn answers(engine: &Engine) -> [String; 3] {
    let ask = |user, selected| {
        let request = Request { user: Some(user), selected, ..Request::default() };
        match engine.resolve(&request).unwrap() {
            Resolution::Tenant { tenant, role, .. } => {
                format!("{} {} {role}", tenant.name, tenant.slug)
            }
            Resolution::None { reason } => reason.as_str().to_owned(),
        }
    };
    [ask("bob", None), ask("bob", Some("acme")), ask("ann", Some("acme"))]
}

/// The changes, over and over, and what is answered behind each.
const CHANGES: [(&str, [&str; 3]); 8] = [
    ("revoke", ["no_membership", "not_available", "Acme acme owner"]),
    ("restore", ["Acme acme member", "Acme acme member", "Acme acme owner"]),
    ("promote", ["Acme acme admin", "Acme acme admin", "Acme acme owner"]),
    ("deactivate", ["no_membership", "not_available", "not_available"]),
    ("activate", ["Acme acme admin", "Acme acme admin", "Acme acme owner"]),
    ("rename", ["Globex globex admin", "Globex globex admin", "Globex globex owner"]),
    ("leave", ["no_membership", "not_available", "Globex globex owner"]),
    ("begin again", ["Acme acme member", "Acme acme member", "Acme acme owner"]),
];

fn make(engine: &Engine, what: &str) {
    let acme = TenantId(1);
    match what {
        "revoke" => drop(engine.set_membership_active(acme, "bob", false).unwrap()),
        "restore" => drop(engine.set_membership_active(acme, "bob", true).unwrap()),
        "promote" => drop(engine.set_role(acme, "bob", Role::Admin).unwrap()),
        "deactivate" => drop(engine.set_tenant_active(acme, false).unwrap()),
        "activate" => drop(engine.set_tenant_active(acme, true).unwrap()),
        "rename" => drop(engine.rename(acme, "Globex", NewSlug::OfName).unwrap()),
        "leave" => engine.leave(acme, "bob").unwrap(),
        "begin again" => {
            engine.rename(acme, "Acme", NewSlug::Exactly("acme")).unwrap();
            engine.join(acme, "bob", Role::Member).unwrap();
        }
        other => panic!("{other}"),
    }
}

/// In the second process: changes what it is told to, and says when it is committed.
fn change() {
    let engine = engine();
    say("ready");
    while let Some(what) = listen() {
        make(&engine, &what);
        say("committed");
    }
}

fn prepared() -> (tempfile::TempDir, Engine) {
    let folder = quick_folder();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    let acme = engine.create(&NewTenant::named("Acme"), "ann").unwrap();
    engine.join(acme.id, "bob", Role::Member).unwrap();
    (folder, engine)
}

#[test]
fn what_another_process_has_committed_shows_in_the_very_next_answer() {
    let (_folder, engine) = prepared();
    let mut other = Player::start(&mut role("change", engine.path()));
    other.expect("ready");
    for round in 0..ROUNDS {
        let (what, expected) = CHANGES[round % CHANGES.len()];
        // From what is kept, for the second time at least.
        for _ in 0..3 {
            answers(&engine);
        }
        other.tell(what);
        other.expect("committed");
        assert_eq!(answers(&engine), expected, "behind {what:?}, round {round}");
    }
    other.finish();
}

#[test]
fn asking_without_a_pause_never_shows_what_was_before_an_answer_already_given() {
    let (_folder, engine) = prepared();
    let mut other = Player::start(&mut role("change", engine.path()));
    other.expect("ready");
    for _ in 0..200 {
        for what in ["revoke", "restore"] {
            other.tell(what);
            // While the other one commits: the old state, then the new one, and never back.
            let expected = if what == "revoke" { "not_available" } else { "Acme acme member" };
            let mut turned = false;
            for _ in 0..50 {
                let now = answers(&engine)[1] == expected;
                assert!(now || !turned, "an answer went back behind {what}");
                turned = now;
            }
            other.expect("committed");
            assert_eq!(answers(&engine)[1], expected);
        }
    }
    other.finish();
}

#[test]
fn so_does_what_the_same_engine_and_another_one_of_this_process_have_committed() {
    let (_folder, engine) = prepared();
    let another = Engine::open(engine.path()).unwrap();
    for round in 0..ROUNDS {
        let (what, expected) = CHANGES[round % CHANGES.len()];
        answers(&engine);
        make(if round % 3 == 0 { &engine } else { &another }, what);
        assert_eq!(answers(&engine), expected, "behind {what:?}, round {round}");
        assert_eq!(answers(&another), expected, "behind {what:?}, round {round}");
    }
}
