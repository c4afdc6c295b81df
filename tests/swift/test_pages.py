"""Every block of Swift in the pages is code that the Swift tests compile; what is SwiftUI parses."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from check_swift import PARSER  # noqa: E402

COMPILED = ROOT / "bindings/swift/Tests/TenantryTests/Tutorial.swift"
PAGES = [
    ROOT / "docs/swift.md",
    ROOT / "README.md",
    ROOT / "bindings/swift/Sources/Tenantry/Tenantry.docc/Tenantry.md",
]
BLOCKS = [
    pytest.param(block, id=f"{page.name}: {block.splitlines()[0]}")
    for page in PAGES
    for block in re.findall(r"```swift\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
]


def flat(code: str) -> str:
    """Without the indentation: a page shows what stands in a function by itself."""
    return "\n".join(line.strip() for line in code.splitlines() if line.strip())


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_is_code_that_is_compiled(block: str) -> None:
    assert not PARSER.parse(block.encode()).root_node.has_error or block.startswith(".package(")
    if not block.startswith(("// SwiftUI", ".package(")):
        assert flat(block) in flat(COMPILED.read_text("utf-8"))


def test_there_are_blocks() -> None:
    assert len(BLOCKS) >= 7
