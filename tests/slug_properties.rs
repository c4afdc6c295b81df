//! Slugs against their definitions, read naively: any name, any sequence of names.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tenantry::slug::{UNICODE_VERSION, candidate};
use tenantry::{SlugAllocator, slugify};
use unicode_normalization::UnicodeNormalization;

/// Django's `slugify`, step by step.
fn django_slugify(name: &str) -> String {
    let ascii: String = name.nfkd().filter(char::is_ascii).collect();
    let kept: String = ascii
        .to_lowercase()
        .chars()
        .filter(|&c| c.is_ascii_alphanumeric() || c == '_' || is_break(c))
        .collect();
    let words: Vec<&str> = kept.split(is_break).filter(|word| !word.is_empty()).collect();
    words.join("-").trim_matches(['-', '_']).to_owned()
}

/// A dash, or what `\s` matches in ASCII.
fn is_break(c: char) -> bool {
    matches!(c, '-' | ' ' | '\t'..='\r' | '\x1c'..='\x1f')
}

#[test]
fn the_naive_slugify_knows_the_unicode_version_of_the_table() {
    // Both are at 18. A younger normalization would answer otherwise for its new letters.
    assert_eq!(UNICODE_VERSION, (18, 0, 0));
    assert_eq!(unicode_normalization::UNICODE_VERSION, UNICODE_VERSION);
}

#[test]
fn every_character_alone_is_slugified_as_its_definition_says() {
    for c in '\0'..=char::MAX {
        let name = c.to_string();
        assert_eq!(slugify(&name), django_slugify(&name), "U+{:04X}", u32::from(c));
    }
}

#[test]
fn every_character_between_two_letters_is_slugified_as_its_definition_says() {
    for c in '\0'..=char::MAX {
        let name = format!("A{c}z");
        assert_eq!(slugify(&name), django_slugify(&name), "U+{:04X}", u32::from(c));
    }
}

/// Names in which every rule meets every other: any characters, with many of those that matter.
fn name() -> impl Strategy<Value = String> {
    let telling = "aZ09__-- \t\n\x1c\x1f\u{a0}\u{85}\u{2003}.'&éßſKﬁ½Å\u{301}\u{308}ŁıİǅⅫ①東京";
    let character = prop_oneof![
        any::<char>(),
        select(telling.chars().collect::<Vec<_>>()),
        select(vec!['-', '_', ' ', 'a']),
    ];
    prop::collection::vec(character, 0..40).prop_map(String::from_iter)
}

/// Candidate `n`, as the contract words it: always cut from the full base, right-trimmed.
fn naive_candidate(base: &str, n: u32, limit: usize) -> String {
    let suffix = if n == 0 { String::new() } else { format!("-{n}") };
    let stem: String = base.chars().take(limit - suffix.len()).collect();
    stem.trim_end_matches(['-', '_']).to_owned() + &suffix
}

/// What is taken, and who asks.
#[derive(Clone, Debug)]
struct Run {
    limit: usize,
    taken: Vec<String>,
    bases: Vec<String>,
}

/// Runs in which nearly everything collides: few letters, few bases, many that continue another
/// one or look like one with a suffix, and rows of taken slugs made of their candidates.
fn run() -> impl Strategy<Value = Run> {
    let limit = prop_oneof![16..=80_usize, 16..=24_usize];
    let others = prop::collection::vec((any::<Index>(), tail()), 1..8);
    (limit, base(), others).prop_flat_map(|(limit, first, others)| {
        let mut pool = vec![first];
        for (at, tail) in others {
            let head = pool[at.index(pool.len())].clone();
            let end = 1 + at.index(head.len());
            pool.push(head[..end].to_owned() + &tail);
        }
        let candidates = (select(pool.clone()), 0..3_u32, 0..40_u32, any::<bool>()).prop_map(
            move |(base, first, length, upper)| {
                (first..first + length)
                    .map(|n| naive_candidate(&base, n, limit))
                    .map(|slug| if upper { slug.to_ascii_uppercase() } else { slug })
                    .collect::<Vec<_>>()
            },
        );
        let any_slug = prop::collection::vec("[abAB1_-]{1,20}", 1);
        let taken = prop::collection::vec(prop_oneof![candidates, any_slug], 0..6)
            .prop_map(|taken| taken.concat());
        let bases = prop::collection::vec(select(pool), 0..80);
        (Just(limit), taken, bases).prop_map(|(limit, taken, bases)| Run { limit, taken, bases })
    })
}

