"""Errors that only a project's database brings, and those that Django's own code catches by its classes.

All are what `tenantry.exceptions` calls them too: catch them by those names.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, OperationalError
from django.utils.translation import gettext as _

from tenantry import exceptions

__all__ = ["AlreadyMemberError", "ConflictError", "DomainTakenError", "SlugTakenError"]


class SlugTakenError(exceptions.SlugTakenError, IntegrityError):
    """The slug belongs to another tenant, or did once and is retired, or is a reserved word.

    An `IntegrityError` too, as `get_or_create()` wants it.
    """


class AlreadyMemberError(exceptions.AlreadyMemberError, IntegrityError):
    """The user has a membership in this tenant already, active or not.

    An `IntegrityError` too, as `get_or_create()` wants it.
    """


class DomainTakenError(exceptions.TenantryError, IntegrityError):
    """The domain is verified for another tenant."""

    code = "domain_taken"
    domain: str


class ConflictError(exceptions.TenantryError, OperationalError):
    """Another transaction changed the same rows, and only the caller can repeat the whole transaction.

    An `OperationalError` too, as whatever repeats transactions wants it.
    """

    code = "conflict"

    def __init__(self, message: str = "", /, **fields: Any) -> None:
        text = _("Another transaction changed the same rows. Repeat this one from its beginning.")
        super().__init__(message or text, **fields)
