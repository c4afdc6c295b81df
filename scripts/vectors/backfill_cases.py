"""Scenarios for the backfill: who comes, what each gets, what the report says."""

from __future__ import annotations

from collections.abc import Iterator

from . import oracle, people
from .oracle import Json

DEFAULTS: Json = {
    "style": "django",
    "limit": 80,
    "reserved": [],
    "unknown_plan": "free",
    "on_error": "stop",
}


def user(
    key: int | str,
    name: str | None = None,
    *,
    username: str | None = None,
    domain: str | None = None,
    plan: str | None = None,
    has_membership: bool = False,
) -> Json:
    return {
        "key": str(key),
        "username": f"user{key}" if username is None else username,
        "name": name,
        "domain": domain,
        "plan": plan,
        "has_membership": has_membership,
    }


def named(*names: str | None) -> list[Json]:
    return [user(key, name) for key, name in enumerate(names, 1)]


def scenario(
    description: str,
    users: list[Json],
    *,
    existing: list[str] | None = None,
    retired: list[str] | None = None,
    **options: str | int | list[str],
) -> Json:
    chosen = {**DEFAULTS, **options}
    existing, retired = existing or [], retired or []
    return {
        "description": description,
        "options": chosen,
        "existing": existing,
        "retired": retired,
        "users": users,
        **oracle.backfill(chosen, existing, retired, users),
    }


def names_and_slugs() -> Iterator[Json]:
    yield scenario("nobody", [])
    yield scenario("one user", [user(1, "Acme", domain="acme.example.com", plan="pro")])
    yield scenario("a profile of nothing but a username", [user(1, username="grace")])
    yield scenario(
        "empty text is like nothing", [user(1, "", username="grace", domain="", plan="")]
    )
    yield scenario(
        "blank text is like nothing", [user(1, " \t", username="grace", domain="  ", plan=" ")]
    )
    yield scenario(
        "a username is kept as it is", [user(1, username=" o'brien "), user(2, username="")]
    )
    yield scenario(
        "a username that leaves only the word", [user(1, username="東京"), user(2, username="大阪")]
    )
    yield scenario(
        "outer white space goes", named("  Acme  ", "\u3000Globex\x1f", "Ini  tech\u2028")
    )
    yield scenario(
        "equal names are numbered in order", named("Acme", "ACME!", "acme", "Globex", "Acme")
    )
    yield scenario("a name like another's suffix", named("Acme", "Acme 1", "Acme", "Acme-1"))
    yield scenario(
        "accents, ligatures and dashes", named("Café – Über", "ﬁn & Co", "Łódź", "a_b", "½ Price")
    )

    taken = {"existing": ["acme", "Globex", "initech-1"], "retired": ["hooli", "Acme-2"]}
    names = named("Acme", "Globex", "Acme", "Initech", "Initech", "Hooli", "Admin", "API", "Admin")
    yield scenario(
        "existing, retired and reserved slugs", names, **taken, reserved=["admin", "Api"]
    )

    yield scenario(
        "a name of which Django leaves nothing", named("東京", "東京", "Москва", "Dong Jing")
    )
    untranslatable = [
        user(1, "!!!", username="grace"),
        user(2, "...", username="grace"),
        user(3, "\ue000", username="東京"),
        user(4, "—", username="Łukasz"),
        user(5, "!!!", username="???"),
        user(6, "!!!", username=""),
        user(7, "Workspace"),
        user(8, "Grace"),
    ]
    yield scenario("the whole chain of fallbacks", untranslatable)
    yield scenario("a fallback takes what a later user would have had", named("東京", "Dong-Jing"))
    yield scenario(
        "a fallback meets existing slugs",
        [user(1, "東京"), user(2, "!!!", username="grace"), user(3, "!!!", username="?")],
        existing=["dong-jing", "grace", "workspace"],
    )
    yield scenario("an emoji has a name", named("😀", "😀 Smile"))
    yield scenario(
        "the transliterate style",
        [*named("Łódź", "東京", "Café", "a_b", "Łódź", "ﷺ"), user(7, username="Łukasz")],
        style="transliterate",
    )
    yield scenario("the transliterate style's fallbacks", untranslatable, style="transliterate")

    yield scenario("a name of 200 characters", named("a" * 200, "é" * 200, "😀" * 200))
    yield scenario("a name of 201 characters", named("a" * 201, "é" * 201, "😀" * 201))
    yield scenario(
        "a cut name loses its new end too", named("a" * 60 + " " * 139 + "b c", "a" * 199 + " b")
    )
    yield scenario(
        "a name that is only too long with its white space", named(" " * 9 + "a" * 200 + " " * 9)
    )
    yield scenario("a name built from a long username", [user(1, username="u" * 195)])
    yield scenario("slugs of 80 and 81", named("a" * 80, "b" * 81, "c" * 79))
    yield scenario(
        "a suffix inside the limit", named(*["a" * 79] * 3, *["b" * 100] * 3, *["c" * 78] * 2)
    )
    yield scenario("a cut at a dash", named(*["a" * 79 + " bcd"] * 2, *["b" * 77 + " cde"] * 2))
    yield scenario("a long transliteration", named(*["東" * 60] * 2))
    yield scenario(
        "a long username", [user(1, "!!!", username="u" * 120), user(2, "!!!", username="u" * 120)]
    )
    yield scenario("a smaller limit", named(*["Acme Holding International"] * 11), limit=16)
    yield scenario(
        "workspace under a small limit",
        [user(n, "!", username="!") for n in range(1, 12)],
        limit=16,
    )
    yield scenario(
        "keys of text",
        [user("0b"), user("1a"), user("a\u00e9"), user("\uffff"), user("\U00010000")],
    )


