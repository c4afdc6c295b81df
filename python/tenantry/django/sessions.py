"""The selection in the session: whose it is, and how it gets there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY as USER_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import ImproperlyConfigured

from tenantry.django.users import user_key

__all__ = [
    "SESSION_KEY",
    "forget_selection",
    "has_session",
    "is_of_session",
    "remember_selection",
    "selection",
]

SESSION_KEY = "tenant_slug"
"""Where the session holds the selection: the hand-written version's own key, so that sessions stay valid."""

OF_OTHERS = "tenant_slug_of"
"""Where it holds those of users that someone impersonates, by their keys."""


def selection(request: Any, user: Any) -> Any:
    """What the session has selected for this user; None for nothing."""
    session = getattr(request, "session", None)  # an API may have none
    if session is None:
        return None
    if _is_of(session, user):
        return session.get(SESSION_KEY)
    others = session.get(OF_OTHERS)
    return others.get(str(user_key(user))) if isinstance(others, dict) else None


def remember_selection(request: Any, user: Any, slug: str) -> None:
    """Selects a slug for this user. The session gets a new key.

    A session belongs to the user who logged in. If the request has another user now, who is impersonated, the
    selection is kept apart.

    Raises `SessionInterrupted` if the session was ended meanwhile, and `ImproperlyConfigured` for a client
    that has no session, but a token.
    """
    session = request.session
    if not has_session(request):
        message = (
            "A client that authenticates itself with each request has no session to select a tenant in: "
            'let it name the tenant by the header, with "header" in TENANTRY["SOURCES"].'
        )
        raise ImproperlyConfigured(message)
    if _is_of(session, user):
        session[SESSION_KEY] = slug
    else:
        session[OF_OTHERS] = {**session.get(OF_OTHERS, {}), str(user_key(user)): slug}
    _new_key(session)


def has_session(request: Any) -> bool:
    """Whether the client keeps a session. One that authenticates itself with each request has none, and
    gets no cookie of one."""
    session = getattr(request, "session", None)
    if session is None:
        return False
    is_by_token = getattr(request, "auth", None) is not None or "Authorization" in request.headers
    return USER_KEY in session or not is_by_token


def is_of_session(request: Any, user: Any) -> bool:
    """Whether the user of the request is known by the session alone: as the one who logged in to it, or as
    anonymous because no one did."""
    session = getattr(request, "session", None)
    owner = None if session is None else session.get(USER_KEY)
    key = user_key(user)
    return owner is None if key is None else str(owner) == str(key)


def forget_selection(request: Any, user: Any) -> None:
    """Forgets the selection of this user. The session gets a new key."""
    session = request.session
    if _is_of(session, user):
        session.pop(SESSION_KEY, None)
    elif isinstance(session.get(OF_OTHERS), dict):
        session[OF_OTHERS] = {
            key: slug for key, slug in session[OF_OTHERS].items() if key != str(user_key(user))
        }
    _new_key(session)


def _is_of(session: Any, user: Any) -> bool:
    """Whether the user is the one who logged in to this session, or no one did."""
    owner = session.get(USER_KEY)
    return owner is None or str(owner) == str(user_key(user))


def _new_key(session: Any) -> None:
    if session.session_key is not None:
        # Another request may have logged the user out since this one read the session. Saving it under its
        # own key shows that; under a new one it would be back.
        try:
            session.save()
        except UpdateError as error:
            session.flush()
            message = (
                "The session was ended before the request completed: the user logged out meanwhile."
            )
            raise SessionInterrupted(message) from error
    session.cycle_key()
