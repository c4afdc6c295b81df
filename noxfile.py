"""The tests of the Django app on every Python and Django at hand, and on every database.

`nox --list` lists them. `nox --tags each` runs each Python with one Django, and each Django with one
Python, as `make test` does; `nox -- sqlite` runs all of them on SQLite alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nox

nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent

DJANGOS = {
    # what it is called, its version, the first Python that it runs on
    "5.2": ("5.2.19", (3, 11)),
    "6.0": ("6.0.10", (3, 12)),
    "6.1": ("6.1.3", (3, 12)),
}


def pythons() -> dict[str, str]:
    """The Pythons at hand, oldest first. The drivers of the databases are not for free-threaded ones."""
    found = subprocess.run(
        [ROOT / "scripts/pythons.sh"], stdout=subprocess.PIPE, text=True, check=True
    )
    lines = (line.split(" ", 1) for line in found.stdout.splitlines())
    known = {version: path for version, path in lines if not version.endswith("t")}
    return dict(sorted(known.items(), key=lambda one: number(one[0])))


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


PYTHONS = pythons()
# Where nox looks for them.
os.environ["PATH"] = os.pathsep.join(
    [os.environ["PATH"], *(str(Path(path).parent) for path in PYTHONS.values())]
)


def matrix() -> Iterator[Any]:
    names = list(DJANGOS)
    for at, python in enumerate(PYTHONS):
        usable = [name for name in names if number(python) >= DJANGOS[name][1]]
        one = names[min(at, len(names) - 1)]
        for django in usable:
            tags = ["each"] if django == (one if one in usable else usable[-1]) else []
            yield nox.param(python, django, tags=tags)


@nox.session(venv_backend="venv")
@nox.parametrize("python,django", list(matrix()))
def django(session: nox.Session, django: str) -> None:
    """The tests of the app with its own models, with a project's and with an embedded store."""
    install(session, DJANGOS[django][0])
    databases = session.posargs or databases_at_hand(session)
    if "mariadb" in databases:
        session.install("-r", "tests/django/requirements-mariadb.txt")
    for database in databases:
        for models in ("own", "swapped"):
            test(session, TENANTRY_TEST_DATABASE=database, TENANTRY_TEST_MODELS=models)
    is_last = session.python == list(PYTHONS)[-1]
    browser = (
        [] if is_last and has_browser(session) else ["--ignore=tests/examples/test_browser.py"]
    )
    session.run("python", "-m", "pytest", "-q", "tests/examples", *browser)
    for database in databases if is_last else databases[:1]:
        test(session, TENANTRY_TEST_DATABASE=database, TENANTRY_TEST_BACKEND="embedded")
    if is_last:
        # Which Python it is makes no difference to these.
        for users in ("uuid", "text"):
            test(session, TENANTRY_TEST_USERS=users)


def install(session: nox.Session, version: str) -> None:
    """This Django, and the wheel as people get it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target")).absolute()
    first = subprocess.run(
        [ROOT / "scripts/pythons.sh", "first"], stdout=subprocess.PIPE, text=True, check=True
    )
    session.run("scripts/wheel.sh", first.stdout.strip(), str(target / "dist"), external=True)
    [wheel] = (target / "dist").glob("*.whl")
    session.install("-r", "tests/django/requirements.txt", f"Django=={version}")
    session.install("--no-deps", "--force-reinstall", str(wheel))


def databases_at_hand(session: nox.Session) -> list[str]:
    """SQLite; PostgreSQL, which comes with a package; MariaDB where it is installed."""
    server = shutil.which("mariadbd") or shutil.which("/usr/sbin/mariadbd")
    config = shutil.which("pkg-config")
    if server and config and not subprocess.call([config, "--exists", "libmariadb"]):
        return ["sqlite", "postgres", "mariadb"]
    session.warn(
        "no MariaDB is at hand, and the tests on it are left out; on Debian and Ubuntu: "
        "apt-get install mariadb-server libmariadb-dev pkg-config"
    )
    return ["sqlite", "postgres"]


def has_browser(session: nox.Session) -> bool:
    """Whether Chromium is installed."""
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        return True
    session.warn(
        "no Chromium is at hand, and the test in a browser is left out; on Debian: apt-get install chromium"
    )
    return False


def test(session: nox.Session, **environment: str) -> None:
    """Runs the tests once. The servers are started and stopped by them."""
    session.run(
        *("python", "-m", "pytest", "-q", "-c", "tests/django/pytest.ini", "tests/django"),
        env=environment,
    )
