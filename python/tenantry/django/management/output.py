"""What the commands have in common: their arguments, JSON, a progress bar, exit codes.

Exit codes are those of the command `tenantry`: 0 done, 1 findings or rows in error, 2 bad usage, 3
trouble with the database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Self

from django.core.management.base import CommandError, CommandParser, OutputWrapper
from django.db import connections

__all__ = [
    "add_common_arguments",
    "add_database_argument",
    "failed",
    "plain",
    "progress",
    "write_json",
]


def add_common_arguments(parser: CommandParser) -> None:
    """`--database` and `--json`."""
    add_database_argument(parser)
    parser.add_argument(
        "--json", action="store_true", help="one JSON document on standard output, and nothing else"
    )


def add_database_argument(parser: CommandParser) -> None:
    """`--database`."""
    parser.add_argument(
        "--database",
        choices=tuple(connections),
        help="the alias in DATABASES; the one that the routers name, unless told",
    )


def failed(message: str, code: int) -> CommandError:
    """The error that ends a command with this exit code."""
    return CommandError(message, returncode=code)


def plain(value: Any) -> Any:
    """A value of tenantry as JSON has it: fields by name, words as text, no null fields of findings."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, Exception):
        return {key: plain(one) for key, one in vars(value).items()}
    if names := getattr(type(value), "__match_args__", None):
        return {name: plain(getattr(value, name)) for name in names}
    return value


def write_json(stream: OutputWrapper, value: Any) -> None:
    """Writes one JSON document."""
    stream.write(json.dumps(plain(value), ensure_ascii=False))


class _Bar:
    def __init__(self, stream: Any, quiet: bool) -> None:
        self._stream, self._quiet = stream, quiet
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        if self._quiet:
            return
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit=" users", file=self._stream, leave=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def __exit__(self, *_exception: object) -> None:
        if self._bar is not None:
            self._bar.close()


def progress(stderr: OutputWrapper, *, quiet: bool) -> Any:
    """A progress bar on standard error, where that is a terminal and the package `tqdm` is there."""
    try:
        import tqdm  # noqa: F401
    except ImportError:
        quiet = True
    return _Bar(sys.stderr, quiet or not stderr.isatty())
