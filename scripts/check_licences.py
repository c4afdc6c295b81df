"""Checks that every crate we build with has a licence that deny.toml allows, and comes from crates.io.

cargo-deny does the same and more, but has to be built first, which takes minutes; the hosted workflow
runs it every week. This reads the same lists.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from license_expression import get_spdx_licensing

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"
SPDX = get_spdx_licensing()


def packages() -> list[dict[str, Any]]:
    """All crates of the dependency tree."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)["packages"]
    return found


def is_allowed(licence: str, allowed: set[str]) -> bool:
    """Whether the licences of an SPDX expression that have to be kept can be chosen from these.

    >>> is_allowed("MIT OR GPL-3.0-only", {"MIT"})
    True
    >>> is_allowed("MIT AND GPL-3.0-only", {"MIT"})
    False
    >>> is_allowed("Apache-2.0 WITH LLVM-exception", {"Apache-2.0"})
    True
    """
    parsed = SPDX.parse(licence)
    known = {}
    for symbol in parsed.symbols:
        # An exception, such as LLVM's, only allows more.
        name = getattr(symbol, "license_symbol", symbol).key
        known[symbol] = SPDX.TRUE if name in allowed else SPDX.FALSE
    return bool(parsed.subs(known, simplify=True) == SPDX.TRUE)


def problems() -> list[str]:
    """What is wrong, a line each."""
    rules = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))["licenses"]
    exceptions = {one["crate"]: set(one["allow"]) for one in rules["exceptions"]}
    found = []
    for package in packages():
        name, source = package["name"], package["source"]
        allowed = set(rules["allow"]) | exceptions.get(name, set())
        # An old way to write OR.
        licence = (package["license"] or "").replace("/", " OR ")
        if not licence or not is_allowed(licence, allowed):
            found.append(
                f"{name} has the licence {licence or 'none'!r}, which deny.toml does not allow"
            )
        if source not in (None, REGISTRY):
            found.append(f"{name} comes from {source}, and not from crates.io")
    return found


if __name__ == "__main__":
    for problem in (wrong := problems()):
        print(problem, file=sys.stderr)
    raise SystemExit(1 if wrong else 0)
