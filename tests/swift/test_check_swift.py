"""The check of the Swift sources: they pass it, and what would not compile does not.

`TENANTRY_SWIFT_GENERATED` names the generated file; `make test` makes it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from check_swift import check  # noqa: E402

SWIFT = ROOT / "bindings/swift"
GENERATED = Path(os.environ["TENANTRY_SWIFT_GENERATED"])
SOURCES = [SWIFT / "Package.swift", *sorted(SWIFT.glob("*/*/*.swift"))]


def test_all_sources_parse_and_call_what_is_generated() -> None:
    problems, seen = check(GENERATED, SOURCES)
    assert problems == []
    assert seen["files"] == len(SOURCES) + 1
    # Every verb and function, every field and every case of each enum, at least once.
    assert seen["calls"] >= 40
    assert seen["fields"] >= 30
    assert seen["cases"] >= 60


@pytest.mark.parametrize(
    ("name", "before", "after", "problem"),
    [
        ("TenancyEngine", "$0.current(user:", "$0.current(of:", "takes ('user',)"),
        ("TenancyEngine", "$0.leave(id: id.rawValue, ", "$0.leave(", "takes ('id', 'user')"),
        ("TenancyEngine", "$0.tenantsOf(", "$0.workspacesOf(", "is not generated"),
        ("TenancyEngine", "{ try $0.clear(user: user) }", "{ $0.clear(user: user) }", "no `try`"),
        ("TenancyEngine", "Engine.open(", "Engine.start(", "is not generated"),
        (
            "Slugs",
            "TenantryFFI.slugify(name:",
            "TenantryFFI.slugify(of:",
            "takes ('name', 'style')",
        ),
        ("Slugs", "SlugAllocator(limit:", "SlugAllocator(max:", "takes"),
        ("Translation", "tenant.slug,", "tenant.slugs,", "no field slugs"),
        ("Translation", "case .starter: self", "case .started: self", "no case started"),
        ("Translation", "        case .member: self = .member\n", "", "member of Role is left out"),
        (
            "Translation",
            ".resolved(let tenant, let role, let source)",
            ".resolved(let tenant)",
            "3 values",
        ),
        ("Translation", "return .reject", "return .refuse", "no case refuse"),
        (
            "TenantryError",
            "case .Closed(let words, let path)",
            "case .Shut(let words, let path)",
            "no case Shut",
        ),
        (
            "TenantryError",
            "case .Row(let words, let row, _)",
            "case .Row(let words, let row)",
            "has 3 values",
        ),
        ("Translation", "var ffi: TenantryFFI.Plan", "var ffi: TenantryFFI.Tariff", "type Tariff"),
        ("Translation", "_ tenant: TenantryFFI.Tenant", "_ tenant: TenantryFFI.Firm", "type Firm"),
        ("Kernel", "found.wasCut", "found.cut", "TenantName has no field cut"),
        ("Kernel", "import TenantryFFI\n", "", "does not import it"),
        ("Tenant", "public struct Tenant:", "public struct struct Tenant:", "does not parse"),
        ("Kernel", "{\n    TenantryFFI.isHostOf", "\n    TenantryFFI.isHostOf", "does not parse"),
    ],
)
def test_what_would_not_compile_is_found(
    name: str, before: str, after: str, problem: str, tmp_path: Path
) -> None:
    source = (SWIFT / f"Sources/Tenantry/{name}.swift").read_text("utf-8")
    assert before in source
    broken = tmp_path / f"{name}.swift"
    broken.write_text(source.replace(before, after, 1), "utf-8")
    problems, _ = check(GENERATED, [broken])
    assert any(problem in one for one in problems), problems


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("open func leave(id: TenantId, user:", "open func leave(id: TenantId, member:", "takes"),
        ("public enum Plan:", "public enum Tariff:", "type Plan is not generated"),
        (
            "enum EngineError: Swift.Error",
            "enum Failure: Swift.Error",
            "type EngineError is not generated",
        ),
        ("open class Engine:", "open class Motor:", "type Engine is not generated"),
        ("    public let wasCut: Bool", "    public let cut: Bool", "no field wasCut"),
        (
            "    case ambiguous",
            "    case ambiguous\n    case expired",
            "expired of Reason is left out",
        ),
    ],
)
def test_what_is_generated_otherwise_is_found(
    before: str, after: str, problem: str, tmp_path: Path
) -> None:
    source = GENERATED.read_text("utf-8")
    assert before in source
    changed = tmp_path / "TenantryFFI.swift"
    changed.write_text(source.replace(before, after, 1), "utf-8")
    problems, _ = check(changed, SOURCES)
    assert any(problem in one for one in problems), problems
