//! What the benchmarks share: timing two things side by side, counting memory, making users.

// Each benchmark uses a part of it.
#![allow(dead_code)]

pub(crate) mod memory;
pub(crate) mod users;

use std::time::{Duration, Instant};

/// A share of one's own random numbers, the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `SplitMix64`.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// A number from 0 to below 1.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Ranks drawn with the weights 1, 1/2, 1/3 ...
pub(crate) struct Zipf(Vec<f64>);

impl Zipf {
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn new(ranks: usize) -> Self {
        let weights = (1..=ranks).map(|rank| 1.0 / rank as f64);
        Self(
            weights
                .scan(0.0, |sum, weight| {
                    *sum += weight;
                    Some(*sum)
                })
                .collect(),
        )
    }

    pub(crate) fn rank(&self, random: &mut Random) -> usize {
        let at = random.unit() * self.0.last().copied().unwrap_or(0.0);
        self.0.partition_point(|&sum| sum <= at).min(self.0.len() - 1)
    }
}

/// The times of two things that took turns, in seconds.
pub(crate) struct Pair {
    pub(crate) ours: f64,
    pub(crate) peer: f64,
    /// The median of the rounds' own ratios: noise that lasts longer than a round cancels out.
    pub(crate) ratio: f64,
}

/// Lets two things take turns for so many rounds, and takes medians. The first round does not count.
pub(crate) fn compare(
    rounds: usize,
    mut ours: impl FnMut() -> Duration,
    mut peer: impl FnMut() -> Duration,
) -> Pair {
    let (mut a, mut b, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        // Who goes first changes too: the second finds warmer caches.
        let (first, second) = if round % 2 == 0 {
            let first = ours();
            (first, peer())
        } else {
            let second = peer();
            (ours(), second)
        };
        if round > 0 {
            a.push(first.as_secs_f64());
            b.push(second.as_secs_f64());
            ratios.push(first.as_secs_f64() / second.as_secs_f64());
        }
    }
    Pair { ours: median(&mut a), peer: median(&mut b), ratio: median(&mut ratios) }
}

pub(crate) fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    std::hint::black_box(work());
    started.elapsed()
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 50.0)
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        len => values[((len - 1) as f64 * percent / 100.0).round() as usize],
    }
}

/// What a measured number must be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    /// To be known, not to be kept.
    None,
}

/// Prints a line of the table.
pub(crate) fn line(what: &str, number: f64, unit: &str, target: Target) {
    let (limit, kept) = match target {
        Target::AtMost(limit) => (format!("<= {limit}"), number <= limit),
        Target::AtLeast(limit) => (format!(">= {limit}"), number >= limit),
        Target::None => {
            println!("{what:<66} = {number:>8.2}{unit}");
            return;
        }
    };
    let verdict = if kept { "ok" } else { "MISSED" };
    println!("{what:<66} = {number:>8.2}{unit}  (target {limit}) {verdict}");
}

/// How many users the large benchmarks have.
pub(crate) fn user_count() -> usize {
    std::env::var("TENANTRY_BENCH_USERS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000)
}