/// What makes one base of another: as often as not, something that a cut and a trim take off again.
fn tail() -> impl Strategy<Value = String> {
    prop_oneof![base(), "_{1,40}[ab]", "-[12]"]
}

/// A base as `slugify` gives it: neither end is a dash or an underscore.
fn base() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab1]",
        "[ab]-[12]",
        "[ab1]([ab1_]|-[ab1_]){0,12}[ab1]",
        "[ab1]([ab1_]|-[ab1_]){0,60}[ab1]",
    ]
}

fn allocator(run: &Run) -> SlugAllocator {
    let mut slugs = SlugAllocator::new(run.limit).unwrap();
    for taken in &run.taken {
        slugs.take(taken).unwrap();
    }
    slugs
}

proptest! {
    // What was found once has a test with a name below; seeds of it need not be kept.
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_name_is_slugified_as_its_definition_says(name in name()) {
        prop_assert_eq!(slugify(&name), django_slugify(&name));
    }

    #[test]
    fn a_slug_of_a_slug_is_itself(name in name()) {
        let slug = slugify(&name);
        prop_assert_eq!(slugify(&slug), slug);
    }

    #[test]
    fn the_allocator_gives_what_the_loop_of_the_guide_gives(run in run()) {
        let mut slugs = allocator(&run);
        let mut taken: HashSet<String> =
            run.taken.iter().map(|slug| slug.to_ascii_lowercase()).collect();
        for base in &run.bases {
            // while Tenant.objects.filter(slug=slug).exists(): n += 1
            let mut n = 0;
            while taken.contains(&naive_candidate(base, n, run.limit)) {
                n += 1;
            }
            let expected = naive_candidate(base, n, run.limit);
            prop_assert_eq!(slugs.allocate(base).unwrap(), expected.clone());
            taken.insert(expected);
        }
    }

    #[test]
    fn no_more_probes_fail_than_slugs_are_taken(run in run()) {
        let mut slugs = allocator(&run);
        for base in &run.bases {
            slugs.allocate(base).unwrap();
            prop_assert!(slugs.failed_probes() <= slugs.len() as u64,
                "{} probes failed, {} slugs are taken", slugs.failed_probes(), slugs.len());
        }
    }

    #[test]
    fn a_candidate_fits_its_limit_and_its_stem_ends_in_a_letter_or_digit(
        base in base(), n in prop_oneof![0..200_u32, any::<u32>()], limit in 16..=80_usize
    ) {
        let slug = candidate(&base, n, limit);
        prop_assert!(slug.len() <= limit);
        let stem = match n {
            0 => &slug,
            n => slug.strip_suffix(&format!("-{n}")).expect("the number stands at the end"),
        };
        prop_assert!(stem.ends_with(|c: char| c.is_ascii_alphanumeric()), "{}", slug);
        prop_assert_eq!(slug.clone(), naive_candidate(&base, n, limit));
    }
}

#[test]
fn long_names_that_differ_only_behind_the_cut_share_their_probes() {
    // Worst for an allocator that counts for each base: every one would try all numbers again.
    const NAMES: usize = 1_000;
    let bases: Vec<String> = (0..NAMES).map(|n| format!("{}{n:04}", "a".repeat(80))).collect();
    let mut slugs = SlugAllocator::new(80).unwrap();
    for base in bases.iter().chain(&bases).chain(&bases) {
        slugs.allocate(base).unwrap();
    }
    assert_eq!(slugs.len(), 3 * NAMES);
    assert!(slugs.failed_probes() <= slugs.len() as u64, "{}", slugs.failed_probes());
}

#[test]
fn a_long_name_cut_back_to_a_short_one_shares_its_probes() {
    // The suffix cuts the long base into its underscores, and the trim leaves the short one: both
    // ask for "abcde-1", "abcde-2" ...
    let mut slugs = SlugAllocator::new(16).unwrap();
    for n in 1..=100 {
        slugs.take(&format!("abcde-{n}")).unwrap();
    }
    for base in ["abcde", "abcde_________z"] {
        assert_eq!(slugs.allocate(base).unwrap(), base);
    }
    assert_eq!(slugs.allocate("abcde").unwrap(), "abcde-101");
    assert_eq!(slugs.allocate("abcde_________z").unwrap(), "abcde-102");
    assert!(slugs.failed_probes() <= slugs.len() as u64, "{}", slugs.failed_probes());
}
