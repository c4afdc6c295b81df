"""What this machine has: Pythons, databases, and the tools of other languages; and how to get the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()


@cache
def pythons() -> dict[str, str]:
    """The Pythons at hand by version, newest first; a free-threaded one has a `t` after its version."""
    found = subprocess.run(
        [ROOT / "scripts/pythons.sh"], stdout=subprocess.PIPE, text=True, check=True
    )
    lines = dict(line.split(" ", 1) for line in found.stdout.splitlines())
    return dict(sorted(lines.items(), key=lambda one: _number(one[0]), reverse=True))


@cache
def first_python() -> str:
    """The Python that builds the wheel: what people type as `python3`, if that will do."""
    found = subprocess.run(
        [ROOT / "scripts/pythons.sh", "first"], stdout=subprocess.PIPE, text=True, check=True
    )
    return found.stdout.strip()


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.rstrip("t").split("."))


def lacks_mariadb() -> str:
    """Why the tests on MariaDB cannot run here, and what to do about it; empty if they can."""
    config = shutil.which("pkg-config")
    has_library = config and not subprocess.call([config, "--exists", "libmariadb"])
    if _has("mariadbd") and has_library:
        return ""
    return "needs MariaDB: apt-get install mariadb-server libmariadb-dev pkg-config"


def lacks_postgres() -> str:
    """Why the tests on PostgreSQL cannot run here: it comes as a package, for Linux on two processors."""
    if os.uname().sysname == "Linux" and os.uname().machine in {"x86_64", "aarch64"}:
        return ""
    return "needs Linux, for which PostgreSQL comes as a Python package"


def lacks_maven() -> str:
    """Why Kotlin cannot be tested here."""
    if _has("mvn") and _has("javac"):
        return ""
    return "needs a JDK (17 or later) and Maven: apt-get install default-jdk-headless maven"


def lacks_swift() -> str:
    """Why Swift cannot be tested here: there is none, and none can be installed into a folder."""
    if _has("swift"):
        return ""
    if os.geteuid() != 0:
        return "needs Swift 6 on PATH, or root and debootstrap: sudo make test SUITES=swift"
    if not _has("debootstrap"):
        return "needs Swift: apt-get install debootstrap, which brings it into target/swift-root"
    if not _has("unshare") or subprocess.call(
        ["unshare", "--mount", "true"], stderr=subprocess.DEVNULL
    ):
        return "needs Swift 6 on PATH, because root may not mount here: https://swift.org/install"
    return ""


def lacks_browser() -> str:
    """Why the example cannot be looked at in a browser here."""
    if _has("chromium") or _has("chromium-browser"):
        return ""
    return "needs Chromium: apt-get install chromium"


def lacks_gettext() -> str:
    """Why translations cannot be checked here."""
    return "" if _has("msgfmt") else "needs GNU gettext: apt-get install gettext"


def lacks_rustup() -> str:
    """Why other platforms cannot be checked here."""
    return "" if _has("rustup") else "needs rustup: https://rustup.rs"


def lacks_cpp() -> str:
    """Why the fuzz targets cannot be built here."""
    return "" if _has("c++") else "needs a C++ compiler: apt-get install g++"


def fast_folder() -> Path | None:
    """A folder in memory for data that need not outlive the run; None if there is none or it is small."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2 << 30:
        return None
    return memory


def _has(tool: str) -> bool:
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is not None
