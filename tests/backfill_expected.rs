//! Ten thousand synthetic users against the slugs that the guide's own migration wrote for them.
//!
//! It gave 706 users whose names leave nothing the slugs "", "-1", "-2" and so on; here they get a
//! fallback. `tests/python/test_expected_10k.py` says the same of the oracle.

#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs::File;
use std::num::NonZeroUsize;

use tempfile::{TempDir, tempdir};
use tenantry::backfill::tenant_name;
use tenantry::{BackfillOptions, Engine, Report, Role, Roster, UserProfile, slugify};

/// A user as it stands in `users_b_10k.csv`.
#[derive(serde::Deserialize)]
struct User {
    id: String,
    username: String,
    business_name: String,
    business_domain: String,
    tier: String,
}

impl User {
    fn profile(&self) -> UserProfile<'_> {
        UserProfile {
            key: &self.id,
            username: &self.username,
            business_name: &self.business_name,
            business_domain: &self.business_domain,
            tier: &self.tier,
        }
    }

    /// Whether Django's `slugify` leaves anything of the tenant's name.
    fn has_slug(&self) -> bool {
        !slugify(&tenant_name(&self.business_name, &self.username).0).is_empty()
    }
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    let path = format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut rows = csv::Reader::from_reader(File::open(path).unwrap());
    rows.deserialize().map(Result::unwrap).collect()
}

fn users() -> Vec<User> {
    read("users_b_10k.csv")
}

/// The slug that the guide gave to each user.
fn guide() -> BTreeMap<String, String> {
    read::<(String, String)>("expected_b_10k.csv").into_iter().collect()
}

/// A store of its own, with tenants for these users.
struct Filled {
    engine: Engine,
    report: Report,
    _folder: TempDir,
}

fn fill<'a>(users: impl Iterator<Item = &'a User>, chunk: usize) -> Filled {
    let folder = tempdir().unwrap();
    let engine = Engine::open(folder.path().join("tenancy.db")).unwrap();
    let options = BackfillOptions { chunk: NonZeroUsize::new(chunk), ..Default::default() };
    let report = engine.backfill(users.map(User::profile).collect(), &options).unwrap();
    Filled { engine, report, _folder: folder }
}

impl Filled {
    /// Every tenant by its owner: number, name, slug, domain, plan.
    fn tenants(&self) -> BTreeMap<String, [String; 5]> {
        let mut tenants = BTreeMap::new();
        for tenant in self.engine.tenants().unwrap() {
            let mut members = self.engine.members(tenant.id).unwrap();
            let owner = members.pop().unwrap();
            assert!(members.is_empty() && owner.role == Role::Owner && owner.is_active);
            let row = [
                tenant.id.to_string(),
                tenant.name,
                tenant.slug,
                tenant.domain,
                tenant.plan.to_string(),
            ];
            assert_eq!(tenants.insert(owner.user_key, row), None, "a second tenant");
        }
        tenants
    }

    /// The slug of every owner's tenant.
    fn slugs(&self) -> BTreeMap<String, String> {
        let slug = |[_, _, slug, _, _]: [String; 5]| slug;
        self.tenants().into_iter().map(|(key, row)| (key, slug(row))).collect()
    }
}

#[test]
fn users_whose_names_leave_something_get_the_slugs_of_the_guide() {
    let (users, mut guide) = (users(), guide());
    let fed: Vec<&User> = users.iter().filter(|user| user.has_slug()).collect();
    assert_eq!(fed.len(), 9_294);

    let filled = fill(fed.iter().copied(), 0);

    guide.retain(|key, _| fed.iter().any(|user| user.id == *key));
    assert_eq!(filled.slugs(), guide);
    assert_eq!(filled.report.created, 9_294);
    assert_eq!((filled.report.slugs_transliterated, filled.report.slugs_fallen_back), (0, 0));
}

#[test]
fn fed_with_all_users_nobody_makes_way_for_a_fallback() {
    let (users, guide) = (users(), guide());

    let filled = fill(users.iter(), 0);

    let slugs = filled.slugs();
    let made_way: Vec<&str> = users
        .iter()
        .filter(|user| user.has_slug() && slugs[&user.id] != guide[&user.id])
        .map(|user| &*user.id)
        .collect();
    assert_eq!(made_way, [""; 0]);
    let Report { created, slugs_transliterated, slugs_fallen_back, .. } = filled.report;
    assert_eq!((created, slugs_transliterated + slugs_fallen_back), (10_000, 706));
    assert_eq!(filled.engine.verify(None).unwrap(), []);
}

#[test]
fn users_in_any_order_get_the_same_tenants() {
    let users = users();
    // A step that shares no factor with 10,000 visits every user once.
    let shuffled = (0..users.len()).map(|n| &users[n * 7_919 % users.len()]);
    assert_eq!(fill(shuffled, 0).tenants(), fill(users.iter(), 0).tenants());
}

#[test]
fn chunks_give_the_rows_of_one_transaction() {
    let users = users();
    let (chunked, atomic) = (fill(users.iter(), 997), fill(users.iter(), 0));
    assert_eq!(chunked.tenants(), atomic.tenants());
    assert_eq!(Report { seconds: 0.0, ..chunked.report }, Report { seconds: 0.0, ..atomic.report });
}

#[test]
fn a_second_run_creates_nothing_and_an_undone_one_can_be_run_again() {
    let users = users();
    let filled = fill(users.iter(), 0);
    let (engine, slugs) = (&filled.engine, filled.slugs());
    let run = || {
        let users: Roster = users.iter().map(User::profile).collect();
        engine.backfill(users, &BackfillOptions::default()).unwrap()
    };

    let second = run();
    assert_eq!((second.seen, second.created, second.skipped), (10_000, 0, 10_000));

    let undone = engine.undo(None).unwrap();
    assert_eq!((undone.removed, undone.kept), (10_000, vec![]));
    assert_eq!(engine.tenants().unwrap(), []);

    assert_eq!(run().created, 10_000);
    assert_eq!(filled.slugs(), slugs);
}
