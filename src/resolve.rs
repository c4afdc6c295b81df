//! Resolution: which tenant a request is in.
//!
//! The rule on one page. [`Request::need`] says what has to be read, at most one read; [`decide`]
//! makes the answer of what was read.

use serde::{Deserialize, Serialize};

use crate::model::{Role, Tenant};
use crate::slug;

/// A question: who asks, and what the request says about the tenant.
///
/// ```
/// use tenantry::Request;
///
/// let request = Request { user: Some("ann"), selected: Some("acme"), ..Default::default() };
/// assert_eq!(request.header, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request<'a> {
    /// The key of the authenticated user; none when nobody is.
    pub user: Option<&'a str>,
    /// The slug selected in the session.
    pub selected: Option<&'a str>,
    /// The slug in the header of an API client; looked at only if [`Source::Header`] is configured.
    pub header: Option<&'a str>,
    /// The host the request was sent to; looked at only if [`Source::Domain`] is configured.
    pub host: Option<&'a str>,
}

/// What decided.
///
/// ```
/// assert_eq!(tenantry::Source::SoleMembership.as_str(), "sole_membership");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The selection in the session.
    Session,
    /// The slug in the header.
    Header,
    /// The host, which is the tenant's domain.
    Domain,
    /// The user's only usable membership; always tried last, and needs no configuring.
    SoleMembership,
}

/// Why there is no tenant.
///
/// ```
/// assert_eq!(tenantry::Reason::NotAvailable.as_str(), "not_available");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Nobody is authenticated.
    Anonymous,
    /// The user has no usable membership in a tenant of that slug; whether there is one is not told.
    NotAvailable,
    /// The user has no usable membership.
    NoMembership,
    /// The user has several usable memberships and selected none.
    Ambiguous,
}

impl Source {
    /// The word that stands for it in JSON and on the command line.
    ///
    /// ```
    /// assert_eq!(tenantry::Source::Session.as_str(), "session");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Header => "header",
            Self::Domain => "domain",
            Self::SoleMembership => "sole_membership",
        }
    }
}

impl Reason {
    /// The word that stands for it in JSON and on the command line.
    ///
    /// ```
    /// assert_eq!(tenantry::Reason::Ambiguous.as_str(), "ambiguous");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::NotAvailable => "not_available",
            Self::NoMembership => "no_membership",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// The answer, with the tenant's whole row.
///
/// ```
/// # use tenantry::*;
/// # let dir = tempfile::tempdir()?;
/// # let engine = Engine::open(dir.path().join("t.db"))?;
/// # engine.create(&NewTenant::named("Acme"), "ann")?;
/// match engine.resolve(&Request { user: Some("ann"), ..Default::default() })? {
///     Resolution::Tenant { tenant, role, .. } => assert_eq!((&*tenant.slug, role), ("acme", Role::Owner)),
///     Resolution::None { reason } => panic!("{}", reason.as_str()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Resolution {
    /// The request is in this tenant.
    Tenant {
        /// The tenant.
        tenant: Tenant,
        /// The role of the user's membership in it.
        role: Role,
        /// What decided.
        source: Source,
    },
    /// The request is in no tenant.
    None {
        /// Why.
        reason: Reason,
    },
}

impl Resolution {
    /// The tenant, if there is one.
    ///
    /// ```
    /// use tenantry::{Reason, Resolution};
    ///
    /// assert!(Resolution::None { reason: Reason::Anonymous }.tenant().is_none());
    /// ```
    #[must_use]
    pub fn tenant(&self) -> Option<&Tenant> {
        match self {
            Self::Tenant { tenant, .. } => Some(tenant),
            Self::None { .. } => None,
        }
    }
}

/// A membership of the user, with its tenant, as read from wherever the rows are.
///
/// ```
/// use tenantry::resolve::Candidate;
///
/// let row = Candidate { slug: "acme", retired_slug: None, domain: "", usable: true };
/// assert!(row.usable);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The tenant's slug.
    pub slug: &'a str,
    /// The retired slug of the tenant that was asked for, if it was one.
    pub retired_slug: Option<&'a str>,
    /// The tenant's domain.
    pub domain: &'a str,
    /// Whether the membership is active *and* its tenant is active.
    pub usable: bool,
}

/// What must be read before [`decide`] can answer.
///
/// ```
/// use tenantry::{Request, Source, resolve::Need};
///
/// let request = Request { user: Some("ann"), selected: Some("acme"), ..Default::default() };
/// assert_eq!(request.need(&[Source::Session]), Need::Tenant { user: "ann", slug: "acme" });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need<'a> {
    /// Nothing: this is the answer.
    Nothing(Reason),
    /// The user's membership in the tenant of this slug or retired slug.
    Tenant {
        /// The user.
        user: &'a str,
        /// The slug.
        slug: &'a str,
    },
    /// All memberships of the user; and which of their tenants has this slug among its retired ones.
    Memberships {
        /// The user.
        user: &'a str,
        /// The slug that decides if no domain does.
        slug: Option<&'a str>,
    },
}