def plans_and_domains() -> Iterator[Json]:
    tiers = ["free", "starter", "growth", "pro", "enterprise", None, "", "  "]
    yield scenario(
        "every plan", [user(key, "Acme", plan=tier) for key, tier in enumerate(tiers, 1)]
    )
    strange = ["gold", "Pro", " pro ", "gold", "pro", "Золото", "gold"]
    users = [user(key, "Acme", plan=tier) for key, tier in enumerate(strange, 1)]
    yield scenario("unknown tiers become free and are counted", users)
    yield scenario("unknown tiers are rejected, and the run stops", users, unknown_plan="reject")
    yield scenario(
        "unknown tiers are rejected one by one", users, unknown_plan="reject", on_error="skip"
    )
    known = [user(1, "Acme", plan="pro"), user(2, "Globex"), user(3, "Hooli", plan=" ")]
    yield scenario("nothing to reject", known, unknown_plan="reject")
    domains = [
        "acme.example.com",
        "  acme.example.com\n",
        "ACME.example.com:8000",
        "not a domain",
        "d" * 255,
        " " * 5 + "d" * 255 + " " * 5,
        "ü" * 255,
        "\u3000",
    ]
    users = [user(key, "Acme", domain=domain) for key, domain in enumerate(domains, 1)]
    yield scenario("a domain is only trimmed", users)


def rows_in_error() -> Iterator[Json]:
    good = [user(1, "Acme"), user(9, "Acme")]
    bad = {
        "an empty key": user("", "Acme"),
        "a key that is too long": user("k" * 256, "Acme"),
        "a key with NUL": user("5\0", "Acme"),
        "a username with NUL": user(5, username="u\0"),
        "a username with NUL beside a name": user(5, "Acme", username="u\0"),
        "a name with NUL": user(5, "Ac\0me"),
        "a domain with NUL": user(5, "Acme", domain="acme\0"),
        "a domain that is too long": user(5, "Acme", domain="d" * 256),
        "a domain that is too long in code points": user(5, "Acme", domain="ü" * 256),
        "a plan with NUL": user(5, "Acme", plan="pro\0"),
        "a plan that is only NUL": user(5, "Acme", plan="\0"),
        "everything at once": user(5, "\0", username="\0", domain="\0" * 300, plan="\0"),
        "a bad domain and a bad plan": user(5, "Acme", domain="d" * 256, plan="gold\0"),
    }
    for what, row in bad.items():
        # In key order: the empty key is text, and so after the numbers; so are the other odd ones.
        users = [good[0], row, good[1]] if row["key"] == "5" else [*good, row]
        for on_error in ("stop", "skip"):
            yield scenario(f"{what}: {on_error}", users, on_error=on_error)

    many = [
        user(1, "Acme"),
        user(2, "Acme\0"),
        user(3, "Acme", plan="gold"),
        user(4, "Acme", has_membership=True),
        user(5, "Acme", domain="d" * 256, plan="gold"),
        user(6, "Acme"),
    ]
    yield scenario("the first error ends the run", many)
    yield scenario("rows in error take no slug and count no plan", many, on_error="skip")
    yield scenario("every row in error", [user(1, "\0"), user(2, "\0")], on_error="skip")
    yield scenario("the longest key", [user("k" * 255, "Acme"), user("ü" * 255, "Acme")])


def members_already() -> Iterator[Json]:
    users = [
        user(1, "Acme", has_membership=True),
        user(2, "Acme"),
        user(3, "Globex", has_membership=True),
        user(4, "Globex"),
    ]
    yield scenario("who has a membership is skipped", users, existing=["acme", "globex"])
    done = [{**row, "has_membership": True} for row in users]
    yield scenario(
        "a second run creates nothing", done, existing=["acme", "acme-1", "globex", "globex-1"]
    )
    broken = [
        user(1, "\0", has_membership=True),
        user(2, "Acme", domain="d" * 300, has_membership=True),
        user(3, "Acme", plan="gold", has_membership=True),
        user(4, "Acme", username="\0", has_membership=True),
    ]
    yield scenario("who is skipped is not checked", broken, unknown_plan="reject")


def excerpt() -> Iterator[Json]:
    """Sixty people as they come, and every one of them whom the last run left out."""
    people_ = people.users()[100:160]
    yield scenario("sixty of the ten thousand", people_)
    yield scenario("the same in the transliterate style", people_, style="transliterate")
    resumed = [{**row, "has_membership": position < 30} for position, row in enumerate(people_)]
    first_half = oracle.backfill(DEFAULTS, [], [], people_[:30])["planned"]
    slugs = [planned["slug"] for planned in first_half]
    yield scenario("the same, resumed after thirty", resumed, existing=slugs)


def ten_thousand() -> Json:
    """The whole file in one run. Too long for a vector; the oracle's own test reads it."""
    return oracle.backfill(DEFAULTS, [], [], people.users())


def backfill() -> Json:
    return {
        "description": "Users in key order, and what a backfill plans for them: tenants, rows in"
        " error, and its report. A run that stops on an error keeps nothing and has no report.",
        "contract": "3, 2.6",
        "cases": [
            *names_and_slugs(),
            *plans_and_domains(),
            *rows_in_error(),
            *members_already(),
            *excerpt(),
        ],
    }
