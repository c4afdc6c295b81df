"""Every example in the docs of the module, and every Python block in the guides, does what it shows."""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tenantry
import tenantry.enums
import tenantry.exceptions
from conftest import ROOT

GUIDES = ["README.md", "docs/python.md"]


def documented() -> Iterator[tuple[str, str]]:
    """Each public name with its docstring, methods and fields too."""
    for module in (tenantry, tenantry.enums, tenantry.exceptions):
        yield module.__name__, inspect.getdoc(module) or ""
        for name in module.__all__:
            thing: Any = getattr(module, name)
            if not callable(thing):
                continue
            yield f"{module.__name__}.{name}", inspect.getdoc(thing) or ""
            if not inspect.isclass(thing) or issubclass(thing, BaseException):
                continue
            for member, value in vars(thing).items():
                if not member.startswith("_"):
                    yield f"{module.__name__}.{name}.{member}", inspect.getdoc(value) or ""


DOCUMENTED = dict(documented())
WITH_EXAMPLES = sorted(name for name, doc in DOCUMENTED.items() if ">>>" in doc)


def test_everything_public_is_documented() -> None:
    assert [name for name, doc in DOCUMENTED.items() if not doc] == []


def test_every_verb_and_function_has_an_example() -> None:
    without = [
        name
        for name in DOCUMENTED
        if name.startswith(("tenantry.Engine.", "tenantry.Planner.", "tenantry.SlugAllocator."))
        and name not in WITH_EXAMPLES
    ]
    assert without == []


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_an_example_does_what_it_shows(name: str, tmp_path: Path) -> None:
    scope = {
        "tenantry": tenantry,
        "folder": tmp_path,
        "engine": tenantry.Engine(tmp_path / "engine.db"),
    }
    test = doctest.DocTestParser().get_doctest(DOCUMENTED[name], scope, name, None, 0)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(report)
    assert test.examples


@pytest.mark.parametrize("guide", GUIDES)
def test_the_python_blocks_of_a_guide_run_one_after_the_other(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / guide).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert blocks
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks:
        exec(compile(block, guide, "exec"), scope)
