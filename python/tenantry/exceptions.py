"""What can go wrong, as a tree under `TenantryError`.

Each exception has a `code`, one word that is the same in every language, and the fields that its
message is made of. Those that a Python person would look for elsewhere are found there too: bad
values are `ValueError`, things that are not there `LookupError`, trouble with the file `OSError`.

>>> import tenantry
>>> try:
...     tenantry.SlugAllocator(limit=8)
... except ValueError as error:
...     print(error.code, error.what, error.value)
invalid slug limit 8
"""

import errno
from typing import Any, ClassVar

from tenantry.enums import Column, RowFault

__all__ = [
    "AlreadyMemberError",
    "BackfillInterruptedError",
    "CannotOpenError",
    "CorruptStoreError",
    "EngineClosedError",
    "ForeignFileError",
    "ForkedError",
    "InvalidValueError",
    "LastOwnerError",
    "NewerStoreError",
    "NoStoreError",
    "NoSuchMembershipError",
    "NoSuchRunError",
    "NoSuchTenantError",
    "NotAvailableError",
    "ReadOnlyStoreError",
    "RowError",
    "SecondSqliteError",
    "SlugTakenError",
    "SnapshotError",
    "StoreBusyError",
    "StoreError",
    "StoreFullError",
    "TenantryError",
    "TooManySlugsError",
    "UnknownPlanError",
    "UnknownRoleError",
]


def _rebuild(cls: type["TenantryError"], message: str, fields: dict[str, Any]) -> "TenantryError":
    return cls(message, **fields)


class TenantryError(Exception):
    """The root of the tree. Its message says what was wrong and what to do."""

    code: ClassVar[str] = "tenantry"

    def __init__(self, message: str = "", /, **fields: Any) -> None:
        super().__init__(message)
        self.__dict__.update(fields)

    def __str__(self) -> str:
        # OSError would word it anew.
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), str(self), self.__dict__)


class InvalidValueError(TenantryError, ValueError):
    """A value that cannot be stored or used."""

    code = "invalid"
    what: str
    """What it was meant to be: `slug`, `tenant name`, `domain`, `user key`, ..."""
    value: str
    """The value as text, cut to its first 80 characters."""
    reason: str
    """What is wrong with it, or what it may be."""


class UnknownPlanError(TenantryError, ValueError):
    """A plan that is none of the five."""

    code = "unknown_plan"
    plan: str


class UnknownRoleError(TenantryError, ValueError):
    """A role that is none of the three."""

    code = "unknown_role"
    role: str


class SlugTakenError(TenantryError, ValueError):
    """The slug belongs to another tenant, or did once and is retired, or is a reserved word."""

    code = "slug_taken"
    slug: str


class TooManySlugsError(TenantryError, MemoryError):
    """More than 4 GiB of slugs in one allocator."""

    code = "too_many_slugs"


class NotAvailableError(TenantryError, LookupError):
    """The user may not enter this tenant, or there is no such tenant: nobody is told which."""

    code = "not_available"
    slug: str


class NoSuchTenantError(TenantryError, LookupError):
    """No tenant has this number."""

    code = "no_such_tenant"
    tenant_id: int


class NoSuchMembershipError(TenantryError, LookupError):
    """The user has no membership in this tenant."""

    code = "no_such_membership"
    tenant_id: int
    user_key: str


class AlreadyMemberError(TenantryError, ValueError):
    """The user has a membership in this tenant already, active or not."""

    code = "already_member"
    tenant_id: int
    user_key: str


class LastOwnerError(TenantryError):
    """The change would leave the tenant without an active owner."""

    code = "last_owner"
    tenant_id: int
    user_key: str


class NoSuchRunError(TenantryError, LookupError):
    """No backfill run has this number, or none is left to undo."""

    code = "no_such_run"
    run: int | None


class RowError(TenantryError, ValueError):
    """A user's row that the backfill cannot use: raised by a run that it stops, listed in the report
    of a run that skips it.

    Two are equal if they say the same of the same row.
    """

    code = "row"
    row: int | None
    """The number of the row among those that were given, from 1."""
    user_key: str | None
    """The user, if the key could be read; cut to its first 40 characters."""
    column: Column
    """The column at fault."""
    fault: RowFault
    """What is wrong with it."""
    value: str
    """The value as text, cut to its first 40 characters."""
    committed: int = 0
    """How many tenants earlier chunks of the run made; these stay."""

    def _fields(self) -> tuple[object, ...]:
        # One that a caller made may lack some.
        names = ("row", "user_key", "column", "fault", "value", "committed")
        return tuple(getattr(self, name, None) for name in names)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RowError):
            return self._fields() == other._fields()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields())


class BackfillInterruptedError(TenantryError):
    """A run was asked to stop, or found itself in a forked child."""

    code = "interrupted"
    committed: int
    """How many tenants the chunks before the stop made; 0 when the run was atomic."""


class SnapshotError(TenantryError, ValueError):
    """A snapshot that cannot be imported."""

    code = "snapshot"
    reason: str


class EngineClosedError(TenantryError, ValueError):
    """The engine was closed, as at the end of its `with` block."""

    code = "closed"
    path: str


class StoreError(TenantryError, OSError):
    """Trouble with the store's file, and not with what was asked of it.

    Its children say which; by itself it is what else SQLite or the file system reports. `errno`,
    `strerror` and `filename` are set as for any `OSError`.
    """

    code = "store"
    path: str
    """The file."""
    detail: str
    """What SQLite or the system said; empty where the class says it all."""

    _errno: ClassVar[int] = errno.EIO

    def __init__(self, message: str = "", /, *, path: str = "", detail: str = "", **fields: Any):
        super().__init__(message, path=path, detail=detail, **fields)
        self.errno = self._errno
        self.strerror = message
        self.filename = path


class NoStoreError(StoreError, FileNotFoundError):
    """There is no store at this path."""

    code = "no_store"
    _errno = errno.ENOENT


class ForeignFileError(StoreError):
    """The file is an SQLite database, but of another application."""

    code = "foreign_file"
    _errno = errno.EINVAL
    application_id: int
    """Whose it is, by its header; 0 where none is set."""


class NewerStoreError(StoreError):
    """The file was written by a newer tenantry."""

    code = "newer_store"
    _errno = errno.EINVAL
    found: int
    """Its schema."""
    known: int
    """The newest schema known here."""


class CorruptStoreError(StoreError):
    """The file is damaged or no SQLite database. It is left as it is."""

    code = "corrupt"


class StoreBusyError(StoreError, TimeoutError):
    """Others kept the store busy for longer than the time-out."""

    code = "busy"
    _errno = errno.ETIMEDOUT
    seconds: float
    """The time-out."""


class ReadOnlyStoreError(StoreError, PermissionError):
    """The file or its folder may not be written."""

    code = "read_only"
    _errno = errno.EACCES


class StoreFullError(StoreError):
    """The disk, or the size allowed to the file, is full. Nothing was written."""

    code = "full"
    _errno = errno.ENOSPC


class CannotOpenError(StoreError):
    """The path cannot be opened as a file."""

    code = "cannot_open"


class SecondSqliteError(StoreError):
    """Something in this process has the file open, or had it open meanwhile, past tenantry: another copy
    of SQLite, such as that of `sqlite3`, or somebody who read it as a file.

    That breaks the locks, and committed rows get lost. Nothing was written; only if it came in the very
    moment of a commit, that may stand.
    """

    code = "second_sqlite"
    _errno = errno.EBUSY


class ForkedError(StoreError):
    """This process was forked while the store was in use, so its locks cannot be trusted here."""

    code = "forked"
    _errno = errno.ECHILD
