"""The examples in the docs of the app run, and every public item has docs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from typing import Any

import pytest
import tenantry.django
from django.contrib.auth import get_user_model
from django.db import transaction
from tenantry.django.backfill import backfill
from tenantry.django.tenants import create_tenant

NAMES = [
    f"tenantry.django.{one.name}"
    for one in pkgutil.iter_modules(tenantry.django.__path__)
    if one.name not in {"migrations", "management"}
]


def examples(module: Any) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(module)
    return [one for one in found if one.examples]


@pytest.mark.django_db
@pytest.mark.skipif(
    get_user_model()._meta.pk.get_internal_type() != "BigAutoField", reason="they show numbers"
)
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
            example.globs.update(ann=ann, backfill=backfill, create_tenant=create_tenant)
            result = doctest.DocTestRunner(verbose=False).run(example)
            transaction.set_rollback(True)
        assert result.failed == 0, example.name


@pytest.mark.parametrize("name", NAMES)
def test_every_public_item_has_docs(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for item in getattr(module, "__all__", ()):
        value = getattr(module, item)
        if callable(value):
            assert value.__doc__, f"{name}.{item}"
