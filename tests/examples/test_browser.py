"""The example project after its adoption, in a real browser: headless Chromium.

With TENANTRY_SCREENSHOTS=FOLDER it leaves pictures of what it saw.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from test_django_project import ADOPT, Project

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

TWO_TENANTS = """
from core.models import User
from tenantry.django.models import Membership, Tenant
ann = User.objects.get(username="ann")
others = User.objects.exclude(pk=ann.pk).order_by("pk")
for tenant in (others[0].memberships.get().tenant, others[1].memberships.get().tenant):
    print(tenant.slug, tenant.name, sep="|")
Membership(user=ann, tenant=others[0].memberships.get().tenant, role="member").save()
"""
REVOKE = """
from tenantry.django.models import Membership
seat = Membership.objects.get(user__username="ann", tenant__slug="{slug}")
seat.is_active = False
seat.save()
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.manage("migrate")
    project.manage("seed_users")
    project.run(str(ADOPT), str(project.folder))
    return project


@pytest.fixture
def site(project: Project) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    log = project.folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=project.folder, stdout=output, stderr=output)
        try:
            while process.poll() is None:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=600)
            print(log.read_text())


@pytest.fixture
def page() -> Iterator[Page]:
    assert CHROMIUM, "the browser test needs Chromium; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 640})
        page.set_default_timeout(600_000)
        expect.set_options(timeout=600_000)
        yield page
        browser.close()


def look(page: Page, name: str) -> None:
    if folder := os.environ.get("TENANTRY_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_user_chooses_switches_is_refused_and_loses_access_at_once(
    project: Project, site: str, page: Page
) -> None:
    joined, foreign = (line.split("|") for line in project.shell(TWO_TENANTS).splitlines())

    page.goto(f"{site}/workspace/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("ann")
    page.get_by_role("button", name="Log in").click()

    # Two to choose from: the guard leads to the chooser.
    expect(page).to_have_title("Choose a workspace")
    expect(page.get_by_role("listitem")).to_have_count(2)
    look(page, "choose")
    # By the keyboard alone.
    page.get_by_role("button", name=joined[1]).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/workspace/")
    expect(page.get_by_role("heading")).to_have_text(joined[1])
    look(page, "workspace")

    page.get_by_role("link", name="Switch").click()
    expect(page.get_by_role("button", name="you are here")).to_contain_text(joined[1])
    page.emulate_media(color_scheme="dark")
    look(page, "choose-dark")
    page.emulate_media(color_scheme="light")
    page.get_by_role("button", name="Acme Inc.").click()
    expect(page.get_by_role("heading")).to_have_text("Acme Inc.")

    # Somebody else's, by a button that was tampered with.
    page.get_by_role("link", name="Switch").click()
    page.get_by_role("button", name="Acme Inc.").evaluate(f"it => it.value = '{foreign[0]}'")
    with page.expect_response(f"{site}/tenants/switch/") as answered:
        page.get_by_role("button", name="Acme Inc.").click()
    assert answered.value.status == 403
    expect(page.get_by_role("alert")).to_contain_text("not available to you")
    assert foreign[1] not in page.content()
    page.set_viewport_size({"width": 360, "height": 640})
    look(page, "refused-on-a-phone")
    page.goto(f"{site}/workspace/")
    expect(page.get_by_role("heading")).to_have_text("Acme Inc.")

    # Another process revokes the membership in the tenant that is open.
    page.goto(f"{site}/tenants/?next=/workspace/")
    page.get_by_role("button", name=joined[1]).click()
    expect(page.get_by_role("heading")).to_have_text(joined[1])
    project.shell(REVOKE.format(slug=joined[0]))
    page.reload()
    expect(page).to_have_title("Choose a workspace")
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert joined[1] not in page.content()
