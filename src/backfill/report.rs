//! What a run did, in numbers and lists.

use std::collections::BTreeMap;

use serde::Serialize;

use super::RowError;
use crate::model::first_chars;
use crate::slug::Origin;

/// What a run did, or in a dry run would do.
///
/// A slug can be counted as suffixed, cut and transliterated at once; it is unchanged only when it
/// is none of these.
///
/// ```
/// use tenantry::{UserProfile, backfill::{PlanOptions, Planner}};
///
/// let mut planner = Planner::new(PlanOptions::default())?;
/// for key in ["1", "2"] {
///     planner.plan(&UserProfile { key, business_name: "Acme", ..Default::default() }).unwrap();
/// }
/// let report = planner.into_report();
/// assert_eq!((report.created, report.slugs_unchanged, report.slugs_suffixed), (2, 1, 1));
/// # Ok::<(), tenantry::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The number of the run, by which it can be undone; none in a dry run.
    pub run: Option<i64>,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Users looked at: created, skipped and in error.
    pub seen: u64,
    /// Tenants made, each with its owner's membership.
    pub created: u64,
    /// Users who had a membership already, active or not.
    pub skipped: u64,
    /// Users in error; `errors` lists them.
    pub failed: u64,
    /// Slugs that are just the slug of the name.
    pub slugs_unchanged: u64,
    /// Slugs that got a number because the plain one was taken.
    pub slugs_suffixed: u64,
    /// Slugs cut to the limit, or cut to make room for the number.
    pub slugs_cut: u64,
    /// Slugs transliterated because the style left nothing of the name.
    pub slugs_transliterated: u64,
    /// Slugs of the user's name, or `workspace`, because nothing was left of the name.
    pub slugs_fallen_back: u64,
    /// Names cut to 200 characters.
    pub names_cut: u64,
    /// Tiers that are no plan and became `free`: each, cut to its first 40 characters, and how
    /// many users have it.
    pub unknown_plans: BTreeMap<String, u64>,
    /// The rows in error, in the order of the users; first those without a readable key.
    pub errors: Vec<RowError>,
    /// How long the run took.
    pub seconds: f64,
}

impl Report {
    /// Counts a slug once more, or takes it back when another one replaces it.
    pub(super) fn count_slug(&mut self, kind: SlugKind, step: i64) {
        let SlugKind { origin, suffixed, cut } = kind;
        for (counter, counts) in [
            (&mut self.slugs_unchanged, origin == Origin::Name && !suffixed && !cut),
            (&mut self.slugs_suffixed, suffixed),
            (&mut self.slugs_cut, cut),
            (&mut self.slugs_transliterated, origin == Origin::Transliterated),
            (&mut self.slugs_fallen_back, origin == Origin::Fallback),
        ] {
            if counts {
                *counter = counter.saturating_add_signed(step);
            }
        }
    }

    pub(super) fn count_unknown_plan(&mut self, tier: &str) {
        *self.unknown_plans.entry(first_chars(tier, 40).to_owned()).or_default() += 1;
    }

    pub(super) fn uncount_unknown_plan(&mut self, tier: &str) {
        let tier = first_chars(tier, 40);
        if let Some(count) = self.unknown_plans.get_mut(tier) {
            *count -= 1;
            if *count == 0 {
                self.unknown_plans.remove(tier);
            }
        }
    }
}

/// What the report counts of a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlugKind {
    pub(super) origin: Origin,
    pub(super) suffixed: bool,
    pub(super) cut: bool,
}
