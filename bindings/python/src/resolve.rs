//! Resolution on rows already read: `tenantry::resolve`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyInt, PyString};
use tenantry::resolve::{self as kernel, decide};
use tenantry::{Reason, Request, Source};

use crate::arguments::each;
use crate::keys::UserKey;
use crate::values::{Tuple, value};
use crate::words::{In, NeedKind};

value! {
    /// What has to be read before `resolve` can answer.
    Need {
        /// Nothing, one tenant's row, or all memberships of the user.
        kind: In<NeedKind>,
        /// The user; none if nothing has to be read.
        user_key: Option<String> = None,
        /// With the kind `tenant`: the slug or retired slug of the tenant. With `memberships`: the
        /// slug to compare with the retired slugs of each tenant, if any.
        slug: Option<String> = None,
        /// With the kind `nothing`: the answer.
        reason: Option<In<Reason>> = None,
    }
}

value! {
    /// A membership of the user, with its tenant, as read from wherever the rows are.
    ///
    /// >>> tenantry.Candidate("acme", usable=True)
    /// Candidate(slug='acme', retired_slug=None, domain='', usable=True)
    Candidate("(slug, retired_slug=None, domain='', usable=False)") {
        /// The tenant's slug.
        slug: String,
        /// The retired slug of the tenant that was asked for, if it was one.
        retired_slug: Option<String> = None,
        /// The tenant's domain.
        domain: String = (String::new()),
        /// Whether the membership is active *and* its tenant is active.
        usable: bool = false,
    }
}

value! {
    /// The answer of `resolve`: which of the rows, or why none.
    Decision {
        /// The number of the row, from 0; none if the request is in no tenant.
        index: Option<usize> = None,
        /// What decided.
        source: Option<In<Source>> = None,
        /// Why there is no tenant.
        reason: Option<In<Reason>> = None,
    }
}

/// A slug that a request brought, of whatever type: what no tenant can have is not available, and
/// never an error that says more.
pub(crate) enum Asked {
    Nothing,
    Slug(PyBackedStr),
    Unusable,
}

impl Asked {
    pub(crate) fn as_slug(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Slug(slug) => Some(slug),
            // No slug holds it.
            Self::Unusable => Some("\0"),
        }
    }
}

impl FromPyObject<'_, '_> for Asked {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self::Nothing);
        }
        let text = value.cast::<PyString>().ok();
        let text = text.and_then(|text| PyBackedStr::try_from(text.to_owned()).ok());
        Ok(text.map_or(Self::Unusable, Self::Slug))
    }
}

/// The host of a request. Half of a surrogate pair is in no domain.
#[derive(Default)]
pub(crate) struct Host(Option<PyBackedStr>);

impl Host {
    pub(crate) fn as_text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromPyObject<'_, '_> for Host {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self(None));
        }
        Ok(Self(PyBackedStr::try_from(value.cast::<PyString>()?.to_owned()).ok()))
    }
}

/// The sources of a call: the session alone unless told.
pub(crate) fn sources(given: Option<Tuple<In<Source>>>) -> Vec<Source> {
    given
        .map_or_else(|| vec![Source::Session], |given| given.0.iter().map(|In(one)| *one).collect())
}

/// What has to be read to answer a request; see `resolve` for its arguments.
///
/// >>> match tenantry.need(7, selected="acme"):
/// ...     case tenantry.Need("tenant", user_key=user_key, slug=slug):
/// ...         print(f"read the membership of {user_key} in {slug}")
/// read the membership of 7 in acme
/// >>> tenantry.need(7).kind, tenantry.need(None).reason
/// (<NeedKind.MEMBERSHIPS: 'memberships'>, <Reason.ANONYMOUS: 'anonymous'>)
#[pyfunction]
#[pyo3(
    signature = (user, *, selected=Asked::Nothing, header=Asked::Nothing, host=Host::default(), sources=None),
    text_signature = "(user, *, selected=None, header=None, host=None, sources=None)"
)]
pub(crate) fn need(
    user: Option<UserKey>,
    selected: Asked,
    header: Asked,
    host: Host,
    sources: Option<Tuple<In<Source>>>,
) -> Need {
    let request = request(user.as_ref(), &selected, &header, &host);
    let (kind, user, slug, reason) = match request.need(&self::sources(sources)) {
        kernel::Need::Nothing(reason) => (NeedKind::Nothing, None, None, Some(In(reason))),
        kernel::Need::Tenant { user, slug } => (NeedKind::Tenant, Some(user), Some(slug), None),
        kernel::Need::Memberships { user, slug } => (NeedKind::Memberships, Some(user), slug, None),
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Need { kind: In(kind), user_key: owned(user), slug: owned(slug), reason }
}

/// Decides which tenant a request is in, by rows already read from wherever they are: the rule that
/// `Engine.resolve` follows.
///
/// - `user` is the key of the authenticated user, None when nobody is.
/// - `rows` are those that `need` asks for, each a `Candidate` or a tuple `(slug, retired_slug, domain,
///   usable)` as a database gives it: None for no domain, 0 and 1 for a bool. More do no harm.
/// - `selected` is the slug in the session, `header` the one an API client sent, `host` the request's.
///   What cannot be a slug, of whatever type, is `not_available`.
/// - `sources` says where a request may name its tenant, in the order of trying; None for the session
///   alone.
///
/// A slug that is present decides, for or against: there is no falling back to another tenant.
///
/// >>> rows = [tenantry.Candidate("acme", usable=True), tenantry.Candidate("globex", usable=True)]
/// >>> tenantry.resolve(7, rows)
/// Decision(index=None, source=None, reason=<Reason.AMBIGUOUS: 'ambiguous'>)
/// >>> tenantry.resolve(7, rows, selected="globex")
/// Decision(index=1, source=<Source.SESSION: 'session'>, reason=None)
/// >>> tenantry.resolve(7, rows, selected="initech").reason
/// <Reason.NOT_AVAILABLE: 'not_available'>
#[pyfunction]
#[pyo3(
    signature = (user, rows, *, selected=Asked::Nothing, header=Asked::Nothing, host=Host::default(), sources=None),
    text_signature = "(user, rows, *, selected=None, header=None, host=None, sources=None)"
)]
pub(crate) fn resolve(
    user: Option<UserKey>,
    rows: &Bound<'_, PyAny>,
    selected: Asked,
    header: Asked,
    host: Host,
    sources: Option<Tuple<In<Source>>>,
) -> PyResult<Decision> {
    let mut read = Vec::new();
    each(rows, |row| {
        read.push(Row::of(&row, read.len() + 1)?);
        Ok(())
    })?;
    let candidates: Vec<_> = read.iter().map(Row::as_candidate).collect();
    let request = request(user.as_ref(), &selected, &header, &host);
    Ok(match decide(&request, &self::sources(sources), &candidates) {
        kernel::Decision::Chosen { index, source } => {
            Decision { index: Some(index), source: Some(In(source)), reason: None }
        }
        kernel::Decision::None(reason) => {
            Decision { index: None, source: None, reason: Some(In(reason)) }
        }
    })
}

