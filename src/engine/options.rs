//! The options of an engine.

use std::time::Duration;

use crate::resolve::Source;
use crate::slug::SlugOptions;

/// SQLite counts the time-out in milliseconds, up to some 24 days.
pub(super) const BUSY_TIMEOUT_MAX: Duration = Duration::from_secs(86_400);

/// How an engine opens its file and decides; right for most as it is.
///
/// ```
/// use tenantry::{EngineOptions, SlugOptions};
///
/// let slug = SlugOptions { reserved: vec!["admin".into()], ..Default::default() };
/// let options = EngineOptions { slug, ..Default::default() };
/// assert!(options.create);
/// ```
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Make the file if it is not there; true unless told. If false, that is an error, except for a
    /// dry run, which then reports what a new file would get.
    pub create: bool,
    /// How long to wait for other writers, or for a free connection; 5 s unless told,
    /// a day at most.
    pub busy_timeout: Duration,
    /// How many threads may read at once; 8 unless told. More of them wait.
    pub max_readers: usize,
    /// How many answers each reading connection keeps while nothing is written; 4,096 unless told,
    /// some 2 MB. 0 keeps none.
    pub cache_size: usize,
    /// Where a request may name its tenant, in the order of trying; the session alone unless told.
    pub sources: Vec<Source>,
    /// How slugs are made.
    pub slug: SlugOptions,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            create: true,
            busy_timeout: Duration::from_secs(5),
            max_readers: 8,
            cache_size: 4096,
            sources: vec![Source::Session],
            slug: SlugOptions::default(),
        }
    }
}
