"""The test suites of Django apps that others wrote, before and after tenantry is installed by the tutorial.

Run by third_party.sh. The apps come from PyPI at these very versions; what is compared is the outcome of
each test. The users that their tests make get tenants, for CREATE_FOR_NEW_USERS is set.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Suite:
    """A package with its tests."""

    url: str
    sha256: str
    settings: str
    tests: str


HOST = "https://files.pythonhosted.org/packages"
SUITES = [
    Suite(
        f"{HOST}/f0/b4/00c701a22d46288e3eb1340a1c141f5b4002572ce836a3e8d069f1e1de8a/django_axes-8.3.1.tar.gz",
        "d57e923c0ba33cf45275253dd1313c3a3ff04bec686b38d677beb2b3d43c7bcd",
        "tests.settings",
        "tests",
    ),
    Suite(
        f"{HOST}/84/ed/d31c3befa315d8cf52efea39078ab4871b866f03dddfa01f2ab630a8182d/django_guardian-3.5.2.tar.gz",
        "ca14b7c9cc37bc852f3749f8a998a76cfd0ebbd66ac85726ef331289a712d389",
        "guardian.testapp.testsettings",
        "guardian/testapp",
    ),
]

# Steps 1 and 5 of the tutorial; of its own migration these projects have no need, for they start empty.
AFTER = """\
from {settings} import *

INSTALLED_APPS = [*INSTALLED_APPS, "tenantry.django"]
TENANTRY = {{"CREATE_FOR_NEW_USERS": True}}
MIDDLEWARE = list(MIDDLEWARE)
_at = MIDDLEWARE.index("django.contrib.auth.middleware.AuthenticationMiddleware")
MIDDLEWARE.insert(_at + 1, "tenantry.django.middleware.TenantMiddleware")
TEMPLATES[0]["OPTIONS"]["context_processors"].append(
    "tenantry.django.context_processors.current_tenant"
)
"""


def unpacked(suite: Suite, folder: Path) -> Path:
    """The sources of a package."""
    name = suite.url.rsplit("/", 1)[1]
    archive = folder / name
    if not archive.exists():
        urllib.request.urlretrieve(suite.url, archive)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != suite.sha256:
        archive.unlink()
        sys.exit(f"{name} is not the file that it was: {found}")
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    return folder / name.removesuffix(".tar.gz")


def outcomes(source: Path, tests: str, settings: str) -> dict[str, str]:
    """Runs a suite: how each test ended."""
    report = source / f"{settings}.xml"
    command = ["-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", tests]
    environment = {**os.environ, "PYTHONPATH": str(source), "DJANGO_SETTINGS_MODULE": settings}
    subprocess.run(
        [sys.executable, *command, f"--ds={settings}", f"--junit-xml={report}"],
        cwd=source,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [child.tag for child in case if child.tag in {"failure", "error", "skipped"}]
        found[f"{case.get('classname')}.{case.get('name')}"] = bad[0] if bad else "passed"
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    differ = 0
    for suite in SUITES:
        source = unpacked(suite, folder)
        (source / "with_tenantry.py").write_text(AFTER.format(settings=suite.settings))
        before = outcomes(source, suite.tests, suite.settings)
        after = outcomes(source, suite.tests, "with_tenantry")
        counts = {
            outcome: list(before.values()).count(outcome)
            for outcome in sorted(set(before.values()))
        }
        print(f"{source.name}: {len(before)} tests, {counts}", flush=True)
        changed = [
            name for name in sorted({*before, *after}) if before.get(name) != after.get(name)
        ]
        for name in changed:
            print(f"  {name}: {before.get(name)} before, {after.get(name)} after")
        print(
            "  with tenantry: " + (f"{len(changed)} differ" if changed else "the same, one by one")
        )
        differ += len(changed) or not before
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
