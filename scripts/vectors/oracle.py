"""The contract said as plainly as possible, and with no thought for speed.

The vectors are this module's answers. It shares no code and no idea with the Rust core (a `while`
loop over a set, Django's own slugify), so that the two can only agree by both being right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import idna
import unicodedata2
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_slug
from django.utils import text

Json = dict[str, Any]

SLUG_LIMIT = 80
NAME_LIMIT = 200
DOMAIN_LIMIT = 255
KEY_LIMIT = 255
PLANS = ("free", "starter", "growth", "pro", "enterprise")

TRANSLITERATIONS_FILE = Path(__file__).resolve().parent.parent / "transliterations.json"


# Slugs: contract 2


def slugify(name: str) -> str:
    """Django's own slugify, over the Unicode version the core is frozen at."""
    with mock.patch.object(text, "unicodedata", unicodedata2):
        return str(text.slugify(name))


class Transliterations:
    """The answers of the Rust crates, recorded in a file: Python has no equal of them."""

    def __init__(self, path: Path = TRANSLITERATIONS_FILE) -> None:
        self.slugs: dict[str, str] = {}
        if path.exists():
            self.slugs = json.loads(path.read_text(encoding="utf-8"))["slugs"]
        self.asked: set[str] = set()
        self.may_miss = False

    def __call__(self, name: str) -> str:
        self.asked.add(name)
        if name not in self.slugs and not self.may_miss:
            raise KeyError(
                f"{name!r} is not in {TRANSLITERATIONS_FILE.name}; see tests/vectors/README.md"
            )
        return self.slugs.get(name, "")


transliterate = Transliterations()


def styled_slug(style: str, name: str) -> str:
    return transliterate(name) if style == "transliterate" else slugify(name)


def slug_base(style: str, name: str, username: str) -> tuple[str, str]:
    """The base of a tenant's slug, and where it came from."""
    if base := styled_slug(style, name):
        return base, "name"
    if base := transliterate(name):
        return base, "transliterated"
    if base := styled_slug(style, username) or transliterate(username):
        return base, "username"
    return "workspace", "workspace"


def stem(base: str, n: int, limit: int) -> str:
    """The base, cut to leave room for suffix `n`."""
    room = limit - len(f"-{n}" if n else "")
    return base[:room].rstrip("-_")


def ascii_lower(value: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in value)


def taken_slugs(*groups: Iterable[str]) -> set[str]:
    return {ascii_lower(slug) for group in groups for slug in group}


def allocate(base: str, limit: int, taken: set[str]) -> tuple[str, int]:
    """The guide's loop: the first free candidate, counting from 0, and its number."""
    n = 0
    slug = stem(base, n, limit)
    while slug in taken:
        n += 1
        slug = f"{stem(base, n, limit)}-{n}"
    taken.add(slug)
    return slug, n


def slug_is_valid(slug: str) -> bool:
    """Whether a Django SlugField(max_length=80) takes the slug."""
    try:
        validate_slug(slug)
        MaxLengthValidator(SLUG_LIMIT)(slug)
    except ValidationError:
        return False
    return True


# Profiles: contract 3


def tenant_name(username: str, business_name: str | None) -> tuple[str, bool]:
    """The name a user's tenant gets, and whether it had to be cut.

    A username may begin with white space; a tenant's name never does.
    """
    name = (business_name or "").strip() or f"{username}'s Workspace".strip()
    if len(name) <= NAME_LIMIT:
        return name, False
    return name[:NAME_LIMIT].rstrip(), True


def tenant_plan(tier: str | None) -> tuple[str, bool]:
    """The plan a tier means, and whether the tier is a known one. A blank tier is."""
    if tier is None or not tier.strip():
        return "free", True
    return (tier, True) if tier in PLANS else ("free", False)


def sorted_keys(keys: Iterable[str]) -> list[str]:
    """Canonical decimal integers by value, then every other text by its UTF-8 bytes."""

    def place(key: str) -> tuple[bool, int, bytes]:
        if re.fullmatch(r"0|-?[1-9][0-9]*", key):
            return False, int(key), b""
        return True, 0, key.encode()

    return sorted(keys, key=place)


