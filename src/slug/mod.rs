//! Slugs: from a name to a text that stands in an address, and the first free one of its kind.
//!
//! - [`slugify`] and [`Style`] make a slug of a name.
//! - [`base`] adds the fall-backs for names that leave nothing.
//! - [`candidate`] fits a base and a number into the limit.
//! - [`SlugAllocator`] gives out the first free candidate, in one pass.

mod allocator;
mod candidate;
mod django;
mod django_table;

pub use allocator::SlugAllocator;
pub use candidate::candidate;
pub use django::slugify;
/// The version of Unicode at which the table of the django style is frozen.
pub use django_table::UNICODE_VERSION;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Most characters of a slug.
pub const SLUG_MAX: usize = 80;
/// Least limit that may be asked for: room for the longest suffix and some of the name.
pub const SLUG_LIMIT_MIN: usize = 16;

/// How a name becomes a slug.
///
/// ```
/// use tenantry::slug::Style;
///
/// assert_eq!(Style::Django.slugify("Łódź & Søn"), "odz-sn");
/// assert_eq!(Style::Transliterate.slugify("Łódź & Søn"), "lodz-son");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Exactly `django.utils.text.slugify`: what has no ASCII form is dropped.
    #[default]
    Django,
    /// The `slug` crate: what has no ASCII form is transliterated by `deunicode`.
    Transliterate,
}

impl Style {
    /// The slug of `name` in this style; empty when the style leaves nothing of it.
    ///
    /// ```
    /// assert_eq!(tenantry::slug::Style::Transliterate.slugify("東京"), "dong-jing");
    /// ```
    #[must_use]
    pub fn slugify(self, name: &str) -> String {
        match self {
            Self::Django => slugify(name),
            Self::Transliterate => ::slug::slugify(name),
        }
    }
}

/// How slugs are made and fitted; right for most as it is.
///
/// ```
/// use tenantry::SlugOptions;
///
/// let options = SlugOptions { reserved: vec!["admin".into(), "api".into()], ..Default::default() };
/// assert_eq!(options.limit, 80);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct SlugOptions {
    /// The style of the first attempt; [`Style::Django`] unless told.
    pub style: Style,
    /// Most characters of a slug, [`SLUG_LIMIT_MIN`] to [`SLUG_MAX`]; [`SLUG_MAX`] unless told.
    pub limit: usize,
    /// Words that no tenant may have as its slug, without regard to ASCII case.
    pub reserved: Vec<String>,
}

impl Default for SlugOptions {
    fn default() -> Self {
        Self { style: Style::default(), limit: SLUG_MAX, reserved: Vec::new() }
    }
}

impl SlugOptions {
    /// Whether `slug` is one of the reserved words.
    ///
    /// ```
    /// let options = tenantry::SlugOptions { reserved: vec!["Admin".into()], ..Default::default() };
    /// assert!(options.is_reserved("admin"));
    /// ```
    #[must_use]
    pub fn is_reserved(&self, slug: &str) -> bool {
        self.reserved.iter().any(|word| word.eq_ignore_ascii_case(slug))
    }
}

/// Where the base of a slug came from.
///
/// ```
/// use tenantry::slug::{Origin, Style, base};
///
/// assert_eq!(base(Style::Django, "東京", "aki"), ("dong-jing".into(), Origin::Transliterated));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The name, in the style asked for.
    Name,
    /// The name, transliterated because the style asked for left nothing.
    Transliterated,
    /// The user's name or the word `workspace`, because nothing was left of the name.
    Fallback,
}

/// The base of a tenant's slug: the first that is not empty of the name in `style`, the name
/// transliterated, the username in `style`, the username transliterated, and `workspace`.
///
/// ```
/// use tenantry::slug::{Origin, Style, base};
///
/// assert_eq!(base(Style::Django, "Acme & Co", "ann"), ("acme-co".into(), Origin::Name));
/// assert_eq!(base(Style::Django, "...", "ann"), ("ann".into(), Origin::Fallback));
/// assert_eq!(base(Style::Django, "...", "!"), ("workspace".into(), Origin::Fallback));
/// ```
#[must_use]
pub fn base(style: Style, name: &str, username: &str) -> (String, Origin) {
    let slug = style.slugify(name);
    if !slug.is_empty() {
        return (slug, Origin::Name);
    }
    let slug = Style::Transliterate.slugify(name);
    if !slug.is_empty() {
        return (slug, Origin::Transliterated);
    }
    let slug = [style, Style::Transliterate]
        .iter()
        .map(|style| style.slugify(username))
        .find(|slug| !slug.is_empty())
        .unwrap_or_else(|| "workspace".to_owned());
    (slug, Origin::Fallback)
}

/// Whether a tenant may bear this slug: 1 to [`SLUG_MAX`] of ASCII letters, digits, `-` and `_`,
/// which is what Django's `SlugField` accepts. Upper case is allowed so that old rows stay valid.
///
/// ```
/// use tenantry::slug::is_valid;
///
/// assert!(is_valid("acme-2") && is_valid("Acme"));
/// assert!(!is_valid("") && !is_valid("a b") && !is_valid("é"));
/// ```
#[must_use]
pub fn is_valid(slug: &str) -> bool {
    (1..=SLUG_MAX).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// An error that says what a slug may be, unless `slug` is valid.
/// Refuses what no tenant may bear: see [`is_valid`].
///
/// # Errors
///
/// [`Error::Invalid`].
///
/// ```
/// assert!(tenantry::slug::check("a b").is_err());
/// ```
pub fn check(slug: &str) -> Result<()> {
    if is_valid(slug) {
        return Ok(());
    }
    let reason = "a slug is 1 to 80 of the letters a-z, digits, - and _";
    Err(Error::invalid("slug", slug, reason))
}

/// An error unless slugs can be fitted into `limit` characters.
pub(crate) fn check_limit(limit: usize) -> Result<()> {
    if (SLUG_LIMIT_MIN..=SLUG_MAX).contains(&limit) {
        return Ok(());
    }
    Err(Error::invalid("slug limit", &limit.to_string(), "it must be 16 to 80"))
}
