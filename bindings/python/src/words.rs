//! The words: each enum of the core, and its Python twin in `tenantry.enums`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::errors;

/// An enum whose values have a twin in Python.
pub(crate) trait Word: Copy + Eq + Send + Sync + 'static {
    /// What a value is, for an error about one that is none.
    const WHAT: &'static str;
    /// What the values are, for the same error.
    const CHOICES: &'static str;
    const ALL: &'static [Self];

    fn text(self) -> &'static str;

    /// The members of the Python twin, in the order of `ALL`.
    fn members(py: Python<'_>) -> PyResult<&'static [Py<PyAny>]>;

    /// The error for a text that is no value.
    fn unknown(py: Python<'_>, text: &str) -> PyErr {
        errors::invalid(py, Self::WHAT, text, Self::CHOICES)
    }

    fn member(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let at = Self::ALL.iter().position(|word| *word == self).unwrap_or_default();
        Ok(Self::members(py)?[at].bind(py).clone())
    }

    fn read(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let text = value.cast::<PyString>()?;
        let text = text.to_string_lossy();
        let found = Self::ALL.iter().find(|word| word.text() == text);
        found.copied().ok_or_else(|| Self::unknown(value.py(), &text))
    }
}

/// A word on its way to or from Python.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct In<T>(pub(crate) T);

impl<T: Word> FromPyObject<'_, '_> for In<T> {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        T::read(value).map(In)
    }
}

impl<'py, T: Word> IntoPyObject<'py> for In<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.member(py)
    }
}

impl<'py, T: Word> IntoPyObject<'py> for &In<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.member(py)
    }
}

/// Looks every word up, so that a twin that lacks one is found at import.
pub(crate) fn check(py: Python<'_>) -> PyResult<()> {
    for look_up in ALL_MEMBERS {
        look_up(py)?;
    }
    Ok(())
}

type LookUp = fn(Python<'_>) -> PyResult<&'static [Py<PyAny>]>;

/// The kinds of `tenantry::resolve::Need`, which has a variant with fields for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum NeedKind {
    Nothing,
    Tenant,
    Memberships,
}

/// The kinds of `tenantry::verify::Finding`, which has a variant with fields for each.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FindingKind {
    UserWithoutMembership,
    TenantWithoutOwner,
    InvalidSlug,
    DuplicateSlug,
    ReservedSlug,
    RetiredSlug,
    InvalidName,
    InvalidDomain,
    UnknownPlan,
    UnknownRole,
    MissingUser,
}

/// The texts stand here once more for enums that the core only serializes; `match` makes sure that
/// none is forgotten.
macro_rules! words {
    ($(
        $name:literal: $enum:ty as $what:literal, $choices:literal { $($variant:ident = $text:literal,)+ }
        $(unknown $unknown:expr;)?
    )+) => {
        $(
            impl Word for $enum {
                const WHAT: &'static str = $what;
                const CHOICES: &'static str = $choices;
                const ALL: &'static [Self] = &[$(Self::$variant,)+];

                fn text(self) -> &'static str {
                    match self { $(Self::$variant => $text,)+ }
                }

                fn members(py: Python<'_>) -> PyResult<&'static [Py<PyAny>]> {
                    static MEMBERS: PyOnceLock<Vec<Py<PyAny>>> = PyOnceLock::new();
                    let members = MEMBERS.get_or_try_init(py, || {
                        let twin = py.import("tenantry.enums")?.getattr($name)?;
                        let texts = [$($text,)+].iter();
                        texts.map(|text| Ok(twin.call1((*text,))?.unbind())).collect::<PyResult<_>>()
                    })?;
                    Ok(members)
                }

                $(fn unknown(py: Python<'_>, text: &str) -> PyErr {
                    errors::raise(py, &$unknown(text.chars().take(80).collect()))
                })?
            }
        )+
        const ALL_MEMBERS: &[LookUp] = &[$(<$enum as Word>::members,)+];
    };
}

words! {
    "Plan": tenantry::Plan as "plan", "" {
        Free = "free",
        Starter = "starter",
        Growth = "growth",
        Pro = "pro",
        Enterprise = "enterprise",
    }
    unknown tenantry::Error::UnknownPlan;

    "Role": tenantry::Role as "role", "" {
        Owner = "owner",
        Admin = "admin",
        Member = "member",
    }
    unknown tenantry::Error::UnknownRole;

    "Style": tenantry::slug::Style as "slug style", "it is django or transliterate" {
        Django = "django",
        Transliterate = "transliterate",
    }

    "Source": tenantry::Source as "source", "it is session, header, domain or sole_membership" {
        Session = "session",
        Header = "header",
        Domain = "domain",
        SoleMembership = "sole_membership",
    }

    "Reason": tenantry::Reason as "reason",
        "it is anonymous, not_available, no_membership or ambiguous" {
        Anonymous = "anonymous",
        NotAvailable = "not_available",
        NoMembership = "no_membership",
        Ambiguous = "ambiguous",
    }

    "OnError": tenantry::OnError as "on_error", "it is stop or skip" {
        Stop = "stop",
        Skip = "skip",
    }

    "UnknownPlan": tenantry::backfill::UnknownPlan as "unknown_plan", "it is free or reject" {
        Free = "free",
        Reject = "reject",
    }

    "Column": tenantry::backfill::Column as "column", "it is key, username, name, domain or plan" {
        Key = "key",
        Username = "username",
        Name = "name",
        Domain = "domain",
        Plan = "plan",
    }

    "RowFault": tenantry::backfill::RowFault as "fault of a row", "see tenantry.RowFault" {
        Empty = "empty",
        TooLong = "too_long",
        Nul = "nul",
        Unknown = "unknown",
        Duplicate = "duplicate",
        NotUtf8 = "not_utf8",
        WrongType = "wrong_type",
    }

    "Kept": tenantry::backfill::undo::Kept as "reason to keep a tenant", "see tenantry.Kept" {
        HasOtherMembers = "has_other_members",
        OwnerChanged = "owner_changed",
        Changed = "changed",
        ReferredTo = "referred_to",
    }

    "NeedKind": NeedKind as "kind of need", "see tenantry.NeedKind" {
        Nothing = "nothing",
        Tenant = "tenant",
        Memberships = "memberships",
    }

    "FindingKind": FindingKind as "kind of finding", "see tenantry.FindingKind" {
        UserWithoutMembership = "user_without_membership",
        TenantWithoutOwner = "tenant_without_owner",
        InvalidSlug = "invalid_slug",
        DuplicateSlug = "duplicate_slug",
        ReservedSlug = "reserved_slug",
        RetiredSlug = "retired_slug",
        InvalidName = "invalid_name",
        InvalidDomain = "invalid_domain",
        UnknownPlan = "unknown_plan",
        UnknownRole = "unknown_role",
        MissingUser = "missing_user",
    }
}
