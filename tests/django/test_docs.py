"""The examples in the docs of the app run, and every public item has docs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tenantry.django
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import BaseCommand, load_command_class
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.views import View
from tenantry.django import checks
from tenantry.django.backfill import backfill
from tenantry.django.conf import KEYS
from tenantry.django.context import leave_request
from tenantry.django.management import commands
from tenantry.django.operations import BackfillDefaultTenants
from tenantry.django.requests import begin
from tenantry.django.tenants import create_tenant

ROOT = Path(__file__).parents[2]
NAMES = [
    one.name
    for one in pkgutil.walk_packages(tenantry.django.__path__, "tenantry.django.")
    # What is embedded needs an embedded store: see test_embedded.py.
    if not re.search(r"\.(migrations|management|embedded)(\.|$)", one.name)
]


def examples(module: Any) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    return [one for one in found if one.examples]


@pytest.mark.django_db
@pytest.mark.only(users="int")  # the examples show numbers
@pytest.mark.per_django
@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_the_docs_run(name: str) -> None:
    module = importlib.import_module(name)
    for example in examples(module):
        with transaction.atomic():
            ann = get_user_model()(username="ann")
            ann.id = (
                1 if get_user_model()._meta.pk.get_internal_type() == "BigAutoField" else ann.id
            )
            ann.save()
            request: Any = RequestFactory().get("/")
            request.user, request.session = ann, SessionStore()
            # What is said of code outside a request is tried there.
            tokens = begin(request) if "(request" in (example.docstring or "") else None
            example.globs.update(ann=ann, request=request, View=View, HttpResponse=HttpResponse)
            example.globs.update(backfill=backfill, create_tenant=create_tenant)
            result = doctest.DocTestRunner(verbose=False).run(example)
            if tokens:
                leave_request(tokens)
            transaction.set_rollback(True)
        assert result.failed == 0, example.name


PAGES = sorted((ROOT / "docs" / "django").glob("*.md"))


def test_the_examples_of_the_tutorial_run(
    ann: Any, bob: Any, make_user: Callable[..., Any]
) -> None:
    text = (ROOT / "docs" / "django.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    request: Any = RequestFactory().get("/")
    request.user, request.session = make_user("dan"), SessionStore()
    scope = {"ann": ann, "bob": bob, "eve": make_user("eve"), "request": request}
    for block in blocks:
        exec(block, scope)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_links_of_the_docs_lead_somewhere(page: Path) -> None:
    for path in [page, page.parent.with_suffix(".md")]:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_reference_has_every_setting_option_argument_and_check() -> None:
    text = (ROOT / "docs" / "django" / "reference.md").read_text(encoding="utf-8")
    wanted = {f"`{key}`" for key in KEYS}
    wanted |= set(re.findall(r"tenantry\.E\d+", inspect.getsource(checks)))
    wanted |= {f"`{name}`" for name in inspect.signature(BackfillDefaultTenants).parameters}
    for command in pkgutil.iter_modules(commands.__path__):
        wanted.add(f"### `{command.name}")
        parser = load_command_class("tenantry.django", command.name).create_parser("", command.name)
        own = {action.dest for action in BaseCommand().create_parser("", "")._actions}
        for action in parser._actions:
            if action.dest not in own:
                wanted |= {option for option in action.option_strings if option.startswith("--")}
    assert {one for one in wanted if one not in text} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_public_item_has_docs(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for item in getattr(module, "__all__", ()):
        value = getattr(module, item)
        if callable(value):
            assert value.__doc__, f"{name}.{item}"