impl<'a> Request<'a> {
    /// What must be read to answer the request.
    ///
    /// ```
    /// use tenantry::{Reason, Request, Source, resolve::Need};
    ///
    /// let nobody = Request::default();
    /// assert_eq!(nobody.need(&[Source::Session]), Need::Nothing(Reason::Anonymous));
    /// ```
    #[must_use]
    pub fn need(&self, sources: &[Source]) -> Need<'a> {
        let Some(user) = self.user else {
            return Need::Nothing(Reason::Anonymous);
        };
        let mut by_domain = false;
        for &source in sources {
            by_domain |= source == Source::Domain && self.host.is_some();
            let Some(slug) = self.slug_in(source) else {
                continue;
            };
            // What no tenant can have never reaches the store.
            let slug = Some(slug).filter(|slug| slug::is_valid(slug));
            return match slug {
                slug if by_domain => Need::Memberships { user, slug },
                Some(slug) => Need::Tenant { user, slug },
                None => Need::Nothing(Reason::NotAvailable),
            };
        }
        Need::Memberships { user, slug: None }
    }

    /// The slug that a source gives; an empty one is none.
    fn slug_in(&self, source: Source) -> Option<&'a str> {
        let slug = match source {
            Source::Session => self.selected,
            Source::Header => self.header,
            Source::Domain | Source::SoleMembership => None,
        };
        slug.filter(|slug| !slug.is_empty())
    }
}

/// The kernel's answer: which candidate, or why none.
///
/// ```
/// use tenantry::{Request, Source, resolve::{Candidate, Decision, decide}};
///
/// let rows = [Candidate { slug: "acme", retired_slug: None, domain: "", usable: true }];
/// let request = Request { user: Some("ann"), ..Default::default() };
/// let decision = decide(&request, &[Source::Session], &rows);
/// assert_eq!(decision, Decision::Chosen { index: 0, source: Source::SoleMembership });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The candidate of this index.
    Chosen {
        /// Its index among the candidates.
        index: usize,
        /// What decided.
        source: Source,
    },
    /// None.
    None(Reason),
}

/// Decides which tenant a request is in.
///
/// `sources` are tried in their order. A slug that is present decides, for or against: there is no
/// falling back to another tenant. A host decides only for a tenant of the user's own, and only
/// when it is the domain of exactly one, so that it tells nothing about other tenants. When no
/// source decides, the only usable membership does. `read` holds the candidates that
/// [`Request::need`] asked for; more do no harm.
///
/// ```
/// use tenantry::{Reason, Request, Source, resolve::{Candidate, Decision, decide}};
///
/// let rows = [Candidate { slug: "acme", retired_slug: None, domain: "", usable: true }];
/// let other = Request { user: Some("ann"), selected: Some("globex"), ..Default::default() };
/// assert_eq!(decide(&other, &[Source::Session], &rows), Decision::None(Reason::NotAvailable));
/// ```
#[must_use]
pub fn decide(request: &Request<'_>, sources: &[Source], read: &[Candidate<'_>]) -> Decision {
    if request.user.is_none() {
        return Decision::None(Reason::Anonymous);
    }
    for &source in sources {
        if let Some(slug) = request.slug_in(source) {
            let has_slug = |row: &Candidate<'_>| row.slug == slug || row.retired_slug == Some(slug);
            return match usable(read).find(|(_, row)| has_slug(row)) {
                Some((index, _)) => Decision::Chosen { index, source },
                None => Decision::None(Reason::NotAvailable),
            };
        }
        if let (Source::Domain, Some(host)) = (source, request.host) {
            let mut rows = usable(read).filter(|(_, row)| is_host_of(host, row.domain));
            if let (Some((index, _)), None) = (rows.next(), rows.next()) {
                return Decision::Chosen { index, source };
            }
        }
    }
    let mut rows = usable(read);
    match (rows.next(), rows.next()) {
        (Some((index, _)), None) => Decision::Chosen { index, source: Source::SoleMembership },
        (None, _) => Decision::None(Reason::NoMembership),
        (Some(_), Some(_)) => Decision::None(Reason::Ambiguous),
    }
}

fn usable<'r, 'a>(read: &'r [Candidate<'a>]) -> impl Iterator<Item = (usize, &'r Candidate<'a>)> {
    read.iter().enumerate().filter(|(_, row)| row.usable)
}

/// A host in the form in which hosts are compared: as a browser sends it, without a port and one dot
/// at the end. In lower case, and in ASCII as IDNA (UTS #46) has it.
///
/// ```
/// use tenantry::resolve::canonical_host;
///
/// assert_eq!(canonical_host("Bücher.example.:8000"), "xn--bcher-kva.example");
/// ```
#[must_use]
pub fn canonical_host(host: &str) -> String {
    let name = host_name(host);
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    // What cannot be the name of a host stays as it is, and equals no host.
    let ascii = idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_lowercase());
    // Other dots than the ASCII one are one now.
    host_name(&ascii).to_owned()
}

/// Whether a request's host is this domain: the whole of it, without regard to case, to a port, to one
/// dot at the end, and to whether it is written in Unicode or as its ASCII form. Never a part of it,
/// and an empty domain is not the domain of any host.
///
/// ```
/// use tenantry::resolve::is_host_of;
///
/// assert!(is_host_of("ACME.example.com.:8000", "acme.example.com"));
/// assert!(is_host_of("xn--bcher-kva.example", "Bücher.example"));
/// assert!(!is_host_of("evil-acme.example.com", "acme.example.com"));
/// assert!(!is_host_of("", ""));
/// ```
#[must_use]
pub fn is_host_of(host: &str, domain: &str) -> bool {
    let domain = host_name(domain);
    if host.is_ascii() && domain.is_ascii() {
        return !domain.is_empty() && host_name(host).eq_ignore_ascii_case(domain);
    }
    let domain = canonical_host(domain);
    !domain.is_empty() && canonical_host(host) == domain
}

/// The host without a port and one dot at the end. Colons inside a host are those of an IPv6
/// literal: only behind its bracket do they begin a port.
fn host_name(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}
