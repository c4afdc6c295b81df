//! The vectors through what Kotlin and Swift call: types and errors are translated, and no answer changes.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tenantry::backfill::{Column, RowFault, UnknownPlan};
use tenantry::{OnError, Plan, Reason, Role, Source};
use tenantry_uniffi::{
    BackfillOptions, Candidate, Engine, EngineError, EngineOptions, Request, Resolution,
    SlugAllocator, SlugStyle, UserProfile, is_host_of, is_valid_slug, key_order, row_error_words,
    slugify, tenant_name, tenant_plan,
};

/// Owns what a case needs and none of its users has.
const SOMEBODY: &str = "somebody else";

fn cases(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    let mut file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let Value::Array(cases) = file["cases"].take() else { panic!("{name} has no cases") };
    assert!(!cases.is_empty());
    cases
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|one| text(one).to_owned()).collect()
}

fn options(sources: Vec<Source>) -> EngineOptions {
    EngineOptions {
        create: true,
        busy_timeout_millis: 5000,
        sources,
        slug_style: SlugStyle::Django,
        slug_limit: 80,
        reserved_slugs: vec![],
    }
}

fn engine(folder: &TempDir) -> Arc<Engine> {
    let path = folder.path().join("tenancy.db");
    Engine::open(path.to_str().unwrap(), options(vec![Source::Session])).unwrap()
}

#[test]
fn names_become_the_slugs_that_they_become_everywhere() {
    for case in cases("slugify.json") {
        let name = text(&case["name"]);
        assert_eq!(slugify(name, SlugStyle::Django), text(&case["django"]), "{name:?}");
        assert_eq!(slugify(name, SlugStyle::Transliterate), text(&case["transliterate"]));
    }
    for case in cases("slug_validity.json") {
        assert_eq!(is_valid_slug(text(&case["slug"])), case["valid"], "{case}");
    }
}

#[test]
fn slugs_are_given_out_as_everywhere() {
    for case in cases("allocation.json") {
        let limit = u32::try_from(case["limit"].as_u64().unwrap()).unwrap();
        let allocator = SlugAllocator::new(limit).unwrap();
        for kind in ["existing", "retired", "reserved"] {
            for slug in texts(&case[kind]) {
                allocator.take(&slug).unwrap();
            }
        }
        let slugs: Vec<_> =
            texts(&case["bases"]).iter().map(|base| allocator.allocate(base).unwrap()).collect();
        assert_eq!(slugs, texts(&case["slugs"]), "{case}");
    }
}

#[test]
fn names_plans_keys_and_hosts_are_read_as_everywhere() {
    for case in cases("names.json") {
        let found = tenant_name(text(&case["business_name"]), text(&case["username"]));
        assert_eq!(json!([found.name, found.was_cut]), json!([case["name"], case["cut"]]));
    }
    for case in cases("plans.json") {
        let found = tenant_plan(text(&case["tier"]));
        assert_eq!(json!([found.plan, found.is_known]), json!([case["plan"], case["known"]]));
    }
    for case in cases("key_order.json") {
        let mut keys = texts(&case["keys"]);
        keys.sort_by(|a, b| key_order(a, b).cmp(&0));
        assert_eq!(keys, texts(&case["sorted"]));
    }
    for case in cases("domains.json") {
        let found = is_host_of(text(&case["host"]), text(&case["domain"]));
        assert_eq!(found, case["matches"], "{case}");
    }
}

#[test]
fn every_request_is_answered_as_everywhere() {
    for case in cases("resolution.json") {
        let folder = tempdir().unwrap();
        let maker = engine(&folder);
        let mut ids = HashMap::new();
        for tenant in case["tenants"].as_array().unwrap() {
            let mut slugs = texts(&tenant["retired_slugs"]);
            slugs.push(text(&tenant["slug"]).to_owned());
            let (first, later) = slugs.split_first().unwrap();
            let made = maker.create("Tenant", SOMEBODY, Some(first.clone()), "", Plan::default());
            let id = made.unwrap().id;
            for slug in later {
                maker.rename(id, "Tenant", Some(slug.clone())).unwrap();
            }
            maker.set_domain(id, text(&tenant["domain"])).unwrap();
            maker.set_tenant_active(id, tenant["is_active"] == true).unwrap();
            ids.insert(text(&tenant["slug"]), id);
        }
        for member in case["memberships"].as_array().unwrap() {
            let (id, user) = (ids[text(&member["tenant"])], text(&member["user"]));
            let role: Role = serde_json::from_value(member["role"].clone()).unwrap();
            maker.join(id, user, role).unwrap();
            maker.set_membership_active(id, user, member["is_active"] == true).unwrap();
        }
        let sources = serde_json::from_value(case["sources"].clone()).unwrap();
        let path = maker.path();
        let asked = Engine::open(&path, options(sources)).unwrap();
        let part = |name: &str| case["request"][name].as_str().map(str::to_owned);
        let request = Request {
            user: part("user"),
            selected: part("selected"),
            header: part("header"),
            host: part("host"),
        };
        let found = match asked.resolve(&request).unwrap() {
            Resolution::Resolved { tenant, role, source } => {
                json!({"tenant": tenant.slug, "role": role, "source": source})
            }
            Resolution::Unresolved { reason } => json!({"tenant": null, "reason": reason}),
        };
        assert_eq!(found, case["answer"], "{case}");
    }
}

