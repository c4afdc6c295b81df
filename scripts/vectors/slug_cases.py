"""Cases for names turned into slugs, and slugs handed out."""

from __future__ import annotations

from collections.abc import Iterator

from . import people
from .oracle import (
    Json,
    allocate,
    slug_is_valid,
    taken_slugs,
    transliterate,
)
from .oracle import (
    slugify as django_slug,
)

# Everything Python calls white space, and three that look like it and are not.
SPACES = [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)]
SPACES += [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
NOT_SPACES = [0x180E, 0x200B, 0xFEFF]

EDGES = [
    # Nothing, or next to nothing.
    "",
    " ",
    "   \t\r\n ",
    "-",
    "_",
    "---",
    "_-_-_",
    " - _ - ",
    "!!!",
    "...",
    "\0",
    "a\0b",
    "\0acme\0",
    "\x7f",
    "a\x01b\x1fc\x7fd",
    # Runs and ends.
    "a b",
    "a  b",
    "a - b",
    "a--b",
    "a__b",
    "a_-_b",
    "a -_- b",
    "-_acme_-",
    "__acme__",
    "--acme--",
    "_ acme _",
    "- _acme_ -",
    " -acme- ",
    "acme -",
    "acme_-_2",
    "a _ b",
    "a-_-b",
    "acme.",
    "a . b",
    "a./b",
    "a&b",
    "a & b",
    "a - & - b",
    # ASCII.
    "Acme",
    "ACME HOLDING",
    "aCmE 2",
    "007",
    "-1",
    "acme-1",
    "A",
    "".join(map(chr, range(0x20, 0x30))),
    "".join(map(chr, range(0x3A, 0x41))),
    "".join(map(chr, range(0x5B, 0x61))),
    "".join(map(chr, range(0x7B, 0x7F))),
    "".join(map(chr, range(0x80))),
    "O'Brien & Sons, Ltd.",
    "grace.r9r1's Workspace",
    "grace.r9r1\u2019s Workspace",
    "AT&T",
    "C++ / C#",
    "100% Cotton",
    "a@b.example",
    "<script>alert(1)</script>",
    "'; DROP TABLE tenant; --",
    "../../etc/passwd",
    # Latin letters: those that decompose, and those that do not.
    "Café Über Straße",
    "Cafe\u0301",
    "Caf\u00e9",
    "n\u0303o",
    "ñandú",
    "Łódź",
    "Żółć",
    "Zażółć gęślą jaźń",
    "İstanbul",
    "Iğdır",
    "ıi",
    "STRASSE straße STRAẞE",
    "Ærø Øre Åland",
    "æ",
    "Œuvre",
    "Þór Ðóra",
    "Đặng Thị Hồng",
    "Nguyễn",
    "Dvořák Příliš žluťoučký",
    "Crème Brûlée",
    "naïve façade",
    "Ångström \u212bngstr\u00f6m",
    "\u212aelvin",
    "ſtraſſe",
    "ŉ",
    "ǅ Ǆ ǆ",
    "ĳ Ĳ",
    "ŀ Ŀ",
    "Ǻ ǽ",
    # Marks.
    "a\u0300\u0301\u0302\u0303b",
    "\u0301acme",
    "acme\u0301",
    "q\u0307\u0323",
    "q\u0323\u0307",
    "Z\u0351\u036b\u0343algo",
    "a\u20ddb",
    "a\u0338b",
    "a\u034fb",
    # Compatibility forms.
    "ﬁn ﬂat oﬀ oﬃce waﬄe ﬅop \ufb06op",
    "\ufb01",
    "½ ¼ ¾ ⅓ ⅛ ⅟",
    "1½",
    "㎏ ㎡ ㏂ ㍱",
    "ﷺ",
    "a\ufdfab",
    "ﷲ",
    "ＡＣＭＥ　ｌｔｄ．",
    "ａ＿ｂ－ｃ",
    "Ⅷ ⅷ Ⅻ ↀ",
    "x² y³ z¹ a⁰ bⁿ cₐ d₂",
    "ª º",
    "™ ℠ © ® ℗",
    "№ 5",
    "℀ ℅ ℆ ℡ ℻",
    "① ⑳ ⑴ ⒈ Ⓐ ⓐ ⒜ 🄰 🅐 🄿",
    "𝐀𝒃𝓒𝔡𝔼𝖋𝗀𝘩𝙞𝟎𝟙𝟚",
    "ⅰⅱⅲ",
    "㈱ ㍿ ㋿",
    "¨ ¯ ´ ¸ ˘ ˙ ˚ ˛ ˜ ˝",
    "a¨b",
    "a´´b",
    "… ‥ ․",
    "a…b",
    "‼ ⁇ ⁈ ⁉",
    "a‐b a‑b a‒b a–b a—b a―b a−b a－b a﹣b a﹘b",
    "a‿b a⁀b a﹍b a﹎b a﹏b a︳b",
    "ʰʲʳʷʸ",
    "ᵃᵇᶜ ᵢᵣᵤᵥ",
    "ꟲꟳꟴ",
    "🯰🯱🯹",
    # Other scripts.
    "東京",
    "東京 Tower",
    "株式会社アクメ",
    "アクメ",
    "ｱｸﾒ",
    "がぎぐ",
    "か\u3099",
    "北京有限公司",
    "臺灣",
    "주식회사 아크메",
    "한국",
    "\u1112\u1161\u11ab",
    "شركة أكمي",
    "ﻻ",
    "١٢٣",
    "۴۵۶",
    "חברה בע״מ",
    "שָׁלוֹם",
    "ООО «Рога и копыта»",
    "Ёлки Й",
    "Київ Їжак",
    "Ελλάδα ΑΕ",
    "ΐ Ώ ς",
    "µ μ Ω Ω",
    "नमस्ते",
    "কলকাতা",
    "தமிழ்",
    "ไทย",
    "ລາວ",
    "မြန်မာ",
    "ភាសា",
    "ქართული",
    "Հայաստան",
    "አማርኛ",
    "ᏣᎳᎩ",
    "𐌰𐌱𐌲",
    "𓀀",
    "한\u3164글",
    # Symbols and emoji.
    "😀",
    "Pizza 🍕 Place",
    "👨\u200d👩\u200d👧\u200d👦",
    "👍🏽",
    "🇩🇪 GmbH",
    "1\ufe0f\u20e3",
    "❤\ufe0f Love",
    "★ Star ☆",
    "€ £ ¥ ₿ $",
    "° ℃ ℉",
    "∑ ∞ ≠ ≤",
    "→ ⇒",
    "■ ▶ ♫",
    # What cannot be seen.
    "ac\u00adme",
    "ac\u200bme",
    "ac\u200cme\u200dltd",
    "\ufeffacme",
    "a\u2060b",
    "\u200facme\u200e",
    "\u202eemca\u202c",
    "\u2066acme\u2069",
    "a\u180eb",
    "a\u0085b",
    "a\u00a0b",
    "a\u2007b",
    "a\u2028b\u2029c",
    "a\u3000b",
    "\u00a0acme\u00a0",
    "a\u00a0-\u00a0b",
    "a\ufffeb\uffffc",
    "a\ufffdb",
    "a\ue000b",
    "a\U000f0000b",
    "a\U0010ffffb",
    "\U0010ffff",
    "a\u0378b",
    "a\U000e0041b",
    "a\U000e0100b",
    # Long: the slug of a name is not cut, only a tenant's is.
    "a" * 79,
    "a" * 80,
    "a" * 81,
    "a" * 1000,
    "Very " * 60 + "Long",
    "é" * 300,
    "東" * 100,
    "-" * 500 + "acme" + "_" * 500,
    "a " * 200,
]

# Code points younger than the oldest Python that runs these tests.
NEW_IN_UNICODE = {
    "16.0.0": [*range(0x1CCD6, 0x1CCFA)],
    "17.0.0": [0xA7F1],
    "18.0.0": [0x209D, 0x209E, 0x209F],
}


def slugify() -> Json:
    def slugs(name: str) -> Json:
        return {"name": name, "django": django_slug(name), "transliterate": transliterate(name)}

    spaces = [f"a{chr(code_point)}b" for code_point in SPACES + NOT_SPACES]
    names = dict.fromkeys([*EDGES, *spaces, *people.names_by_script()])
    cases = [slugs(name) for name in names]
    for version, code_points in NEW_IN_UNICODE.items():
        for text in (
            "".join(map(chr, code_points)),
            *(f"a{chr(code)}b" for code in code_points[:4]),
        ):
            cases.append({**slugs(text), "unicode": version})
    return {
        "description": "A name and its slug in each style, not cut to any limit. `unicode` is the"
        " version that brought the name's youngest letters: an older Django answers otherwise there.",
        "contract": "2.1, 2.2",
        "cases": cases,
    }


def allocations() -> Iterator[Json]:
    def case(description: str, bases: list[str], limit: int = 80, **taken: list[str]) -> Json:
        groups = {group: taken.get(group, []) for group in ("existing", "retired", "reserved")}
        free_of = taken_slugs(*groups.values())
        return {
            "description": description,
            "limit": limit,
            **groups,
            "bases": bases,
            "slugs": [allocate(base, limit, free_of)[0] for base in bases],
        }

    yield case("nothing asked", [])
    yield case("distinct bases stay as they are", ["acme", "globex", "initech"])
    yield case("a repeated base counts from 1", ["acme"] * 5)
    yield case("each base counts for itself", ["acme", "globex", "acme", "globex", "acme"])
    yield case("an existing slug is stepped over", ["acme", "acme"], existing=["acme"])
    yield case("a gap is filled first", ["acme"] * 4, existing=["acme", "acme-2"])
    yield case(
        "gaps far up are filled in order", ["acme"] * 6, existing=["acme-1", "acme-3", "acme-4"]
    )
    yield case("the bare base is free though suffixes are not", ["acme"] * 2, existing=["acme-1"])
    yield case("a base that ends like a suffix comes first", ["acme-1", "acme", "acme", "acme-1"])
    yield case("a base that ends like a suffix comes last", ["acme", "acme", "acme-1", "acme-1"])
    yield case(
        "suffixes on suffixes", ["acme", "acme-1", "acme", "acme-1", "acme-1-1", "acme", "acme-1"]
    )
    yield case("a leading zero is another slug", ["acme-01", "acme", "acme", "acme-01"])
    yield case("an upper-case slug blocks its lower-case twin", ["acme", "acme"], existing=["Acme"])
    yield case(
        "upper case in a suffixed slug blocks too", ["acme", "acme"], existing=["ACME", "Acme-1"]
    )
    yield case("only ASCII is folded", ["kiosk", "ile"], existing=["\u212aiosk", "\u0130le"])
    yield case(
        "a slug that no field would take blocks only itself", ["acme"], existing=["", "-1", "acme "]
    )
    yield case(
        "a reserved word is never given", ["admin", "admin", "api"], reserved=["admin", "api"]
    )
    yield case("a reserved word is folded", ["admin"], reserved=["Admin"])
    yield case("a reserved word with a suffix", ["admin", "admin"], reserved=["admin", "admin-1"])
    yield case("a reserved word blocks no longer word", ["administration"], reserved=["admin"])
    yield case("a retired slug is never given again", ["acme", "acme"], retired=["acme"])
    yield case("a retired slug is folded", ["acme"], retired=["Acme"])
    yield case(
        "existing, retired and reserved count alike",
        ["acme"] * 3,
        existing=["acme"],
        retired=["acme-1"],
        reserved=["acme-3"],
    )
    yield case(
        "the same slug taken three ways",
        ["acme"],
        existing=["acme"],
        retired=["acme"],
        reserved=["acme"],
    )
    yield case("underscores stay inside", ["a_b", "a_b", "a-b"])

    yield case("exactly the limit", ["a" * 80] * 2)
    yield case("one over the limit", ["a" * 81] * 2)
    yield case("one under the limit", ["a" * 79] * 2)
    yield case("two under the limit needs no cut for one digit", ["a" * 78] * 12)
    yield case("the cut grows from -9 to -10", ["b" * 90] * 12)
    yield case("the cut grows from -99 to -100", ["c" * 80] * 103)
    yield case("a dash at the cut is trimmed", ["a" * 79 + "-b" * 5] * 3)
    yield case("a dash at the cut for the suffix is trimmed", ["a" * 77 + "-bcd"] * 3)
    yield case("dashes and underscores at the cut are trimmed", ["a" * 70 + "_-_-_-_-_-_-b"] * 3)
    yield case("what follows the trimmed cut is not looked at", ["a" * 60 + "-" * 30 + "b"] * 3)
    yield case("an underscore at the cut from two digits on", ["a" * 76 + "_bcd"] * 12)
    yield case(
        "a base of exactly the limit that ends where the suffix cuts", ["a" * 77 + "-bb"] * 2
    )
    yield case(
        "distinct long bases of one prefix", ["p" * 80 + tail for tail in ("x", "y", "z", "x")]
    )
    yield case(
        "a short base equals a long one's cut", ["p" * 80, "p" * 81, "p" * 78, "p" * 78 + "-1"]
    )
    yield case(
        "two stems that are trimmed to one",
        ["a" * 77 + "-bcd", "a" * 77, "a" * 77, "a" * 77 + "-bcd"],
    )
    yield case(
        "a long base against existing rows", ["q" * 85] * 2, existing=["q" * 80, "Q" * 78 + "-1"]
    )
    yield case("a very long base", ["ab-" * 400 + "c"] * 2)

    yield case("a small limit", ["acme-holding-international"] * 3, limit=16)
    yield case("a small limit cuts at a dash", ["acme-holding-int-ernational"] * 12, limit=16)
    yield case(
        "a small limit and existing rows", ["a" * 16] * 3, limit=16, existing=["a" * 14 + "-1"]
    )
    yield case(
        "existing rows longer than the limit do no harm", ["a" * 20], limit=16, existing=["a" * 20]
    )
    yield case("a limit in between", ["workspace-of-somebody-with-a-long-name"] * 11, limit=32)

    yield case("many of one base", ["acme"] * 300)
    yield case("many of one long base", ["very-long-name-" * 8 + "x"] * 120)
    yield case(
        "many of one base among rows that took every third",
        ["acme"] * 100,
        existing=[f"acme-{n}" for n in range(0, 150, 3)],
    )
    yield case(
        "its own suffixes asked for in advance", [f"acme-{n}" for n in range(1, 40)] + ["acme"] * 40
    )
    yield case("its own suffixes asked for as it goes", ["acme", "acme-1"] * 40)


def allocation() -> Json:
    return {
        "description": "Slug bases, and the slug each gets, in the given order.",
        "contract": "2.3, 2.4, 2.5, 2.7",
        "cases": list(allocations()),
    }


def slug_validity() -> Json:
    slugs = [
        *(
            "a",
            "acme",
            "acme-2",
            "Acme",
            "ACME",
            "-a",
            "a-",
            "-",
            "_",
            "-1",
            "a_b",
            "a--b",
            "0",
            "007",
        ),
        *("a" * 79, "a" * 80, "-" * 80, "a" * 81, "a" * 1000),
        *(
            "",
            " ",
            "a b",
            " acme",
            "acme ",
            "acme\n",
            "\nacme",
            "acme\r",
            "acme\t",
            "a\0b",
            "acme\0",
        ),
        *(
            "é",
            "acmé",
            "東京",
            "a.b",
            "a/b",
            "a'b",
            "a+b",
            "a,b",
            "a@b",
            "a~b",
            "a\\b",
            "a:b",
            "%61",
        ),
        *(
            "\u0661",
            "ａ",
            "a\u200bb",
            "a\u00adb",
            "a\u0301",
            "\u212a",
            "a\u00a0",
            "a–b",
            "😀",
            "é" * 80,
        ),
    ]
    return {
        "description": "Whether a stored slug is valid: what Django's SlugField(max_length=80) takes.",
        "contract": "6 (verify)",
        "cases": [{"slug": slug, "valid": slug_is_valid(slug)} for slug in slugs],
    }
