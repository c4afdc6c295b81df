//! Any users: the plan keeps its promises, the dry run foretells the run, a second run makes nothing,
//! nothing is wrong after it, and undo takes all of it away.
//!
//! Each line is a user: key, username, business name, domain and tier, with tabs between.

#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tenantry::backfill::{PlanOptions, Planner, key_order};
use tenantry::model::{DOMAIN_MAX, NAME_MAX, trim};
use tenantry::slug::is_valid;
use tenantry::{BackfillOptions, Engine, Error, OnError, Report, Roster, UserProfile};

static ENGINE: LazyLock<(TempDir, Engine)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(folder.path().join("tenancy.db")).expect("a path");
    (folder, engine)
});

fuzz_target!(|text: &str| {
    let users: Vec<UserProfile<'_>> = text.split('\n').take(100).map(user).collect();
    let planned = plan(&users);

    let (_, engine) = &*ENGINE;
    let run = |dry_run| {
        let options = BackfillOptions { dry_run, on_error: OnError::Skip, ..Default::default() };
        let roster: Roster = users.iter().copied().collect();
        comparable(engine.backfill(roster, &options).expect("rows in error are skipped"))
    };
    assert_eq!(run(true), planned);
    assert_eq!(run(false), planned);
    assert_eq!(engine.verify(None).expect("a sound store"), []);
    assert_eq!(run(false).created, 0);
    if planned.created > 0 {
        let undone = engine.undo(None).expect("a run to undo");
        assert_eq!((undone.removed, undone.kept.len()), (planned.created, 0));
    }
    assert_eq!(engine.tenants().expect("a sound store"), []);
});

fn user(line: &str) -> UserProfile<'_> {
    let mut fields = line.split('\t');
    let mut next = || fields.next().unwrap_or_default();
    UserProfile {
        key: next(),
        username: next(),
        business_name: next(),
        business_domain: next(),
        tier: next(),
    }
}

/// What a driver of its own would do with the planner; each promise is looked at.
fn plan(users: &[UserProfile<'_>]) -> Report {
    let mut users = users.to_vec();
    users.sort_by(|a, b| key_order(a.key, b.key));
    let with_repeated = users.len() as u64;
    users.dedup_by(|later, first| later.key == first.key);
    let repeated = with_repeated - users.len() as u64;

    let mut planner = Planner::new(PlanOptions::default()).expect("options that are right");
    let mut slugs = HashSet::new();
    for user in &users {
        match planner.plan(user) {
            Ok(tenant) => {
                assert_eq!(tenant.user_key, user.key);
                assert!(is_valid(&tenant.slug), "{tenant:?}");
                assert!((1..=NAME_MAX).contains(&tenant.name.chars().count()), "{tenant:?}");
                assert_eq!(trim(&tenant.name), tenant.name);
                assert!(tenant.domain.chars().count() <= DOMAIN_MAX, "{tenant:?}");
                assert!(slugs.insert(tenant.slug), "a slug twice");
            }
            Err(Error::Row { row, .. }) => planner.fail(*row),
            Err(error) => panic!("{error}"),
        }
    }
    let mut report = planner.into_report();
    report.seen += repeated;
    report.failed += repeated;
    assert_eq!(report.created + report.failed, report.seen);
    comparable(report)
}

/// Without what differs between a plan and a run.
fn comparable(report: Report) -> Report {
    Report { errors: Vec::new(), run: None, dry_run: false, seconds: 0.0, ..report }
}