#[test]
fn a_backfill_reports_as_everywhere() {
    let folder = tempdir().unwrap();
    let engine = engine(&folder);
    let user = |key: &str, name: &str, tier: &str| UserProfile {
        key: key.into(),
        business_name: name.into(),
        tier: tier.into(),
        ..UserProfile::default()
    };
    let users = [user("1", "Acme", "gold"), user("2", "Acme", "pro"), user("", "Globex", "")];
    let run = |on_error| {
        let options = BackfillOptions { dry_run: false, on_error, unknown_plan: UnknownPlan::Free };
        engine.backfill(&users, &options)
    };
    let failed = run(OnError::Stop).unwrap_err();
    let EngineError::Row { row, committed: 0, .. } = failed else { panic!("{failed:?}") };
    assert_eq!((row.column, row.fault), (Column::Key, RowFault::Empty));
    let report = run(OnError::Skip).unwrap();
    assert_eq!((report.created, report.failed, report.slugs_suffixed), (2, 1, 1));
    assert_eq!(report.unknown_plans, BTreeMap::from([("gold".to_owned(), 1)]));
    assert!(row_error_words(&report.errors[0]).contains("is empty"));
    assert_eq!(engine.tenants_of("2").unwrap()[0].tenant.slug, "acme-1");
}

#[test]
fn a_snapshot_is_imported_and_what_it_revokes_is_refused_at_once() {
    let (server, phone) = (tempdir().unwrap(), tempdir().unwrap());
    let (server, phone) = (engine(&server), engine(&phone));
    let acme = server.create("Acme", "ann", None, "", Plan::default()).unwrap();
    server.join(acme.id, "bob", Role::Member).unwrap();
    assert_eq!(phone.import_snapshot(&server.export_snapshot("bob").unwrap()).unwrap(), 1);
    phone.select("bob", "acme").unwrap();
    assert!(matches!(phone.current("bob").unwrap(), Resolution::Resolved { .. }));
    for damaged in ["", "{}", "[1"] {
        let error = phone.import_snapshot(damaged).unwrap_err();
        assert!(matches!(error, EngineError::Snapshot { .. }), "{error:?}");
    }
    server.set_membership_active(acme.id, "bob", false).unwrap();
    assert_eq!(phone.import_snapshot(&server.export_snapshot("bob").unwrap()).unwrap(), 0);
    let after = phone.current("bob").unwrap();
    assert!(matches!(after, Resolution::Unresolved { reason: Reason::NotAvailable }), "{after:?}");
}

#[test]
fn an_error_has_its_fields_and_the_words_of_the_core() {
    let folder = tempdir().unwrap();
    let engine = engine(&folder);
    engine.create("Acme", "ann", None, "", Plan::default()).unwrap();
    let error = engine.create("Other", "ann", Some("acme".into()), "", Plan::default());
    let EngineError::SlugTaken { words, slug } = error.unwrap_err() else { panic!() };
    assert_eq!(slug, "acme");
    assert_eq!(words, tenantry::Error::SlugTaken("acme".into()).to_string());
    let EngineError::NotAvailable { slug, .. } = engine.select("bob", "acme").unwrap_err() else {
        panic!()
    };
    assert_eq!(slug, "acme");
}

#[test]
fn a_closed_engine_says_so_and_the_file_can_be_opened_anew() {
    let folder = tempdir().unwrap();
    let first = engine(&folder);
    first.create("Acme", "ann", None, "", Plan::default()).unwrap();
    first.close_store();
    first.close_store();
    let error = first.tenants_of("ann").unwrap_err();
    assert!(matches!(error, EngineError::Closed { .. }), "{error:?}");
    assert!(error.to_string().contains("open it anew"));
    assert_eq!(engine(&folder).tenants_of("ann").unwrap().len(), 1);
}

#[test]
fn rows_that_are_kept_elsewhere_are_decided_by_the_same_rule() {
    let rows = [Candidate {
        slug: "acme".into(),
        retired_slug: None,
        domain: String::new(),
        usable: true,
    }];
    let request = Request { user: Some("ann".into()), ..Request::default() };
    let found = tenantry_uniffi::decide(&request, &[Source::Session], &rows);
    let wanted = tenantry_uniffi::Decision::Chosen { index: 0, source: Source::SoleMembership };
    assert_eq!(found, wanted);
}