def profile_error(user: Json, unknown_plan: str) -> tuple[str, str] | None:
    """The first column that stops a user from being planned, and why."""
    if not user["key"]:
        return "key", "empty"
    if len(user["key"]) > KEY_LIMIT:
        return "key", "too_long"
    for column in ("key", "username", "name", "domain"):
        if "\0" in (user[column] or ""):
            return column, "nul"
    if len((user["domain"] or "").strip()) > DOMAIN_LIMIT:
        return "domain", "too_long"
    if "\0" in (user["plan"] or ""):
        return "plan", "nul"
    if unknown_plan == "reject" and not tenant_plan(user["plan"])[1]:
        return "plan", "unknown"
    return None


REPORT_COUNTERS = (
    "seen",
    "created",
    "skipped",
    "failed",
    "slugs_unchanged",
    "slugs_suffixed",
    "slugs_cut",
    "slugs_transliterated",
    "slugs_fallen_back",
    "names_cut",
)


def backfill(options: Json, existing: list[str], retired: list[str], users: list[Json]) -> Json:
    """What a run plans, which rows it refuses, and its report."""
    taken = taken_slugs(existing, retired, options["reserved"])
    planned: list[Json] = []
    errors: list[Json] = []
    unknown_plans: dict[str, int] = {}
    report: Json = dict.fromkeys(REPORT_COUNTERS, 0)

    for user in users:
        report["seen"] += 1
        if user["has_membership"]:
            report["skipped"] += 1
            continue
        if error := profile_error(user, options["unknown_plan"]):
            errors.append({"user_key": user["key"], "column": error[0], "code": error[1]})
            if options["on_error"] == "stop":
                return {"planned": [], "errors": errors, "report": None}
            report["failed"] += 1
            continue

        name, name_cut = tenant_name(user["username"], user["name"])
        base, origin = slug_base(options["style"], name, user["username"])
        slug, n = allocate(base, options["limit"], taken)
        plan, known = tenant_plan(user["plan"])
        planned.append(
            {
                "user_key": user["key"],
                "name": name,
                "slug": slug,
                "domain": (user["domain"] or "").strip(),
                "plan": plan,
            }
        )

        report["created"] += 1
        report["names_cut"] += name_cut
        report["slugs_suffixed"] += n > 0
        report["slugs_cut"] += stem(base, n, options["limit"]) != base
        report["slugs_transliterated"] += origin == "transliterated"
        report["slugs_fallen_back"] += origin in ("username", "workspace")
        report["slugs_unchanged"] += slug == base and origin == "name"
        if not known:
            unknown_plans[user["plan"]] = unknown_plans.get(user["plan"], 0) + 1

    report["unknown_plans"] = unknown_plans
    return {"planned": planned, "errors": errors, "report": report}


# Resolution: contract 4


def normal_host(host: str) -> str:
    """A host without its port and one trailing dot, in lower case, and in ASCII as IDNA has it."""
    if parts := re.fullmatch(r"(\[[^\]]*\]|[^:]*):[0-9]+", host):
        host = parts[1]
    host = host.removesuffix(".")
    if host.isascii():
        return ascii_lower(host)
    try:
        return idna.encode(host, uts46=True, std3_rules=False).decode().removesuffix(".")
    except idna.IDNAError:
        return host.lower()


def domain_matches(host: str, domain: str) -> bool:
    return normal_host(host) == normal_host(domain) != ""


def resolve(
    sources: list[str], request: Json, tenants: list[Json], memberships: list[Json]
) -> Json:
    """The tenant a request is for, or the reason why there is none."""
    if request["user"] is None:
        return {"tenant": None, "reason": "anonymous"}

    usable = [
        (tenant, membership["role"])
        for membership in memberships
        for tenant in tenants
        if membership["user"] == request["user"]
        and membership["tenant"] == tenant["slug"]
        and membership["is_active"]
        and tenant["is_active"]
    ]

    def answer(found: tuple[Json, str], source: str) -> Json:
        return {"tenant": found[0]["slug"], "role": found[1], "source": source}

    for source in sources:
        if source == "domain":
            host = request["host"] or ""
            at_host = [found for found in usable if domain_matches(host, found[0]["domain"])]
            if len(at_host) == 1:
                return answer(at_host[0], source)
        elif wanted := request["selected" if source == "session" else "header"]:
            for found in usable:
                if wanted in (found[0]["slug"], *found[0]["retired_slugs"]):
                    return answer(found, source)
            return {"tenant": None, "reason": "not_available"}

    if len(usable) == 1:
        return answer(usable[0], "sole_membership")
    return {"tenant": None, "reason": "ambiguous" if usable else "no_membership"}
