//! The vectors against the kernel: every case of every file.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod cases;

use std::collections::BTreeSet;

use cases::{BackfillCase, ResolutionCase, Tenant, folder, outcome};
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry::backfill::{PlanOptions, Planner, key_order, tenant_name, tenant_plan};
use tenantry::resolve::{Candidate, Decision, Need, decide, is_host_of};
use tenantry::slug::{Style, is_valid};
use tenantry::{Error, OnError, SlugAllocator};

/// One test for a file; their list is compared with the folder below.
macro_rules! vectors {
    ($($test:ident: $file:literal by $answer:ident;)+) => {
        $(
            #[test]
            fn $test() {
                let cases = cases::check(concat!($file, ".json"), $answer);
                assert!(cases > 0, concat!($file, ".json holds no case"));
            }
        )+
        const TESTED: &[&str] = &[$($file),+];
    };
}

vectors! {
    a_name_becomes_the_same_slug_as_everywhere: "slugify" by slugify;
    bases_in_order_get_the_first_free_slugs: "allocation" by allocation;
    a_stored_slug_is_valid_or_not: "slug_validity" by slug_validity;
    a_profile_names_its_tenant: "names" by names;
    a_tier_means_a_plan: "plans" by plans;
    keys_have_one_order: "key_order" by keys_in_order;
    users_in_key_order_get_their_planned_tenants: "backfill" by backfill;
    a_host_is_a_domain_or_not: "domains" by domains;
    a_request_is_in_a_tenant_or_in_none_with_a_reason: "resolution" by resolution;
}

#[test]
fn every_vector_file_has_a_test_here() {
    let in_folder: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let tested: BTreeSet<String> = TESTED.iter().map(ToString::to_string).collect();
    assert_eq!(in_folder, tested);
}

#[derive(Deserialize)]
struct SlugifyCase {
    name: String,
    django: String,
    transliterate: String,
}

fn slugify(case: &SlugifyCase) -> (Value, Value) {
    (
        json!({"django": case.django, "transliterate": case.transliterate}),
        json!({
            "django": Style::Django.slugify(&case.name),
            "transliterate": Style::Transliterate.slugify(&case.name),
        }),
    )
}

#[derive(Deserialize)]
struct AllocationCase {
    limit: usize,
    existing: Vec<String>,
    retired: Vec<String>,
    reserved: Vec<String>,
    bases: Vec<String>,
    slugs: Vec<String>,
}

fn allocation(case: &AllocationCase) -> (Vec<String>, Vec<String>) {
    let mut slugs = SlugAllocator::new(case.limit).unwrap();
    for taken in [&case.existing, &case.retired, &case.reserved].into_iter().flatten() {
        slugs.take(taken).unwrap();
    }
    let got = case.bases.iter().map(|base| slugs.allocate(base).unwrap()).collect();
    (case.slugs.clone(), got)
}

#[derive(Deserialize)]
struct SlugValidityCase {
    slug: String,
    valid: bool,
}

fn slug_validity(case: &SlugValidityCase) -> (bool, bool) {
    (case.valid, is_valid(&case.slug))
}

#[derive(Deserialize)]
struct NameCase {
    username: String,
    business_name: Option<String>,
    name: String,
    cut: bool,
}

fn names(case: &NameCase) -> ((String, bool), (String, bool)) {
    let business_name = case.business_name.as_deref().unwrap_or_default();
    let (name, cut) = tenant_name(business_name, &case.username);
    ((case.name.clone(), case.cut), (name.into_owned(), cut))
}

#[derive(Deserialize)]
struct PlanCase {
    tier: Option<String>,
    plan: String,
    known: bool,
}

fn plans(case: &PlanCase) -> ((String, bool), (String, bool)) {
    let (plan, known) = tenant_plan(case.tier.as_deref().unwrap_or_default());
    ((case.plan.clone(), case.known), (plan.to_string(), known))
}

#[derive(Deserialize)]
struct KeyOrderCase {
    keys: Vec<String>,
    sorted: Vec<String>,
}

fn keys_in_order(case: &KeyOrderCase) -> (Vec<String>, Vec<String>) {
    let mut keys = case.keys.clone();
    keys.sort_by(|a, b| key_order(a, b));
    (case.sorted.clone(), keys)
}

fn backfill(case: &BackfillCase) -> (Value, Value) {
    let options = PlanOptions { slug: case.slug_options(), unknown_plan: case.unknown_plan() };
    let mut planner = Planner::new(options).unwrap();
    for slug in case.existing.iter().chain(&case.retired) {
        planner.take_slug(slug).unwrap();
    }
    let mut tenants = Vec::new();
    for user in &case.users {
        if user.has_membership {
            planner.skip(1);
            continue;
        }
        match planner.plan(&user.profile()) {
            Ok(tenant) => tenants.push(json!({
                "user_key": tenant.user_key,
                "name": tenant.name,
                "slug": tenant.slug,
                "domain": tenant.domain,
                "plan": tenant.plan,
            })),
            Err(Error::Row { row, .. }) if case.on_error() == OnError::Skip => planner.fail(*row),
            Err(error) => return (case.expected(), outcome(&[], Err(error))),
        }
    }
    (case.expected(), outcome(&tenants, Ok(planner.into_report())))
}

#[derive(Deserialize)]
struct DomainCase {
    host: String,
    domain: String,
    matches: bool,
}

fn domains(case: &DomainCase) -> (bool, bool) {
    (case.matches, is_host_of(&case.host, &case.domain))
}

fn resolution(case: &ResolutionCase) -> (Value, Value) {
    let request = case.request();
    let need = request.need(&case.sources);
    let (user, slug) = match need {
        Need::Nothing(reason) => {
            let got = json!({"tenant": null, "reason": reason});
            return (case.answer.clone(), got);
        }
        Need::Tenant { user, slug } => (user, Some(slug)),
        Need::Memberships { user, slug } => (user, slug),
    };
    let asked_for = |other: &String| slug == Some(other.as_str());
    let tenant_of =
        |slug: &str| -> &Tenant { case.tenants.iter().find(|tenant| tenant.slug == slug).unwrap() };
    let of_user = || case.memberships.iter().filter(|membership| membership.user == user);
    let candidates: Vec<(Candidate<'_>, &str)> = of_user()
        .map(|membership| (tenant_of(&membership.tenant), membership))
        .filter(|(tenant, _)| match need {
            // Only what was asked for is read.
            Need::Tenant { .. } => {
                asked_for(&tenant.slug) || tenant.retired_slugs.iter().any(asked_for)
            }
            _ => true,
        })
        .map(|(tenant, membership)| {
            let candidate = Candidate {
                slug: &tenant.slug,
                retired_slug: tenant
                    .retired_slugs
                    .iter()
                    .find(|old| asked_for(old))
                    .map(|old| &**old),
                domain: &tenant.domain,
                usable: membership.is_active && tenant.is_active,
            };
            (candidate, membership.role.as_str())
        })
        .collect();
    let read: Vec<Candidate<'_>> = candidates.iter().map(|(candidate, _)| *candidate).collect();
    let got = match decide(&request, &case.sources, &read) {
        Decision::Chosen { index, source } => {
            let (candidate, role) = candidates[index];
            json!({"tenant": candidate.slug, "role": role, "source": source})
        }
        Decision::None(reason) => json!({"tenant": null, "reason": reason}),
    };
    (case.answer.clone(), got)
}
