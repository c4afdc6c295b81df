//! The nouns: plans, roles, tenants, memberships, and how long each of their texts may be.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Most characters (code points) of a tenant's name.
pub const NAME_MAX: usize = 200;
/// Most characters of a tenant's domain.
pub const DOMAIN_MAX: usize = 255;
/// Most characters of a user key.
pub const USER_KEY_MAX: usize = 255;

/// Defines an enum of lower-case words: its text, its parser, and its serde form are one list.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident, $unknown:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in the store, in JSON and on the command line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(Error::$unknown(first_chars(text, 80).to_owned())),
                }
            }
        }
    };
}

words! {
    /// What a tenant pays for.
    ///
    /// ```
    /// use tenantry::Plan;
    ///
    /// assert_eq!("pro".parse::<Plan>()?, Plan::Pro);
    /// assert_eq!(Plan::Enterprise.as_str(), "enterprise");
    /// assert!("Pro".parse::<Plan>().is_err(), "plans are lower case");
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    #[derive(Default)]
    Plan, UnknownPlan {
        /// `free`: what a user without a tier gets.
        #[default]
        Free = "free",
        /// `starter`
        Starter = "starter",
        /// `growth`
        Growth = "growth",
        /// `pro`
        Pro = "pro",
        /// `enterprise`
        Enterprise = "enterprise",
    }
}

words! {
    /// What a member may do in a tenant. A tenant always keeps one active owner.
    ///
    /// ```
    /// use tenantry::Role;
    ///
    /// assert_eq!("owner".parse::<Role>()?, Role::Owner);
    /// assert_eq!(Role::Member.to_string(), "member");
    /// # Ok::<(), tenantry::Error>(())
    /// ```
    Role, UnknownRole {
        /// `owner`: the one who answers for the tenant.
        Owner = "owner",
        /// `admin`
        Admin = "admin",
        /// `member`
        Member = "member",
    }
}

/// A tenant's number in its store. Never given to another tenant, not even after a deletion; only a
/// store that is restored from a backup gives those numbers again that the backup does not know.
///
/// ```
/// let id = tenantry::TenantId(7);
/// assert_eq!(id.to_string(), "7");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(pub i64);

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A workspace that users belong to.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let engine = tenantry::Engine::open(dir.path().join("t.db"))?;
/// let acme = engine.create(&tenantry::NewTenant::named("Acme Inc."), "ann")?;
/// assert_eq!((acme.slug.as_str(), acme.is_active), ("acme-inc", true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tenant {
    /// Its number in this store.
    pub id: TenantId,
    /// 1 to [`NAME_MAX`] characters, no outer white space.
    pub name: String,
    /// 1 to [`SLUG_MAX`](crate::slug::SLUG_MAX) characters, unique without regard to ASCII case.
    pub slug: String,
    /// At most [`DOMAIN_MAX`] characters; may be empty; several tenants may share one.
    pub domain: String,
    /// Its plan.
    pub plan: Plan,
    /// An inactive tenant is never resolved.
    pub is_active: bool,
    /// When it was made, to the microsecond, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC. Equal to `created_at` while it is as it was made.
    pub updated_at: Timestamp,
}

/// One user's place in one tenant.
///
/// ```
/// # let dir = tempfile::tempdir()?;
/// # let engine = tenantry::Engine::open(dir.path().join("t.db"))?;
/// # let acme = engine.create(&tenantry::NewTenant::named("Acme"), "ann")?;
/// let bob = engine.join(acme.id, "bob", tenantry::Role::Member)?;
/// assert_eq!((bob.tenant_id, bob.is_active), (acme.id, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The host application's key of the user, as text.
    pub user_key: String,
    /// What the user may do there.
    pub role: Role,
    /// An inactive membership never resolves to its tenant.
    pub is_active: bool,
    /// When it was made, to the microsecond, UTC.
    pub created_at: Timestamp,
    /// When it was last changed, UTC.
    pub updated_at: Timestamp,
}

/// What the host application knows of a user when the backfill makes a tenant for it.
///
/// All texts are as the host stores them; an absent one is empty.
///
/// ```
/// use tenantry::UserProfile;
///
/// let ann = UserProfile { key: "7", username: "ann", business_name: "Acme", ..Default::default() };
/// assert_eq!(ann.tier, "");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserProfile<'a> {
    /// The user's primary key as text, 1 to [`USER_KEY_MAX`] characters.
    pub key: &'a str,
    /// The login name.
    pub username: &'a str,
    /// What the tenant will be named, unless it is blank.
    pub business_name: &'a str,
    /// The tenant's domain.
    pub business_domain: &'a str,
    /// The tenant's plan.
    pub tier: &'a str,
}

/// Removes outer white space, by the definition that Python's `str.strip` uses, so that every
/// language agrees: Unicode's `White_Space` and the four separators U+001C to U+001F.
///
/// ```
/// assert_eq!(tenantry::model::trim("\u{1f}\u{a0} Acme \n"), "Acme");
/// ```
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_white_space)
}

pub(crate) fn is_white_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

/// The first `max` characters of `text`.
pub(crate) fn first_chars(text: &str, max: usize) -> &str {
    // Never more characters than bytes: most texts are answered without a look at them.
    if text.len() <= max {
        return text;
    }
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}

/// A user key that can be stored: not empty, not too long, no NUL.
///
/// # Errors
///
/// [`Error::Invalid`].
///
/// ```
/// assert!(tenantry::model::check_user_key("").is_err());
/// ```
pub fn check_user_key(key: &str) -> Result<()> {
    let reason = if key.is_empty() {
        "it is empty"
    } else if first_chars(key, USER_KEY_MAX).len() < key.len() {
        "it is longer than 255 characters"
    } else if key.contains('\0') {
        "it contains a NUL character"
    } else {
        return Ok(());
    };
    Err(Error::invalid("user key", key, reason))
}

/// A tenant's name as it is kept: trimmed, and refused when blank, too long or with a NUL.
///
/// # Errors
///
/// [`Error::Invalid`].
///
/// ```
/// assert_eq!(tenantry::model::check_name(" Acme ")?, "Acme");
/// assert!(tenantry::model::check_name("   ").is_err());
/// # Ok::<(), tenantry::Error>(())
/// ```
pub fn check_name(name: &str) -> Result<&str> {
    let name = trim(name);
    let reason = if name.is_empty() {
        "it is blank"
    } else if first_chars(name, NAME_MAX).len() < name.len() {
        "it is longer than 200 characters"
    } else if name.contains('\0') {
        "it contains a NUL character"
    } else {
        return Ok(name);
    };
    Err(Error::invalid("tenant name", name, reason))
}

/// A tenant's domain as it is kept: trimmed, and refused when too long or with a NUL.
///
/// # Errors
///
/// [`Error::Invalid`].
///
/// ```
/// assert_eq!(tenantry::model::check_domain(" acme.example ")?, "acme.example");
/// # Ok::<(), tenantry::Error>(())
/// ```
pub fn check_domain(domain: &str) -> Result<&str> {
    let domain = trim(domain);
    let reason = if first_chars(domain, DOMAIN_MAX).len() < domain.len() {
        "it is longer than 255 characters"
    } else if domain.contains('\0') {
        "it contains a NUL character"
    } else {
        return Ok(domain);
    };
    Err(Error::invalid("domain", domain, reason))
}
