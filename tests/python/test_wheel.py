"""What is in the wheel and in the sdist that it was built of. `make test` says where they are."""

from __future__ import annotations

import os
import sysconfig
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import tenantry
from conftest import ROOT


@pytest.fixture(scope="module")
def dist() -> Path:
    path = os.environ.get("TENANTRY_DIST")
    if not path:
        pytest.fail("set TENANTRY_DIST to the folder of the built wheel: see scripts/test.sh")
    return Path(path)


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    [path] = dist.glob("*.whl")
    return path


def test_one_wheel_is_for_every_python_with_a_gil(wheel: Path) -> None:
    is_free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    assert ("-cp311-abi3-" in wheel.name) is not is_free


def test_the_wheel_holds_the_package_with_its_types_and_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name for name in names if name.startswith("tenantry/")}
    django = {name for name in inside if name.startswith("tenantry/django/")}
    source = ROOT / "python"
    assert django == {
        str(path.relative_to(source))
        for kind in ("py", "po", "mo", "html", "css")
        for path in source.glob(f"tenantry/django/**/*.{kind}")
    }
    assert "tenantry/django/locale/de/LC_MESSAGES/django.mo" in django
    package = {Path(name).name for name in inside - django}
    native = {name for name in package if name.endswith(".so")}
    assert len(native) == 1
    assert package - native == {
        "__init__.py",
        "_native.pyi",
        "enums.py",
        "exceptions.py",
        "py.typed",
    }
    assert {Path(name).name for name in names if "/licenses/" in name} == {
        "LICENSE-APACHE",
        "LICENSE-MIT",
    }


def test_the_metadata_is_that_of_the_project(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))
    assert metadata["Version"] == tenantry.__version__ == cargo["workspace"]["package"]["version"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    needed = metadata.get_all("Requires-Dist")
    assert needed is not None
    extras = ('extra == "django"', 'extra == "rest"')
    assert [one for one in needed if not one.replace("'", '"').endswith(extras)] == []


def test_what_is_tested_is_the_installed_wheel() -> None:
    assert ROOT not in Path(tenantry.__file__).parents or ".venv" in tenantry.__file__


def test_the_sdist_holds_what_the_build_needs_and_nothing_that_was_built(dist: Path) -> None:
    [path] = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    needed = {
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-MIT",
        "README.md",
        "bindings/python/Cargo.toml",
        "bindings/python/src/lib.rs",
        "pyproject.toml",
        "python/tenantry/__init__.py",
        "python/tenantry/_native.pyi",
        "src/lib.rs",
        "src/store/migrations/001_initial.sql",
    }
    assert needed <= names
    assert [
        name for name in names if name.endswith((".so", ".whl")) or name.startswith("target")
    ] == []
