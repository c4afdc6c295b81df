"""The current tenant, for code that has no request: a manager, a log filter, a task."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any

__all__ = ["current_tenant", "reset_current_tenant", "set_current_tenant", "use_tenant"]

UNSET: Any = object()

# Plain values, never lazy ones: whoever reads them may be in an event loop, where nothing may be asked of
# the database.
_current: ContextVar[Any] = ContextVar("tenantry_current_tenant", default=UNSET)
_request: ContextVar[Any] = ContextVar("tenantry_current_request", default=None)


def current_tenant() -> Any:
    """The tenant of `use_tenant`, or that of `request.tenant` once a view has asked for it; else None.

    >>> acme = create_tenant("Acme", ann)
    >>> with use_tenant(acme):
    ...     current_tenant().slug
    'acme'
    >>> current_tenant()
    """
    tenant = _current.get()
    if tenant is not UNSET:
        return tenant
    # Asked of the request each time, so that what its view and the tasks of that know is one thing.
    request = _request.get()
    return None if request is None else request.known_tenant


def set_current_tenant(tenant: Any) -> Token[Any]:
    """Makes a tenant, or None, the current one; what `reset_current_tenant` takes to undo that. Mostly
    `use_tenant` is what you want.

    >>> token = set_current_tenant(create_tenant("Acme", ann))
    >>> current_tenant().slug
    'acme'
    >>> reset_current_tenant(token)
    >>> current_tenant()
    """
    return _current.set(tenant)


def reset_current_tenant(token: Token[Any]) -> None:
    """Makes the tenant that was the current one before `set_current_tenant` the current one again.

    >>> reset_current_tenant(set_current_tenant(None))
    """
    _current.reset(token)


@contextmanager
def use_tenant(tenant: Any) -> Iterator[Any]:
    """Makes a tenant, or None, the current one inside the block.

    >>> acme = create_tenant("Acme", ann)
    >>> with use_tenant(acme), use_tenant(None):
    ...     current_tenant()
    """
    token = set_current_tenant(tenant)
    try:
        yield tenant
    finally:
        reset_current_tenant(token)


def is_by_staff() -> bool:
    """Whether what runs now is the site's own: outside of a request, as a command or a task, or in the
    request of a member of the staff.

    >>> from tenantry.django.context import is_by_staff
    >>> is_by_staff()
    True
    """
    request = _request.get()
    return request is None or bool(getattr(getattr(request, "user", None), "is_staff", False))


def enter_request(request: Any) -> tuple[Token[Any], Token[Any]]:
    """From now on the current tenant is that of this request; what `leave_request` takes."""
    return _request.set(request), _current.set(UNSET)


def leave_request(tokens: tuple[Token[Any], Token[Any]]) -> None:
    """The current tenant is what it was before `enter_request`."""
    request, current = tokens
    _current.reset(current)
    _request.reset(request)
