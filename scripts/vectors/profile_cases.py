"""Cases for what a user's profile becomes, for hosts, and for the order of keys."""

from __future__ import annotations

import random

from .oracle import PLANS, Json, domain_matches, sorted_keys, tenant_name, tenant_plan
from .slug_cases import NOT_SPACES, SPACES


def names() -> Json:
    profiles: list[tuple[str, str | None]] = [
        ("grace", "Acme"),
        ("grace", None),
        ("grace", ""),
        ("grace", "   "),
        ("grace", "\t\r\n\v\f"),
        ("grace", "  Acme  "),
        ("grace", "\tAcme\r\n"),
        ("grace", "Acme  &  Co"),
        ("grace", "  東京  "),
        ("grace", "Acme\u0301 "),
        ("grace", "\0"),
        ("grace", "!"),
        ("grace", "".join(map(chr, SPACES))),
        ("grace", "".join(map(chr, SPACES)) + "Acme" + "".join(map(chr, SPACES))),
        ("grace", "".join(map(chr, SPACES)) + "\u200b"),
        ("grace.r9r1", ""),
        ("o'brien", None),
        ("東京", ""),
        (" grace ", ""),
        ("", ""),
        ("", "Acme"),
        ("grace", "a" * 199),
        ("grace", "a" * 200),
        ("grace", "a" * 201),
        ("grace", "a" * 1000),
        ("grace", " " * 50 + "a" * 200 + " " * 50),
        ("grace", " " * 50 + "a" * 201),
        ("grace", "a" * 199 + " b"),
        ("grace", "a" * 150 + " " * 60 + "b"),
        ("grace", "a" * 190 + "\u3000\u00a0\x1f\u2028 \x85\t\v\f\u2003\u200a" + "b"),
        ("grace", "a" * 199 + "\u200bb"),
        ("grace", "a" * 199 + "-b"),
        ("grace", "é" * 200),
        ("grace", "é" * 201),
        ("grace", "東" * 201),
        ("grace", "😀" * 200),
        ("grace", "😀" * 201),
        ("grace", "e\u0301" * 101),
        ("grace", "a" * 199 + "e\u0301"),
        ("grace", "a" * 198 + "👨\u200d👩"),
        ("u" * 188, ""),
        ("u" * 189, ""),
        ("u" * 250, None),
        ("u" * 190 + " " * 20, ""),
    ]
    profiles += [("grace", f"{chr(code)}Acme{chr(code)}") for code in SPACES + NOT_SPACES]
    cases = []
    for username, business_name in profiles:
        name, cut = tenant_name(username, business_name)
        cases.append(
            {"username": username, "business_name": business_name, "name": name, "cut": cut}
        )
    return {
        "description": "A profile's business name and username, and the name its tenant gets. White"
        " space is what Python's str.isspace() says it is; lengths are in code points.",
        "contract": "3.1",
        "cases": cases,
    }


def plans() -> Json:
    tiers: list[str | None] = [None, "", " ", "\t\n", "\x1c", "\u3000\u00a0", *PLANS]
    tiers += [
        "Free",
        "Pro",
        "PRO",
        " pro ",
        "pro ",
        "pro\n",
        "gold",
        "tier",
        "free plan",
        "0",
        "null",
    ]
    tiers += ["ｐｒｏ", "prо", "\u200b", "pro\u200b", "x" * 300]
    cases = []
    for tier in tiers:
        plan, known = tenant_plan(tier)
        cases.append({"tier": tier, "plan": plan, "known": known})
    return {
        "description": "A user's tier and the plan it means. A blank tier is known to mean free;"
        " any other text than the five plans is free, and unknown.",
        "contract": "3.2",
        "cases": cases,
    }


