"""The store: one file, opened when it is first needed, and never one that Django has open."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import connections

from tenantry import Engine
from tenantry.django.conf import configuration

__all__ = ["clashes", "engine", "store"]


def store() -> Engine:
    """The engine over the store of `TENANTRY["STORE"]`: every verb to join, rename, deactivate. One for
    this process, opened when it is first asked for; a process that is forked from this one opens its
    own.

    Raises `ImproperlyConfigured` if the file is one of `DATABASES`, and a `StoreError` if it cannot be
    opened.

    >>> from tenantry.django.embedded.store import store
    >>> acme = store().create("Acme", ann.pk)
    >>> store().join(acme.id, bob.pk, "member").role.value
    'member'
    """
    return engine(configuration().sources)


def engine(sources: Sequence[str]) -> Engine:
    """The engine over the store that tries these sources."""
    return _engine(tuple(sources), is_under_test())


@cache
def _engine(sources: tuple[str, ...], is_test: bool) -> Engine:
    config = configuration()
    if is_test and config.store == _of_the_site:
        return _opened(_test_store(), sources)
    # Before it is opened: to open and close such a file is enough to break the locks of the other SQLite.
    for alias, name in clashes(config.store):
        raise ImproperlyConfigured(
            f'TENANTRY["STORE"] is {str(config.store)!r}, which is DATABASES["{alias}"] ({name!r}): two '
            "SQLite libraries on one file lose rows; give the store a file of its own"
        )
    return _opened(config.store, sources)


def _opened(path: Any, sources: tuple[str, ...]) -> Engine:
    config = configuration()
    return Engine(
        os.fspath(path),
        sources=sources,
        slug_style=config.slug_style,
        slug_limit=config.slug_limit,
        reserved_slugs=config.reserved_slugs,
    )


@cache
def _test_store() -> Path:
    """The store of tests, as Django has databases for tests: the site's own is not for them."""
    folder, pid = tempfile.mkdtemp(prefix="tenantry-"), os.getpid()

    def remove() -> None:
        if os.getpid() == pid:  # and not in the children that a test forks
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return Path(folder) / "tenants.db"


_of_the_site: Any = None


def remember() -> None:
    """Keeps in mind which store is the site's own, when Django starts."""
    global _of_the_site
    _of_the_site = getattr(settings, "TENANTRY", {}).get("STORE")


def is_under_test() -> bool:
    """Whether Django's test environment is set up, by its test runner or pytest-django."""
    # Not imported for this: it brings all of Django's test tools into every process of a site.
    tools = sys.modules.get("django.test.utils")
    return tools is not None and hasattr(tools._TestState, "saved_data")


def clashes(path: Any) -> Iterator[tuple[str, str]]:
    """The databases of `DATABASES` whose file this path is, whatever links lead to it: alias and name.

    >>> list(clashes("tenants.db"))
    []
    """
    for alias in connections:
        connection = connections[alias]
        if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
            continue
        name = os.fspath(connection.settings_dict["NAME"])
        if name.startswith("file:"):
            name = unquote(urlsplit(name).path)
        if os.path.realpath(name) == os.path.realpath(path) or _same_file(name, path):
            yield alias, name


def _same_file(one: str, other: Any) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:  # one of them is not there
        return False


def _reset(*, setting: str, **_kwargs: Any) -> None:
    if setting == "TENANTRY":
        _engine.cache_clear()


setting_changed.connect(_reset, dispatch_uid="tenantry.store")