/// A row of `resolve`.
enum Row {
    Candidate(Py<Candidate>),
    Fields(PyBackedStr, Option<PyBackedStr>, Option<PyBackedStr>, bool),
}

impl Row {
    fn of(row: &Bound<'_, PyAny>, number: usize) -> PyResult<Self> {
        if let Ok(candidate) = row.cast::<Candidate>() {
            return Ok(Self::Candidate(candidate.clone().unbind()));
        }
        let fields = || {
            let (slug, retired_slug, domain, usable): (_, _, _, Bound<'_, PyAny>) =
                row.extract()?;
            // Most databases have a number for it.
            let usable = match usable.cast::<PyInt>() {
                Ok(number) if !usable.is_instance_of::<PyBool>() => match number.extract::<u8>()? {
                    0 => false,
                    1 => true,
                    _ => return Err(PyTypeError::new_err("0 or 1")),
                },
                _ => usable.extract()?,
            };
            PyResult::Ok(Self::Fields(slug, retired_slug, domain, usable))
        };
        fields().map_err(|error| {
            let message = format!(
                "row {number}: a row is a Candidate or a tuple (slug, retired_slug, domain, usable) of \
                 two texts, or None for the second, a text or None, and a bool"
            );
            let better = PyTypeError::new_err(message);
            better.set_cause(row.py(), Some(error));
            better
        })
    }

    fn as_candidate(&self) -> kernel::Candidate<'_> {
        match self {
            Self::Candidate(row) => {
                let Candidate { slug, retired_slug, domain, usable } = row.get();
                let retired_slug = retired_slug.as_deref();
                kernel::Candidate { slug, retired_slug, domain, usable: *usable }
            }
            Self::Fields(slug, retired_slug, domain, usable) => kernel::Candidate {
                slug,
                retired_slug: retired_slug.as_deref(),
                domain: domain.as_deref().unwrap_or_default(),
                usable: *usable,
            },
        }
    }
}

pub(crate) fn request<'a>(
    user: Option<&'a UserKey>,
    selected: &'a Asked,
    header: &'a Asked,
    host: &'a Host,
) -> Request<'a> {
    Request {
        user: user.map(|user| &**user),
        selected: selected.as_slug(),
        header: header.as_slug(),
        host: host.as_text(),
    }
}

/// Returns a host in the form in which hosts are compared: as a browser sends it, without a port and
/// one dot at the end. In lower case, and in ASCII as IDNA (UTS #46) has it.
///
/// >>> tenantry.canonical_host("Bücher.example.:8000")
/// 'xn--bcher-kva.example'
#[pyfunction]
#[pyo3(signature = (host, /))]
pub(crate) fn canonical_host(host: &Bound<'_, PyString>) -> String {
    // Half of a surrogate pair is in no host.
    host.to_str().map(kernel::canonical_host).unwrap_or_default()
}

/// Whether a request's host is this domain: the whole of it, without regard to case, to a port, to one
/// dot at the end, and to whether it is written in Unicode or as its ASCII form. Never a part of it,
/// and an empty domain is not the domain of any host.
///
/// >>> tenantry.is_host_of("ACME.example.com.:8000", "acme.example.com")
/// True
/// >>> tenantry.is_host_of("evil-acme.example.com", "acme.example.com")
/// False
#[pyfunction]
#[pyo3(signature = (host, domain, /))]
pub(crate) fn is_host_of(host: &Bound<'_, PyString>, domain: &Bound<'_, PyString>) -> bool {
    // Half of a surrogate pair is in none.
    matches!((host.to_str(), domain.to_str()), (Ok(host), Ok(domain)) if kernel::is_host_of(host, domain))
}