def domains() -> Json:
    pairs = [
        ("acme.example.com", "acme.example.com"),
        ("ACME.Example.Com", "acme.example.com"),
        ("acme.example.com", "ACME.EXAMPLE.COM"),
        ("acme.example.com:8000", "acme.example.com"),
        ("acme.example.com", "acme.example.com:8000"),
        ("acme.example.com:80", "acme.example.com:443"),
        ("acme.example.com.", "acme.example.com"),
        ("acme.example.com", "acme.example.com."),
        ("acme.example.com.:8000", "acme.example.com"),
        ("ACME.example.com.:8000", "acme.EXAMPLE.com.:1"),
        ("acme.example.com..", "acme.example.com"),
        ("acme.example.com..", "acme.example.com."),
        ("www.acme.example.com", "acme.example.com"),
        ("acme.example.com", "www.acme.example.com"),
        ("acme.example.com", "example.com"),
        ("example.com", "acme.example.com"),
        ("acme.example.com.evil.test", "acme.example.com"),
        ("evilacme.example.com", "acme.example.com"),
        (".acme.example.com", "acme.example.com"),
        ("acme.example.com", ".acme.example.com"),
        ("acme.example.com", "*.example.com"),
        ("acme", "acme"),
        ("localhost:8000", "localhost"),
        ("acme_example.com", "acme-example.com"),
        ("", ""),
        ("", "acme.example.com"),
        ("acme.example.com", ""),
        (".", "."),
        (".", ""),
        (":8000", ""),
        ("", ":8000"),
        (":8000", ":8000"),
        (".:8000", ""),
        ("[::1]:8000", "[::1]"),
        ("[::1]", "[::1]:8000"),
        ("[::1]:8000", "[::1]:9000"),
        ("[2001:DB8::A]:8000", "[2001:db8::a]"),
        ("[::1]", "[::2]"),
        ("[::1]:8000", "::1"),
        ("::1", "::1"),
        ("::1", "::2"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.2"),
        ("acme.example.com:http", "acme.example.com"),
        ("acme.example.com:80:80", "acme.example.com"),
        ("acme.example.com:٨٠", "acme.example.com"),
        ("münchen.example", "münchen.example"),
        ("MÜNCHEN.example", "mÜnchen.EXAMPLE"),
        ("MÜNCHEN.example", "münchen.example"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("XN--MNCHEN-3YA.example", "xn--mnchen-3ya.example"),
        ("mu\u0308nchen.example", "m\u00fcnchen.example"),
        ("\u212aiosk.example", "kiosk.example"),
        ("acme。example", "acme.example"),
        ("xn--fa-hia.example", "faß.example"),
        ("fass.example", "faß.example"),
        ("xn--r8jz45g.xn--zckzah", "例え.テスト"),
        ("xn--r8jz45g.xn--zckzah.:8000", "例え。テスト"),
        ("acme.example", "ＡＣＭＥ.example"),
        ("xn--bcher-kva.example", "buecher.example"),
        ("www.xn--bcher-kva.example", "bücher.example"),
        ("acme.example", "acm\u0435.example"),  # a Cyrillic letter
        (" acme.example.com", "acme.example.com"),
        ("acme.example.com ", "acme.example.com"),
        ("https://acme.example.com", "acme.example.com"),
        ("acme.example.com/", "acme.example.com"),
        ("user@acme.example.com", "acme.example.com"),
        ("acme.example.com\0", "acme.example.com"),
        ("acme.example.com\0.evil.test", "acme.example.com"),
    ]
    return {
        "description": "Whether a request's host is a tenant's domain: the whole host, ASCII case"
        " folded, in ASCII as IDNA (UTS #46) has it, without a numeric port and one trailing dot, on both"
        " sides. An empty one never is.",
        "contract": "4.6",
        "cases": [
            {"host": host, "domain": domain, "matches": domain_matches(host, domain)}
            for host, domain in pairs
        ],
    }


def key_order() -> Json:
    sets = [
        [],
        ["1"],
        ["2", "10", "1", "9", "100", "11"],
        ["0", "-1", "1", "-10", "-2", "10"],
        [
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
        ],
        ["1" + "0" * 40, "9" * 40, "-" + "9" * 40, "-1" + "0" * 40, "5", "1" + "0" * 39 + "1"],
        ["b", "a", "B", "A", "aa", "ab", ""],
        ["a", "1", "b", "2", "10"],
        ["01", "1", "00", "0", "-0", "-1", "-01", "+1", "--1", "-"],
        [" 1", "1 ", "1.0", "1e3", "0x1", "1_000", "1,000", "2", "3"],
        ["１", "١", "²", "½", "1", "9", "a"],
        ["é", "e", "f", "z", "E", "e\u0301", "ß", "ss"],
        # By UTF-16 units the last two would change places.
        ["\U00010000", "\uffff", "\ue000", "\u00e9", "a", "\U0010ffff"],
        ["\U0001f600", "\uff21", "\ufb01", "\u4e1c", "z"],
        ["a\0", "a", "a\0b", "\0", "a\x01"],
        [
            "6f1c1a52-8f0e-4b6e-9d55-0d5f4b1f9c11",
            "00000000-0000-0000-0000-000000000000",
            "6F1C1A52-8f0e-4b6e-9d55-0d5f4b1f9c11",
            "12345678-0000-0000-0000-000000000000",
            "12345678",
        ],
        [str(n) for n in range(-5, 25)],
        [f"user{n}" for n in range(1, 25)],
    ]
    shuffle = random.Random(20).shuffle
    cases = []
    for keys in sets:
        shuffled = list(keys)
        shuffle(shuffled)
        cases.append({"keys": shuffled, "sorted": sorted_keys(keys)})
    return {
        "description": "Keys of users as they come, and in order: decimal integers as str() writes"
        " them, of any length, by value; then all other texts by their UTF-8 bytes.",
        "contract": "3.3",
        "cases": cases,
    }
