"""`current_tenant` for templates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

__all__ = ["current_tenant"]


def current_tenant(request: HttpRequest) -> dict[str, Any]:
    """The request's tenant, or None, as `current_tenant`; no query unless the template uses it."""
    return {"current_tenant": SimpleLazyObject(lambda: getattr(request, "tenant", None))}
