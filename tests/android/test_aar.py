"""The AAR, packed with libraries that stand in for those of an NDK."""

from __future__ import annotations

import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ABIS = ["arm64-v8a", "x86_64"]


def library(path: Path, page: int) -> Path:
    """A shared library whose segments are aligned to this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    option = f"-Wl,-z,max-page-size={page}"
    subprocess.run(["cc", "-shared", "-x", "c", "/dev/null", option, "-o", path], check=True)
    return path


def script(name: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts" / name, *arguments], capture_output=True, text=True, check=False
    )


def test_a_library_of_small_pages_is_found(tmp_path: Path) -> None:
    large, small = library(tmp_path / "large.so", 16384), library(tmp_path / "small.so", 4096)
    assert script("check_pages.sh", large).returncode == 0
    found = script("check_pages.sh", large, small)
    assert found.returncode == 1
    assert "small.so: a segment is aligned to 4096 bytes, and not to 16384" in found.stderr
    # What is no library has no segment that is aligned.
    (tmp_path / "none.so").write_text("no library")
    assert script("check_pages.sh", tmp_path / "none.so").returncode == 1


@pytest.fixture(scope="module")
def aar(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("android")
    for abi in ABIS:
        library(folder / f"jni/{abi}/libtenantry_uniffi.so", 16384)
    done = script("android_aar.sh", folder / "jni", folder / "tenantry.aar")
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(folder / "tenantry.aar")


def test_it_has_what_an_app_takes(aar: zipfile.ZipFile) -> None:
    names = {name for name in aar.namelist() if not name.endswith("/")}
    assert names == {
        *("AndroidManifest.xml", "R.txt", "classes.jar", "proguard.txt"),
        *("LICENSE-APACHE", "LICENSE-MIT"),
        *(f"jni/{abi}/libtenantry_uniffi.so" for abi in ABIS),
    }
    assert b'package="io.tenantry"' in aar.read("AndroidManifest.xml")
    assert b"-keep class io.tenantry.ffi.**" in aar.read("proguard.txt")


def test_its_classes_are_the_layer_without_a_desktops_library(aar: zipfile.ZipFile) -> None:
    classes = zipfile.ZipFile(BytesIO(aar.read("classes.jar"))).namelist()
    assert "io/tenantry/TenancyEngine.class" in classes
    assert "io/tenantry/ffi/Engine.class" in classes
    assert not [name for name in classes if name.endswith((".so", ".dylib", ".dll"))]


def test_a_library_of_small_pages_is_not_packed(tmp_path: Path) -> None:
    library(tmp_path / "jni/arm64-v8a/libtenantry_uniffi.so", 4096)
    done = script("android_aar.sh", tmp_path / "jni", tmp_path / "tenantry.aar")
    assert done.returncode == 1
    assert not (tmp_path / "tenantry.aar").exists()


def test_without_an_ndk_it_says_what_is_missing() -> None:
    command = [ROOT / "scripts/android.sh"]
    environment = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode != 0
    assert "ANDROID_NDK_HOME" in done.stderr
