"""Cases for which tenant a request is for: every combination for the session, then the options."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from .oracle import Json, resolve

# A membership's state and its tenant's.
USABLE = (True, True)
REVOKED = (False, True)
CLOSED = (True, False)
REVOKED_AND_CLOSED = (False, False)
STATES = {
    USABLE: "usable",
    REVOKED: "revoked",
    CLOSED: "tenant inactive",
    REVOKED_AND_CLOSED: "revoked and tenant inactive",
}
ROLES = ("owner", "admin", "member")
OWN_SLUGS = ("acme", "globex", "initech")
TOO_LONG = "acme-" * 20

OTHER = {
    "slug": "other",
    "retired_slugs": ["other-old"],
    "domain": "other.example.com",
    "is_active": True,
}
OTHER_MEMBERSHIP = {"user": "u2", "tenant": "other", "role": "owner", "is_active": True}


def tenant(
    slug: str, *, retired: list[str] | None = None, domain: str = "", active: bool = True
) -> Json:
    return {"slug": slug, "retired_slugs": retired or [], "domain": domain, "is_active": active}


def member(slug: str, *, user: str = "u1", role: str = "owner", active: bool = True) -> Json:
    return {"user": user, "tenant": slug, "role": role, "is_active": active}


def case(
    description: str,
    tenants: list[Json],
    memberships: list[Json],
    *,
    sources: list[str] | None = None,
    user: str | None = "u1",
    selected: str | None = None,
    header: str | None = None,
    host: str | None = None,
) -> Json:
    request = {"user": user, "selected": selected, "header": header, "host": host}
    sources = sources or ["session"]
    return {
        "description": description,
        "sources": sources,
        "request": request,
        "tenants": tenants,
        "memberships": memberships,
        "answer": resolve(sources, request, tenants, memberships),
    }


def every_combination() -> Iterator[Json]:
    """Users in none to three tenants, and everything a session may hold."""
    for count in range(4):
        for states in combinations_with_replacement(STATES, count):
            tenants = [dict(OTHER)]
            memberships = [dict(OTHER_MEMBERSHIP)]
            for slug, role, (active, tenant_active) in zip(OWN_SLUGS, ROLES, states, strict=False):
                tenants.append(
                    tenant(
                        slug,
                        retired=[f"{slug}-old"],
                        domain=f"{slug}.example.com",
                        active=tenant_active,
                    )
                )
                memberships.append(member(slug, role=role, active=active))
            of = ", ".join(STATES[state] for state in states) or "none"

            selections: list[tuple[str, str | None]] = [("nothing", None), ("an empty slug", "")]
            # Two memberships in one state are each other's likeness: one of them will do.
            for state in dict.fromkeys(states):
                slug = OWN_SLUGS[states.index(state)]
                selections.append((f"the {STATES[state]} one", slug))
                selections.append((f"the {STATES[state]} one by its retired slug", f"{slug}-old"))
            selections += [
                ("another's tenant", "other"),
                ("another's retired slug", "other-old"),
                ("an unknown slug", "nowhere"),
                ("a slug that is too long", TOO_LONG),
                ("a slug with NUL", "acme\0"),
            ]
            for what, selected in selections:
                description = f"selected: {what}; memberships: {of}"
                yield case(description, tenants, memberships, selected=selected)
                # Nobody is let in, whoever's tenants there are: one table shows it.
                if states == (USABLE,):
                    description = f"anonymous; selected: {what}"
                    yield case(description, tenants, memberships, user=None, selected=selected)


def session_cases() -> Iterator[Json]:
    acme = tenant("acme", retired=["acme-old", "acme-older"])
    others = [OTHER]
    mine = [member("acme"), OTHER_MEMBERSHIP]

    def selecting(
        description: str, selected: str, tenants: list[Json], memberships: list[Json]
    ) -> Json:
        return case(description, tenants, memberships, selected=selected)

    yield case("an empty store", [], [])
    yield case("an empty store and a selection", [], [], selected="acme")
    yield case("a user nobody knows", [acme, *others], mine, user="u3")
    yield case("a user whose key is another's but for case", [acme, *others], mine, user="U1")
    yield case("a user with an empty key is a user", [acme, *others], mine, user="")
    yield selecting("slugs compare exactly: upper case", "ACME", [acme, *others], mine)
    yield selecting("slugs compare exactly: an old row", "Acme", [tenant("Acme")], [member("Acme")])
    yield selecting(
        "slugs compare exactly: not folded down", "acme", [tenant("Acme")], [member("Acme")]
    )
    yield selecting("slugs compare exactly: outer white space", " acme ", [acme, *others], mine)
    yield selecting("a retired slug compares exactly", "Acme-Old", [acme, *others], mine)
    yield selecting("every retired slug counts", "acme-older", [acme, *others], mine)
    yield selecting("a selection of white space is a selection", "  ", [acme, *others], mine)
    yield selecting("a prefix of a slug", "acm", [acme, *others], mine)
    yield selecting("a pattern is only text", "%", [acme, *others], mine)
    yield selecting("a selection with NUL in front", "\0acme", [acme, *others], mine)
    yield selecting("a selection that is not ASCII", "acmé", [acme, *others], mine)
    longest = "a" * 80
    yield selecting("the longest slug", longest, [tenant(longest)], [member(longest)])
    yield selecting(
        "one over the longest slug", longest + "a", [tenant(longest)], [member(longest)]
    )
    for role in ROLES:
        yield selecting(
            f"the role is the membership's: {role}", "acme", [acme], [member("acme", role=role)]
        )
        description = f"the sole membership's role: {role}"
        yield case(description, [acme], [member("acme", role=role)])
    shared = [member("acme", role="member"), member("acme", user="u2", role="owner")]
    yield case("a shared tenant gives each their own role: the member", [acme], shared)
    yield case("a shared tenant gives each their own role: the owner", [acme], shared, user="u2")
    revoked = [member("acme", role="owner", active=False), member("acme", user="u2", role="admin")]
    yield selecting("another's membership does not lend itself", "acme", [acme], revoked)
    yield case("a tenant without members", [acme], [])
    yield selecting("a tenant without members, selected", "acme", [acme], [])
    yield case("the header is off by default", [acme, *others], mine, header="other")
    yield case("the domain is off by default", [acme, *others], mine, host="other.example.com")


def header_cases() -> Iterator[Json]:
    tenants = [
        tenant("acme", retired=["acme-old"]),
        tenant("globex"),
        tenant("closed", active=False),
        OTHER,
    ]
    mine = [
        member("acme", role="admin"),
        member("globex"),
        member("closed"),
        OTHER_MEMBERSHIP,
    ]
    header_first = ["header", "session"]
    session_first = ["session", "header"]

    def header(description: str, sources: list[str], value: str | None, **rest: str | None) -> Json:
        return case(f"header: {description}", tenants, mine, sources=sources, header=value, **rest)

    yield header("gives the tenant", header_first, "acme")
    yield header("takes a retired slug", header_first, "acme-old")
    yield header("absent, and nothing selected", header_first, None)
    yield header("absent, so the session decides", header_first, None, selected="globex")
    yield header("empty is absent", header_first, "", selected="globex")
    yield header("comes before the session", header_first, "acme", selected="globex")
    yield header("comes after the session", session_first, "acme", selected="globex")
    yield header("is asked when the session holds nothing", session_first, "acme")
    yield header("is asked when the session is empty", session_first, "acme", selected="")
    yield header(
        "is not asked when the session names nothing of theirs", session_first, "acme", selected="x"
    )
    yield header("another's tenant", header_first, "other", selected="globex")
    yield header("an unknown slug does not fall back", header_first, "nowhere", selected="globex")
    yield header("an inactive tenant", header_first, "closed", selected="globex")
    yield header("too long", header_first, TOO_LONG, selected="globex")
    yield header("with NUL", header_first, "acme\0", selected="globex")
    yield header("of white space", header_first, " ", selected="globex")
    yield header("compares exactly", header_first, "ACME", selected="globex")
    yield header("from nobody", header_first, "acme", user=None)
    yield header("alone leaves the session unread", ["header"], None, selected="globex")
    sole = [member("acme"), OTHER_MEMBERSHIP]
    yield case("header: absent, one membership", tenants, sole, sources=["header"])
    yield case(
        "header: names another's, one membership", tenants, sole, sources=["header"], header="other"
    )


def domain_cases() -> Iterator[Json]:
    tenants = [
        tenant("acme", domain="acme.example.com"),
        tenant("globex", domain="Globex.Example.com"),
        tenant("twin-a", domain="twin.example.com"),
        tenant("twin-b", domain="TWIN.example.com."),
        tenant("revoked", domain="revoked.example.com"),
        tenant("closed", domain="closed.example.com", active=False),
        tenant("half-a", domain="half.example.com"),
        tenant("half-b", domain="half.example.com", active=False),
        tenant("half-c", domain="half.example.com"),
        tenant("homeless"),
        OTHER,
    ]
    mine = [
        member("acme", role="admin"),
        member("globex", role="member"),
        member("twin-a"),
        member("twin-b"),
        member("revoked", active=False),
        member("closed"),
        member("half-a"),
        member("half-b"),
        member("half-c", user="u2"),
        member("homeless"),
        OTHER_MEMBERSHIP,
    ]
    sole = [member("acme"), OTHER_MEMBERSHIP]
    domain_first = ["domain", "session"]
    session_first = ["session", "domain"]

    def domain(
        description: str, host: str | None, sources: list[str] = domain_first, **rest: str | None
    ) -> Json:
        return case(f"domain: {description}", tenants, mine, sources=sources, host=host, **rest)

    yield domain("gives the tenant", "acme.example.com")
    yield domain("with a port", "acme.example.com:8000")
    yield domain("with a trailing dot", "acme.example.com.")
    yield domain("with both", "acme.example.com.:8000")
    yield domain("case is folded", "ACME.Example.COM")
    yield domain("the stored case is folded", "globex.example.com")
    yield domain("no suffix matches", "www.acme.example.com")
    yield domain("no shorter host matches", "example.com")
    yield domain("absent", None)
    yield domain("an empty host matches no empty domain", "")
    yield domain("unknown", "nowhere.example.com")
    yield domain("unknown, so the session decides", "nowhere.example.com", selected="acme")
    yield domain("two of their tenants", "twin.example.com")
    yield domain(
        "two of their tenants, so the session decides", "twin.example.com", selected="twin-b"
    )
    yield domain("a revoked membership", "revoked.example.com", selected="acme")
    yield domain("an inactive tenant", "closed.example.com", selected="acme")
    yield domain("one usable among three of the domain", "half.example.com")
    yield domain("another's is like an unknown one", "other.example.com")
    yield domain("another's, so the session decides", "other.example.com", selected="acme")
    yield domain("comes before the session", "acme.example.com", selected="globex")
    yield domain("comes after the session", "acme.example.com", session_first, selected="globex")
    yield domain("is asked when the session holds nothing", "acme.example.com", session_first)
    yield domain(
        "is not asked when the session names nothing",
        "acme.example.com",
        session_first,
        selected="x",
    )
    yield domain("a match spares a wrong selection", "acme.example.com", selected="nowhere")
    yield domain("from nobody", "acme.example.com", user=None)
    yield domain("with NUL", "acme.example.com\0")
    yield domain("alone, unknown", "nowhere.example.com", ["domain"])
    yield domain(
        "alone leaves the session unread", "nowhere.example.com", ["domain"], selected="acme"
    )

    def only(description: str, host: str, memberships: list[Json]) -> Json:
        return case(f"domain: {description}", tenants, memberships, sources=["domain"], host=host)

    yield only("of the sole membership", "acme.example.com", sole)
    yield only("unknown, one membership", "nowhere.example.com", sole)
    yield only("another's, one membership", "other.example.com", sole)
    yield only("another's, no membership", "other.example.com", [OTHER_MEMBERSHIP])

    def all_three(description: str, **request: str | None) -> Json:
        sources = ["header", "domain", "session"]
        return case(f"all three: {description}", tenants, mine, sources=sources, **request)

    yield all_three(
        "the header first", header="globex", host="acme.example.com", selected="homeless"
    )
    yield all_three("then the domain", host="acme.example.com", selected="homeless")
    yield all_three("then the session", host="twin.example.com", selected="homeless")
    yield all_three(
        "a wrong header ends it", header="other", host="acme.example.com", selected="acme"
    )
    yield all_three("none of them")


def resolution() -> Json:
    return {
        "description": "Who asks for what among which tenants, and the answer. `sources` is the"
        " configured order; the request's `selected` is the session's.",
        "contract": "4",
        "cases": [*every_combination(), *session_cases(), *header_cases(), *domain_cases()],
    }
