"""The words of tenantry: plans, roles, reasons. Each is a string, so the plain text does as well.

>>> import tenantry
>>> tenantry.Plan.PRO == "pro"
True
>>> tenantry.Role("owner")
<Role.OWNER: 'owner'>
"""

from enum import Enum, StrEnum

__all__ = [
    "Column",
    "FindingKind",
    "Kept",
    "NeedKind",
    "NewSlug",
    "OnError",
    "Plan",
    "Reason",
    "Role",
    "RowFault",
    "Source",
    "Style",
    "UnknownPlan",
]


class Plan(StrEnum):
    """What a tenant pays for."""

    FREE = "free"
    STARTER = "starter"
    GROWTH = "growth"
    PRO = "pro"
    ENTERPRISE = "enterprise"


class Role(StrEnum):
    """What a member may do in a tenant. A tenant always keeps one active owner."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Style(StrEnum):
    """How a name becomes a slug."""

    DJANGO = "django"
    """Exactly Django's `slugify`: what has no ASCII form is dropped."""
    TRANSLITERATE = "transliterate"
    """What has no ASCII form is transliterated: `東京` gives `dong-jing`."""


class NewSlug(Enum):
    """A slug to be found at a renaming. Not a string: every text is a slug that one may ask for."""

    OF_NAME = "of_name"
    """The first free one made of the new name."""


class Source(StrEnum):
    """What decided which tenant a request is in, and where a request may name its tenant."""

    SESSION = "session"
    """The selection in the session."""
    HEADER = "header"
    """The slug in the header of an API client."""
    DOMAIN = "domain"
    """The host, which is the tenant's domain."""
    SOLE_MEMBERSHIP = "sole_membership"
    """The user's only usable membership; always tried last, and needs no configuring."""


class Reason(StrEnum):
    """Why a request is in no tenant."""

    ANONYMOUS = "anonymous"
    """Nobody is authenticated."""
    NOT_AVAILABLE = "not_available"
    """No usable membership in a tenant of that slug; whether there is one is not told."""
    NO_MEMBERSHIP = "no_membership"
    """The user has no usable membership."""
    AMBIGUOUS = "ambiguous"
    """The user has several usable memberships and selected none."""


class NeedKind(StrEnum):
    """What has to be read before `tenantry.resolve` can answer."""

    NOTHING = "nothing"
    """The answer is known: none, with a reason."""
    TENANT = "tenant"
    """The user's membership in the tenant of a slug or retired slug."""
    MEMBERSHIPS = "memberships"
    """All memberships of the user."""


class OnError(StrEnum):
    """What a row in error does to a backfill."""

    STOP = "stop"
    """It ends the run, and nothing of its transaction is kept."""
    SKIP = "skip"
    """It is listed in the report, and the run goes on without it."""


class UnknownPlan(StrEnum):
    """What becomes of a tier that is no plan."""

    FREE = "free"
    """It becomes `free`, and the report lists it."""
    REJECT = "reject"
    """It is an error of the row."""


class Column(StrEnum):
    """Which of a user's values a row in error is about."""

    KEY = "key"
    USERNAME = "username"
    NAME = "name"
    DOMAIN = "domain"
    PLAN = "plan"


class RowFault(StrEnum):
    """What is wrong with a user's value."""

    EMPTY = "empty"
    """It is empty and may not be."""
    TOO_LONG = "too_long"
    """It is longer than 255 characters."""
    NUL = "nul"
    """It contains U+0000, which no database text may."""
    UNKNOWN = "unknown"
    """It is no known plan, and unknown plans are to be rejected."""
    DUPLICATE = "duplicate"
    """The key stands in an earlier row too."""
    NOT_UTF8 = "not_utf8"
    """It holds half of a surrogate pair, and so cannot be UTF-8."""
    WRONG_TYPE = "wrong_type"
    """It is neither text nor a whole number."""


class Kept(StrEnum):
    """Why undo keeps a tenant."""

    HAS_OTHER_MEMBERS = "has_other_members"
    """Others joined it."""
    OWNER_CHANGED = "owner_changed"
    """The membership of the user it was made for was changed or is gone."""
    CHANGED = "changed"
    """Its name, slug, domain, plan or active flag was changed."""
    REFERRED_TO = "referred_to"
    """Something else refers to it."""


class FindingKind(StrEnum):
    """What verify found."""

    USER_WITHOUT_MEMBERSHIP = "user_without_membership"
    TENANT_WITHOUT_OWNER = "tenant_without_owner"
    INVALID_SLUG = "invalid_slug"
    DUPLICATE_SLUG = "duplicate_slug"
    RESERVED_SLUG = "reserved_slug"
    RETIRED_SLUG = "retired_slug"
    INVALID_NAME = "invalid_name"
    INVALID_DOMAIN = "invalid_domain"
    UNKNOWN_PLAN = "unknown_plan"
    UNKNOWN_ROLE = "unknown_role"
    MISSING_USER = "missing_user"
