"""JSON laid out for reading: what is short stays on one line, what cannot be seen is escaped."""

from __future__ import annotations

import json
from typing import Any

import unicodedata2

WIDTH = 100

# Marks are escaped too: composed and decomposed text look alike on the page.
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cn", "Co", "Mn", "Me", "Zl", "Zp", "Zs"})
# Letters by category, blanks to the eye.
HANGUL_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def one_line(value: Any) -> str:
    """The value as JSON on one line."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(char if is_visible(char) else json.dumps(char)[1:-1] for char in written)


def is_visible(char: str) -> bool:
    if char == " " or "!" <= char <= "~":
        return True
    return char not in HANGUL_FILLERS and unicodedata2.category(char) not in UNSEEN_CATEGORIES


def laid_out(value: Any, indent: str = "") -> str:
    """The value as JSON over as many lines as it takes."""
    line = one_line(value)
    if not isinstance(value, (dict, list)) or not value:
        return line
    parts = list(value.values()) if isinstance(value, dict) else value
    if all(not isinstance(part, (dict, list)) or not part for part in parts):
        if len(indent) + len(line) < WIDTH:
            return line
        if isinstance(value, list):
            return filled(value, indent)

    inner = indent + "  "
    if isinstance(value, dict):
        rows = [f"{one_line(key)}: {laid_out(part, inner)}" for key, part in value.items()]
        opening, closing = "{", "}"
    else:
        rows = [laid_out(part, inner) for part in value]
        opening, closing = "[", "]"
    body = ",\n".join(inner + row for row in rows)
    return f"{opening}\n{body}\n{indent}{closing}"


def filled(values: list[Any], indent: str) -> str:
    """A long list of scalars, several a line."""
    inner = indent + "  "
    lines = [inner]
    for position, value in enumerate(values):
        item = one_line(value) + ("," if position < len(values) - 1 else "")
        if lines[-1] == inner:
            lines[-1] += item
        elif len(lines[-1]) + 1 + len(item) <= WIDTH:
            lines[-1] += " " + item
        else:
            lines.append(inner + item)
    return "[\n" + "\n".join(lines) + f"\n{indent}]"
